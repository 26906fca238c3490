"""The inbox: what needs a look by a person, decided in one place; and who is on duty when."""

from datetime import UTC, date, datetime
from typing import Annotated

import msgspec
from flask import Response

from quests.moves import Uuid
from server.api.forms import TEXT
from server.api.framework import END, Asked, Blueprint, LanguageParameters, reply
from server.use_cases.cases import appealing, deciding, duty, inbox, looking
from server.use_cases.cases.inbox import Inbox, Seen
from server.use_cases.cases.kinds import Of, Voice

blueprint = Blueprint("cases", description="What needs a look by a person, and who looks when.")

Key = Annotated[str, msgspec.Meta(pattern=rf"^[a-z][a-z-]{{0,39}}{END}")]
Code = Annotated[str, msgspec.Meta(pattern=rf"^[a-z-]{{0,40}}{END}")]
Words = Annotated[str, msgspec.Meta(pattern=rf"^{TEXT}{{0,4000}}{END}")]
SomeWords = Annotated[str, msgspec.Meta(pattern=rf"^{TEXT}{{1,4000}}{END}")]


class CasePath(msgspec.Struct, frozen=True):
    case_id: Annotated[Uuid, msgspec.Meta(description="As the list of cases gives it.")]


class DecisionShown(msgspec.Struct, frozen=True, kw_only=True):
    """What can be decided now."""

    decision: Annotated[
        str,
        msgspec.Meta(
            description="Its key, to send. Words are `case.decision.<kind>.<key>`, once decided `case.decided.<kind>.<key>`."
        ),
    ]
    press: Annotated[str, msgspec.Meta(description="The key on a keyboard: 1 to 9.")]
    reason: Annotated[bool, msgspec.Meta(description="Words, or the code of a reason, are needed.")]
    four_eyes: Annotated[bool, msgspec.Meta(description="Somebody else must confirm it before it is done.")]


class CaseShown(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that needs a look, in short."""

    id: Annotated[str, msgspec.Meta(description="Its id.")]
    kind: Annotated[str, msgspec.Meta(description="What kind of thing it is: application, appeal ….")]
    subject: Annotated[str, msgspec.Meta(description="What it is about, in the kind's own form.")]
    title: Annotated[str, msgspec.Meta(description="What it is about, for people.")]
    body: Annotated[str | None, msgspec.Meta(description="The body whose thing it is.")]
    municipality: Annotated[str, msgspec.Meta(description="SCB's code of where it is; empty: the region.")]
    urgency: Annotated[
        int, msgspec.Meta(description="0 at once, 1 today, 2 this week, 3 when there is time.")
    ]
    opened_at: Annotated[datetime, msgspec.Meta(description="Since when it waits.")]
    read_on: Annotated[
        date | None, msgspec.Meta(description="The day that whoever asked was told that it is read.")
    ]
    language: Annotated[str | None, msgspec.Meta(description="Language of its words, BCP 47.")]
    in_my_languages: Annotated[bool, msgspec.Meta(description="Who asks reads that language.")]
    times: Annotated[int, msgspec.Meta(description="How often it was brought forward.")]
    state: Annotated[str, msgspec.Meta(description="unread, open, second-look or decided.")]
    proposed: Annotated[
        str, msgspec.Meta(description="In second-look what the first one decided; decided: the decision.")
    ]
    reason_code: Annotated[str, msgspec.Meta(description="Why, as a code; may be empty.")]
    words: Annotated[str, msgspec.Meta(description="Why, in words; may be empty.")]
    decided_at: Annotated[datetime | None, msgspec.Meta(description="When it was decided.")]
    decisions: Annotated[
        tuple[DecisionShown, ...], msgspec.Meta(description="What can be decided by who asks; may be none.")
    ]
    looked_at_by: Annotated[
        str | None,
        msgspec.Meta(
            description="What whoever else has it open now is called, may be empty; null: nobody, or it is not for who asks."
        ),
    ]
    for_somebody_else: Annotated[
        bool,
        msgspec.Meta(
            description="Who asks decided before, asked for it, or is in the body, and so does not decide."
        ),
    ]


class CasesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What who asks may look at."""

    cases: Annotated[
        tuple[CaseShown, ...],
        msgspec.Meta(
            description="Open ones: the most urgent first, of those the oldest. Decided ones: the newest first."
        ),
    ]
    more: Annotated[int, msgspec.Meta(description="How many come after those.")]
    locked: Annotated[int, msgspec.Meta(description="How many there are for a stronger sign-in.")]


class TextShown(msgspec.Struct, frozen=True, kw_only=True):
    """Words that must be read."""

    of: Annotated[
        Of,
        msgspec.Meta(
            description="Who speaks: said, somebody of the thing; appeal, why somebody else should look; decided, the "
            "reason of the decision before; own, the thing itself; fact, nobody, it is so."
        ),
    ]
    language: Annotated[str | None, msgspec.Meta(description="BCP 47; null where it is of no language.")]
    text: Annotated[str, msgspec.Meta(description="As it was written.")]


class PictureShown(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that must be looked at."""

    address: Annotated[str, msgspec.Meta(description="Path of its bytes, for who may look at the case.")]
    words: Annotated[str, msgspec.Meta(description="What is to be seen in it, as was written; may be empty.")]


class SpotShown(msgspec.Struct, frozen=True, kw_only=True):
    """Where something is."""

    lon: Annotated[float, msgspec.Meta(description="Longitude, WGS 84. [°]")]
    lat: Annotated[float, msgspec.Meta(description="Latitude, WGS 84. [°]")]


class ReadingShown(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody says the words say."""

    language: Annotated[str, msgspec.Meta(description="In which language they are.")]
    words: Annotated[str, msgspec.Meta(description="In short; empty where the reader decided as well.")]
    name: Annotated[str, msgspec.Meta(description="Who read it; empty where that account is gone.")]
    at: Annotated[datetime, msgspec.Meta(description="When.")]


class CaseStep(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was done."""

    at: Annotated[datetime, msgspec.Meta(description="When.")]
    name: Annotated[str, msgspec.Meta(description="Who; empty where that is not for who asks.")]
    what: Annotated[str, msgspec.Meta(description="What, a stable word.")]
    reason: Annotated[str, msgspec.Meta(description="Why, in words; may be empty.")]


class CaseAnswer(CaseShown, frozen=True, kw_only=True):
    """One thing that needs a look, whole."""

    known: Annotated[
        tuple[str, ...],
        msgspec.Meta(description="What is known of it, in sentences, the weightiest first; may be none."),
    ]
    texts: Annotated[tuple[TextShown, ...], msgspec.Meta(description="What must be read.")]
    pictures: Annotated[tuple[PictureShown, ...], msgspec.Meta(description="What must be looked at.")]
    at: Annotated[
        SpotShown | None,
        msgspec.Meta(description="Where it is, for who decides; null: nowhere, or not told."),
    ]
    link: Annotated[
        str, msgspec.Meta(description="Path of the thing in the app or the studio; may be empty.")
    ]
    who_decides: Annotated[
        str, msgspec.Meta(description="Where it is for somebody else: in words, who that may be.")
    ]
    readings: Annotated[tuple[ReadingShown, ...], msgspec.Meta(description="Oldest first.")]
    history: Annotated[tuple[CaseStep, ...], msgspec.Meta(description="Oldest first.")]
    may_appeal: Annotated[bool, msgspec.Meta(description="Who asks may appeal against the decision.")]
    kept_until: Annotated[
        datetime | None,
        msgspec.Meta(
            description="What was removed for good can be read so long by who asks; null: nothing can."
        ),
    ]


class CaseDecisionBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is decided."""

    decision: Annotated[Key, msgspec.Meta(description="One of those that the case offers.")]
    reason_code: Annotated[Code, msgspec.Meta(description="Why, as a code; may be empty.")] = ""
    words: Annotated[Words, msgspec.Meta(description="Why, in words, for whom it concerns.")] = ""


class LookAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Who looks at a case now."""

    by: Annotated[
        str | None,
        msgspec.Meta(
            description="Null: who asks, for ten minutes. Else what the other is called, may be empty."
        ),
    ]


class ReadingBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the words say."""

    words: Annotated[SomeWords, msgspec.Meta(description="In short, in Swedish or English.")]


class AppealBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why somebody else should look."""

    words: Annotated[SomeWords, msgspec.Meta(description="What was not seen or not right.")]


class OpenedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A case was opened."""

    id: Annotated[str, msgspec.Meta(description="Its id.")]


class TimesShown(msgspec.Struct, frozen=True, kw_only=True):
    """How long cases of a kind waited."""

    kind: Annotated[str, msgspec.Meta(description="The kind.")]
    open: Annotated[int, msgspec.Meta(description="How many wait now.")]
    oldest: Annotated[datetime | None, msgspec.Meta(description="Since when the oldest waits.")]
    decided: Annotated[int, msgspec.Meta(description="How many were decided within a year.")]
    median_s: Annotated[
        float | None, msgspec.Meta(description="Half of those were decided within this time. [s]")
    ]
    most_s: Annotated[
        float | None, msgspec.Meta(description="Nine of ten were decided within this time. [s]")
    ]


class TimesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How long people wait."""

    kinds: Annotated[tuple[TimesShown, ...], msgspec.Meta(description="By kind.")]


class OnDutyShown(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody on a day."""

    day: Annotated[date, msgspec.Meta(description="The day, in Sweden.")]
    name: Annotated[str, msgspec.Meta(description="Who.")]
    duty: Annotated[str, msgspec.Meta(description="guide, moderator, language-helper or administrator.")]
    municipality: Annotated[str, msgspec.Meta(description="SCB's code; empty: everywhere.")]
    languages: Annotated[tuple[str, ...], msgspec.Meta(description="What the person reads, BCP 47.")]
    me: Annotated[bool, msgspec.Meta(description="It is who asks.")]


class CalendarAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Who looks when."""

    days: Annotated[tuple[OnDutyShown, ...], msgspec.Meta(description="For sixty days, by day.")]
    mine: Annotated[tuple[date, ...], msgspec.Meta(description="The own days from today on.")]


class CalendarBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The own days."""

    days: Annotated[
        Annotated[tuple[date, ...], msgspec.Meta(max_length=400)],
        msgspec.Meta(description="All of them from today on, at most 400 days ahead."),
    ]


_ACTS = ("unknown-case", "sign-in-stronger")


@blueprint.route("/cases")
@blueprint.arguments(LanguageParameters, location="query")
@blueprint.response(200, CasesAnswer)
def list_cases(asked: Asked, query: LanguageParameters) -> Response:
    """See what needs a look by who asks."""
    del query
    found = inbox.inbox(asked.edge.database, asked.person, asked.languages, datetime.now(UTC))
    return _listed(found)


@blueprint.route("/cases/decided")
@blueprint.arguments(LanguageParameters, location="query")
@blueprint.response(200, CasesAnswer)
def list_decided_cases(asked: Asked, query: LanguageParameters) -> Response:
    """See what was decided within six months, of what who asks may see: the newest first."""
    del query
    found = inbox.decided(asked.edge.database, asked.person, asked.languages, datetime.now(UTC))
    return _listed(found)


@blueprint.route("/cases/times")
@blueprint.response(200, TimesAnswer)
@blueprint.says_no("not-yours")
def see_times(asked: Asked) -> Response:
    """See how long people wait for decisions."""
    found = inbox.times(asked.edge.database, asked.person, datetime.now(UTC))
    shown = tuple(
        TimesShown(
            kind=one.kind,
            open=one.open_now,
            oldest=one.oldest,
            decided=one.decided,
            median_s=one.median_s,
            most_s=one.most_s,
        )
        for one in found
    )
    return reply(TimesAnswer(kinds=shown))


@blueprint.route("/cases/<case_id>")
@blueprint.arguments(CasePath, location="path")
@blueprint.arguments(LanguageParameters, location="query")
@blueprint.response(200, CaseAnswer)
@blueprint.says_no(*_ACTS, "not-yours", "not-now")
def see_case(asked: Asked, path: CasePath, query: LanguageParameters) -> Response:
    """See one thing that needs a look, with what was said and done."""
    del query
    return _reply(
        asked,
        inbox.read(asked.edge.database, asked.person, path.case_id, asked.languages, datetime.now(UTC)),
    )


@blueprint.route("/cases/<case_id>/look", methods=["PUT"])
@blueprint.arguments(CasePath, location="path")
@blueprint.response(200, LookAnswer)
@blueprint.says_no(*_ACTS, "not-yours", "not-now")
def look_at_case(asked: Asked, path: CasePath) -> Response:
    """Say that one has it open: others who could decide are told for ten minutes. It keeps nobody from deciding."""
    by = looking.look(asked.edge.database, asked.person, path.case_id, datetime.now(UTC))
    return reply(LookAnswer(by=by))


@blueprint.route("/cases/<case_id>/look", methods=["DELETE"])
@blueprint.arguments(CasePath, location="path")
@blueprint.response(204)
@blueprint.says_no()
def stop_looking(asked: Asked, path: CasePath) -> Response:
    """Say that one has it open no more."""
    looking.leave(asked.edge.database, asked.person, path.case_id)
    return Response(status=204)


@blueprint.route("/cases/<case_id>/decision", methods=["POST"])
@blueprint.arguments(CasePath, location="path")
@blueprint.arguments(LanguageParameters, location="query")
@blueprint.arguments(CaseDecisionBody)
@blueprint.response(200, CaseAnswer)
@blueprint.says_no(
    *_ACTS, "not-yours", "not-now", "for-somebody-else", "unknown-decision", "reason-missing", "review-needed"
)
def decide_case(asked: Asked, path: CasePath, query: LanguageParameters, body: CaseDecisionBody) -> Response:
    """Decide. Whom it concerns is told why; some decisions somebody else must confirm."""
    del query
    decided = deciding.decide_case(
        asked.edge.database,
        asked.person,
        path.case_id,
        body.decision,
        body.reason_code,
        body.words,
        voice(asked),
        datetime.now(UTC),
    )
    if decided.waited_s is not None:
        asked.edge.metrics.decided(decided.seen.case.kind, decided.waited_s)
    return _reply(asked, decided.seen)


@blueprint.route("/cases/<case_id>/reading", methods=["POST"])
@blueprint.arguments(CasePath, location="path")
@blueprint.arguments(ReadingBody)
@blueprint.response(204)
@blueprint.says_no(*_ACTS, "not-yours", "not-now", "not-your-language")
def read_for_others(asked: Asked, path: CasePath, body: ReadingBody) -> Response:
    """Say in short what words say that those who decide do not read."""
    deciding.read_for_others(asked.edge.database, asked.person, path.case_id, body.words, datetime.now(UTC))
    return Response(status=204)


@blueprint.route("/cases/<case_id>/appeal", methods=["POST"])
@blueprint.arguments(CasePath, location="path")
@blueprint.arguments(AppealBody)
@blueprint.response(201, OpenedAnswer)
@blueprint.says_no(*_ACTS, "not-yours", "not-now", "appeal-over", "reason-missing")
def appeal_case(asked: Asked, path: CasePath, body: AppealBody) -> Response:
    """Ask that somebody else looks at what was decided about one's body."""
    opened = appealing.appeal_as_owner(
        asked.edge.database, asked.person, path.case_id, body.words, datetime.now(UTC)
    )
    return reply(OpenedAnswer(id=opened), 201)


@blueprint.route("/duty-calendar")
@blueprint.response(200, CalendarAnswer)
def see_duty_calendar(asked: Asked) -> Response:
    """See who is on duty when."""
    return _calendar(asked, duty.calendar(asked.edge.database, asked.person, datetime.now(UTC)))


@blueprint.route("/duty-calendar", methods=["PUT"])
@blueprint.arguments(CalendarBody)
@blueprint.response(200, CalendarAnswer)
@blueprint.says_no("not-yours", "bad-day")
def set_duty_days(asked: Asked, body: CalendarBody) -> Response:
    """Say on which days one is on duty; this takes the place of all own days from today on."""
    return _calendar(asked, duty.set_days(asked.edge.database, asked.person, body.days, datetime.now(UTC)))


def voice(asked: Asked) -> Voice:
    """A mail leads to no address that only the request calls ours."""
    return Voice(asked.edge.sentence, asked.languages, asked.edge.settings.public_address or "")


def _calendar(asked: Asked, found: duty.Calendar) -> Response:
    days = tuple(
        OnDutyShown(
            day=one.day,
            name=one.name,
            duty=one.duty.duty,
            municipality=one.duty.municipality,
            languages=one.duty.languages,
            me=one.account == asked.person.id,
        )
        for one in found.on_duty
    )
    return reply(CalendarAnswer(days=days, mine=found.mine))


def _listed(found: Inbox) -> Response:
    shown = tuple(_shown(seen) for seen in found.seen)
    return reply(CasesAnswer(cases=shown, more=found.more, locked=found.locked))


def _shown(seen: Seen) -> CaseShown:
    case = seen.case
    return CaseShown(
        id=case.id,
        kind=case.kind,
        subject=case.subject,
        title=seen.title,
        body=case.body_id,
        municipality=case.municipality,
        urgency=case.urgency,
        opened_at=case.opened_at,
        read_on=case.read_on,
        language=case.language,
        in_my_languages=seen.in_my_languages,
        times=case.times,
        state=case.state,
        proposed=case.outcome,
        reason_code=case.reason_code,
        words=case.words,
        decided_at=case.decided_at,
        decisions=tuple(
            DecisionShown(decision=one.key, press=str(press), reason=one.reason, four_eyes=one.four_eyes)
            for press, one in enumerate(seen.decisions, 1)
        ),
        looked_at_by=seen.looked_at_by,
        for_somebody_else=seen.for_somebody_else,
    )


def _reply(asked: Asked, seen: Seen) -> Response:
    answer = CaseAnswer(
        **msgspec.structs.asdict(_shown(seen)),
        known=tuple(asked.edge.sentence(key, {}, asked.languages)[0] for key in seen.card.known),
        texts=tuple(TextShown(of=one.of, language=one.language, text=one.text) for one in seen.card.texts),
        pictures=tuple(PictureShown(address=one.path, words=one.words) for one in seen.card.pictures),
        at=None if seen.card.at is None else SpotShown(lon=seen.card.at.lon, lat=seen.card.at.lat),
        link=seen.card.link,
        who_decides=deciding.who_decides(seen.case.kind, asked.edge.sentence, asked.languages)
        if seen.for_somebody_else
        else "",
        kept_until=seen.kept_until,
        readings=tuple(
            ReadingShown(language=one.language, words=one.words, name=one.name, at=one.at)
            for one in seen.readings
        ),
        history=tuple(
            CaseStep(at=one.at, name=one.name, what=one.what, reason=one.reason) for one in seen.steps
        ),
        may_appeal=seen.may_appeal,
    )
    return reply(answer)
