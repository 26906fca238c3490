"""Where people are signed in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg import Connection

from server.stores.accounts import Account
from server.stores.database import Database, Row

#: How old `seen_at` may be before it is written anew: a session says the hour, not each request.
SEEN_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Session:
    """`how`: code, passkey or provider."""

    id: str
    how: str
    browser: str
    begun_at: datetime
    seen_at: datetime
    ends_at: datetime


def add(connection: Connection[Row], session: Session, account_id: str, token_sha256: bytes) -> None:
    connection.execute(
        "INSERT INTO people.sessions (id, account_id, token_sha256, how, browser, begun_at, seen_at, ends_at)"
        " VALUES (%(id)s, %(account)s, %(token)s, %(how)s, %(browser)s, %(begun)s, %(seen)s, %(ends)s)",
        {
            "id": session.id,
            "account": account_id,
            "token": token_sha256,
            "how": session.how,
            "browser": session.browser,
            "begun": session.begun_at,
            "seen": session.seen_at,
            "ends": session.ends_at,
        },
    )


def of_token(
    database: Database, token_sha256: bytes, now: datetime, idle: timedelta
) -> tuple[Account, Session] | None:
    """Who shows the token of this hash, unless the session has ended or was left unused for longer than `idle`."""
    rows = database.private.read(
        "SELECT a.id::text, a.name, a.language, a.is_adult, a.created_at, a.leaves_at,"
        " s.id::text, s.how, s.browser, s.begun_at, s.seen_at, s.ends_at"
        " FROM people.sessions s JOIN people.accounts a ON a.id = s.account_id"
        " WHERE s.token_sha256 = %(token)s AND s.ends_at > %(now)s AND s.seen_at > %(idle)s",
        {"token": token_sha256, "now": now, "idle": now - idle},
    )
    if not rows:
        return None
    account, session = Account(*rows[0][:6]), Session(*rows[0][6:])
    if session.seen_at < now - SEEN_EVERY:
        with database.transaction() as connection:
            connection.execute(
                "UPDATE people.sessions SET seen_at = date_trunc('hour', %(now)s::timestamptz) WHERE id = %(id)s",
                {"id": session.id, "now": now},
            )
    return account, session


def of_account(connection: Connection[Row], account_id: str) -> list[Session]:
    rows = connection.execute(
        "SELECT id::text, how, browser, begun_at, seen_at, ends_at FROM people.sessions"
        " WHERE account_id = %(id)s ORDER BY begun_at DESC, id",
        {"id": account_id},
    )
    return [Session(*row) for row in rows]


def end(connection: Connection[Row], account_id: str, session_id: str) -> bool:
    ended = connection.execute(
        "DELETE FROM people.sessions WHERE account_id = %(account)s AND id = %(id)s",
        {"account": account_id, "id": session_id},
    )
    return ended.rowcount == 1


def end_all(connection: Connection[Row], account_id: str, *, but: str | None = None) -> int:
    return connection.execute(
        "DELETE FROM people.sessions WHERE account_id = %(account)s AND id IS DISTINCT FROM %(but)s::uuid",
        {"account": account_id, "but": but},
    ).rowcount
