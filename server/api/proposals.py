"""What people would like to give: a stage, a place of their own, or to look after a stage."""

from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec
from flask import Response

from quests.codes import CODE_PATTERN
from quests.model import Language
from quests.moves import Uuid
from server.api.forms import TEXT
from server.api.framework import END, LINE, Asked, Blueprint, reply
from server.api.stages import StagePath
from server.stores.proposals import Proposal
from server.use_cases import proposals
from server.use_cases.cases.telling import in_languages
from server.use_cases.proposals import Titled

blueprint = Blueprint("proposals", same_origin=True, description="What people would like to give.")


class ProposalPath(msgspec.Struct, frozen=True):
    proposal_id: Annotated[Uuid, msgspec.Meta(description="Made by who proposes (UUID v4, lower case).")]


class Spot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where it is. Only who answers sees it, and it is forgotten with the proposal."""

    lon: Annotated[float, msgspec.Meta(ge=-180, le=180, description="Longitude, WGS 84. [°]")]
    lat: Annotated[float, msgspec.Meta(ge=-90, le=90, description="Latitude, WGS 84. [°]")]


class ProposalBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stage or a place that somebody would like to give."""

    kind: Annotated[
        Literal["stage", "place"], msgspec.Meta(description="A stage of a trail, or a place of one's own.")
    ]
    name: Annotated[str, msgspec.Meta(pattern=rf"^{LINE}{{1,120}}{END}", description="What it is called.")]
    words: Annotated[str, msgspec.Meta(pattern=rf"^{TEXT}{{1,4000}}{END}", description="What makes it good.")]
    language: Annotated[Language, msgspec.Meta(description="The language of the words.")]
    at: Annotated[Spot | None, msgspec.Meta(description="Where it is; null where it is anywhere.")] = None
    quest: Annotated[
        Annotated[str, msgspec.Meta(pattern=CODE_PATTERN)] | None,
        msgspec.Meta(description="Code of the trail that it is for; its editors answer."),
    ] = None
    joins: Annotated[
        bool,
        msgspec.Meta(description="Who proposes would like to write along: taken up, they come in as author."),
    ] = False


class ProposalAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody would like to give, and what came of it."""

    id: Annotated[str, msgspec.Meta(description="Its id.")]
    kind: Annotated[str, msgspec.Meta(description="stage, place or adoption.")]
    title: Annotated[
        str, msgspec.Meta(description="What it is called; of an adoption, the stage in a language asked for.")
    ]
    name: Annotated[str, msgspec.Meta(description="As it was written; empty for an adoption.")]
    words: Annotated[str, msgspec.Meta(description="What makes it good.")]
    quest: Annotated[str | None, msgspec.Meta(description="Id of the trail that it is for.")]
    stage: Annotated[str | None, msgspec.Meta(description="The stage that somebody would look after.")]
    joins: Annotated[bool, msgspec.Meta(description="Who proposes would like to write along.")]
    state: Annotated[str, msgspec.Meta(description="open, taken-up or declined.")]
    made_at: Annotated[datetime, msgspec.Meta(description="When it was made.")]
    decided_at: Annotated[datetime | None, msgspec.Meta(description="When it was answered.")]


class ProposalsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the person would like to give."""

    proposals: Annotated[tuple[ProposalAnswer, ...], msgspec.Meta(description="The newest first.")]


@blueprint.route("/proposals")
@blueprint.response(200, ProposalsAnswer)
@blueprint.says_no()
def list_proposals(asked: Asked) -> Response:
    """See what one has proposed, and what came of it."""
    found = proposals.mine(asked.edge.database, asked.person)
    return reply(ProposalsAnswer(proposals=tuple(_shown(asked, one) for one in found)))


@blueprint.route("/proposals/<proposal_id>", methods=["PUT"])
@blueprint.arguments(ProposalPath, location="path")
@blueprint.arguments(ProposalBody)
@blueprint.response(200, ProposalAnswer)
@blueprint.says_no("unknown-quest", "proposal-taken", "proposals-full")
def propose(asked: Asked, path: ProposalPath, body: ProposalBody) -> Response:
    """Propose a stage or a place. Who looks after the trail answers, or who is near. A repetition changes nothing."""
    now = datetime.now(UTC)
    proposal = Proposal(
        path.proposal_id,
        asked.person.id,
        body.kind,
        body.name,
        body.words,
        body.language,
        None if body.at is None else body.at.lon,
        None if body.at is None else body.at.lat,
        None,
        None,
        body.joins,
        "open",
        now,
    )
    made = proposals.propose(asked.edge.database, asked.person, proposal, body.quest, now)
    return reply(_shown(asked, made))


@blueprint.route("/proposals/<proposal_id>", methods=["DELETE"])
@blueprint.arguments(ProposalPath, location="path")
@blueprint.response(204)
@blueprint.says_no("unknown-proposal")
def take_proposal_back(asked: Asked, path: ProposalPath) -> Response:
    """Take a proposal back, with the place that it names."""
    proposals.take_back(asked.edge.database, asked.person, path.proposal_id, datetime.now(UTC))
    return Response(status=204)


@blueprint.route("/trails/<trail_id>/stages/<stage>/adoption", methods=["PUT"])
@blueprint.arguments(StagePath, location="path")
@blueprint.response(200, ProposalAnswer)
@blueprint.says_no("unknown-stage", "proposals-full")
def adopt_stage(asked: Asked, path: StagePath) -> Response:
    """Ask to look after a stage: to pass by now and then, and to be told when something is wrong with it."""
    made = proposals.adopt(asked.edge.database, asked.person, path.trail_id, path.stage, datetime.now(UTC))
    return reply(_shown(asked, made))


def _shown(asked: Asked, titled: Titled) -> ProposalAnswer:
    proposal = titled.proposal
    return ProposalAnswer(
        title=in_languages(titled.title, asked.languages),
        id=proposal.id,
        kind=proposal.kind,
        name=proposal.name,
        words=proposal.words,
        quest=proposal.quest,
        stage=proposal.stage,
        joins=proposal.joins,
        state=proposal.state,
        made_at=proposal.made_at,
        decided_at=proposal.decided_at,
    )
