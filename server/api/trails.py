"""Trails of bodies: written as packs, asked for, published, resting, withdrawn, given away."""

from datetime import UTC, date, datetime
from typing import Annotated, Any

import msgspec
from flask import Response

from content.findings import CODES, Weight
from content.packs.model import MEDIUM_NAME
from quests.moves import Uuid
from server.api.bodies import ETAG, BodyPath, VersionHeaders, version_of
from server.api.cases import Code, voice
from server.api.forms import Piece
from server.api.framework import (
    END,
    LINE,
    Asked,
    Blueprint,
    LanguageParameters,
    NoParameters,
    reply,
    reply_bytes,
)
from server.api.media import SHOWN_POLICY
from server.problems import Refusal
from server.use_cases.publications import acting, giving, resting, seeing
from server.use_cases.publications.resting import Why
from server.use_cases.publications.reviewing import Standing
from server.use_cases.publications.seeing import View

blueprint = Blueprint(
    "trails", same_origin=True, description="What bodies write and publish, and how far it has come."
)

ZIP = "application/zip"
PACK_MOST_BYTES = 32 * 2**20
TRAIL = "trail"
Reason = Annotated[str, msgspec.Meta(pattern=rf"^{LINE}{{0,2000}}{END}")]


class TrailPath(msgspec.Struct, frozen=True):
    trail_id: Annotated[Uuid, msgspec.Meta(description="The quest's id, as its `quest.toml` says it.")]


class TrailMediumPath(TrailPath, frozen=True):
    name: Annotated[str, msgspec.Meta(pattern=rf"^{MEDIUM_NAME}{END}", description="As the pack has it.")]


class SaveParameters(LanguageParameters, frozen=True, kw_only=True, forbid_unknown_fields=True):
    body: Annotated[
        Uuid | None, msgspec.Meta(description="Whose it is; needed when it is saved for the first time.")
    ] = None


class PackParameters(NoParameters, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: Annotated[
        Annotated[int, msgspec.Meta(ge=1, le=2**53)] | None,
        msgspec.Meta(description="An older one, by its number; without it what was written last."),
    ] = None


class MaybeVersionHeaders(msgspec.Struct, frozen=True, kw_only=True):
    if_match: Annotated[
        str,
        msgspec.Meta(max_length=40, description=f"{ETAG} Not needed when it is saved for the first time."),
    ] = msgspec.field(default="", name="If-Match")


class StepBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a step is taken."""

    reason: Annotated[Reason, msgspec.Meta(description="In words; needed where something is taken away.")] = (
        ""
    )


class TrailRestBody(StepBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a trail rests. Who lets another body's rest decides it for that body, which is told and may appeal."""

    reason_code: Annotated[
        Code,
        msgspec.Meta(description="One of the reasons' codes, where it is another body's; may be empty."),
    ] = ""


class OwnerBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To whom a trail goes."""

    body: Annotated[Uuid, msgspec.Meta(description="The body's id.")]


class FindingShown(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to mend, and where."""

    code: Annotated[str, msgspec.Meta(description="Stable.")]
    mistake: Annotated[bool, msgspec.Meta(description="It keeps the trail from being published.")]
    file: Annotated[str, msgspec.Meta(description="In which file of the pack.")]
    line: Annotated[int | None, msgspec.Meta(description="In which line, from 1.")]
    pointer: Annotated[str, msgspec.Meta(description="JSON pointer to the value in the file.")]
    message: Annotated[str, msgspec.Meta(description="What to mend, in the language asked for.")]


class SavedShown(msgspec.Struct, frozen=True, kw_only=True):
    """One version that may be gone back to."""

    version: Annotated[int, msgspec.Meta(description="Its number.")]
    at: Annotated[datetime, msgspec.Meta(description="When it was saved.")]
    name: Annotated[str, msgspec.Meta(description="By whom; empty for who is no member, or was erased.")]


class TrailStep(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was done with it."""

    at: Annotated[datetime, msgspec.Meta(description="When.")]
    what: Annotated[str, msgspec.Meta(description="A stable word, such as ask, publish, rest, send-back.")]
    name: Annotated[str, msgspec.Meta(description="By whom; empty for who is no member, or was erased.")]
    reason: Annotated[str, msgspec.Meta(description="Why, in words; may be empty.")]


class TrailShown(msgspec.Struct, frozen=True, kw_only=True):
    """A trail in a list."""

    id: Annotated[str, msgspec.Meta(description="Its id.")]
    body: Annotated[str, msgspec.Meta(description="Whose it is.")]
    state: Annotated[str, msgspec.Meta(description="draft, asked, published, resting or withdrawn.")]
    version: Annotated[int, msgspec.Meta(description="Grows with each change.")]
    titles: Annotated[dict[str, str], msgspec.Meta(description="By language.")]
    languages: Annotated[tuple[str, ...], msgspec.Meta(description="Its authors' own first.")]
    code: Annotated[str | None, msgspec.Meta(description="What people type; null where nothing is out.")]
    changed_at: Annotated[datetime, msgspec.Meta(description="When it was last changed.")]
    has_draft: Annotated[bool, msgspec.Meta(description="Something was written that is not out.")]
    mistakes: Annotated[int, msgspec.Meta(description="How many keep what was written from being out.")]
    first_look: Annotated[bool, msgspec.Meta(description="Others look at it before it is out.")]
    may: Annotated[
        tuple[str, ...],
        msgspec.Meta(
            description="What may be done now, in lists without give: change, ask, publish, rest, return, withdraw, give."
        ),
    ]
    offered_to: Annotated[str | None, msgspec.Meta(description="The body that it is offered to.")]


class TrailReview(msgspec.Struct, frozen=True, kw_only=True):
    """Of whose culture it tells, and whether they said yes to what was written last."""

    body: Annotated[
        str | None,
        msgspec.Meta(
            description="The community that is asked; null: the reviewer whom the pack names stands."
        ),
    ]
    name: Annotated[str, msgspec.Meta(description="What it is called; empty where none is asked.")]
    said_yes: Annotated[bool, msgspec.Meta(description="It said yes to what was written last.")]
    waits: Annotated[bool, msgspec.Meta(description="It has been asked.")]
    until: Annotated[date | None, msgspec.Meta(description="The last day of its yes; null: none was named.")]


class TrailAnswer(TrailShown, frozen=True, kw_only=True):
    """A trail, as who asks may see it."""

    published_version: Annotated[
        str | None, msgspec.Meta(description="The version that is played now; null where nothing is out.")
    ]
    published_at: Annotated[datetime | None, msgspec.Meta(description="When it was last published.")]
    asked_at: Annotated[datetime | None, msgspec.Meta(description="When others were last asked to look.")]
    reason: Annotated[str, msgspec.Meta(description="Why it is in this state, in words; may be empty.")]
    held: Annotated[bool, msgspec.Meta(description="Others decided so, and its body does not lift it.")]
    held_in: Annotated[
        str | None,
        msgspec.Meta(description="The case in which others decided so, for whom it was told: there is why."),
    ]
    hidden: Annotated[
        bool,
        msgspec.Meta(
            description="Nobody else sees it, whatever its state: somebody must look first, or decided so."
        ),
    ]
    unlisted: Annotated[
        tuple[str, ...],
        msgspec.Meta(description="Languages in which it is out, and not shown until somebody has read them."),
    ]
    review: Annotated[
        TrailReview | None, msgspec.Meta(description="Null where it tells of nobody's culture.")
    ]
    findings: Annotated[
        tuple[FindingShown, ...], msgspec.Meta(description="What to mend in what was written last.")
    ]
    versions: Annotated[
        tuple[SavedShown, ...], msgspec.Meta(description="Those to go back to, newest first; at most 50.")
    ]
    history: Annotated[
        tuple[TrailStep, ...], msgspec.Meta(description="What was done with it, newest first.")
    ]


class TrailsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The trails of a body."""

    trails: Annotated[tuple[TrailShown, ...], msgspec.Meta(description="Those changed last come first.")]


_SEEN = ("unknown-trail", "not-yours", "sign-in-stronger")
_ACTS = (*_SEEN, "not-now")
_CHANGES = (*_ACTS, "changed-meanwhile", "version-missing")
_SHOWS = ("grown-up-needed", "body-not-active", "pack-refused", "medium-blocked", "review-needed")
_TAGGED = {"ETag": "The version, to change it by."}


@blueprint.route("/bodies/<body_id>/trails")
@blueprint.arguments(BodyPath, location="path")
@blueprint.response(200, TrailsAnswer)
@blueprint.says_no("unknown-body")
def list_trails(asked: Asked, path: BodyPath) -> Response:
    """List a body's trails: for its members all of them, for everybody else those that are out."""
    found = seeing.list_of_body(asked.edge.database, asked.signed_in, path.body_id, datetime.now(UTC))
    return reply(TrailsAnswer(trails=tuple(TrailShown(**_summary(one)) for one in found)))


@blueprint.route("/trails/<trail_id>")
@blueprint.arguments(TrailPath, location="path")
@blueprint.arguments(LanguageParameters, location="query")
@blueprint.response(200, TrailAnswer, headers=_TAGGED)
@blueprint.says_no(*_SEEN)
def see_trail(asked: Asked, path: TrailPath, _: LanguageParameters) -> Response:
    """See how far a trail has come, what to mend in it, and what was done with it."""
    return _reply(asked, seeing.read(asked.edge.database, asked.person, path.trail_id, datetime.now(UTC)))


@blueprint.route("/trails/<trail_id>", methods=["PUT"])
@blueprint.arguments(TrailPath, location="path")
@blueprint.arguments(SaveParameters, location="query")
@blueprint.arguments(MaybeVersionHeaders, location="header")
@blueprint.takes_bytes(ZIP, most_bytes=PACK_MOST_BYTES, refused="not-a-zip")
@blueprint.response(200, TrailAnswer, headers=_TAGGED)
@blueprint.says_no(
    *_CHANGES,
    "bad-request",
    "unknown-body",
    "body-not-active",
    "trail-taken",
    "trail-differs",
    "trails-full",
    "pack-refused",
)
def save_trail(
    asked: Asked, path: TrailPath, query: SaveParameters, headers: MaybeVersionHeaders, pack: Piece
) -> Response:
    """Save what was written, as a pack, with mistakes too: what is published stays as it is beside it."""
    if not pack.whole:
        raise Refusal("bad-request")
    saved = acting.save(
        asked.edge.database,
        asked.person,
        TRAIL,
        path.trail_id,
        pack.data,
        version=version_of(headers.if_match) if headers.if_match else None,
        body_id=query.body,
        now=datetime.now(UTC),
    )
    return _reply(asked, saved)


@blueprint.route("/trails/<trail_id>/pack")
@blueprint.arguments(TrailPath, location="path")
@blueprint.arguments(PackParameters, location="query")
@blueprint.response(200, bytes, media_type=ZIP, headers=_TAGGED)
@blueprint.says_no(*_SEEN, "unknown-trail-version")
def take_pack(asked: Asked, path: TrailPath, query: PackParameters) -> Response:
    """Take away what was written last, or an older version of it: to go back, save it again."""
    publication, content = seeing.read_content(
        asked.edge.database, asked.person, path.trail_id, query.version, datetime.now(UTC)
    )
    response = reply_bytes(content, ZIP)
    response.set_etag(str(publication.version))
    response.headers["Content-Disposition"] = f'attachment; filename="{publication.id}.zip"'
    return response


@blueprint.route("/trails/<trail_id>/media/<name>")
@blueprint.arguments(TrailMediumPath, location="path")
@blueprint.response(200, str, media_type="*/*", description="A picture.")
@blueprint.says_no(*_SEEN, "unknown-medium")
def see_trail_medium(asked: Asked, path: TrailMediumPath) -> Response:
    """See a picture of a trail that one is asked to look at. Those of what is out everybody sees."""
    data, kind = seeing.read_medium(
        asked.edge.database, asked.person, path.trail_id, path.name, datetime.now(UTC)
    )
    response = reply_bytes(data, kind)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = SHOWN_POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@blueprint.route("/trails/<trail_id>/asking", methods=["POST"])
@blueprint.arguments(TrailPath, location="path")
@blueprint.arguments(LanguageParameters, location="query")
@blueprint.arguments(VersionHeaders, location="header")
@blueprint.response(200, TrailAnswer, headers=_TAGGED)
@blueprint.says_no(*_CHANGES, *_SHOWS)
def ask_for_look(asked: Asked, path: TrailPath, _: LanguageParameters, headers: VersionHeaders) -> Response:
    """Ask others to look at a trail: a body's first one is published when they say yes."""
    return _taken(asked, path, "ask", headers)


@blueprint.route("/trails/<trail_id>/publishing", methods=["POST"])
@blueprint.arguments(TrailPath, location="path")
@blueprint.arguments(LanguageParameters, location="query")
@blueprint.arguments(VersionHeaders, location="header")
@blueprint.response(200, TrailAnswer, headers=_TAGGED)
@blueprint.says_no(*_CHANGES, *_SHOWS, "first-look-needed", "trail-differs")
def publish_trail(asked: Asked, path: TrailPath, _: LanguageParameters, headers: VersionHeaders) -> Response:
    """Publish what was written last. Journeys under way keep the version that they began."""
    return _taken(asked, path, "publish", headers)


@blueprint.route("/trails/<trail_id>/resting", methods=["POST"])
@blueprint.arguments(TrailPath, location="path")
@blueprint.arguments(LanguageParameters, location="query")
@blueprint.arguments(VersionHeaders, location="header")
@blueprint.arguments(TrailRestBody)
@blueprint.response(200, TrailAnswer, headers=_TAGGED)
@blueprint.says_no(*_CHANGES, "reason-missing", "unknown-reason")
def let_trail_rest(
    asked: Asked, path: TrailPath, _: LanguageParameters, headers: VersionHeaders, body: TrailRestBody
) -> Response:
    """Let a trail rest: it is shown, and nobody begins it."""
    rested = resting.rest(
        asked.edge.database,
        asked.person,
        path.trail_id,
        version_of(headers.if_match),
        Why(body.reason, body.reason_code, voice(asked)),
        datetime.now(UTC),
    )
    return _reply(asked, rested)


@blueprint.route("/trails/<trail_id>/return", methods=["POST"])
@blueprint.arguments(TrailPath, location="path")
@blueprint.arguments(LanguageParameters, location="query")
@blueprint.arguments(VersionHeaders, location="header")
@blueprint.response(200, TrailAnswer, headers=_TAGGED)
@blueprint.says_no(*_CHANGES, "grown-up-needed", "body-not-active", "held", "pack-refused", "review-needed")
def bring_trail_back(
    asked: Asked, path: TrailPath, _: LanguageParameters, headers: VersionHeaders
) -> Response:
    """Bring a trail back: from its rest, from having been asked for, or as a draft from having been withdrawn."""
    return _taken(asked, path, "return", headers)


@blueprint.route("/trails/<trail_id>/withdrawal", methods=["POST"])
@blueprint.arguments(TrailPath, location="path")
@blueprint.arguments(LanguageParameters, location="query")
@blueprint.arguments(VersionHeaders, location="header")
@blueprint.arguments(StepBody)
@blueprint.response(200, TrailAnswer, headers=_TAGGED)
@blueprint.says_no(*_CHANGES, "reason-missing")
def withdraw_trail(
    asked: Asked, path: TrailPath, _: LanguageParameters, headers: VersionHeaders, body: StepBody
) -> Response:
    """Take a trail away: it is no longer shown. Journeys under way go on."""
    return _taken(asked, path, "withdraw", headers, body.reason)


@blueprint.route("/trails/<trail_id>/body", methods=["PUT"])
@blueprint.arguments(TrailPath, location="path")
@blueprint.arguments(LanguageParameters, location="query")
@blueprint.arguments(OwnerBody)
@blueprint.response(200, TrailAnswer, headers=_TAGGED)
@blueprint.response(204)
@blueprint.says_no(*_ACTS, "unknown-body", "body-not-active", "changed-meanwhile")
def give_trail(asked: Asked, path: TrailPath, _: LanguageParameters, body: OwnerBody) -> Response:
    """Offer a trail to another body, or take what was offered; hand over what nobody looks after.

    Its own body again: what was offered is kept after all.
    Answers 204 where the trail is no longer one's own to see.
    """
    given = giving.give(
        asked.edge.database, asked.person, path.trail_id, body.body, voice(asked), datetime.now(UTC)
    )
    return Response(status=204) if given is None else _reply(asked, given)


def _taken(asked: Asked, path: TrailPath, step: str, headers: VersionHeaders, reason: str = "") -> Response:
    taken = acting.take(
        asked.edge.database,
        asked.person,
        path.trail_id,
        step,
        version=version_of(headers.if_match),
        reason=reason,
        now=datetime.now(UTC),
    )
    return _reply(asked, taken)


def _reply(asked: Asked, view: View) -> Response:
    publication = view.publication
    answer = TrailAnswer(
        **_summary(view),
        published_version=None if view.shown is None else view.shown.version,
        published_at=publication.published_at,
        asked_at=publication.asked_at,
        reason=publication.reason,
        held=publication.held,
        held_in=view.held_in,
        hidden=view.hidden,
        unlisted=tuple(publication.unlisted),
        review=_review(view.review),
        findings=tuple(_finding(asked, one) for one in publication.findings),
        versions=tuple(
            SavedShown(version=one.number, at=one.at, name=one.name if view.inside else "")
            for one in view.saved
        ),
        history=tuple(
            TrailStep(at=one.at, what=one.what, name=one.name if view.inside else "", reason=one.reason)
            for one in view.steps
        ),
    )
    response = reply(answer)
    response.set_etag(str(publication.version))
    return response


def _review(standing: Standing | None) -> TrailReview | None:
    if standing is None:
        return None
    body = standing.body
    return TrailReview(
        body=None if body is None else body.id,
        name="" if body is None else body.name,
        said_yes=standing.said,
        waits=standing.waits,
        until=standing.until,
    )


def _summary(view: View) -> dict[str, Any]:
    """What of it stands in a list. Who is no member and is not asked about it is told what is out, and no more."""
    publication, shown = view.publication, view.shown
    out_alone = shown is not None and not view.sees_draft
    return {
        "id": publication.id,
        "body": publication.body,
        "state": publication.state,
        "version": publication.version,
        "titles": dict(shown.titles if out_alone and shown is not None else publication.titles),
        "languages": shown.languages if out_alone and shown is not None else tuple(publication.languages),
        "code": None if shown is None else shown.code,
        "changed_at": publication.published_at or publication.made_at
        if out_alone
        else publication.changed_at,
        "has_draft": publication.has_draft and not out_alone,
        "mistakes": 0 if out_alone else sum(is_mistake(str(one["code"])) for one in publication.findings),
        "first_look": view.first_look,
        "may": view.may,
        "offered_to": publication.offered_to if view.sees_draft or view.offered else None,
    }


def is_mistake(code: str) -> bool:
    """Whether it keeps a pack from being published; a code that a later release no longer knows does not."""
    return CODES.get(code) is Weight.MISTAKE


def _finding(asked: Asked, found: Any) -> FindingShown:  # noqa: ANN401  as it was kept
    message, _ = asked.edge.sentence(f"finding.{found['code']}", found["details"], asked.languages)
    return FindingShown(
        code=found["code"],
        mistake=is_mistake(found["code"]),
        file=found["file"],
        line=found["line"],
        pointer=found["pointer"],
        message=message,
    )
