"""A player is forgotten: at once, everywhere, and again after an old dump was restored."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from psycopg import Connection

from server.stores import jobs, media, players, tombstones
from server.stores.database import Database, Row
from server.stores.tombstones import Tombstone

PLAYER = "player"


def erase_player(database: Database, player_id: str, now: datetime, tombstones_file: Path) -> bool:
    """Removes the player with devices, journeys, moves and media; False when there was none.

    From then on nothing leads to the bytes of the media; a worker removes them within seconds.

    The file outside the database is written first: what a crash then leaves undone, `replay` completes.
    """
    tombstone = Tombstone(PLAYER, player_id, now)
    with database.transaction() as connection:
        if not players.lock(connection, player_id):
            return False
        tombstones.append(tombstones_file, tombstone)
        tombstones.add(connection, tombstone)
        return _removed(connection, player_id)


def replay(database: Database, erased: Iterable[Tombstone]) -> int:
    """Erases again what had been erased; how many were there. A repetition changes nothing."""
    again = 0
    for tombstone in erased:
        if tombstone.kind != PLAYER:
            raise ValueError(tombstone.kind)
        with database.transaction() as connection:
            tombstones.add(connection, tombstone)
            if players.lock(connection, tombstone.id):
                again += _removed(connection, tombstone.id)
    return again


def _removed(connection: Connection[Row], player_id: str) -> bool:
    jobs.put(connection, jobs.REMOVE_BLOBS, {"folder": f"{media.PLAYERS}/{player_id}"})
    return players.remove(connection, player_id)
