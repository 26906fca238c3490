"""A municipality's guide as a person: name, picture, languages, and when one may ring."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from psycopg import Connection

from media.blobs import BlobStore
from server.stores import bodies, guides, notices
from server.stores.database import Database, Row
from server.stores.guides import Guide, Hours
from server.use_cases.cases.public import guide
from server.use_cases.pictures import made_anew
from server.use_cases.problem import Problem
from server.use_cases.rights import ask, who_is
from server.use_cases.sign_in import Person

PICTURE_MOST_PX = 640


def read(database: Database, municipality: str) -> Guide:
    """Raises Problem: unknown-guide."""
    found = guides.shown(database, municipality)
    if found is None:
        raise Problem("unknown-guide")
    return found


@dataclass(frozen=True, slots=True)
class Own:
    """A card as its guide and moderators see it. `hidden`: by others, from everybody else."""

    guide: Guide
    hidden: bool


def read_own(database: Database, person: Person, municipality: str, now: datetime) -> Own:
    """Raises Problem: unknown-guide, not-yours."""
    with database.transaction() as connection:
        who = who_is(connection, person, None, municipality)
        ask("read-guide", who, "shown", person, now, unknown="unknown-guide")
        return _own(connection, municipality)


def own_picture(database: Database, person: Person, municipality: str, now: datetime) -> tuple[str, str, int]:
    """As `picture`, with its hash before it, hidden or not. Raises Problem: unknown-guide, unknown-medium, not-yours."""
    found = read_own(database, person, municipality, now).guide
    if found.picture is None or found.picture_blob is None or found.picture_bytes is None:
        raise Problem("unknown-medium")
    return found.picture, found.picture_blob, found.picture_bytes


def _own(connection: Connection[Row], municipality: str) -> Own:
    found = guides.find(connection, municipality)
    if found is None:
        raise Problem("unknown-guide")
    return Own(found, notices.is_hidden(connection, guide.NAME, guide.id_of(found)))


def picture(database: Database, digest: str) -> tuple[str, int]:
    """Where a guide's picture lies in the store, and how large it is. [bytes] Raises Problem: unknown-medium."""
    found = guides.with_picture(database, digest)
    if found is None or found.picture_blob is None or found.picture_bytes is None:
        raise Problem("unknown-medium")
    return found.picture_blob, found.picture_bytes


def write(
    database: Database,
    person: Person,
    municipality: str,
    *,
    name: str,
    phone: str,
    hours: tuple[Hours, ...],
    languages: tuple[str, ...],
    now: datetime,
) -> Own:
    """The own card, in place of whosever was there; the picture stays where it is one's own.

    Raises Problem: bad-hours, and what `ask` raises.
    """
    for place, one in enumerate(hours):
        if one.begins >= one.ends:
            raise Problem("bad-hours", pointer=f"/hours/{place}")
    with database.transaction() as connection:
        _may_write(connection, person, municipality, now)
        before = guides.find(connection, municipality)
        card = Guide(municipality, person.id, name, phone, tuple(sorted(hours, key=_in_the_week)), languages)
        if before is not None and before.account == person.id:
            card = replace(
                card,
                picture=before.picture,
                picture_blob=before.picture_blob,
                picture_bytes=before.picture_bytes,
            )
        elif before is not None:
            guides.drop_picture(connection, before)
        guides.put(connection, card, now)
        bodies.write_down(connection, now, person.id, None, "write-guide", f"guide {municipality}")
        return _own(connection, municipality)


def _may_write(connection: Connection[Row], person: Person, municipality: str, now: datetime) -> None:
    who = who_is(connection, person, None, municipality)
    ask("write-guide", who, "shown", person, now, unknown="unknown-guide")


def _in_the_week(hours: Hours) -> tuple[int, str]:
    return hours.day, hours.begins


def set_picture(
    database: Database,
    store: BlobStore,
    work: Path,
    person: Person,
    municipality: str,
    sent: bytes,
    now: datetime,
) -> Own:
    """Made anew from what was sent, by a child that is shut in, so that nothing of a camera's is left in it.

    Raises Problem: unsupported-medium, picture-refused, pictures-busy, unknown-guide, and what `ask` raises; media.blobs.StoreError.
    """
    with database.transaction() as connection:
        _may_write(connection, person, municipality, now)
    made = made_anew(work, sent, PICTURE_MOST_PX)
    digest, blob = sha256(made).hexdigest(), guides.blob_of(municipality, uuid.uuid4().hex)
    store.put(blob, made)
    try:
        with database.transaction() as connection:
            return _with_picture(connection, person, municipality, (digest, blob, len(made)), now)
    except Problem:
        with database.transaction() as connection:
            guides.drop_blob(connection, blob)
        raise


def _with_picture(
    connection: Connection[Row], person: Person, municipality: str, made: tuple[str, str, int], now: datetime
) -> Own:
    """`made`: hash, place in the store and size. Raises Problem: unknown-guide, picture-refused, and what `ask` raises."""
    _may_write(connection, person, municipality, now)
    digest, blob, size = made
    before = guides.find(connection, municipality)
    if before is None or before.account != person.id:
        raise Problem("unknown-guide")
    if notices.blocked(connection, [digest]):
        raise Problem("picture-refused")
    guides.drop_picture(connection, before)
    guides.put(connection, replace(before, picture=digest, picture_blob=blob, picture_bytes=size), now)
    bodies.write_down(connection, now, person.id, None, "write-guide", f"guide {municipality}")
    return _own(connection, municipality)


def remove(database: Database, person: Person, municipality: str, now: datetime) -> None:
    """Raises Problem: unknown-guide, and what `ask` raises."""
    with database.transaction() as connection:
        who = who_is(connection, person, None, municipality)
        ask("remove-guide", who, "shown", person, now, unknown="unknown-guide")
        if not guides.remove(connection, municipality):
            raise Problem("unknown-guide")
        bodies.write_down(connection, now, person.id, None, "remove-guide", f"guide {municipality}")
