"""Badges: what can be earned, what they look like, and what one has earned."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal

import msgspec
from flask import Response

from content.badges import Badge
from media.badges import badge_png
from quests.languages import best
from server.api.framework import (
    END,
    Asked,
    Blueprint,
    LanguageParameters,
    NoParameters,
    reply,
    reply_unless_known,
)
from server.pages import PAGE_POLICY, STYLES, diploma_page
from server.problems import Refusal
from server.use_cases import awards
from server.use_cases.awards import Earned

blueprint = Blueprint(
    "badges", description="What can be earned. Nobody sees who has earned what but the player."
)

PNG = "image/png"
HTML = "text/html; charset=utf-8"
CSS = "text/css; charset=utf-8"
HOUR = "public, max-age=3600"


class BadgePath(msgspec.Struct, frozen=True):
    key: Annotated[
        str, msgspec.Meta(pattern=rf"^[a-z][a-z0-9-]{{0,39}}{END}", description="The badge's key.")
    ]


class PageFilePath(msgspec.Struct, frozen=True):
    name: Annotated[
        str, msgspec.Meta(pattern=rf"^[a-z]{{1,30}}\.[a-z]{{1,9}}{END}", description="A file of the pages.")
    ]


class PictureParameters(NoParameters, frozen=True, kw_only=True, forbid_unknown_fields=True):
    size: Annotated[
        Literal["64", "128", "256", "512"], msgspec.Meta(description="Width and height. [px]")
    ] = "256"


class BadgeCard(msgspec.Struct, frozen=True, kw_only=True):
    """A badge, as everybody may see it."""

    key: Annotated[str, msgspec.Meta(description="Permanent.")]
    name: Annotated[str, msgspec.Meta(description="In the card's language.")]
    how: Annotated[str, msgspec.Meta(description="What earns it, in a sentence.")]
    picture: Annotated[
        str, msgspec.Meta(description="Address of its picture; `?size=` is 64, 128, 256 or 512.")
    ]
    diploma: Annotated[str, msgspec.Meta(description="Address of a page to print.")]
    language: Annotated[str, msgspec.Meta(description="The language of the texts.")]
    checked_by: Annotated[str, msgspec.Meta(description="Who checked the texts.")]


class BadgeList(msgspec.Struct, frozen=True, kw_only=True):
    """The badges that can be earned as things are."""

    badges: Annotated[tuple[BadgeCard, ...], msgspec.Meta(description="In the order of their keys.")]


class OpenDoor(msgspec.Struct, frozen=True, kw_only=True):
    """What a badge opens: an invitation, and a page of somebody who means it."""

    text: Annotated[str, msgspec.Meta(description="In `language`.")]
    language: Annotated[str, msgspec.Meta(description="The language of the text.")]
    url: Annotated[
        str | None,
        msgspec.Meta(description="Where to go, elsewhere or a path here; null where words are all."),
    ]
    checked: Annotated[
        str, msgspec.Meta(description="The day on which somebody last looked whether it is there.")
    ]


class Award(BadgeCard, frozen=True, kw_only=True):
    """A badge that the player has."""

    awarded_on: Annotated[date, msgspec.Meta(description="The day on which the server saw it.")]
    after: Annotated[str, msgspec.Meta(description="Told to whoever has earned it.")]
    door: Annotated[OpenDoor | None, msgspec.Meta(description="What it opens; null where it opens nothing.")]


class AwardList(msgspec.Struct, frozen=True, kw_only=True):
    """The asking player's badges."""

    awards: Annotated[tuple[Award, ...], msgspec.Meta(description="The newest first.")]


@blueprint.route("/badges")
@blueprint.arguments(LanguageParameters, location="query")
@blueprint.response(200, BadgeList, headers={"ETag": "Changes with the content."})
@blueprint.response(304, description="The asker has it already.")
@blueprint.says_no("database-gone")
def list_badges(asked: Asked, _query: LanguageParameters) -> Response:
    """List the badges that can be earned, and how."""
    cards = tuple(
        _card(badge, asked.languages) for badge in awards.gallery(asked.edge.database, asked.edge.badges)
    )
    language = cards[0].language if cards else asked.languages[0]
    body = msgspec.json.encode(BadgeList(badges=cards))
    return reply_unless_known(body, "application/json", cache="public, max-age=300", language=language)


@blueprint.route("/badges/<key>/picture.png")
@blueprint.arguments(BadgePath, location="path")
@blueprint.arguments(PictureParameters, location="query")
@blueprint.response(200, str, media_type=PNG, headers={"ETag": "Changes with the content."})
@blueprint.response(304, description="The asker has it already.")
@blueprint.says_no("unknown-badge")
def badge_picture(asked: Asked, path: BadgePath, query: PictureParameters) -> Response:
    """See a badge. Round, without letters, clear outside of the circle."""
    picture = _badge(asked, path.key).sheet.picture
    drawn = badge_png(picture.motif, picture.ground, picture.figure, int(query.size))
    return reply_unless_known(drawn, PNG, cache=HOUR)


@blueprint.route("/badges/<key>/diploma")
@blueprint.arguments(BadgePath, location="path")
@blueprint.arguments(LanguageParameters, location="query")
@blueprint.response(200, str, media_type=HTML, headers={"ETag": "Changes with the content."})
@blueprint.response(304, description="The asker has it already.")
@blueprint.says_no("unknown-badge")
def badge_diploma(asked: Asked, path: BadgePath, _query: LanguageParameters) -> Response:
    """A page to print, with a line for a name. The name is written by hand: the server never hears it."""
    badge = _badge(asked, path.key)
    card = _card(badge, asked.languages)
    # Whoever holds it in their hand has done it: what earned it is said to whoever has not.
    told = badge.sheet.texts[card.language].after
    body = diploma_page(card.name, told, f"picture.png?size={512}", card.language)
    page = reply_unless_known(body, HTML, cache=HOUR, language=card.language)
    page.headers["Content-Security-Policy"] = PAGE_POLICY
    return page


@blueprint.route("/pages/<name>")
@blueprint.arguments(PageFilePath, location="path")
@blueprint.response(200, str, media_type=CSS, headers={"ETag": "Changes with the content."})
@blueprint.response(304, description="The asker has it already.")
@blueprint.says_no("not-found")
def page_file(_asked: Asked, path: PageFilePath) -> Response:
    """A style sheet of a page."""
    if path.name not in STYLES:
        raise Refusal("not-found")
    return reply_unless_known(STYLES[path.name], CSS, cache=HOUR)


@blueprint.route("/awards")
@blueprint.arguments(LanguageParameters, location="query")
@blueprint.response(200, AwardList)
def list_awards(asked: Asked, _query: LanguageParameters) -> Response:
    """List your own badges, with the doors that they open."""
    own = awards.list_own(asked.edge.database, asked.edge.badges, asked.caller)
    return reply(AwardList(awards=tuple(told_award(one, asked.languages) for one in own)))


def told_award(earned: Earned, languages: Iterable[str]) -> Award:
    """For its player alone: the door is in it."""
    languages = tuple(languages)
    sheet = earned.badge.sheet
    card = _card(earned.badge, languages)
    after = {tag: texts.after for tag, texts in sheet.texts.items() if texts.after}
    door = None
    if sheet.door is not None:
        language = best(sheet.door.texts, languages)
        door = OpenDoor(
            text=sheet.door.texts[language],
            language=language,
            url=sheet.door.url or None,
            checked=sheet.door.checked,
        )
    return Award(
        **msgspec.structs.asdict(card),
        awarded_on=earned.awarded_on,
        after=after[best(after, languages)] if after else "",
        door=door,
    )


def _card(badge: Badge, languages: Iterable[str]) -> BadgeCard:
    language = best(badge.sheet.texts, languages)
    texts = badge.sheet.texts[language]
    at = f"/api/v1/badges/{badge.key}"
    return BadgeCard(
        key=badge.key,
        name=texts.name,
        how=texts.how,
        picture=f"{at}/picture.png",
        diploma=f"{at}/diploma",
        language=language,
        checked_by=badge.sheet.checked_by,
    )


def _badge(asked: Asked, key: str) -> Badge:
    found = next((badge for badge in asked.edge.badges if badge.key == key), None)
    if found is None:
        raise Refusal("unknown-badge")
    return found
