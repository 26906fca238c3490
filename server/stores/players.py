"""Players and their devices."""

from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection

from server.stores import media
from server.stores.database import Database, Row


@dataclass(frozen=True, slots=True)
class Player:
    id: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Device:
    id: str
    token_sha256: bytes


@dataclass(frozen=True, slots=True)
class DeviceSeen:
    id: str
    added_at: datetime


def add(connection: Connection[Row], player: Player, now: datetime) -> bool:
    """False when a player of that id is there already, whoever added it at the same moment included."""
    added = connection.execute(
        "INSERT INTO game.players (id, language, created_at) VALUES (%(id)s, %(language)s, %(now)s)"
        " ON CONFLICT DO NOTHING",
        {"id": player.id, "language": player.language, "now": now},
    )
    return added.rowcount == 1


def add_device(connection: Connection[Row], player_id: str, device: Device, now: datetime) -> bool:
    """False when the player has a device of that id, or one with that token."""
    added = connection.execute(
        "INSERT INTO game.devices (player_id, id, token_sha256, added_at)"
        " VALUES (%(player)s, %(id)s, %(token)s, %(now)s) ON CONFLICT DO NOTHING",
        {"player": player_id, "id": device.id, "token": device.token_sha256, "now": now},
    )
    return added.rowcount == 1


def find(connection: Connection[Row], player_id: str) -> Player | None:
    row = connection.execute(
        "SELECT id::text, language FROM game.players WHERE id = %(id)s", {"id": player_id}
    ).fetchone()
    return None if row is None else Player(*row)


def lock(connection: Connection[Row], player_id: str) -> bool:
    """Against every other change of this player until the transaction ends; False when there is none."""
    row = connection.execute(
        "SELECT FROM game.players WHERE id = %(id)s FOR UPDATE", {"id": player_id}
    ).fetchone()
    return row is not None


def set_language(connection: Connection[Row], player: Player) -> None:
    connection.execute(
        "UPDATE game.players SET language = %(language)s WHERE id = %(id)s",
        {"id": player.id, "language": player.language},
    )


def devices(connection: Connection[Row], player_id: str) -> list[Device]:
    rows = connection.execute(
        "SELECT id::text, token_sha256 FROM game.devices WHERE player_id = %(player)s", {"player": player_id}
    )
    return [Device(*row) for row in rows]


def devices_seen(connection: Connection[Row], player_id: str) -> list[DeviceSeen]:
    rows = connection.execute(
        "SELECT id::text, added_at FROM game.devices WHERE player_id = %(player)s ORDER BY added_at, id",
        {"player": player_id},
    )
    return [DeviceSeen(*row) for row in rows]


def remove_device(connection: Connection[Row], player_id: str, device_id: str) -> bool:
    removed = connection.execute(
        "DELETE FROM game.devices WHERE player_id = %(player)s AND id = %(device)s",
        {"player": player_id, "device": device_id},
    )
    return removed.rowcount == 1


def device_of(database: Database, player_id: str, token_sha256: bytes) -> tuple[str, datetime | None] | None:
    """The id of the player's device that has the token of this hash, and when the player will be erased, if asked."""
    rows = database.private.read(
        "SELECT d.id::text, e.final_at FROM game.devices d LEFT JOIN game.erasures e USING (player_id)"
        " WHERE d.player_id = %(player)s AND d.token_sha256 = %(token)s",
        {"player": player_id, "token": token_sha256},
    )
    return (rows[0][0], rows[0][1]) if rows else None


def remove(connection: Connection[Row], player_id: str) -> bool:
    """The player and everything that refers to it, moves and journeys first; False when there was none.

    Of journeys and moves that others own, only its id is taken out.
    """
    at = {"player": player_id}
    connection.execute(
        "SELECT FROM game.journeys WHERE owner_player_id = %(player)s ORDER BY id FOR UPDATE", at
    )
    connection.execute("DELETE FROM game.moves WHERE owner_player_id = %(player)s", at)
    connection.execute("DELETE FROM game.journeys WHERE owner_player_id = %(player)s", at)
    connection.execute(
        "UPDATE game.journeys SET players = array_remove(players, %(player)s::uuid)"
        " WHERE players @> ARRAY[%(player)s::uuid]",
        at,
    )
    connection.execute(
        "UPDATE game.moves SET by = array_remove(by, %(player)s::uuid) WHERE by @> ARRAY[%(player)s::uuid]",
        at,
    )
    connection.execute("DELETE FROM game.devices WHERE player_id = %(player)s", at)
    connection.execute("DELETE FROM game.awards WHERE player_id = %(player)s", at)
    media.remove_all(connection, player_id)
    connection.execute("DELETE FROM people.claims WHERE player_id = %(player)s", at)
    connection.execute("DELETE FROM game.erasures WHERE player_id = %(player)s", at)
    return connection.execute("DELETE FROM game.players WHERE id = %(player)s", at).rowcount == 1
