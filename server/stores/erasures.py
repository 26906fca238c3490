"""Who asked to be erased and may still regret it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection

from server.stores.database import Database, Row


@dataclass(frozen=True, slots=True)
class Erasure:
    asked_at: datetime
    final_at: datetime


def add(connection: Connection[Row], player_id: str, erasure: Erasure) -> None:
    """The first asking stands."""
    connection.execute(
        "INSERT INTO game.erasures (player_id, asked_at, final_at) VALUES (%(player)s, %(asked)s, %(final)s)"
        " ON CONFLICT DO NOTHING",
        {"player": player_id, "asked": erasure.asked_at, "final": erasure.final_at},
    )


def find(connection: Connection[Row], player_id: str) -> Erasure | None:
    row = connection.execute(
        "SELECT asked_at, final_at FROM game.erasures WHERE player_id = %(player)s", {"player": player_id}
    ).fetchone()
    return None if row is None else Erasure(*row)


def among(connection: Connection[Row], player_ids: Collection[str]) -> set[str]:
    """Those of these who asked to be erased: nobody else sees them any more."""
    rows = connection.execute(
        "SELECT player_id::text FROM game.erasures WHERE player_id = ANY(%(ids)s::uuid[])",
        {"ids": list(player_ids)},
    )
    return {row[0] for row in rows}


def remove(connection: Connection[Row], player_id: str) -> None:
    connection.execute("DELETE FROM game.erasures WHERE player_id = %(player)s", {"player": player_id})


def due(database: Database, now: datetime, most: int) -> list[str]:
    """Players whose last day has passed, the longest waiting first."""
    rows = database.private.read(
        "SELECT player_id::text FROM game.erasures WHERE final_at <= %(now)s ORDER BY final_at LIMIT %(most)s",
        {"now": now, "most": most},
    )
    return [row[0] for row in rows]
