"""The notice form for whoever has no script: the same notice as over the API, from a page of the server's own."""

import re
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

import msgspec
from flask import Response, request

from server.api.edge import only_from_here
from server.api.forms import TEXT, Piece
from server.api.framework import END, LINE, Asked, Blueprint, LanguageParameters, reply_bytes
from server.api.welcome import HTML
from server.pages import PAGE_POLICY
from server.pages.notice import Filled, Typed, day_of, form_page, receipt_page, thing_of, typed_as
from server.pages.welcome import Choice
from server.problems import Refusal
from server.use_cases import notices
from server.use_cases.cases.reasons import REASONS
from server.use_cases.notices import Given
from server.use_cases.problem import Problem

blueprint = Blueprint(
    "notice-form",
    prefix="",
    same_origin=True,
    description="Anybody may say that something public should not be, also without scripts.",
)

FORM = "application/x-www-form-urlencoded"
FORM_MOST_BYTES = 60_000  # 4,000 signs, each of four bytes in three letters, and the rest
FIELDS_MOST = 20
POLICY = PAGE_POLICY.replace("form-action 'none'", "form-action 'self'")
#: Where the fields of the use case stand in the form.
_FIELDS = {
    "/id": "thing",
    "/what": "thing",
    "/reason_code": "reason",
    "/words": "words",
    "/name": "name",
    "/address": "address",
    "/good_faith": "faith",
}
#: What fits into a field, as in the API's form.
_FITS = {
    "words": re.compile(rf"{TEXT}{{0,4000}}"),
    "name": re.compile(rf"{LINE}{{0,120}}"),
    "address": re.compile(rf"{LINE}{{0,254}}"),
}
#: What the page says, by the names that it has there: sentences of the app's form, and its own.
_SAYS = {
    "title": "app.notice.title",
    "reason": "app.notice.reason",
    "danger": "app.notice.danger",
    "words": "app.notice.words",
    "words_how": "app.notice.words.how",
    "name": "app.notice.name",
    "address": "app.notice.address",
    "who": "app.notice.who",
    "who_free": "notice.who-free",
    "faith": "app.notice.faith",
    "send": "app.notice.send",
    "sent": "app.notice.sent",
    "keep": "app.notice.keep",
    "thing": "notice.thing",
    "thing_how": "notice.thing-how",
    "mend": "notice.mend",
    "languages": "welcome.language",
}


class NoticeParameters(LanguageParameters, frozen=True, kw_only=True, forbid_unknown_fields=True):
    about: (
        Annotated[
            str,
            msgspec.Meta(
                pattern=rf"^[A-Za-z0-9:/_-]{{1,120}}{END}",
                description="What it is about: a quest's code, with a slash and a stage's key; a body's id; `guide:` and a municipality, `story:` and its id.",
            ),
        ]
        | None
    ) = None


@blueprint.route("/about/notice")
@blueprint.arguments(NoticeParameters, location="query")
@blueprint.response(200, str, media_type=HTML, headers={"Content-Language": "The language of the page."})
@blueprint.says_no("database-gone")
def notice_form(asked: Asked, query: NoticeParameters) -> Response:
    """Say that something public should not be, in a form that needs no script."""
    return _form(asked, Filled(Typed(query.about or "")), 200)


@blueprint.route("/about/notice", methods=["POST"])
@blueprint.arguments(LanguageParameters, location="query")
@blueprint.takes_bytes(FORM, most_bytes=FORM_MOST_BYTES, refused="unsupported-media-type")
@blueprint.response(
    201, str, media_type=HTML, description="The receipt.", headers={"Content-Language": "Of the page."}
)
@blueprint.response(422, str, media_type=HTML, description="The form as it was sent, with what to mend.")
@blueprint.response(429, str, media_type=HTML, description="The same, where too many came from one address.")
@blueprint.says_no("bad-request", "cross-site", "database-gone")
def send_notice_form(asked: Asked, _: LanguageParameters, sent: Piece) -> Response:
    """Send what was written in the form. A repetition is another notice of the same case."""
    only_from_here(asked.edge.settings, request)
    typed = _typed(sent)
    wrong, given = _checked(asked, typed)
    if wrong:
        return _form(asked, Filled(typed, wrong), 422)
    try:
        asked.edge.limits.count_notice(request.remote_addr or "")
        made = notices.give(
            asked.edge.database,
            given,
            asked.edge.settings.public_address or "",
            asked.edge.sentence,
            datetime.now(UTC),
        )
    except Refusal as refusal:
        sentence, _tag = asked.edge.sentence(f"problem.{refusal.code}", refusal.facts, asked.languages)
        response = _form(asked, Filled(typed, {"send": sentence}), 429)
        response.headers.extend(refusal.headers)
        return response
    except Problem as problem:
        return _form(asked, Filled(typed, _at_field(asked, problem)), 422)
    words, language = _words(asked)
    words["hidden"] = _said(asked, "app.notice.hidden") if made.hidden else ""
    said = (
        _said(asked, "app.notice.read-soon")
        if made.read_on is None
        else _said(asked, "app.notice.read-on", day=day_of(made.read_on, language))
    )
    return _page(receipt_page(language, words, said, f"../notice#{made.id}.{made.code}"), 201, language)


def _typed(sent: Piece) -> Typed:
    """Raises Refusal: bad-request, for what no form of ours sends."""
    try:
        fields = dict(
            parse_qsl(
                sent.data.decode("ascii"),
                keep_blank_values=True,
                max_num_fields=FIELDS_MOST,
                errors="replace",
            )
        )
    except ValueError:
        raise Refusal("bad-request") from None
    if not sent.whole:
        raise Refusal("bad-request")

    def line(name: str) -> str:
        return fields.get(name, "").strip()

    words = fields.get("words", "").replace("\r\n", "\n")
    return Typed(line("thing"), line("reason"), words, line("name"), line("address"), bool(line("faith")))


def _checked(asked: Asked, typed: Typed) -> tuple[dict[str, str], Given]:
    """What to mend, each at its field; and the notice that it would be."""
    thing = thing_of(typed.thing)
    what, name_of_it = thing or ("quest", "")
    given = Given(
        what,
        name_of_it,
        typed.reason,
        typed.words,
        typed.name,
        typed.address,
        asked.languages[0],
        typed.faith,
    )
    wrong: dict[str, str] = {}
    if thing is None:
        wrong["thing"] = _said(asked, "problem.unknown-thing")
    for problem in notices.wrong(given):
        wrong |= _at_field(asked, problem)
    for name, fits in _FITS.items():
        if fits.fullmatch(getattr(typed, name)) is None:
            wrong[name] = _said(asked, "notice.field")
    in_order = dict.fromkeys(_FIELDS.values())
    return {name: wrong[name] for name in in_order if name in wrong}, given


def _at_field(asked: Asked, problem: Problem) -> dict[str, str]:
    """Raises the problem where it is at no field of the form."""
    name = _FIELDS.get(problem.pointer or "/address")
    if name is None:
        raise problem
    key = "notice.words-missing" if name == "words" else f"problem.{problem.code}"
    return {name: _said(asked, key)}


def _form(asked: Asked, filled: Filled, status: int) -> Response:
    words, language = _words(asked)
    thing = thing_of(filled.typed.thing)
    title = None if thing is None else notices.title_of(asked.edge.database, *thing, asked.languages)
    about = {} if thing is None else {"about": typed_as(*thing)}
    languages = [
        Choice(
            asked.edge.sentence("welcome.this-language", {}, [tag])[0], urlencode({**about, "lang": tag}), tag
        )
        for tag in asked.edge.speaks
    ]
    reasons = [(code, _said(asked, f"case.reason.{code}")) for code in REASONS]
    told = Filled(
        filled.typed, filled.wrong, None if title is None else _said(asked, "app.notice.about", what=title)
    )
    return _page(form_page(language, told, words, reasons, languages), status, language)


def _page(body: bytes, status: int, language: str) -> Response:
    """Where it came from is told to our own pages alone: with nothing told, a browser would not say that a form is ours."""
    response = reply_bytes(body, HTML, status, language=language)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _words(asked: Asked) -> tuple[dict[str, str], str]:
    """What the page says, and in which language it does."""
    _title, language = asked.edge.sentence(_SAYS["title"], {}, asked.languages)
    return {name: _said(asked, key) for name, key in _SAYS.items()}, language


def _said(asked: Asked, key: str, **facts: str) -> str:
    return asked.edge.sentence(key, facts, asked.languages)[0]
