"""What communities have said yes to, of what others tell of them; they say it in the inbox."""

from datetime import UTC, date, datetime
from typing import Annotated

import msgspec
from flask import Response

from quests.conditions import StageKey
from quests.moves import Uuid
from server.api.bodies import BodyPath
from server.api.framework import END, LINE, Asked, Blueprint, reply
from server.use_cases.publications import said
from server.use_cases.publications.said import Said

blueprint = Blueprint(
    "reviews", same_origin=True, description="What communities have said yes to, of what others tell of them."
)


class ReviewPath(msgspec.Struct, frozen=True):
    body_id: Annotated[Uuid, msgspec.Meta(description="The community's id.")]
    trail_id: Annotated[Uuid, msgspec.Meta(description="The trail's id.")]


class TakenBack(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the community takes its yes back for, and why."""

    reason: Annotated[
        str,
        msgspec.Meta(
            pattern=rf"^{LINE}{{0,2000}}{END}", description="In words, needed; the trail's people read it."
        ),
    ]
    stage: Annotated[
        StageKey | None, msgspec.Meta(description="The key of one stage; null: for all of the trail.")
    ] = None


class ReviewShown(msgspec.Struct, frozen=True, kw_only=True):
    """A yes of a community to a trail."""

    trail: Annotated[str, msgspec.Meta(description="The trail's id.")]
    titles: Annotated[dict[str, str], msgspec.Meta(description="What the trail is called, by language.")]
    state: Annotated[
        str, msgspec.Meta(description="Of the trail: draft, asked, published, resting or withdrawn.")
    ]
    said_at: Annotated[datetime, msgspec.Meta(description="When it said yes.")]
    until: Annotated[date | None, msgspec.Meta(description="The last day of it; null: no end was named.")]
    withdrawn_at: Annotated[
        datetime | None, msgspec.Meta(description="When it took it back; null: it holds.")
    ]
    stages: Annotated[
        tuple[str, ...], msgspec.Meta(description="Keys of stages that it took its yes back for.")
    ]


class ReviewsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a community has said yes to."""

    reviews: Annotated[tuple[ReviewShown, ...], msgspec.Meta(description="The newest first, at most 500.")]


_SEEN = ("not-yours", "sign-in-stronger")


@blueprint.route("/bodies/<body_id>/reviews")
@blueprint.arguments(BodyPath, location="path")
@blueprint.response(200, ReviewsAnswer)
@blueprint.says_no(*_SEEN, "not-now", "unknown-body")
def list_reviews(asked: Asked, path: BodyPath) -> Response:
    """See what a community has said yes to, and what it took back."""
    found = said.list_of_body(asked.edge.database, asked.person, path.body_id, datetime.now(UTC))
    return reply(ReviewsAnswer(reviews=tuple(map(_shown, found))))


@blueprint.route("/bodies/<body_id>/reviews/<trail_id>/withdrawal", methods=["POST"])
@blueprint.arguments(ReviewPath, location="path")
@blueprint.arguments(TakenBack)
@blueprint.response(200, ReviewShown)
@blueprint.says_no(*_SEEN, "not-now", "unknown-review", "unknown-stage", "reason-missing")
def withdraw_review(asked: Asked, path: ReviewPath, body: TakenBack) -> Response:
    """Take a yes back: the trail rests at once, or one stage of it, until the community says yes again."""
    now = datetime.now(UTC)
    taken = said.take_back(
        asked.edge.database,
        asked.person,
        path.body_id,
        path.trail_id,
        body.stage,
        body.reason,
        asked.edge.sentence,
        now,
    )
    return reply(_shown(taken))


def _shown(one: Said) -> ReviewShown:
    return ReviewShown(
        trail=one.review.publication,
        titles=dict(one.titles),
        state=one.state,
        said_at=one.review.said_at,
        until=one.review.until,
        withdrawn_at=one.review.withdrawn_at,
        stages=tuple(one.review.stages),
    )
