"""Signings-in under way."""

from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection

from server.stores.database import Database, Row


@dataclass(frozen=True, slots=True)
class Attempt:
    """A signing-in under way. `secret`: what comes back is compared with it."""

    id: str
    kind: str
    address: str | None
    secret: bytes
    begun_at: datetime


def add(connection: Connection[Row], attempt: Attempt, token_sha256: bytes) -> None:
    connection.execute(
        "INSERT INTO people.attempts (id, token_sha256, kind, address, secret, tries, begun_at)"
        " VALUES (%(id)s, %(token)s, %(kind)s, %(address)s, %(secret)s, 0, %(at)s)",
        {
            "id": attempt.id,
            "token": token_sha256,
            "kind": attempt.kind,
            "address": attempt.address,
            "secret": attempt.secret,
            "at": attempt.begun_at,
        },
    )


def codes_sent(connection: Connection[Row], address: str, since: datetime) -> int:
    """How many codes were sent to an address. Whoever asks twice at once waits for the first."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%(address)s, 5))", {"address": address})
    row = connection.execute(
        "SELECT count(*) FROM people.attempts WHERE address = %(address)s AND begun_at > %(since)s",
        {"address": address, "since": since},
    ).fetchone()
    return 0 if row is None else int(row[0])


def spend_try(
    database: Database, token_sha256: bytes, kind: str, since: datetime, tries: int
) -> Attempt | None:
    """The attempt that a browser goes on with, one try of it spent; None when it is over or has none left.

    Spent before anything is compared, in a transaction of its own: many guesses at once are as many tries.
    """
    with database.transaction() as connection:
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
