"""What players told of stages that could not be done. Nothing here says who it was."""

from dataclasses import dataclass
from datetime import date

from psycopg import Connection

from server.stores.database import Row


@dataclass(frozen=True, slots=True)
class StageReport:
    """`reason`: cannot-reach, not-safe, closed or gone; `note`: in the player's words, may be empty."""

    quest_id: str
    quest_version: str
    stage: str
    reason: str
    note: str
    day: date


def add(connection: Connection[Row], report: StageReport) -> None:
    connection.execute(
        "INSERT INTO game.stage_reports (quest_id, quest_version, stage, reason, note, day)"
        " VALUES (%(quest)s, %(version)s, %(stage)s, %(reason)s, %(note)s, %(day)s)",
        {
            "quest": report.quest_id,
            "version": report.quest_version,
            "stage": report.stage,
            "reason": report.reason,
            "note": report.note,
            "day": report.day,
        },
    )


def since(connection: Connection[Row], day: date) -> list[tuple[str, StageReport]]:
    """(quest code, report) of that day and later, newest first."""
    rows = connection.execute(
        "SELECT q.code, r.quest_id::text, r.quest_version, r.stage, r.reason, r.note, r.day"
        " FROM game.stage_reports r JOIN game.quests q ON q.id = r.quest_id"
        " WHERE r.day >= %(day)s ORDER BY r.day DESC, q.code, r.stage, r.id",
        {"day": day},
    )
    return [(row[0], StageReport(*row[1:])) for row in rows]


def forget(connection: Connection[Row], before: date) -> int:
    """How many reports older than that there were."""
    return connection.execute("DELETE FROM game.stage_reports WHERE day < %(day)s", {"day": before}).rowcount
