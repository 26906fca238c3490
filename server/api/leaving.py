"""Taking along what is stored of the own account, and leaving."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from flask import Response

from server.api.framework import Asked, Blueprint, reply, reply_bytes
from server.use_cases import accounts

blueprint = Blueprint(
    "leaving", same_origin=True, description="Taking along everything of the own account, and leaving."
)


class LeavingState(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the account is going to be erased."""

    leaves_at: Annotated[
        datetime | None, msgspec.Meta(description="From then on it is gone for good; null: it stays.")
    ]


@blueprint.route("/account/export")
@blueprint.response(200, bytes, description="Everything that is stored of the account.")
def export_account(asked: Asked) -> Response:
    """Take along everything that is stored of the account. What was played is exported by the phone."""
    asked.edge.limits.count_own_data(asked.person.id)
    response = reply_bytes(accounts.export(asked.edge.database, asked.person), "application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="rotfaste-account.json"'
    return response


@blueprint.route("/account/erasure", methods=["POST"])
@blueprint.response(200, LeavingState)
def ask_to_leave(asked: Asked) -> Response:
    """Ask that the account be erased. It can be regretted for 14 days. A body is not erased with its owner."""
    asked.edge.limits.count_own_data(asked.person.id)
    account = accounts.ask_to_leave(asked.edge.database, asked.person, datetime.now(UTC))
    return reply(LeavingState(leaves_at=account.leaves_at))


@blueprint.route("/account/erasure", methods=["DELETE"])
@blueprint.response(200, LeavingState)
def stay(asked: Asked) -> Response:
    """Stay after all."""
    accounts.stay(asked.edge.database, asked.person)
    return reply(LeavingState(leaves_at=None))
