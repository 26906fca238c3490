"""What bodies publish, how far it has come, and what was written of it before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from server.stores.database import Row

_COLUMNS = (
    "id::text, kind, body_id::text, state, version, made_at, changed_at, changed_by::text, titles, languages,"
    " draft IS NOT NULL, findings, reason, held, offered_to::text, read_texts, unlisted, asked_at, looked_at,"
    " published_at"
)


@dataclass(frozen=True, slots=True)
class Publication:
    """Without its draft, which `draft` reads. `unlisted`: languages in which what is out is not shown."""

    id: str
    kind: str
    body: str
    state: str
    version: int
    made_at: datetime
    changed_at: datetime
    changed_by: str | None
    titles: Mapping[str, str] = field(default_factory=dict)
    languages: Sequence[str] = ()
    has_draft: bool = False
    findings: Sequence[Mapping[str, Any]] = ()
    reason: str = ""
    held: bool = False
    offered_to: str | None = None
    read_texts: Mapping[str, str] = field(default_factory=dict)
    unlisted: Sequence[str] = ()
    asked_at: datetime | None = None
    looked_at: datetime | None = None
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """One version that may be gone back to. `name`: of who saved it; empty where that is not known any more."""

    number: int
    at: datetime
    name: str


def add(connection: Connection[Row], publication: Publication, draft: bytes | None) -> bool:
    """False when there is one of that id."""
    added = connection.execute(
        "INSERT INTO people.publications (id, kind, body_id, state, version, titles, languages, draft, findings,"
        " reason, held, offered_to, read_texts, unlisted, made_at, asked_at, looked_at, published_at, changed_at,"
        " changed_by) VALUES (%(id)s, %(kind)s, %(body)s, %(state)s, %(version)s, %(titles)s, %(languages)s,"
        " %(draft)s, %(findings)s, %(reason)s, %(held)s, %(offered)s, %(read)s, %(unlisted)s, %(made)s, %(asked)s,"
        " %(looked)s, %(published)s, %(changed)s, %(by)s) ON CONFLICT DO NOTHING",
        _values(publication) | {"draft": draft},
    )
    return added.rowcount == 1


def find(connection: Connection[Row], publication_id: str, *, lock: bool = False) -> Publication | None:
    """`lock`: against every other change of it until the transaction ends."""
    query = f"SELECT {_COLUMNS} FROM people.publications WHERE id = %(id)s"  # noqa: S608  our own columns
    row = connection.execute(query + " FOR UPDATE" if lock else query, {"id": publication_id}).fetchone()
    return None if row is None else Publication(*row)


def change(connection: Connection[Row], publication: Publication) -> None:
    """Everything but the draft, which `set_draft` changes."""
    connection.execute(
        "UPDATE people.publications SET body_id = %(body)s, state = %(state)s, version = %(version)s,"
        " titles = %(titles)s, languages = %(languages)s, findings = %(findings)s, reason = %(reason)s,"
        " held = %(held)s, offered_to = %(offered)s, read_texts = %(read)s, unlisted = %(unlisted)s,"
        " asked_at = %(asked)s, looked_at = %(looked)s, published_at = %(published)s, changed_at = %(changed)s,"
        " changed_by = %(by)s WHERE id = %(id)s",
        _values(publication),
    )


def _values(publication: Publication) -> dict[str, object]:
    return {
        "id": publication.id,
        "kind": publication.kind,
        "body": publication.body,
        "state": publication.state,
        "version": publication.version,
        "titles": Jsonb(dict(publication.titles)),
        "languages": list(publication.languages),
        "findings": Jsonb(list(publication.findings)),
        "reason": publication.reason,
        "held": publication.held,
        "offered": publication.offered_to,
        "read": Jsonb(dict(publication.read_texts)),
        "unlisted": list(publication.unlisted),
        "made": publication.made_at,
        "asked": publication.asked_at,
        "looked": publication.looked_at,
        "published": publication.published_at,
        "changed": publication.changed_at,
        "by": publication.changed_by,
    }


def of_body(connection: Connection[Row], body_id: str) -> list[Publication]:
    """Those changed last come first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM people.publications WHERE body_id = %(body)s"  # noqa: S608  our own columns
        " ORDER BY changed_at DESC, id",
        {"body": body_id},
    )
    return [Publication(*row) for row in rows]


def offered_to(connection: Connection[Row], body_id: str) -> list[Publication]:
    """What other bodies would give to this one. Those changed last come first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM people.publications WHERE offered_to = %(body)s"  # noqa: S608  our own columns
        " ORDER BY changed_at DESC, id",
        {"body": body_id},
    )
    return [Publication(*row) for row in rows]


def bytes_of_body(connection: Connection[Row], body_id: str) -> int:
    """Drafts and older versions. [bytes]"""
    row = connection.execute(
        "SELECT coalesce(sum(coalesce(octet_length(p.draft), 0) + coalesce((SELECT sum(octet_length(v.content))"
        " FROM people.publication_versions v WHERE v.publication_id = p.id), 0)), 0)"
        " FROM people.publications p WHERE p.body_id = %(body)s",
        {"body": body_id},
    ).fetchone()
    return 0 if row is None else int(row[0])


def was_looked_at(connection: Connection[Row], body_id: str, kind: str) -> bool:
    """Whether others have looked at something of that kind from this body and said yes."""
    row = connection.execute(
        "SELECT FROM people.publications WHERE body_id = %(body)s AND kind = %(kind)s AND looked_at IS NOT NULL LIMIT 1",
        {"body": body_id, "kind": kind},
    ).fetchone()
    return row is not None


def draft(connection: Connection[Row], publication_id: str) -> bytes | None:
    row = connection.execute(
        "SELECT draft FROM people.publications WHERE id = %(id)s", {"id": publication_id}
    ).fetchone()
    return None if row is None else row[0]


def set_draft(connection: Connection[Row], publication_id: str, content: bytes | None) -> None:
    connection.execute(
        "UPDATE people.publications SET draft = %(draft)s WHERE id = %(id)s",
        {"id": publication_id, "draft": content},
    )


def keep(
    connection: Connection[Row],
    publication: Publication,
    content: bytes,
    *,
    versions_most: int,
    bytes_most: int,
) -> None:
    """Keeps what was saved, to go back to; of the older ones so many and so much, and always the newest."""
    at = {"id": publication.id, "most": versions_most, "bytes": bytes_most}
    connection.execute(
        "INSERT INTO people.publication_versions (publication_id, number, content, made_at, account_id)"
        " VALUES (%(id)s, %(number)s, %(content)s, %(now)s, %(by)s)",
        at
        | {
            "number": publication.version,
            "content": content,
            "now": publication.changed_at,
            "by": publication.changed_by,
        },
    )
    connection.execute(
        "DELETE FROM people.publication_versions v USING ("
        "SELECT number, row_number() OVER newest AS place, sum(octet_length(content)) OVER newest AS size"
        " FROM people.publication_versions WHERE publication_id = %(id)s WINDOW newest AS (ORDER BY number DESC)"
        ") AS k WHERE v.publication_id = %(id)s AND v.number = k.number AND k.place > 1"
        " AND (k.place > %(most)s OR k.size > %(bytes)s)",
        at,
    )


def saved(connection: Connection[Row], publication_id: str) -> list[Saved]:
    """The newest first."""
    rows = connection.execute(
        "SELECT v.number, v.made_at, coalesce(a.name, '') FROM people.publication_versions v"
        " LEFT JOIN people.accounts a ON a.id = v.account_id WHERE v.publication_id = %(id)s ORDER BY v.number DESC",
        {"id": publication_id},
    )
    return [Saved(*row) for row in rows]


def saved_content(connection: Connection[Row], publication_id: str, number: int) -> bytes | None:
    row = connection.execute(
        "SELECT content FROM people.publication_versions WHERE publication_id = %(id)s AND number = %(number)s",
        {"id": publication_id, "number": number},
    ).fetchone()
    return None if row is None else row[0]


def owner_of(connection: Connection[Row], publication_id: str) -> str | None:
    """Whose it is; None where it is nobody's."""
    row = connection.execute(
        "SELECT body_id::text FROM people.publications WHERE id = %(id)s", {"id": publication_id}
    ).fetchone()
    return None if row is None else str(row[0])


def unlisted(connection: Connection[Row], publication_id: str) -> frozenset[str]:
    """The languages in which what is out is not shown."""
    row = connection.execute(
        "SELECT unlisted FROM people.publications WHERE id = %(id)s", {"id": publication_id}
    ).fetchone()
    return frozenset() if row is None else frozenset(row[0])
