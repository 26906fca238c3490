"""Who has a case open now, so that others begin with another one."""

from collections.abc import Collection
from datetime import datetime

from psycopg import Connection

from server.stores.database import Row


def take(connection: Connection[Row], case_id: str, account_id: str, until: datetime, now: datetime) -> bool:
    """False where somebody else has it, and not for too long."""
    taken = connection.execute(
        "INSERT INTO people.looks AS l (case_id, account_id, until) VALUES (%(case)s, %(account)s, %(until)s)"
        " ON CONFLICT (case_id) DO UPDATE SET account_id = EXCLUDED.account_id, until = EXCLUDED.until"
        " WHERE l.account_id = EXCLUDED.account_id OR l.until <= %(now)s",
        {"case": case_id, "account": account_id, "until": until, "now": now},
    )
    return taken.rowcount == 1


def leave(connection: Connection[Row], case_id: str, account_id: str) -> None:
    connection.execute(
        "DELETE FROM people.looks WHERE case_id = %(case)s AND account_id = %(account)s",
        {"case": case_id, "account": account_id},
    )


def of_others(
    connection: Connection[Row], case_ids: Collection[str], account_id: str, now: datetime
) -> dict[str, str]:
    """By case, what whoever else has it open is called; may be empty."""
    rows = connection.execute(
        "SELECT l.case_id::text, a.name FROM people.looks l JOIN people.accounts a ON a.id = l.account_id"
        " WHERE l.case_id = ANY(%(cases)s::uuid[]) AND l.account_id <> %(account)s AND l.until > %(now)s",
        {"cases": list(case_ids), "account": account_id, "now": now},
    )
    return {row[0]: row[1] for row in rows}


def forget(connection: Connection[Row], now: datetime) -> int:
    """Those that are over. [rows]"""
    return connection.execute("DELETE FROM people.looks WHERE until <= %(now)s", {"now": now}).rowcount
