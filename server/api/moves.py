"""Moves outside of any journey: what somebody feels or thinks of a place, one tap, anywhere."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from flask import Response

from quests.moves import FreeMove
from server.api.badges import Award, told_award
from server.api.forms import BODY_MOST_BYTES
from server.api.framework import Asked, Blueprint, LanguageParameters, reply
from server.api.told import MoveBatch, Told, tell
from server.use_cases import free_moves

blueprint = Blueprint("moves", description="What somebody says of a place, outside of any quest.")


class FreeMoveBatch(MoveBatch, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Moves outside of any journey, in any order, each as often as one likes: the first hearing stands."""


class HeardFree(msgspec.Struct, frozen=True, kw_only=True):
    """What became of each move."""

    outcomes: Annotated[
        tuple[Told, ...], msgspec.Meta(description="One for each move, in the batch's order.")
    ]
    awards: Annotated[
        tuple[Award, ...],
        msgspec.Meta(description="The badges that this batch brought. Said once; `/awards` lists all."),
    ] = ()


@blueprint.route("/moves", methods=["POST"])
@blueprint.arguments(LanguageParameters, location="query")
@blueprint.arguments(FreeMoveBatch, most_bytes=BODY_MOST_BYTES, items={"moves": FreeMove})
@blueprint.response(200, HeardFree)
@blueprint.says_no("device-tired")
def submit_free_moves(asked: Asked, _query: LanguageParameters, batch: FreeMoveBatch) -> Response:
    """Say how places feel, or what one thinks there, outside of any quest.

    One tap, anywhere, online or off. Outcomes are those of a journey's moves. They are their player's alone.
    """
    edge = asked.edge
    heard = free_moves.submit(edge.database, asked.caller, batch.moves, datetime.now(UTC), edge.badges)
    earned = tuple(told_award(one, asked.languages) for one in heard.earned)
    return reply(HeardFree(outcomes=tell(asked, heard.outcomes), awards=earned))
