"""A page for somebody who meets a newcomer: near, open now, in their language. Nothing is stored."""

from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from flask import Response

from geo.sun import Light
from server.api.framework import END, LINE, Asked, Blueprint, LanguageParameters, own_address, reply_bytes
from server.pages import PAGE_POLICY
from server.pages.welcome import (
    Asking,
    Choice,
    Group,
    Person,
    Shown,
    address_square,
    choices,
    clock,
    day,
    distance,
    either,
    hours,
    language_name,
    page,
)
from server.stores.guides import Guide
from server.use_cases.welcome import Sought, Thing, Welcome, place_names, seek, spot, welcome

blueprint = Blueprint("welcome", prefix="", description="A page to print for somebody who is new.")

HTML = "text/html; charset=utf-8"


class WelcomeParameters(LanguageParameters, frozen=True, kw_only=True, forbid_unknown_fields=True):
    place: (
        Annotated[
            str,
            msgspec.Meta(
                pattern=rf"^{LINE}{{1,100}}{END}",
                description="Whole name of a place in any of its languages, marks may be left out;"
                " with its municipality after a comma where several are called so.",
            ),
        ]
        | None
    ) = None
    id: (
        Annotated[
            str,
            msgspec.Meta(
                pattern=rf"^{LINE}{{1,100}}{END}",
                description="Id of a place, as in `/places`; instead of its name.",
            ),
        ]
        | None
    ) = None


@blueprint.route("/welcome")
@blueprint.arguments(WelcomeParameters, location="query")
@blueprint.response(200, str, media_type=HTML, headers={"Content-Language": "The language of the page."})
@blueprint.response(
    404,
    str,
    media_type=HTML,
    description="No such place; the page offers what is written much like it, and asks.",
)
@blueprint.says_no("bad-request", "database-gone")
def welcome_page(asked: Asked, query: WelcomeParameters) -> Response:
    """See and print what is near a place and open now.

    For somebody who meets a newcomer. Without a place the page asks for one, and where several are called so, which.
    """
    database, language = asked.edge.database, asked.edge.sentence("welcome.show", {}, asked.languages)[1]
    sought, status = _sought(asked, query), 200
    if sought is not None and len(sought.called) == 1:
        found = welcome(database, sought.called[0], datetime.now(UTC), asked.languages)
        body = page(language, **_languages(asked, query), **_filled(asked, found, language))
    else:
        status = 200 if sought is None or sought.called else 404
        asks = _asking(asked, sought, query.place or "", language)
        body = page(language, **_languages(asked, query), heading="Rotfäste", asks=asks)
    response = reply_bytes(body, HTML, status, language=language)
    response.headers["Content-Security-Policy"] = PAGE_POLICY.replace(
        "form-action 'none'", "form-action 'self'"
    )
    return response


def _sought(asked: Asked, query: WelcomeParameters) -> Sought | None:
    """None where nothing was asked for."""
    if query.id is not None:
        found = spot(asked.edge.database, query.id, asked.languages)
        return Sought(() if found is None else (found,))
    return None if query.place is None else seek(asked.edge.database, query.place, asked.languages)


def _languages(asked: Asked, query: WelcomeParameters) -> dict[str, Any]:
    """The same page in each language that we speak, named in itself."""
    kept = {name: value for name, value in (("place", query.place), ("id", query.id)) if value is not None}
    links = [
        Choice(
            asked.edge.sentence("welcome.this-language", {}, [tag])[0], urlencode({**kept, "lang": tag}), tag
        )
        for tag in asked.edge.speaks
    ]
    return {"languages": links, "word_language": _said(asked, "welcome.language")}


def _asking(asked: Asked, sought: Sought | None, typed: str, language: str) -> Asking:
    say = partial(_said, asked)
    if sought is None:
        why = say("welcome.why")
    elif sought.called:
        why = say("welcome.several", place=sought.called[0].name)
    else:
        why = say("welcome.unknown")
    offered = () if sought is None else sought.called or sought.alike
    return Asking(
        why=why,
        which=say("welcome.one-of"),
        choices=choices(language, [(one.id, one.name, one.municipality, one.position) for one in offered]),
        label=say("welcome.which"),
        button=say("welcome.show"),
        typed=typed,
        names=place_names(asked.edge.database, asked.languages),
    )


def _filled(asked: Asked, found: Welcome, language: str) -> dict[str, Any]:
    say = partial(_said, asked)
    groups = [
        Group(name, say(f"welcome.{name}"), [_shown(asked, one, language) for one in things])
        for name, things in (("here", found.here), ("walk", found.walk), ("ride", found.ride))
        if things
    ]
    if found.light_changes is None:
        light = say("welcome.no-night")
    else:
        sky = "welcome.day" if found.light is Light.day else "welcome.dark"
        light = say(sky, time=clock(found.light_changes, language))
    address = own_address(asked).url
    return {
        "heading": say("welcome.title", place=found.place),
        "when": f"{day(found.at, language)} {clock(found.at, language)}.",
        "light": light,
        "groups": groups,
        "notice": say("app.quest.notice"),
        "nothing": "" if groups else say("welcome.nothing"),
        "how": say("welcome.how"),
        "begin": say("welcome.begin"),
        "keeps_nothing": say("welcome.keeps-nothing"),
        "guide": _guide(asked, found.guide, language),
        "address": address,
        "square": address_square(address),
    }


def _guide(asked: Asked, guide: Guide | None, language: str) -> Person | None:
    if guide is None:
        return None
    facts = [hours(one.day, one.begins, one.ends, language) for one in guide.hours]
    facts += [language_name(tag, language) for tag in guide.languages]
    return Person(_said(asked, "welcome.guide", name=guide.name), guide.phone, facts, guide.municipality)


def _shown(asked: Asked, thing: Thing, language: str) -> Shown:
    say, card = partial(_said, asked), thing.card
    facts = []
    if card.minutes is not None:
        facts.append(say("welcome.minutes", minutes=card.minutes))
    if thing.walk_min is not None:
        facts.append(say("welcome.walk-minutes", minutes=thing.walk_min))
    elif thing.distance_m is not None:
        facts.append(say("welcome.distance", distance=distance(thing.distance_m, language)))
    if card.company:
        company = either([say(f"welcome.with-{one}") for one in card.company], language)
        facts.append(say("welcome.good", company=company))
    if thing.pram:
        facts.append(say("welcome.pram"))
    if thing.wheelchair:
        facts.append(say("welcome.wheelchair"))
    if thing.bus_stop_m is not None:
        facts.append(say("welcome.bus-stop", distance=distance(thing.bus_stop_m, language)))
    if thing.toilet_m is not None:
        facts.append(say("welcome.toilet", distance=distance(thing.toilet_m, language)))
    if card.language != language:
        facts.append(say("welcome.in-language", language=language_name(card.language, language)))
    return Shown(card.title, card.summary, card.language, card.code, facts)


def _said(asked: Asked, key: str, **facts: Any) -> str:  # noqa: ANN401  numbers and words
    return asked.edge.sentence(key, facts, asked.languages)[0]
