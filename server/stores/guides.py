"""Cards of municipal guides, and where their pictures lie."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection
from psycopg.types.json import Jsonb

from server.stores import jobs
from server.stores.database import Database, Row
from server.stores.duties import HOLDS

_COLUMNS = (
    "g.municipality, g.account_id::text, g.name, g.phone, g.hours, g.languages, g.picture, g.picture_blob,"
    " g.picture_bytes"
)
#: Shown only while who wrote it has the duty there, and nobody has hidden it.
_IN_DUTY = (
    "EXISTS (SELECT FROM people.duties d WHERE d.account_id = g.account_id AND d.duty = 'guide'"
    f" AND d.municipality IN ('', g.municipality) AND {HOLDS})"
)
_HIDDEN = "EXISTS (SELECT FROM people.hidden h WHERE h.kind = 'guide' AND h.id = g.municipality || '/' || g.account_id)"
_SHOWN = f"{_IN_DUTY} AND NOT {_HIDDEN}"
_SHOWN_IN = f"SELECT {_COLUMNS} FROM people.guides g WHERE g.municipality = %(in)s AND {_SHOWN}"  # noqa: S608  ours


@dataclass(frozen=True, slots=True)
class Hours:
    """`day`: 1 is Monday. `begins` and `ends` in local time, as 09:00."""

    day: int
    begins: str
    ends: str


@dataclass(frozen=True, slots=True)
class Guide:
    """`picture`: SHA-256 of its bytes, of which there are `picture_bytes`. `picture_blob`: where in the store they lie."""

    municipality: str
    account: str
    name: str
    phone: str
    hours: tuple[Hours, ...]
    languages: tuple[str, ...]
    picture: str | None = None
    picture_blob: str | None = None
    picture_bytes: int | None = None


def blob_of(municipality: str, unique: str) -> str:
    """Where a picture lies in the store. `unique`: each time that one is sent another.

    Else the job that removes an older one might remove the same picture sent again.
    """
    return f"guides/{municipality}/{unique}.webp"


def _guide(row: Row) -> Guide:
    municipality, account, name, phone, hours, languages, *picture = row
    read = tuple(Hours(one["day"], one["from"], one["to"]) for one in hours)
    return Guide(municipality, account, name, phone, read, tuple(languages), *picture)


def shown(database: Database, municipality: str) -> Guide | None:
    rows = database.private.read(_SHOWN_IN, {"in": municipality})
    return _guide(rows[0]) if rows else None


def shown_now(connection: Connection[Row], municipality: str) -> Guide | None:
    """As `shown`, as the transaction sees it."""
    row = connection.execute(_SHOWN_IN, {"in": municipality}).fetchone()
    return None if row is None else _guide(row)


def with_picture(database: Database, picture: str) -> Guide | None:
    """One whose picture has this hash."""
    rows = database.private.read(
        f"SELECT {_COLUMNS} FROM people.guides g WHERE g.picture = %(picture)s AND {_SHOWN} LIMIT 1",  # noqa: S608
        {"picture": picture},
    )
    return _guide(rows[0]) if rows else None


def find(connection: Connection[Row], municipality: str) -> Guide | None:
    """Locked until the transaction ends."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM people.guides g WHERE g.municipality = %(in)s FOR UPDATE",  # noqa: S608  ours
        {"in": municipality},
    ).fetchone()
    return None if row is None else _guide(row)


def put(connection: Connection[Row], guide: Guide, now: datetime) -> None:
    """In place of what was there."""
    connection.execute(
        "INSERT INTO people.guides (municipality, account_id, name, phone, hours, languages, picture, picture_blob,"
        " picture_bytes, written_at) VALUES (%(in)s, %(account)s, %(name)s, %(phone)s, %(hours)s, %(languages)s, %(picture)s,"
        " %(blob)s, %(bytes)s, %(now)s) ON CONFLICT (municipality) DO UPDATE SET account_id = EXCLUDED.account_id, name = EXCLUDED.name,"
        " phone = EXCLUDED.phone, hours = EXCLUDED.hours, languages = EXCLUDED.languages, picture = EXCLUDED.picture,"
        " picture_blob = EXCLUDED.picture_blob, picture_bytes = EXCLUDED.picture_bytes, written_at = EXCLUDED.written_at",
        {
            "in": guide.municipality,
            "account": guide.account,
            "name": guide.name,
            "phone": guide.phone,
            "hours": Jsonb([{"day": one.day, "from": one.begins, "to": one.ends} for one in guide.hours]),
            "languages": list(guide.languages),
            "picture": guide.picture,
            "blob": guide.picture_blob,
            "bytes": guide.picture_bytes,
            "now": now,
        },
    )


def remove(connection: Connection[Row], municipality: str) -> bool:
    rows = connection.execute(
        "DELETE FROM people.guides WHERE municipality = %(in)s RETURNING picture_blob",
        {"in": municipality},
    ).fetchall()
    _drop_pictures(connection, rows)
    return bool(rows)


def put_away(connection: Connection[Row], municipality: str) -> None:
    """The card goes, and its picture stays where it is."""
    connection.execute("DELETE FROM people.guides WHERE municipality = %(in)s", {"in": municipality})


def remove_of(connection: Connection[Row], account_id: str) -> None:
    """Every card of somebody who is erased."""
    rows = connection.execute(
        "DELETE FROM people.guides WHERE account_id = %(id)s RETURNING picture_blob",
        {"id": account_id},
    ).fetchall()
    _drop_pictures(connection, rows)


def drop_picture(connection: Connection[Row], guide: Guide) -> None:
    """Its bytes go when the transaction has ended well."""
    _drop_pictures(connection, [(guide.picture_blob,)])


def _drop_pictures(connection: Connection[Row], rows: Sequence[Row]) -> None:
    for (blob,) in rows:
        if blob is not None:
            drop_blob(connection, blob)


def drop_blob(connection: Connection[Row], blob: str) -> None:
    jobs.put(connection, jobs.REMOVE_BLOBS, {"folder": blob})
