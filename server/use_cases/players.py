"""A player and its devices: made on the phone, known by a token that only the phone holds."""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from server.stores import players, tombstones
from server.stores.database import Database
from server.stores.players import Device, Player
from server.use_cases.problem import Problem

TOKEN_BYTES = 32
# The last of the 43 letters holds four bits of the token and two that are nought: a token has one spelling.
BEARER_PATTERN = re.compile(
    r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])"
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a player, on one of its devices. `leaves_at`: when it will be erased, if it asked for that."""

    player: str
    device: str
    leaves_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """`created`: the player is new. What a repetition answers is equal but for this."""

    player: Player
    device: str
    created: bool


def register(
    database: Database,
    player: Player,
    device: Device,
    now: datetime,
    caller: Caller | None = None,
) -> Registered:
    """The player with this device, made if it is new; a repetition changes nothing.

    `caller`: who has shown to be whom. Only that player may add a device to itself, and change its language;
    to everybody else a player that is there is `player-taken`, whatever else is true of it.
    Raises Problem: player-taken, device-taken, player-erased.
    """
    with database.transaction() as connection:
        added = players.add(connection, player, now)
        # Asked when it was added: whoever adds waits for an erasing under way, and sees its stone only then.
        if tombstones.has(connection, "player", player.id):
            raise Problem("player-erased")
        if added:
            players.add_device(connection, player.id, device, now)
            return Registered(player, device.id, created=True)
        if not players.lock(connection, player.id):
            raise Problem("player-erased")  # between the two statements
        own = caller is not None and caller.player == player.id
        if device not in players.devices(connection, player.id):
            if not own:
                raise Problem("player-taken")
            if not players.add_device(connection, player.id, device, now):
                raise Problem("device-taken")
        if own and player.language is not None:
            players.set_language(connection, player)
        kept = players.find(connection, player.id)
        return Registered(kept or player, device.id, created=False)


def authenticate(database: Database, bearer: str) -> Caller | None:
    """Who a token of the form `<player>.<token>` belongs to; None when it is nobody's or none at all."""
    parts = BEARER_PATTERN.fullmatch(bearer)
    if parts is None:
        return None
    try:
        token = base64.b64decode(parts[2] + "=", altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    found = players.device_of(database, parts[1], sha256(token).digest())
    return None if found is None else Caller(parts[1], *found)
