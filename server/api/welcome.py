"""A page for somebody who meets a newcomer: near, open now, in their language. Nothing is stored."""

from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any

import msgspec
from flask import Response

from geo.sun import Light
from server.api.framework import END, LINE, Asked, Blueprint, LanguageParameters, own_address, reply_bytes
from server.pages import PAGE_POLICY
from server.pages.welcome import (
    Asking,
    Group,
    Shown,
    address_square,
    clock,
    day,
    distance,
    language_name,
    page,
)
from server.use_cases.welcome import Thing, Welcome, place_names, welcome

blueprint = Blueprint("welcome", prefix="", description="A page to print for somebody who is new.")

HTML = "text/html; charset=utf-8"


class WelcomeParameters(LanguageParameters, frozen=True, kw_only=True, forbid_unknown_fields=True):
    place: (
        Annotated[
            str,
            msgspec.Meta(pattern=rf"^{LINE}{{1,100}}{END}", description="Name of a place, as in `/places`."),
        ]
        | None
    ) = None


@blueprint.route("/welcome")
@blueprint.arguments(WelcomeParameters, location="query")
@blueprint.response(200, str, media_type=HTML, headers={"Content-Language": "The language of the page."})
@blueprint.response(404, str, media_type=HTML, description="No such place; the page asks for another.")
@blueprint.says_no("bad-request", "database-gone")
def welcome_page(asked: Asked, query: WelcomeParameters) -> Response:
    """See and print what is near a place and open now.

    For somebody who meets a newcomer. Without a place the page asks for one.
    """
    say = partial(_said, asked)
    found = None
    if query.place is not None:
        found = welcome(asked.edge.database, query.place, datetime.now(UTC), asked.languages)
    language = asked.edge.sentence("welcome.show", {}, asked.languages)[1]
    if found is None:
        names = place_names(asked.edge.database, asked.languages)
        why = "welcome.why" if query.place is None else "welcome.unknown"
        asking = Asking(
            why=say(why),
            label=say("welcome.which"),
            button=say("welcome.show"),
            typed=query.place or "",
            names=names,
        )
        body = page(language, heading="Rotfäste", asks=asking)
    else:
        body = page(language, **_filled(asked, found, language))
    status = 404 if found is None and query.place is not None else 200
    response = reply_bytes(body, HTML, status, language=language)
    response.headers["Content-Security-Policy"] = PAGE_POLICY.replace(
        "form-action 'none'", "form-action 'self'"
    )
    return response


def _filled(asked: Asked, found: Welcome, language: str) -> dict[str, Any]:
    say = partial(_said, asked)
    groups = [
        Group(say(f"welcome.{name}"), [_shown(asked, one, language) for one in things])
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
        "nothing": "" if groups else say("welcome.nothing"),
        "begin": say("welcome.begin"),
        "keeps_nothing": say("welcome.keeps-nothing"),
        "address": address,
        "square": address_square(address),
    }


def _shown(asked: Asked, thing: Thing, language: str) -> Shown:
    say, card = partial(_said, asked), thing.card
    facts = []
    if card.minutes is not None:
        facts.append(say("welcome.minutes", minutes=card.minutes))
    if thing.walk_min is not None:
        facts.append(say("welcome.walk-minutes", minutes=thing.walk_min))
    elif thing.distance_m is not None:
        facts.append(say("welcome.distance", distance=distance(thing.distance_m, language)))
    facts += [say(f"company.{one}") for one in card.company if one != "alone"]
    if card.language != language:
        facts.append(say("welcome.in-language", language=language_name(card.language, language)))
    return Shown(card.title, card.summary, card.language, card.code, facts)


def _said(asked: Asked, key: str, **facts: Any) -> str:  # noqa: ANN401  numbers and words
    return asked.edge.sentence(key, facts, asked.languages)[0]
