"""Players: made on the phone, online or off."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from flask import Response, request

from quests.model import Language
from quests.moves import Uuid
from server.api.framework import END, Asked, Blueprint, reply
from server.stores.players import Device, Player
from server.use_cases import players

blueprint = Blueprint(
    "players", description="Players and their devices. No names, no addresses, no passwords."
)

Sha256 = Annotated[
    str,
    msgspec.Meta(pattern=rf"^[0-9a-f]{{64}}{END}", description="SHA-256 in hex: 64 digits, lower case."),
]


class PlayerPath(msgspec.Struct, frozen=True):
    player_id: Annotated[Uuid, msgspec.Meta(description="Made on the phone (UUID v4, lower case).")]


class PlayerBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A player on one device."""

    device: Annotated[
        Uuid, msgspec.Meta(description="The device's id, made on the phone (UUID v4, lower case).")
    ]
    token_sha256: Annotated[
        Sha256,
        msgspec.Meta(
            description="SHA-256, in hex, of the device's 32-byte token. The token itself stays on the phone."
        ),
    ]
    language: Annotated[
        Language | None, msgspec.Meta(description="The player's language, BCP 47; easy Swedish is sv-simple.")
    ] = None


class PlayerAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A player, as it stands."""

    id: Annotated[str, msgspec.Meta(description="The player's id.")]
    device: Annotated[str, msgspec.Meta(description="The device that was named.")]
    language: Annotated[str | None, msgspec.Meta(description="The player's language, BCP 47.")]


@blueprint.route("/players/<player_id>", methods=["PUT"])
@blueprint.arguments(PlayerPath, location="path")
@blueprint.arguments(PlayerBody)
@blueprint.response(201, PlayerAnswer, description="The player is new.")
@blueprint.response(200, PlayerAnswer, description="The player was there with this device, or has it now.")
@blueprint.says_no("player-taken", "device-taken", "player-erased")
def register(asked: Asked, path: PlayerPath, body: PlayerBody) -> Response:
    """Register a player and a device.

    The phone makes the ids and a token of 32 random bytes, and sends the token's SHA-256: whatever response is
    lost, the request can be repeated. From then on it shows `Authorization: Bearer <player>.<token>`, the token as
    base64url without padding (43 characters). With the token of one device another device may be added.
    """
    if asked.player is None:
        asked.edge.limits.count_new_player(request.remote_addr or "")
    found = players.register(
        asked.edge.database,
        Player(path.player_id, body.language),
        Device(body.device, bytes.fromhex(body.token_sha256)),
        datetime.now(UTC),
        asked.player,
    )
    answer = PlayerAnswer(id=found.player.id, device=found.device, language=found.player.language)
    return reply(answer, 201 if found.created else 200)
