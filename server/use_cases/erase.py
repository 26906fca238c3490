"""A player is forgotten: at once, everywhere, and again after an old dump was restored."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from server.stores import players, tombstones
from server.stores.database import Database
from server.stores.tombstones import Tombstone

PLAYER = "player"


def erase_player(database: Database, player_id: str, now: datetime, tombstones_file: Path) -> bool:
    """Removes the player with devices, journeys and moves; False when there was none.

    The file outside the database is written first: what a crash then leaves undone, `replay` completes.
    """
    tombstone = Tombstone(PLAYER, player_id, now)
    with database.transaction() as connection:
        if not players.lock(connection, player_id):
            return False
        tombstones.append(tombstones_file, tombstone)
        tombstones.add(connection, tombstone)
        return players.remove(connection, player_id)


def replay(database: Database, erased: Iterable[Tombstone]) -> int:
    """Erases again what had been erased; how many were there. A repetition changes nothing."""
    again = 0
    for tombstone in erased:
        if tombstone.kind != PLAYER:
            raise ValueError(tombstone.kind)
        with database.transaction() as connection:
            tombstones.add(connection, tombstone)
            if players.lock(connection, tombstone.id):
                again += players.remove(connection, tombstone.id)
    return again
