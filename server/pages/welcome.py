"""The page for somebody who meets a newcomer."""

import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import segno
from babel import Locale
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.units import format_unit
from markupsafe import Markup

from geo.positions import Position
from server.pages import direction, rendered

NO_BREAK = "\u00a0"
#: How dates and numbers are written where the tag alone would say otherwise: "en" is American.
WRITTEN_AS = {"sv-simple": "sv", "en": "en-GB"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One quest, in words. `language` is that of its title and summary."""

    title: str
    summary: str
    language: str
    code: str
    facts: Sequence[str]
    direction: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "direction", direction(self.language))


@dataclass(frozen=True, slots=True)
class Group:
    """`name`: here, walk or ride."""

    name: str
    heading: str
    things: Sequence[Shown]


@dataclass(frozen=True, slots=True)
class Person:
    """Whom one may ring. `facts`: when, and in which languages. `municipality`: SCB's code."""

    heading: str
    phone: str
    facts: Sequence[str]
    municipality: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A place or a language to choose. `query` is what asks for it; `tag` is a language's."""

    name: str
    query: str
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """Which place is meant: one of `choices`, or what is typed."""

    why: str
    which: str
    choices: Sequence[Choice]
    label: str
    button: str
    typed: str
    names: Sequence[str]


def page(language: str, **words: Any) -> bytes:  # noqa: ANN401  what the template names
    return rendered("welcome.html", language, **words)


def choices(language: str, spots: Iterable[tuple[str, str, str | None, Position]]) -> list[Choice]:
    """(id, name, municipality, where) of each, told apart by municipality, and where that is the same by position."""
    named = [
        (f"{name}, {municipality}" if municipality else name, place, at)
        for place, name, municipality, at in spots
    ]
    often = Counter(name for name, _, _ in named)
    return [
        Choice(
            name if often[name] == 1 else f"{name} ({at.lat:.3f}, {at.lon:.3f})",
            urlencode({"id": place, "lang": language}),
        )
        for name, place, at in named
    ]


def clock(moment: datetime, language: str) -> str:
    return format_time(moment, "HH:mm", tzinfo=moment.tzinfo, locale=locale_of(language))


def day(moment: datetime, language: str) -> str:
    return format_date(moment, "full", locale=locale_of(language))


def hours(week_day: int, begins: str, ends: str, language: str) -> str:
    """`week_day`: 1 is Monday."""
    return f"{locale_of(language).days['format']['wide'][week_day - 1]} {begins}–{ends}"


def distance(metres: float, language: str) -> str:
    """To 50 m, from a kilometre on to 100 m, and from 10 km on to whole kilometres; number and unit stay together."""
    if metres < 975:
        written = _unit(max(1, round(metres / 50)) * 50, "length-meter", language)
    else:
        kilometres = round(metres / 1000, 1) if metres < 10_000 else round(metres / 1000)
        written = _unit(kilometres, "length-kilometer", language)
    return written.replace(" ", NO_BREAK)


def _unit(number: float, unit: str, language: str) -> str:
    return format_unit(number, unit, "short", locale=locale_of(language))


def either(words: Sequence[str], language: str) -> str:
    """One of them or another, as the language puts it."""
    return format_list(words, style="or", locale=locale_of(language))


def language_name(tag: str, language: str) -> str:
    """What a language is called in another; its tag where nobody has named it."""
    if tag == "sv-simple":
        tag = "sv"
    try:
        return Locale.parse(tag, sep="-").get_display_name(locale_of(language)) or tag
    except (ValueError, LookupError):
        return tag


@lru_cache(maxsize=64)
def address_square(address: str) -> Markup:
    """A QR code as SVG, to be read off a screen or paper."""
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=2
    )
    return Markup(drawn.getvalue().decode())  # noqa: S704  drawn by us, of squares alone


@lru_cache(maxsize=64)
def locale_of(language: str) -> Locale:
    return Locale.parse(WRITTEN_AS.get(language, language), sep="-")
