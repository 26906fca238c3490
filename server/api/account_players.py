"""Players of the own account, and the phones that play as them."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from flask import Response

from quests.moves import Uuid
from server.api.framework import Asked, Blueprint
from server.api.players import Sha256
from server.stores.players import Device
from server.use_cases import accounts

blueprint = Blueprint(
    "account's players", same_origin=True, description="Players of the own account, and their phones."
)


class DeviceBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A phone that plays on as a player of the account."""

    token_sha256: Annotated[
        Sha256, msgspec.Meta(description="SHA-256, in hex, of the token that the phone made.")
    ]


class PlayerPath(msgspec.Struct, frozen=True):
    player_id: Annotated[Uuid, msgspec.Meta(description="A player of the account.")]


class DevicePath(PlayerPath, frozen=True):
    device_id: Annotated[Uuid, msgspec.Meta(description="Made on the phone (UUID v4, lower case).")]


@blueprint.route("/account/player", methods=["PUT"])
@blueprint.response(204)
@blueprint.says_no("claimed-by-another")
def claim_player(asked: Asked) -> Response:
    """Make the player of this device the account's own, so that a new phone can play on as it."""
    accounts.claim(asked.edge.database, asked.person, asked.caller, datetime.now(UTC))
    return Response(status=204)


@blueprint.route("/account/players/<player_id>", methods=["DELETE"])
@blueprint.arguments(PlayerPath, location="path")
@blueprint.response(204)
@blueprint.says_no("unknown-player")
def let_go(asked: Asked, path: PlayerPath) -> Response:
    """Let a player go: it plays on, and belongs to nobody."""
    accounts.let_go(asked.edge.database, asked.person, path.player_id)
    return Response(status=204)


@blueprint.route("/account/players/<player_id>/devices/<device_id>", methods=["PUT"])
@blueprint.arguments(DevicePath, location="path")
@blueprint.arguments(DeviceBody)
@blueprint.response(204)
@blueprint.says_no("unknown-player", "device-taken", "devices-full")
def join_device(asked: Asked, path: DevicePath, body: DeviceBody) -> Response:
    """Let a new phone play on as a player of this account. A repetition changes nothing."""
    accounts.join_device(
        asked.edge.database,
        asked.person,
        path.player_id,
        Device(path.device_id, bytes.fromhex(body.token_sha256)),
        datetime.now(UTC),
    )
    return Response(status=204)


@blueprint.route("/account/players/<player_id>/devices/<device_id>", methods=["DELETE"])
@blueprint.arguments(DevicePath, location="path")
@blueprint.response(204)
@blueprint.says_no("unknown-player", "unknown-device")
def revoke_device(asked: Asked, path: DevicePath) -> Response:
    """Shut out a phone that was lost: its token opens nothing any more."""
    accounts.revoke_device(asked.edge.database, asked.person, path.player_id, path.device_id)
    return Response(status=204)
