"""Journeys, and the moves that phones made in them, online or off."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from flask import Response

from quests.moves import PLAYERS_MOST, Moment, Move, Uuid
from quests.views import JourneyView
from server.api.badges import Award, told_award
from server.api.forms import BODY_MOST_BYTES
from server.api.framework import CURSOR, END, Asked, Blueprint, LanguageParameters, reply
from server.api.told import MoveBatch, Told, tell
from server.stores.journeys import Journey
from server.use_cases import journeys

blueprint = Blueprint("journeys", description="A player's run of one quest version, and what was done in it.")


class JourneyPath(msgspec.Struct, frozen=True):
    journey_id: Annotated[Uuid, msgspec.Meta(description="Made on the phone (UUID v4, lower case).")]


class JourneyBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a phone set out to play."""

    quest: Annotated[
        str,
        msgspec.Meta(
            pattern=rf"^[0-9A-Za-z -]{{1,40}}{END}", description="The quest's id, or any code it has had."
        ),
    ]
    quest_version: Annotated[
        str,
        msgspec.Meta(
            pattern=rf"^[0-9a-f]{{64}}{END}",
            description="The version that the kit held; the journey keeps it.",
        ),
    ]
    players: Annotated[
        tuple[Uuid, ...],
        msgspec.Meta(
            min_length=1, max_length=PLAYERS_MOST, description="Everybody who plays, the owner among them."
        ),
    ]
    started_at: Annotated[Moment, msgspec.Meta(description="By the phone's clock; kept to the millisecond.")]


class JourneyAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A journey as it was put."""

    id: Annotated[str, msgspec.Meta(description="The journey's id.")]
    quest: Annotated[str, msgspec.Meta(description="The quest's id.")]
    quest_version: Annotated[str, msgspec.Meta(description="The version that is played.")]
    players: Annotated[tuple[str, ...], msgspec.Meta(description="Everybody who plays.")]
    started_at: Annotated[datetime, msgspec.Meta(description="In UTC, to the millisecond.")]


class ListedJourney(msgspec.Struct, frozen=True, kw_only=True):
    """A journey, and where it stands."""

    journey: Annotated[JourneyAnswer, msgspec.Meta(description="As it was put.")]
    view: Annotated[JourneyView, msgspec.Meta(description="Where it stands, as its player may see it.")]


class JourneyList(msgspec.Struct, frozen=True, kw_only=True):
    """The one that was begun last comes first."""

    journeys: Annotated[tuple[ListedJourney, ...], msgspec.Meta(description="Of the asking player alone.")]
    after: Annotated[
        str | None, msgspec.Meta(description="Send it as `after` for those that follow; null at the end.")
    ]


class JourneyListParameters(LanguageParameters, frozen=True, kw_only=True, forbid_unknown_fields=True):
    after: (
        Annotated[str, msgspec.Meta(pattern=CURSOR, description="What the page before gave as `after`.")]
        | None
    ) = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=50, description="How many at most.")] = 20


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What became of each move, and where the journey stands now."""

    outcomes: Annotated[
        tuple[Told, ...], msgspec.Meta(description="One for each move, in the batch's order.")
    ]
    journey: Annotated[JourneyView, msgspec.Meta(description="As its player may see it.")]
    awards: Annotated[
        tuple[Award, ...],
        msgspec.Meta(description="The badges that this batch brought. Said once; `/awards` lists all."),
    ] = ()


@blueprint.route("/journeys/<journey_id>", methods=["PUT"])
@blueprint.arguments(JourneyPath, location="path")
@blueprint.arguments(JourneyBody)
@blueprint.response(201, JourneyAnswer, description="The journey is new.")
@blueprint.response(200, JourneyAnswer, description="The journey was there, with the same content.")
@blueprint.says_no("bad-moment", "owner-missing", "unknown-quest-version", "journey-differs")
def put_journey(asked: Asked, path: JourneyPath, body: JourneyBody) -> Response:
    """Begin a journey, or say again that it was begun."""
    put = journeys.put(
        asked.edge.database,
        asked.caller,
        path.journey_id,
        quest=body.quest,
        quest_version=body.quest_version,
        players=body.players,
        started_at=body.started_at,
        now=datetime.now(UTC),
    )
    return reply(_answer(put.journey), 201 if put.created else 200)


@blueprint.route("/journeys")
@blueprint.arguments(JourneyListParameters, location="query")
@blueprint.response(200, JourneyList)
@blueprint.says_no("bad-cursor")
def list_journeys(asked: Asked, query: JourneyListParameters) -> Response:
    """List your own journeys."""
    found = journeys.list_own(
        asked.edge.database, asked.caller, asked.languages, cursor=query.after, limit=query.limit
    )
    listed = tuple(ListedJourney(journey=_answer(one.journey), view=one.view) for one in found.journeys)
    return reply(JourneyList(journeys=listed, after=found.after))


@blueprint.route("/journeys/<journey_id>")
@blueprint.arguments(JourneyPath, location="path")
@blueprint.arguments(LanguageParameters, location="query")
@blueprint.response(200, ListedJourney, headers={"Content-Language": "The language of the journey's texts."})
@blueprint.says_no("unknown-journey")
def get_journey(asked: Asked, path: JourneyPath, _query: LanguageParameters) -> Response:
    """See where one of your own journeys stands."""
    found = journeys.view(asked.edge.database, asked.caller, path.journey_id, asked.languages)
    return reply(ListedJourney(journey=_answer(found.journey), view=found.view), language=found.view.language)


@blueprint.route("/journeys/<journey_id>/moves", methods=["POST"])
@blueprint.arguments(JourneyPath, location="path")
@blueprint.arguments(LanguageParameters, location="query")
@blueprint.arguments(MoveBatch, most_bytes=BODY_MOST_BYTES, items={"moves": Move})
@blueprint.response(200, Heard, headers={"Content-Language": "The language of the journey's texts."})
@blueprint.says_no("unknown-journey", "journey-full", "device-tired")
def submit_moves(asked: Asked, path: JourneyPath, _query: LanguageParameters, batch: MoveBatch) -> Response:
    """Send moves, up to 500 at once.

    Only the envelope fails as a whole. Each move has one outcome: `accepted`, `missed`, `refused`, `unreadable`
    (kept as it came) or `duplicate` (with the outcome that stands). An empty batch tells where the journey stands.
    A move's id used again with other bytes is refused as `id-reused`, and the first stands.
    """
    heard = journeys.submit_moves(
        asked.edge.database,
        asked.caller,
        path.journey_id,
        batch.moves,
        asked.languages,
        datetime.now(UTC),
        asked.edge.badges,
    )
    earned = tuple(told_award(one, asked.languages) for one in heard.earned)
    return reply(
        Heard(outcomes=tell(asked, heard.outcomes), journey=heard.view, awards=earned),
        language=heard.view.language,
    )


def _answer(journey: Journey) -> JourneyAnswer:
    return JourneyAnswer(
        id=journey.id,
        quest=journey.quest_id,
        quest_version=journey.quest_version,
        players=journey.players,
        started_at=journey.started_at,
    )
