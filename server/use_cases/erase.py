"""A player is forgotten: everywhere, after a time for regret or at once, and again after an old dump was restored."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from psycopg import Connection

from quests.moves import to_millisecond
from server.stores import accounts, erasures, jobs, media, players, stories, tombstones
from server.stores.database import Database, Row
from server.stores.erasures import Erasure
from server.stores.tombstones import Tombstone
from server.use_cases.players import Caller
from server.use_cases.problem import Problem

#: What stands in the file outside the database: gone for good, asked to be erased, regretted it.
PLAYER, ACCOUNT, STORY, LEAVES, STAYS = "player", "account", "story", "leaves", "stays"
REGRET = timedelta(days=14)
AT_ONCE = 100


def ask(database: Database, caller: Caller, now: datetime, tombstones_file: Path) -> tuple[Erasure, bool]:
    """The caller is to be erased in 14 days; whether that is new. A repetition puts nothing off.

    Said in the file outside the database first: a restore of an older dump must not forget that it was asked for.
    Raises Problem: unknown-token.
    """
    now = to_millisecond(now)
    with database.transaction() as connection:
        _lock(connection, caller)
        standing = erasures.find(connection, caller.player)
        if standing is not None:
            return standing, False
        tombstones.append(tombstones_file, Tombstone(LEAVES, caller.player, now))
        erasure = Erasure(now, now + REGRET)
        erasures.add(connection, caller.player, erasure)
        return erasure, True


def regret(database: Database, caller: Caller, now: datetime, tombstones_file: Path) -> None:
    """The caller stays. Whoever never asked stays anyway. Raises Problem: unknown-token."""
    with database.transaction() as connection:
        _lock(connection, caller)
        if erasures.find(connection, caller.player) is None:
            return
        tombstones.append(tombstones_file, Tombstone(STAYS, caller.player, now))
        erasures.remove(connection, caller.player)


def standing(database: Database, caller: Caller) -> Erasure | None:
    with database.transaction() as connection:
        return erasures.find(connection, caller.player)


def erase_due(database: Database, now: datetime, tombstones_file: Path) -> int:
    """Erases whoever asked for it and let the time for regret pass; how many."""
    erased = 0
    while ids := erasures.due(database, now, AT_ONCE):
        for player_id in ids:
            with database.transaction() as connection:
                if not players.lock(connection, player_id):
                    continue
                asked = erasures.find(connection, player_id)
                if asked is None or asked.final_at > now:
                    continue  # regretted since it was looked up
                erased += _erase(connection, Tombstone(PLAYER, player_id, now), tombstones_file)
    return erased


def erase_player(database: Database, player_id: str, now: datetime, tombstones_file: Path) -> bool:
    """Removes the player with devices, journeys, moves and media, at once; False when there was none.

    From then on nothing leads to the bytes of the media; a worker removes them within seconds.
    """
    with database.transaction() as connection:
        if not players.lock(connection, player_id):
            return False
        return _erase(connection, Tombstone(PLAYER, player_id, now), tombstones_file)


def replay(database: Database, told: Iterable[Tombstone]) -> int:
    """Erases again what had been erased; how many were there. A repetition changes nothing.

    Who had asked to be erased goes on waiting for the same day, and who had regretted it stays.
    """
    again = 0
    last: dict[str, Tombstone] = {}
    for tombstone in told:
        if tombstone.kind in {LEAVES, STAYS}:
            before = last.get(tombstone.id)
            if before is None or before.erased_at <= tombstone.erased_at:
                last[tombstone.id] = tombstone
            continue
        if tombstone.kind not in {PLAYER, ACCOUNT, STORY}:
            raise ValueError(tombstone.kind)
        with database.transaction() as connection:
            tombstones.add(connection, tombstone)
            if tombstone.kind == ACCOUNT:
                again += accounts.remove(connection, tombstone.id)
            elif tombstone.kind == STORY:
                again += stories.remove_again(connection, tombstone.id, tombstone.erased_at)
            elif players.lock(connection, tombstone.id):
                again += _removed(connection, tombstone.id)
    for player_id, tombstone in last.items():
        with database.transaction() as connection:
            if not players.lock(connection, player_id):
                continue
            erasures.remove(connection, player_id)
            if tombstone.kind == LEAVES:
                asked_at = tombstone.erased_at
                erasures.add(connection, player_id, Erasure(asked_at, asked_at + REGRET))
    return again


def _lock(connection: Connection[Row], caller: Caller) -> None:
    if not players.lock(connection, caller.player):
        raise Problem("unknown-token")  # erased since the token was looked at


def _erase(connection: Connection[Row], tombstone: Tombstone, tombstones_file: Path) -> bool:
    """The file outside the database is written first: what a crash then leaves undone, `replay` completes."""
    tombstones.append(tombstones_file, tombstone)
    tombstones.add(connection, tombstone)
    return _removed(connection, tombstone.id)


def _removed(connection: Connection[Row], player_id: str) -> bool:
    jobs.put(connection, jobs.REMOVE_BLOBS, {"folder": f"{media.PLAYERS}/{player_id}"})
    return players.remove(connection, player_id)
