"""Decks of prompts, for phones to take along and draw from."""

from collections.abc import Iterable
from typing import Annotated

import msgspec
from flask import Response

from quests.decks import GROUNDS, AnyLight, Deck, Ground, Mobility, Nerve, Prompt, Season, Together
from quests.languages import best
from server.api.framework import END, JSON, Asked, Blueprint, LanguageParameters, reply_unless_known
from server.problems import Refusal

blueprint = Blueprint(
    "decks",
    description=(
        "What a drift, a walk without a route, draws from. The phone draws; what it drew and where it went stays there."
    ),
)

FOR_A_WHILE = "public, max-age=300"
FOR_EVER = "public, max-age=31536000, immutable"

Version = Annotated[
    str,
    msgspec.Meta(
        pattern=rf"^[0-9a-f]{{64}}{END}",
        description="Of the deck's file. The address that names the version in force may be kept for ever.",
    ),
]


class DeckPath(msgspec.Struct, frozen=True):
    key: Annotated[str, msgspec.Meta(pattern=rf"^[a-z][a-z0-9-]{{0,39}}{END}", description="The deck's key.")]


class DeckParameters(LanguageParameters, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: Version | None = None


class DeckCard(msgspec.Struct, frozen=True, kw_only=True):
    """What a deck is, without its prompts."""

    key: Annotated[str, msgspec.Meta(description="Permanent.")]
    version: Annotated[str, msgspec.Meta(description="Another one when anything in the deck has changed.")]
    address: Annotated[
        str, msgspec.Meta(description="Of the whole deck in this version and language; never changes.")
    ]
    title: Annotated[str, msgspec.Meta(description="In `language`.")]
    about: Annotated[str, msgspec.Meta(description="What it is for, in `language`.")]
    language: Annotated[str, msgspec.Meta(description="The language of title and about.")]
    checked_by: Annotated[str, msgspec.Meta(description="Who has checked the deck in `language`.")]
    count: Annotated[int, msgspec.Meta(description="How many prompts there are.")]
    ground: Annotated[tuple[Ground, ...], msgspec.Meta(description="Where there is something to do with it.")]


class DeckList(msgspec.Struct, frozen=True, kw_only=True):
    """The decks there are."""

    decks: Annotated[tuple[DeckCard, ...], msgspec.Meta(description="In the order of their keys.")]


class DeckPrompt(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do on a drift. It is never judged, and may always be passed."""

    name: Annotated[
        str, msgspec.Meta(description="Among all decks, `deck/prompt`: what is not drawn again for 30 days.")
    ]
    text: Annotated[str, msgspec.Meta(description="All that is said.")]
    language: Annotated[str, msgspec.Meta(description="The language of the text.")]
    checked_by: Annotated[str, msgspec.Meta(description="Who has checked the deck in that language.")]
    ground: Annotated[tuple[Ground, ...], msgspec.Meta(description="Where it can be done.")]
    seasons: Annotated[tuple[Season, ...], msgspec.Meta(description="When; empty for all the year.")]
    light: Annotated[
        AnyLight,
        msgspec.Meta(description="day: only by daylight; dark: only without; any: light is all one."),
    ]
    company: Annotated[tuple[Together, ...], msgspec.Meta(description="With whom; empty for anybody.")]
    mobility: Annotated[
        Mobility,
        msgspec.Meta(description="sits: where one is; wheels: with wheelchair or pram; walks: only on foot."),
    ]
    nerve: Nerve


class WholeDeck(DeckCard, frozen=True, kw_only=True):
    """A deck as a phone takes it along."""

    prompts: Annotated[tuple[DeckPrompt, ...], msgspec.Meta(description="In the order of the deck's file.")]


@blueprint.route("/decks")
@blueprint.arguments(LanguageParameters, location="query")
@blueprint.response(200, DeckList, headers={"ETag": "Changes with the content."})
@blueprint.response(304, description="The asker has it already.")
def list_decks(asked: Asked, _query: LanguageParameters) -> Response:
    """List the decks that a drift can draw from."""
    cards = tuple(_card(deck, asked.languages) for deck in asked.edge.decks)
    language = cards[0].language if cards else asked.languages[0]
    body = msgspec.json.encode(DeckList(decks=cards))
    return reply_unless_known(body, JSON, cache=FOR_A_WHILE, language=language)


@blueprint.route("/decks/<key>")
@blueprint.arguments(DeckPath, location="path")
@blueprint.arguments(DeckParameters, location="query")
@blueprint.response(200, WholeDeck, headers={"ETag": "Changes with the content."})
@blueprint.response(304, description="The asker has it already.")
@blueprint.says_no("unknown-deck")
def whole_deck(asked: Asked, path: DeckPath, query: DeckParameters) -> Response:
    """Take a deck along: every prompt in one language, or in the one that stands in for it.

    An older version than that in force is not kept: whoever asks for it is given the one in force, which says so.
    """
    deck = next((deck for deck in asked.edge.decks if deck.key == path.key), None)
    if deck is None:
        raise Refusal("unknown-deck")
    card = _card(deck, asked.languages)
    prompts = tuple(_prompt(deck, prompt, asked.languages) for prompt in deck.prompts)
    body = msgspec.json.encode(WholeDeck(**msgspec.structs.asdict(card), prompts=prompts))
    names_it = query.version == deck.version and query.lang is not None
    return reply_unless_known(body, JSON, cache=FOR_EVER if names_it else FOR_A_WHILE, language=card.language)


def _card(deck: Deck, languages: Iterable[str]) -> DeckCard:
    language = best(deck.texts, languages)
    texts = deck.texts[language]
    found = {ground for prompt in deck.prompts for ground in prompt.ground}
    return DeckCard(
        key=deck.key,
        version=deck.version,
        address=f"/api/v1/decks/{deck.key}?lang={language}&version={deck.version}",
        title=texts.title,
        about=texts.about,
        language=language,
        checked_by=texts.checked_by,
        count=len(deck.prompts),
        ground=tuple(ground for ground in GROUNDS if ground in found),
    )


def _prompt(deck: Deck, prompt: Prompt, languages: Iterable[str]) -> DeckPrompt:
    language = best(prompt.texts, languages)
    return DeckPrompt(
        name=deck.name_of(prompt),
        text=prompt.texts[language],
        language=language,
        checked_by=deck.texts[language].checked_by,
        ground=prompt.ground,
        seasons=prompt.seasons,
        light=prompt.light,
        company=prompt.company,
        mobility=prompt.mobility,
        nerve=prompt.nerve,
    )
