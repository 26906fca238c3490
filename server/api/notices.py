"""Notices: anybody says, without an account, that something public should not be, and sees what became of it."""

from datetime import UTC, date, datetime
from typing import Annotated

import msgspec
from flask import Response, request

from quests.model import Language
from quests.moves import Uuid
from server.api.cases import AppealBody, CasePath
from server.api.forms import TEXT
from server.api.framework import (
    END,
    LINE,
    Asked,
    Blueprint,
    LanguageParameters,
    reply,
    reply_bytes,
)
from server.problems import Refusal
from server.use_cases import notices
from server.use_cases.cases.public import KINDS as PUBLIC
from server.use_cases.cases.reasons import REASONS
from server.use_cases.notices import Given

blueprint = Blueprint("notices", description="Anybody may say that something public should not be.")


class NoticeReason(msgspec.Struct, frozen=True, kw_only=True):
    """Why something should not be public."""

    code: Annotated[str, msgspec.Meta(description="To send.")]
    said: Annotated[str, msgspec.Meta(description="In words.")]
    name_needed: Annotated[
        bool, msgspec.Meta(description="Who says it must give name and e-mail: the law asks for it.")
    ]


class NoticeReasons(msgspec.Struct, frozen=True, kw_only=True):
    """What to choose from."""

    reasons: Annotated[tuple[NoticeReason, ...], msgspec.Meta(description="The most urgent first.")]


class NoticeBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody points out."""

    what: Annotated[
        Annotated[str, msgspec.Meta(pattern=rf"^({'|'.join(PUBLIC)}){END}")],
        msgspec.Meta(description=f"What kind of thing it is about: {', '.join(PUBLIC)}."),
    ]
    id: Annotated[
        Annotated[str, msgspec.Meta(pattern=rf"^[A-Za-z0-9/_-]{{1,120}}{END}")],
        msgspec.Meta(
            description="Of a quest its code; of a stage the quest's code, a slash and its key; of a body its id; of a"
            " guide's card SCB's code of the municipality."
        ),
    ]
    reason_code: Annotated[
        Annotated[str, msgspec.Meta(pattern=rf"^[a-z-]{{1,40}}{END}")],
        msgspec.Meta(description="One of the reasons' codes."),
    ]
    words: Annotated[
        Annotated[str, msgspec.Meta(pattern=rf"^{TEXT}{{1,4000}}{END}")],
        msgspec.Meta(description="What is wrong, and why."),
    ]
    name: Annotated[
        Annotated[str, msgspec.Meta(pattern=rf"^{LINE}{{0,120}}{END}")],
        msgspec.Meta(description="Who says it; may be empty where a child is concerned."),
    ] = ""
    address: Annotated[
        Annotated[str, msgspec.Meta(pattern=rf"^{LINE}{{0,254}}{END}")],
        msgspec.Meta(
            description="E-mail for the receipt and the answer; may be empty where a child is concerned."
        ),
    ] = ""
    language: Annotated[
        Language | None, msgspec.Meta(description="Of the words and of the answer; else that of the request.")
    ] = None
    good_faith: Annotated[bool, msgspec.Meta(description="Who says it believes that it is true.")] = False


class NoticeGiven(msgspec.Struct, frozen=True, kw_only=True):
    """The receipt."""

    id: Annotated[str, msgspec.Meta(description="Names the notice.")]
    code: Annotated[str, msgspec.Meta(description="Told this once: with it one sees what became of it.")]
    hidden: Annotated[bool, msgspec.Meta(description="Nobody sees the thing until somebody has looked.")]
    read_on: Annotated[
        date | None, msgspec.Meta(description="The day it is looked at, where nobody is on duty before.")
    ]
    said: Annotated[str, msgspec.Meta(description="The same for people.")]


class NoticePath(msgspec.Struct, frozen=True):
    notice_id: Annotated[Uuid, msgspec.Meta(description="As the receipt gives it.")]


class NoticeHeaders(msgspec.Struct, frozen=True, kw_only=True):
    notice_code: Annotated[
        str,
        msgspec.Meta(
            pattern=rf"^[\x20-\x7e]{{0,100}}{END}",
            description="The receipt's code, which stands in no address.",
        ),
    ] = msgspec.field(default="", name="Notice-Code")


class NoticeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a notice."""

    id: Annotated[str, msgspec.Meta(description="Names the notice.")]
    title: Annotated[str, msgspec.Meta(description="What it is about.")]
    reason_code: Annotated[str, msgspec.Meta(description="The reason that was given.")]
    made_at: Annotated[datetime, msgspec.Meta(description="When it was given.")]
    state: Annotated[str, msgspec.Meta(description="waits, or decided.")]
    read_on: Annotated[date | None, msgspec.Meta(description="The day it is looked at, where one was told.")]
    decision: Annotated[str, msgspec.Meta(description="dismiss, hide or remove; empty while it waits.")]
    decision_reason: Annotated[str, msgspec.Meta(description="Why, as a code; may be empty.")]
    decision_words: Annotated[str, msgspec.Meta(description="Why, in words; may be empty.")]
    decided_at: Annotated[datetime | None, msgspec.Meta(description="When it was decided.")]
    may_appeal: Annotated[bool, msgspec.Meta(description="One may ask that somebody else looks.")]


@blueprint.route("/notices/reasons")
@blueprint.arguments(LanguageParameters, location="query")
@blueprint.response(200, NoticeReasons)
def list_notice_reasons(asked: Asked, _: LanguageParameters) -> Response:
    """List the reasons for which something may be pointed out."""
    shown = tuple(
        NoticeReason(
            code=code,
            said=asked.edge.sentence(f"case.reason.{code}", {}, asked.languages)[0],
            name_needed=not reason.nameless,
        )
        for code, reason in REASONS.items()
    )
    return reply(NoticeReasons(reasons=shown), language=asked.languages[0])


@blueprint.route("/notices", methods=["POST"])
@blueprint.arguments(LanguageParameters, location="query")
@blueprint.arguments(NoticeBody)
@blueprint.response(201, NoticeGiven)
@blueprint.says_no(
    "unknown-thing",
    "unknown-reason",
    "good-faith-missing",
    "name-missing",
    "bad-address",
    "reason-missing",
    "database-gone",
)
def give_notice(asked: Asked, _: LanguageParameters, body: NoticeBody) -> Response:
    """Say that something public should not be. A child in danger and an unsafe meeting hide it at once."""
    asked.edge.limits.count_notice(request.remote_addr or "")
    given = Given(
        body.what,
        body.id,
        body.reason_code,
        body.words,
        body.name,
        body.address,
        body.language or asked.languages[0],
        body.good_faith,
    )
    made = notices.give(
        asked.edge.database,
        given,
        asked.edge.settings.public_address or "",  # never what the request says: a mail would lead there
        asked.edge.sentence,
        datetime.now(UTC),
    )
    return reply(
        NoticeGiven(id=made.id, code=made.code, hidden=made.hidden, read_on=made.read_on, said=made.said), 201
    )


@blueprint.route("/notices/<notice_id>")
@blueprint.arguments(NoticePath, location="path")
@blueprint.arguments(LanguageParameters, location="query")
@blueprint.arguments(NoticeHeaders, location="header")
@blueprint.response(200, NoticeAnswer)
@blueprint.says_no("unknown-notice", "database-gone")
def see_notice(asked: Asked, path: NoticePath, _: LanguageParameters, headers: NoticeHeaders) -> Response:
    """See what became of a notice, with the code of its receipt."""
    found = notices.became(
        asked.edge.database, path.notice_id, headers.notice_code, asked.languages, datetime.now(UTC)
    )
    decided = found.case.state == "decided"
    return reply(
        NoticeAnswer(
            id=found.given.id,
            title=found.title,
            reason_code=found.given.reason_code,
            made_at=found.given.made_at,
            state="decided" if decided else "waits",
            read_on=found.case.read_on,
            decision=found.case.outcome if decided else "",
            decision_reason=found.case.reason_code if decided else "",
            decision_words=found.case.words if decided else "",
            decided_at=found.case.decided_at,
            may_appeal=found.may_appeal,
        )
    )


@blueprint.route("/notices/<notice_id>/appeal", methods=["POST"])
@blueprint.arguments(NoticePath, location="path")
@blueprint.arguments(NoticeHeaders, location="header")
@blueprint.arguments(AppealBody)
@blueprint.response(204)
@blueprint.says_no("unknown-notice", "not-now", "appeal-over", "reason-missing", "database-gone")
def appeal_notice(asked: Asked, path: NoticePath, headers: NoticeHeaders, body: AppealBody) -> Response:
    """Ask that somebody else looks at what was decided of a notice."""
    asked.edge.limits.count_notice(request.remote_addr or "")
    notices.appeal(asked.edge.database, path.notice_id, headers.notice_code, body.words, datetime.now(UTC))
    return Response(status=204)


@blueprint.route("/cases/<case_id>/quarantine")
@blueprint.arguments(CasePath, location="path")
@blueprint.response(200, str, media_type="application/octet-stream", description="As it was: a zip, or JSON.")
@blueprint.says_no("unknown-case", "not-yours", "not-now", "sign-in-stronger", "nothing-kept")
def read_quarantine(asked: Asked, path: CasePath) -> Response:
    """Read what was removed for good, for six months. Each reading is written down."""
    kept = notices.read_quarantine(asked.edge.database, asked.person, path.case_id, datetime.now(UTC))
    response = reply_bytes(kept.content, "application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{kept.kind}-{path.case_id}"'
    return response


@blueprint.route("/cases/<case_id>/quarantine/picture")
@blueprint.arguments(CasePath, location="path")
@blueprint.response(200, str, media_type="*/*", description="A WebP.")
@blueprint.says_no("unknown-case", "not-yours", "not-now", "sign-in-stronger", "nothing-kept", "storage-gone")
def read_quarantined_picture(asked: Asked, path: CasePath) -> Response:
    """See the picture that was removed for good with it. Each look is written down."""
    kept = notices.read_quarantine(asked.edge.database, asked.person, path.case_id, datetime.now(UTC))
    if kept.blob is None:
        raise Refusal("nothing-kept")
    try:
        picture = b"".join(asked.edge.store.read(kept.blob))
    except LookupError:
        raise Refusal("nothing-kept") from None
    return reply_bytes(picture, "image/webp")
