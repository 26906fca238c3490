"""What a public body must say of the service: privacy, terms, accessibility. Texts from `seed_data/pages/about`.

A text's `{names}` are figures from the code; its `show` is what the operator's own file, or the tables, say.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, Literal, get_args

import msgspec
from babel.dates import format_date

from quests.languages import best
from server.config import CHECKOUT
from server.pages import rendered
from server.pages.welcome import locale_of
from server.readers.operator import Contact, Operator, Words
from server.tables.purposes import PURPOSES

FOLDER = CHECKOUT / "seed_data/pages/about"
Name = Literal["privacy", "terms", "accessibility"]
PAGES: Final[tuple[Name, ...]] = get_args(Name)
Show = Literal["contact", "officer", "stored", "basis", "authority", "feedback", "assessed", "digg"]


#: Whether maps are drawn of what is ours alone, or also of pictures from a host that the operator named.
When = Literal["own-map", "named-map"]


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    heading: str
    text: tuple[str, ...] = ()
    list: tuple[str, ...] = ()
    show: Show | None = None
    when: When | None = None


class Page(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    title: str
    lead: str
    parts: tuple[Part, ...]


class Labels(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pages: str
    language: str
    to_the_app: str
    draft: str
    read: str
    not_filled_in: str
    only_here: str
    name: str
    organisation_number: str
    email: str
    phone: str
    post: str
    web: str
    assessed: str
    assessed_how: str
    purposes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """One line of what is shown; an empty value is said to be not filled in."""

    label: str
    value: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class _Filled:
    heading: str
    text: Sequence[str]
    list: Sequence[str]
    told: Sequence[Told] | None


@lru_cache(maxsize=1)
def texts() -> Mapping[Name, Mapping[str, Page]]:
    """Each page by its languages."""
    return {name: msgspec.convert(_read(name), dict[str, Page]) for name in PAGES}


@lru_cache(maxsize=1)
def labels() -> Mapping[str, Labels]:
    return msgspec.convert(_read("labels"), dict[str, Labels])


def page_of(name: str) -> Name | None:
    return next((page for page in PAGES if page == name), None)


def language_of(name: Name, wanted: Sequence[str]) -> str:
    """The language that the page is shown in."""
    return best(texts()[name], wanted)


def map_of(facts: Mapping[str, object]) -> When:
    return "named-map" if facts["map_host"] else "own-map"


def about_page(
    name: Name,
    language: str,
    *,
    wanted: str,
    operator: Operator,
    facts: Mapping[str, object],
    stored: Sequence[str],
    own_names: Mapping[str, str],
    notice: str,
) -> bytes:
    """`notice`: what the link to the notice form says. `language`: one that the page has; `wanted`: the one that was asked for. `stored`: what is kept, a line each.

    `own_names`: what each language of the page calls itself.
    """
    page, words = texts()[name][language], labels()[language]
    parts = [
        _Filled(
            part.heading,
            [text.format_map(facts) for text in part.text],
            [*(text.format_map(facts) for text in part.list), *(stored if part.show == "stored" else ())],
            _told(part.show, operator, words, language),
        )
        for part in page.parts
        if part.when in {None, map_of(facts)}
    ]
    return rendered(
        "about.html",
        language,
        html_language=language,
        name=name,
        notice=notice,
        page=page,
        parts=parts,
        words=words,
        wanted=language,
        other_language=wanted.partition("-")[0] != language.partition("-")[0],
        standing=_standing(operator, words, language),
        languages=[{"tag": tag, "name": own_names[tag]} for tag in texts()[name]],
        pages=[{"name": one, "title": texts()[one][language].title} for one in PAGES],
    )


def _told(show: Show | None, operator: Operator, words: Labels, language: str) -> Sequence[Told] | None:
    """None where there is nothing of the operator's to show."""
    match show:
        case "contact":
            number = Told(words.organisation_number, operator.organisation_number)
            reached = _reached(operator.contact, words)
            return [*reached, number] if reached else []
        case "officer":
            return _reached(operator.data_protection_officer, words)
        case "feedback":
            return _reached(operator.feedback, words) or _reached(operator.contact, words)
        case "authority":
            return _reached(operator.data_protection_authority, words)
        case "digg":
            return _reached(operator.accessibility_authority, words)
        case "assessed":
            on = operator.assessed_on
            return [
                Told(words.assessed, "" if on is None else _day(on, language)),
                Told(words.assessed_how, _said(operator.assessed_how, language)),
            ]
        case "basis":
            return [
                Told(words.purposes[one.key], _said(operator.legal_basis.get(one.key, {}), language))
                for one in PURPOSES
                if one.people
            ]
        case _:
            return None


def _reached(contact: Contact, words: Labels) -> list[Told]:
    lines = [
        Told(words.name, contact.name),
        Told(words.email, contact.email, f"mailto:{contact.email}"),
        Told(words.phone, contact.phone, "tel:" + "".join(c for c in contact.phone if c in "+0123456789")),
        Told(words.post, contact.post),
        Told(words.web, contact.web, contact.web),
    ]
    return [line for line in lines if line.value]


def _standing(operator: Operator, words: Labels, language: str) -> str:
    read = operator.read_by_lawyer
    return words.draft if read is None else words.read.format(day=_day(read, language))


def _said(words: Words, language: str) -> str:
    return words[best(words, (language,))] if words else ""


def _day(day: date, language: str) -> str:
    return format_date(day, "long", locale=locale_of(language))


def _read(name: str) -> dict[str, object]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
