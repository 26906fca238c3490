"""Stages of quests that are played: how they are, whether they rest, and who looks after them."""

from datetime import UTC, date, datetime
from typing import Annotated, Literal

import msgspec
from flask import Response

from quests.closures import Kind as ClosureKind
from quests.moves import Blocked, Uuid
from server.api.forms import TEXT
from server.api.framework import END, Asked, Blueprint, reply
from server.stores.stewards import Steward
from server.use_cases import stages, stewards, trail_health
from server.use_cases.stages import Stage
from server.use_cases.trail_health import StageHealth

blueprint = Blueprint(
    "stages", same_origin=True, description="How stages are, for those who look after them."
)

Words = Annotated[str, msgspec.Meta(pattern=rf"^{TEXT}{{0,2000}}{END}")]


class TrailPath(msgspec.Struct, frozen=True):
    trail_id: Annotated[Uuid, msgspec.Meta(description="The quest's id, as its `quest.toml` says it.")]


class StagePath(TrailPath, frozen=True):
    stage: Annotated[
        str, msgspec.Meta(pattern=rf"^[a-z0-9][a-z0-9-]{{0,39}}{END}", description="The stage's key.")
    ]


class StewardsPath(TrailPath, frozen=True):
    stage: Annotated[
        str,
        msgspec.Meta(
            pattern=rf"^(-|[a-z0-9][a-z0-9-]{{0,39}}){END}",
            description="The stage's key; `-` for every stage of the trail.",
        ),
    ]


class StewardPath(StewardsPath, frozen=True):
    account_id: Annotated[Uuid, msgspec.Meta(description="The person's account.")]


class RestBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why nobody should be led there."""

    reason: Annotated[Blocked, msgspec.Meta(description="What whoever plays is told.")]
    words: Annotated[
        Words, msgspec.Meta(description="For the body's own log; may be empty, and is not shown.")
    ] = ""


class MendedBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was done."""

    words: Annotated[
        Words, msgspec.Meta(description="For the body's own log; may be empty, and is not shown.")
    ] = ""


class RestShown(msgspec.Struct, frozen=True, kw_only=True):
    """That a stage rests."""

    reason: Annotated[Blocked, msgspec.Meta(description="Why.")]
    since: Annotated[datetime, msgspec.Meta(description="Since when.")]
    by_itself: Annotated[bool, msgspec.Meta(description="Reports rested it, and not a person.")]


class StageAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A stage, as it stands."""

    stage: Annotated[str, msgspec.Meta(description="Its key.")]
    rests: Annotated[RestShown | None, msgspec.Meta(description="Null where whoever plays is led to it.")] = (
        None
    )


class StewardShown(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who looks after a stage."""

    account: Annotated[str, msgspec.Meta(description="The person's account.")]
    name: Annotated[str, msgspec.Meta(description="What the person wants to be called; may be empty.")]
    every_stage: Annotated[bool, msgspec.Meta(description="Looks after all stages of the trail.")]
    since: Annotated[datetime, msgspec.Meta(description="Since when.")]


class StewardsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Who looks after a stage."""

    stewards: Annotated[tuple[StewardShown, ...], msgspec.Meta(description="The longest first.")]


class ClosingShown(msgspec.Struct, frozen=True, kw_only=True):
    """Ground that is or will be closed."""

    id: Annotated[str, msgspec.Meta(description="The closure's id.")]
    kind: Annotated[ClosureKind, msgspec.Meta(description="Why it is closed.")]
    authority: Annotated[
        str, msgspec.Meta(description="Who closed it; `default-season`: nobody, it is closed by default.")
    ]
    starts: Annotated[datetime, msgspec.Meta(description="From when.")]
    ends: Annotated[datetime, msgspec.Meta(description="Until when.")]


Verdict = Literal["fine", "look", "rests"]


class StageHealthShown(msgspec.Struct, frozen=True, kw_only=True):
    """How one stage is. Nobody who played can be seen in it."""

    stage: Annotated[str, msgspec.Meta(description="Its key.")]
    titles: Annotated[dict[str, str], msgspec.Meta(description="By language.")]
    verdict: Annotated[Verdict, msgspec.Meta(description="In one word.")]
    message: Annotated[str, msgspec.Meta(description="In a sentence, in the language asked for.")]
    reports: Annotated[
        dict[Blocked, int], msgspec.Meta(description="How often it was reported in twelve months, by reason.")
    ]
    waiting: Annotated[int, msgspec.Meta(description="How many of these nobody has answered.")]
    newest_report: Annotated[date | None, msgspec.Meta(description="The day of the newest.")]
    rests: Annotated[RestShown | None, msgspec.Meta(description="Null where whoever plays is led to it.")]
    done_since: Annotated[
        date | None,
        msgspec.Meta(
            description="At least five players did it on this day or later; null where fewer did in twelve months."
        ),
    ]
    closures: Annotated[
        tuple[ClosingShown, ...], msgspec.Meta(description="What it lies on or reaches into, in 90 days.")
    ]
    steward: Annotated[bool, msgspec.Meta(description="Somebody looks after it.")]


class HealthAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How a trail is."""

    code: Annotated[str, msgspec.Meta(description="The quest's code.")]
    verdict: Annotated[
        Verdict,
        msgspec.Meta(description="rests: there is no way to its end. look: some stage asks for a look."),
    ]
    message: Annotated[str, msgspec.Meta(description="In a sentence, in the language asked for.")]
    stages: Annotated[tuple[StageHealthShown, ...], msgspec.Meta(description="In the quest's order.")]


_ACTS = ("unknown-stage", "not-yours", "not-now", "sign-in-stronger")


@blueprint.route("/trails/<trail_id>/health")
@blueprint.arguments(TrailPath, location="path")
@blueprint.response(200, HealthAnswer)
@blueprint.says_no("unknown-stage", "sign-in-stronger")
def see_health(asked: Asked, path: TrailPath) -> Response:
    """See how a trail is, stage by stage."""
    found = trail_health.health(asked.edge.database, asked.person, path.trail_id, datetime.now(UTC))
    return reply(
        HealthAnswer(
            code=found.code,
            verdict=found.verdict,
            message=_says(asked, found.verdict),
            stages=tuple(_health(asked, one) for one in found.stages),
        )
    )


@blueprint.route("/trails/<trail_id>/stages/<stage>/rest", methods=["POST"])
@blueprint.arguments(StagePath, location="path")
@blueprint.arguments(RestBody)
@blueprint.response(200, StageAnswer)
@blueprint.says_no(*_ACTS)
def rest_stage(asked: Asked, path: StagePath, body: RestBody) -> Response:
    """Let a stage rest: nobody is led to it, and whoever is under way goes on without it."""
    return _stage(
        stages.rest(
            asked.edge.database,
            asked.person,
            path.trail_id,
            path.stage,
            body.reason,
            body.words,
            datetime.now(UTC),
        )
    )


@blueprint.route("/trails/<trail_id>/stages/<stage>/mended", methods=["POST"])
@blueprint.arguments(StagePath, location="path")
@blueprint.arguments(MendedBody)
@blueprint.response(200, StageAnswer)
@blueprint.says_no(*_ACTS, "review-needed")
def mend_stage(asked: Asked, path: StagePath, body: MendedBody) -> Response:
    """Say that a stage can be done again. What was reported of it is answered by that."""
    return _stage(
        stages.mend(
            asked.edge.database, asked.person, path.trail_id, path.stage, body.words, datetime.now(UTC)
        )
    )


@blueprint.route("/trails/<trail_id>/stages/<stage>/stewards")
@blueprint.arguments(StewardsPath, location="path")
@blueprint.response(200, StewardsAnswer)
@blueprint.says_no("unknown-stage", "sign-in-stronger")
def list_stewards(asked: Asked, path: StewardsPath) -> Response:
    """See who looks after a stage."""
    return _stewards(
        stewards.of_stage(asked.edge.database, asked.person, path.trail_id, path.stage, datetime.now(UTC))
    )


@blueprint.route("/trails/<trail_id>/stages/<stage>/stewards/<account_id>", methods=["PUT"])
@blueprint.arguments(StewardPath, location="path")
@blueprint.response(200, StewardsAnswer)
@blueprint.says_no(*_ACTS, "unknown-member", "stewards-full")
def add_steward(asked: Asked, path: StewardPath) -> Response:
    """Have a member of the trail's body look after a stage. A repetition changes nothing."""
    now = datetime.now(UTC)
    return _stewards(
        stewards.add(asked.edge.database, asked.person, path.trail_id, path.stage, path.account_id, now)
    )


@blueprint.route("/trails/<trail_id>/stages/<stage>/stewards/<account_id>", methods=["DELETE"])
@blueprint.arguments(StewardPath, location="path")
@blueprint.response(204)
@blueprint.says_no(*_ACTS, "unknown-steward")
def remove_steward(asked: Asked, path: StewardPath) -> Response:
    """Stop looking after a stage, or ask somebody to."""
    now = datetime.now(UTC)
    stewards.remove(asked.edge.database, asked.person, path.trail_id, path.stage, path.account_id, now)
    return Response(status=204)


def _stage(stage: Stage) -> Response:
    return reply(StageAnswer(stage=stage.key, rests=_rest(stage)))


def _rest(one: Stage | StageHealth) -> RestShown | None:
    rest = one.rests
    if rest is None:
        return None
    reason = msgspec.convert(rest.reason, Blocked)
    return RestShown(reason=reason, since=rest.began_at, by_itself=rest.by_itself)


def _health(asked: Asked, one: StageHealth) -> StageHealthShown:
    return StageHealthShown(
        stage=one.key,
        titles=dict(one.titles),
        verdict=one.verdict,
        message=_says(asked, one.verdict),
        reports={msgspec.convert(reason, Blocked): count for reason, count in one.reports.items()},
        waiting=one.waiting,
        newest_report=one.newest,
        rests=_rest(one),
        done_since=one.done_since,
        closures=tuple(
            ClosingShown(
                id=closure.id,
                kind=closure.kind,
                authority=closure.authority,
                starts=closure.starts,
                ends=closure.ends,
            )
            for closure in one.closing
        ),
        steward=one.steward,
    )


def _says(asked: Asked, verdict: Verdict) -> str:
    sentence, _ = asked.edge.sentence(f"health.{verdict}", {}, asked.languages)
    return sentence


def _stewards(found: list[Steward]) -> Response:
    shown = tuple(
        StewardShown(account=one.account, name=one.name, every_stage=one.stage == "", since=one.since)
        for one in found
    )
    return reply(StewardsAnswer(stewards=shown))
