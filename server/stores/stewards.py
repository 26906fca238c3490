"""Who looks after stages. An empty stage is all of a quest."""

from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection

from server.stores.database import Row

ALL = ""


@dataclass(frozen=True, slots=True)
class Steward:
    account: str
    name: str
    stage: str
    since: datetime


def add(connection: Connection[Row], quest_id: str, stage: str, account_id: str, now: datetime) -> bool:
    """False where the person looks after it already."""
    added = connection.execute(
        "INSERT INTO people.stewards (quest_id, stage, account_id, since)"
        " VALUES (%(quest)s, %(stage)s, %(account)s, %(now)s) ON CONFLICT DO NOTHING",
        {"quest": quest_id, "stage": stage, "account": account_id, "now": now},
    )
    return added.rowcount == 1


def remove(connection: Connection[Row], quest_id: str, stage: str, account_id: str) -> bool:
    removed = connection.execute(
        "DELETE FROM people.stewards WHERE quest_id = %(quest)s AND stage = %(stage)s AND account_id = %(account)s",
        {"quest": quest_id, "stage": stage, "account": account_id},
    )
    return removed.rowcount == 1


def of_stage(connection: Connection[Row], quest_id: str, stage: str) -> list[Steward]:
    """Who looks after this stage, or after all of the quest; the longest first."""
    rows = connection.execute(
        "SELECT s.account_id::text, a.name, s.stage, s.since FROM people.stewards s"
        " JOIN people.accounts a ON a.id = s.account_id"
        " WHERE s.quest_id = %(quest)s AND s.stage IN ('', %(stage)s) ORDER BY s.since, s.account_id",
        {"quest": quest_id, "stage": stage},
    )
    return [Steward(*row) for row in rows]


def of_account(connection: Connection[Row], account_id: str) -> list[str]:
    """What the person looks after, each as `<quest>/<stage>`."""
    rows = connection.execute(
        "SELECT quest_id || '/' || stage FROM people.stewards WHERE account_id = %(account)s ORDER BY 1",
        {"account": account_id},
    )
    return [row[0] for row in rows]


def looked_after(connection: Connection[Row], quest_id: str) -> frozenset[str]:
    """The stages of a quest that have a steward; with ALL, every one."""
    rows = connection.execute(
        "SELECT DISTINCT stage FROM people.stewards WHERE quest_id = %(quest)s", {"quest": quest_id}
    )
    return frozenset(row[0] for row in rows)
