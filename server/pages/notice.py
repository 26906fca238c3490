"""The form in which anybody says that something public should not be, and its receipt: made of values, no script."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from babel.dates import format_date

from server.pages import rendered
from server.pages.welcome import Choice, locale_of

_CODE = r"JH[2-9A-HJKMNP-Z]{5}"
_KEY = r"[a-z][a-z0-9-]{0,39}"
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
#: What somebody may write of what it is about, by kind: a code, with the key of a stage; an address; as the app's own links say it.
_THINGS: Final = tuple(
    (kind, re.compile(rf"{said}/?", re.IGNORECASE))
    for kind, said in (
        ("quest", rf"(?:.*/q/|quest:|stage:)?({_CODE})"),
        ("stage", rf"(?:.*/q/|quest:|stage:)?({_CODE})[/:]({_KEY})"),
        ("guide", r"guide:([0-9]{4})"),
        ("body", rf"(?:.*/o/|body:)?({_UUID})"),
        ("story", rf"(?:.*/story/|story:)({_UUID})"),
    )
)


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody wrote in it, as they wrote it."""

    thing: str = ""
    reason: str = ""
    words: str = ""
    name: str = ""
    address: str = ""
    faith: bool = False


@dataclass(frozen=True, slots=True)
class Filled:
    """`wrong`: a sentence by the name of its field. `title`: what it is about is called, where that is known."""

    typed: Typed
    wrong: Mapping[str, str] = field(default_factory=dict)
    title: str | None = None


def thing_of(typed: str) -> tuple[str, str] | None:
    """What kind of thing somebody means, and its name as the API takes it; None for what is neither."""
    for kind, said in _THINGS:
        if found := said.fullmatch(typed.strip()):
            first, *more = found.groups()
            code = first.upper() if kind in {"quest", "stage"} else first.lower()
            return kind, "/".join([code, *(part.lower() for part in more)])
    return None


def typed_as(kind: str, name: str) -> str:
    """The shortest that `thing_of` reads as that."""
    return name if kind in {"quest", "stage", "body"} else f"{kind}:{name}"


def form_page(
    language: str,
    filled: Filled,
    words: Mapping[str, str],
    reasons: Sequence[tuple[str, str]],
    languages: Sequence[Choice],
) -> bytes:
    """`reasons`: codes, and what they say. `languages`: the same form in each."""
    return rendered(
        "notice.html",
        language,
        typed=filled.typed,
        wrong=filled.wrong,
        title=filled.title,
        words=words,
        reasons=reasons,
        languages=languages,
    )


def receipt_page(language: str, words: Mapping[str, str], said: str, address: str) -> bytes:
    """`said`: when it is looked at. `address`: where one sees what becomes of it."""
    return rendered("notice_given.html", language, words=words, said=said, address=address)


def day_of(day: date, language: str) -> str:
    return format_date(day, "EEEE d MMMM", locale=locale_of(language))
