"""Stages that rest: an overlay over all versions of a quest."""

from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection

from server.stores.database import Row


@dataclass(frozen=True, slots=True)
class Rest:
    """`by_itself`: reports rested it, and not a person."""

    stage: str
    reason: str
    began_at: datetime
    by_itself: bool
    ended_at: datetime | None = None


def standing(connection: Connection[Row], quest_id: str) -> tuple[Rest, ...]:
    """Those that rest now, by their keys."""
    rows = connection.execute(
        "SELECT stage, reason, began_at, by_itself FROM game.stage_rests"
        " WHERE quest_id = %(quest)s AND ended_at IS NULL ORDER BY stage",
        {"quest": quest_id},
    )
    return tuple(Rest(*row) for row in rows)


def of_stage(connection: Connection[Row], quest_id: str, stage: str) -> tuple[Rest, ...]:
    """Every rest of a stage, newest first."""
    rows = connection.execute(
        "SELECT stage, reason, began_at, by_itself, ended_at FROM game.stage_rests"
        " WHERE quest_id = %(quest)s AND stage = %(stage)s ORDER BY began_at DESC, id DESC",
        {"quest": quest_id, "stage": stage},
    )
    return tuple(Rest(*row) for row in rows)


def begin(
    connection: Connection[Row], quest_id: str, stage: str, reason: str, now: datetime, *, by_itself: bool
) -> bool:
    """False where it rests already, and then nothing changes."""
    begun = connection.execute(
        "INSERT INTO game.stage_rests (quest_id, stage, reason, by_itself, began_at)"
        " VALUES (%(quest)s, %(stage)s, %(reason)s, %(itself)s, %(now)s) ON CONFLICT DO NOTHING",
        {"quest": quest_id, "stage": stage, "reason": reason, "itself": by_itself, "now": now},
    )
    return begun.rowcount == 1


def end(connection: Connection[Row], quest_id: str, stage: str, now: datetime) -> bool:
    """False where it did not rest."""
    ended = connection.execute(
        "UPDATE game.stage_rests SET ended_at = %(now)s"
        " WHERE quest_id = %(quest)s AND stage = %(stage)s AND ended_at IS NULL",
        {"quest": quest_id, "stage": stage, "now": now},
    )
    return ended.rowcount == 1
