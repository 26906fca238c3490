"""Who is reminded by mail, and when they last were."""

from datetime import datetime

from psycopg import Connection

from server.stores.database import Row


def waiting(connection: Connection[Row], kind: str, before: datetime) -> list[str]:
    """What the open cases of a kind are about that were opened before then; the oldest first."""
    rows = connection.execute(
        "SELECT subject FROM people.cases WHERE kind = %(kind)s AND state <> 'decided' AND opened_at <= %(before)s"
        " ORDER BY opened_at LIMIT 2000",
        {"kind": kind, "before": before},
    )
    return [row[0] for row in rows]


def wanted(connection: Connection[Row], account_id: str) -> bool:
    """Until somebody says otherwise they are."""
    row = connection.execute(
        "SELECT wanted FROM people.reminders WHERE account_id = %(id)s", {"id": account_id}
    ).fetchone()
    return row is None or bool(row[0])


def set_wanted(connection: Connection[Row], account_id: str, *, wanted: bool) -> None:
    connection.execute(
        "INSERT INTO people.reminders (account_id, wanted) VALUES (%(id)s, %(wanted)s)"
        " ON CONFLICT (account_id) DO UPDATE SET wanted = excluded.wanted",
        {"id": account_id, "wanted": wanted},
    )


def take_turn(connection: Connection[Row], account_id: str, now: datetime, not_since: datetime) -> bool:
    """Whether the person may be written to now, and then nobody else may for a while.

    False where they do not want it, have no address that mails come to, or got one after `not_since`. Of two at once
    one waits for the other, and gets no turn.
    """
    taken = connection.execute(
        "INSERT INTO people.reminders (account_id, wanted, sent_at)"
        " SELECT account_id, true, %(now)s FROM people.addresses WHERE account_id = %(id)s AND bounced_at IS NULL"
        " ON CONFLICT (account_id) DO UPDATE SET sent_at = excluded.sent_at"
        " WHERE people.reminders.wanted"
        "   AND (people.reminders.sent_at IS NULL OR people.reminders.sent_at <= %(before)s)",
        {"id": account_id, "now": now, "before": not_since},
    )
    return taken.rowcount == 1


def address(connection: Connection[Row], account_id: str) -> str | None:
    """Where mails to the person come to; None where they have come back."""
    row = connection.execute(
        "SELECT address FROM people.addresses WHERE account_id = %(id)s AND bounced_at IS NULL",
        {"id": account_id},
    ).fetchone()
    return None if row is None else str(row[0])
