"""Signings-in under way."""

from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection

from server.stores.database import Database, Row


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for codes, as a keyed hash. `known`: a browser that has signed in to the account before, else a network."""

    mark: bytes
    known: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """What one asker did with an address: codes that were sent there, and wrong ones that were typed."""

    asker: Asker
    codes: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """A signing-in under way. `secret`: what comes back is compared with it. `asker`: of a code."""

    id: str
    kind: str
    address: str | None
    secret: bytes
    begun_at: datetime
    asker: Asker | None = None


def add(connection: Connection[Row], attempt: Attempt, token_sha256: bytes) -> None:
    connection.execute(
        "INSERT INTO people.attempts (id, token_sha256, kind, address, secret, tries, begun_at, asker, known)"
        " VALUES (%(id)s, %(token)s, %(kind)s, %(address)s, %(secret)s, 0, %(at)s, %(asker)s, %(known)s)",
        {
            "id": attempt.id,
            "token": token_sha256,
            "kind": attempt.kind,
            "address": attempt.address,
            "secret": attempt.secret,
            "at": attempt.begun_at,
            "asker": None if attempt.asker is None else attempt.asker.mark,
            "known": attempt.asker is not None and attempt.asker.known,
        },
    )


def sent(connection: Connection[Row], address: str, since: datetime) -> list[Sent]:
    """By asker. Whoever asks of the same address at once waits until this transaction ends."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%(address)s, 5))", {"address": address})
    rows = connection.execute(
        # Of one that is finished the last try was right.
        "SELECT asker, known, count(*), sum(tries - (secret IS NULL)::int) FROM people.attempts"
        " WHERE address = %(address)s AND kind = 'code' AND begun_at > %(since)s AND asker IS NOT NULL"
        " GROUP BY asker, known",
        {"address": address, "since": since},
    )
    return [Sent(Asker(bytes(mark), known), codes, int(wrong)) for mark, known, codes, wrong in rows]


def code_under_way(
    connection: Connection[Row], token_sha256: bytes, since: datetime
) -> tuple[str, Asker] | None:
    """The address and the asker of the code that a browser goes on with."""
    row = connection.execute(
        "SELECT address, asker, known FROM people.attempts WHERE token_sha256 = %(token)s AND kind = 'code'"
        " AND begun_at > %(since)s AND secret IS NOT NULL AND asker IS NOT NULL",
        {"token": token_sha256, "since": since},
    ).fetchone()
    return None if row is None else (row[0], Asker(bytes(row[1]), row[2]))


def spend_try(
    database: Database, token_sha256: bytes, kind: str, since: datetime, tries: int
) -> Attempt | None:
    """The attempt that a browser goes on with, one try of it spent; None when it is over or has none left.

    Spent before anything is compared, in a transaction of its own: many guesses at once are as many tries.
    """
    with database.transaction() as connection:
        return spend_locked(connection, token_sha256, kind, since, tries)


def spend_locked(
    connection: Connection[Row], token_sha256: bytes, kind: str, since: datetime, tries: int
) -> Attempt | None:
    """As `spend_try` does, in a transaction that ends before anything is compared."""
    row = connection.execute(
        "UPDATE people.attempts SET tries = tries + 1"
        " WHERE token_sha256 = %(token)s AND kind = %(kind)s AND begun_at > %(since)s AND tries < %(tries)s"
        "   AND secret IS NOT NULL"
        " RETURNING id::text, kind, address, secret, begun_at",
        {"token": token_sha256, "kind": kind, "since": since, "tries": tries},
    ).fetchone()
    return None if row is None else Attempt(*row)


def finish(connection: Connection[Row], attempt_id: str) -> bool:
    """Once: False when somebody else was quicker. The row stays for a day, so that codes can be counted."""
    finished = connection.execute(
        "UPDATE people.attempts SET secret = NULL WHERE id = %(id)s AND secret IS NOT NULL",
        {"id": attempt_id},
    )
    return finished.rowcount == 1
