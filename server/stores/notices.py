"""Notices, what is hidden, what is in quarantine, and media that do not come back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg import Connection

from server.stores import jobs
from server.stores.database import Row
from server.tables.notes import HALF_YEAR, KEPT_DAYS, TWO_YEARS, YEAR

OF_A_CASE_MOST = 100


@dataclass(frozen=True, slots=True)
class Notice:
    """`name` may be empty and `address` None where a child is concerned."""

    id: str
    case_id: str
    reason_code: str
    words: str
    name: str
    address: str | None
    language: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """Something in quarantine. `name`: the version of a pack. `blob`: where in the store a picture lies that goes with it."""

    kind: str
    subject: str
    name: str
    content: bytes
    blob: str | None = None


_NOTICE = "id::text, case_id::text, reason_code, words, name, address, language, made_at"


def add(connection: Connection[Row], notice: Notice, secret_sha256: bytes) -> None:
    connection.execute(
        "INSERT INTO people.notices (id, case_id, secret_sha256, reason_code, words, name, address, language, made_at)"
        " VALUES (%(id)s, %(case)s, %(secret)s, %(code)s, %(words)s, %(name)s, %(address)s, %(language)s, %(at)s)",
        {
            "id": notice.id,
            "case": notice.case_id,
            "secret": secret_sha256,
            "code": notice.reason_code,
            "words": notice.words,
            "name": notice.name,
            "address": notice.address,
            "language": notice.language,
            "at": notice.made_at,
        },
    )


def find(connection: Connection[Row], notice_id: str, secret_sha256: bytes) -> Notice | None:
    """None too where the code is another one."""
    query = f"SELECT {_NOTICE} FROM people.notices WHERE id = %(id)s AND secret_sha256 = %(secret)s"  # noqa: S608  our own columns
    row = connection.execute(query, {"id": notice_id, "secret": secret_sha256}).fetchone()
    return None if row is None else Notice(*row)


def of_case(connection: Connection[Row], case_id: str) -> list[Notice]:
    query = (
        f"SELECT {_NOTICE} FROM people.notices WHERE case_id = %(id)s"  # noqa: S608  our own columns
        " ORDER BY made_at, id LIMIT %(most)s"
    )
    return [Notice(*row) for row in connection.execute(query, {"id": case_id, "most": OF_A_CASE_MOST})]


def count_of_address(connection: Connection[Row], address: str, since: datetime) -> int:
    row = connection.execute(
        "SELECT count(*) FROM people.notices WHERE address = %(address)s AND made_at > %(since)s",
        {"address": address, "since": since},
    ).fetchone()
    return 0 if row is None else int(row[0])


# What is hidden.


def hide(
    connection: Connection[Row], kind: str, thing_id: str, case_id: str, now: datetime, *, decided: bool
) -> None:
    """What was decided is not made undecided by another notice. Each case hides for itself."""
    connection.execute(
        "INSERT INTO people.hidden AS h (kind, id, case_id, decided, since)"
        " VALUES (%(kind)s, %(id)s, %(case)s, %(decided)s, %(now)s)"
        " ON CONFLICT (kind, id, case_id) DO UPDATE SET decided = true WHERE EXCLUDED.decided AND NOT h.decided",
        {"kind": kind, "id": thing_id, "case": case_id, "decided": decided, "now": now},
    )


def unhide(connection: Connection[Row], kind: str, thing_id: str, case_id: str) -> bool:
    """What another case has hidden stays hidden."""
    shown = connection.execute(
        "DELETE FROM people.hidden WHERE kind = %(kind)s AND id = %(id)s AND case_id = %(case)s",
        {"kind": kind, "id": thing_id, "case": case_id},
    )
    return shown.rowcount == 1


def is_hidden(connection: Connection[Row], kind: str, thing_id: str) -> bool:
    row = connection.execute(
        "SELECT FROM people.hidden WHERE kind = %(kind)s AND id = %(id)s", {"kind": kind, "id": thing_id}
    ).fetchone()
    return row is not None


# Quarantine.


def put_away(connection: Connection[Row], case_id: str, kept: Kept, now: datetime) -> None:
    connection.execute(
        "INSERT INTO people.quarantine (case_id, kind, subject, name, content, blob, taken_at)"
        " VALUES (%(case)s, %(kind)s, %(subject)s, %(name)s, %(content)s, %(blob)s, %(now)s)",
        {
            "case": case_id,
            "kind": kept.kind,
            "subject": kept.subject,
            "name": kept.name,
            "content": kept.content,
            "blob": kept.blob,
            "now": now,
        },
    )


def put_away_packs(connection: Connection[Row], case_id: str, quest_id: str, now: datetime) -> int:
    """Every pack of the quest goes from where it is published from; how many."""
    at = {"case": case_id, "id": quest_id, "now": now}
    connection.execute(
        "INSERT INTO people.quarantine (case_id, kind, subject, name, content, taken_at)"
        " SELECT %(case)s, 'quest', quest_id::text, version, pack, %(now)s FROM game.packs WHERE quest_id = %(id)s",
        at,
    )
    return connection.execute("DELETE FROM game.packs WHERE quest_id = %(id)s", at).rowcount


def put_away_written(connection: Connection[Row], case_id: str, quest_id: str, now: datetime) -> None:
    """What its body has written of it: its draft, and the versions that it could go back to."""
    at = {"case": case_id, "id": quest_id, "now": now}
    connection.execute(
        "INSERT INTO people.quarantine (case_id, kind, subject, name, content, taken_at)"
        " SELECT %(case)s, 'version', publication_id::text, number || ' ' || made_at, content, %(now)s"
        " FROM people.publication_versions WHERE publication_id = %(id)s",
        at,
    )
    connection.execute(
        "INSERT INTO people.quarantine (case_id, kind, subject, name, content, taken_at)"
        " SELECT %(case)s, 'draft', id::text, '', draft, %(now)s FROM people.publications"
        " WHERE id = %(id)s AND draft IS NOT NULL",
        at,
    )
    connection.execute("DELETE FROM people.publication_versions WHERE publication_id = %(id)s", at)
    connection.execute("UPDATE people.publications SET draft = NULL WHERE id = %(id)s", at)


def put_back_written(connection: Connection[Row], case_id: str, quest_id: str) -> None:
    """What was written since stays; who saved an older version is known no more."""
    at = {"case": case_id, "id": quest_id}
    connection.execute(
        "INSERT INTO people.publication_versions (publication_id, number, content, made_at)"
        " SELECT %(id)s, split_part(name, ' ', 1)::int, content, substr(name, strpos(name, ' ') + 1)::timestamptz"
        " FROM people.quarantine WHERE case_id = %(case)s AND kind = 'version' ON CONFLICT DO NOTHING",
        at,
    )
    connection.execute(
        "UPDATE people.publications p SET draft = q.content FROM people.quarantine q"
        " WHERE p.id = %(id)s AND p.draft IS NULL AND q.case_id = %(case)s AND q.kind = 'draft'",
        at,
    )


def put_back_packs(connection: Connection[Row], case_id: str, quest_id: str) -> int:
    """How many; none after six months."""
    return connection.execute(
        "INSERT INTO game.packs (quest_id, version, pack)"
        " SELECT %(id)s, name, content FROM people.quarantine WHERE case_id = %(case)s AND kind = 'quest'"
        " ON CONFLICT DO NOTHING",
        {"case": case_id, "id": quest_id},
    ).rowcount


def in_quarantine(connection: Connection[Row], case_id: str) -> list[Kept]:
    """The newest first."""
    rows = connection.execute(
        "SELECT kind, subject, name, content, blob FROM people.quarantine WHERE case_id = %(case)s ORDER BY id DESC",
        {"case": case_id},
    )
    return [Kept(kind, subject, name, bytes(content), blob) for kind, subject, name, content, blob in rows]


def kept_until(connection: Connection[Row], case_id: str) -> datetime | None:
    """Until when what was removed in a case stays in quarantine; None where nothing lies there."""
    row = connection.execute(
        "SELECT max(taken_at) FROM people.quarantine WHERE case_id = %(case)s", {"case": case_id}
    ).fetchone()
    return None if row is None or row[0] is None else row[0] + timedelta(days=KEPT_DAYS[HALF_YEAR])


def take_out(connection: Connection[Row], case_id: str) -> None:
    connection.execute("DELETE FROM people.quarantine WHERE case_id = %(case)s", {"case": case_id})
    connection.execute("DELETE FROM people.blocked_media WHERE case_id = %(case)s", {"case": case_id})
    connection.execute("DELETE FROM people.removed_words WHERE case_id = %(case)s", {"case": case_id})


# Words and media that do not come back.


def remember_words(
    connection: Connection[Row], case_id: str, kind: str, sha256: Iterable[bytes], now: datetime
) -> None:
    connection.execute(
        "INSERT INTO people.removed_words (kind, sha256, case_id, since)"
        " SELECT %(kind)s, unnest(%(sha256)s::bytea[]), %(case)s, %(now)s ON CONFLICT DO NOTHING",
        {"kind": kind, "sha256": sorted(set(sha256)), "case": case_id, "now": now},
    )


def removed_in(connection: Connection[Row], kind: str, sha256: Iterable[bytes]) -> str | None:
    """The newest case in which one of these was removed for good; None where none was."""
    row = connection.execute(
        "SELECT case_id::text FROM people.removed_words WHERE kind = %(kind)s AND sha256 = ANY(%(sha256)s::bytea[])"
        " ORDER BY since DESC LIMIT 1",
        {"kind": kind, "sha256": list(sha256)},
    ).fetchone()
    return None if row is None else str(row[0])


def block(connection: Connection[Row], case_id: str, sha256: Iterable[str], now: datetime) -> None:
    connection.execute(
        "INSERT INTO people.blocked_media (sha256, case_id, since)"
        " SELECT unnest(%(sha256)s::text[]), %(case)s, %(now)s ON CONFLICT DO NOTHING",
        {"sha256": sorted(set(sha256)), "case": case_id, "now": now},
    )


def blocked(connection: Connection[Row], sha256: Iterable[str]) -> list[str]:
    rows = connection.execute(
        "SELECT sha256 FROM people.blocked_media WHERE sha256 = ANY(%(sha256)s) ORDER BY 1",
        {"sha256": list(sha256)},
    )
    return [row[0] for row in rows]


def media_of(connection: Connection[Row], quest_id: str) -> list[str]:
    """SHA-256 of the pictures and sounds of every version of a quest."""
    rows = connection.execute(
        "SELECT DISTINCT m ->> 'sha256' FROM game.quest_versions v,"
        " jsonb_array_elements(coalesce(v.body -> 'media', '[]'::jsonb)) m WHERE v.quest_id = %(id)s ORDER BY 1",
        {"id": quest_id},
    )
    return [row[0] for row in rows]


def municipalities_of(connection: Connection[Row], quest_id: str, version: str) -> dict[str, str]:
    """SCB's code by stage, of those that have a place in a municipality."""
    row = connection.execute(
        "SELECT coalesce(municipalities, '{}') FROM game.quest_versions WHERE quest_id = %(id)s AND version = %(version)s",
        {"id": quest_id, "version": version},
    ).fetchone()
    return {} if row is None else dict(row[0])


def forget(connection: Connection[Row], now: datetime) -> int:
    """Notices of more than a year whose case is decided, what was in quarantine for six months, words of two years. [rows]"""
    at = {
        "years": now - timedelta(days=KEPT_DAYS[TWO_YEARS]),
        "year": now - timedelta(days=KEPT_DAYS[YEAR]),
        "half": now - timedelta(days=KEPT_DAYS[HALF_YEAR]),
    }
    gone = connection.execute(
        "DELETE FROM people.quarantine WHERE taken_at < %(half)s RETURNING blob", at
    ).fetchall()
    for (blob,) in gone:
        if blob:
            jobs.put(connection, jobs.REMOVE_BLOBS, {"folder": blob})
    return len(gone) + sum(
        connection.execute(statement, at).rowcount
        for statement in (
            "DELETE FROM people.notices n USING people.cases c WHERE c.id = case_id AND state = 'decided' AND n.made_at < %(year)s",
            "DELETE FROM people.removed_words WHERE since < %(years)s",
        )
    )
