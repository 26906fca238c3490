"""What a link to a quest shows where it is shared: words and a picture in the head of the app's first page."""

from collections.abc import Callable
from typing import Final

from media.previews import Preview, plain
from server.pages import direction, rendered
from server.pages.welcome import distance
from server.stores.shown import Card

#: Open Graph's words for languages; one that it has no word for is not told.
LOCALES: Final = {
    "sv": "sv_SE",
    "sv-simple": "sv_SE",
    "en": "en_GB",
    "uk": "uk_UA",
    "ar": "ar_AR",
    "nl": "nl_NL",
    "de": "de_DE",
}
#: Where whoever has no script says that something is wrong; it is told what they were looking at.
_NOTICE: Final = "/about/notice"
_TITLE = ("<title>", "</title>")
_DESCRIPTION = ('<meta name="description"', ">")
#: Where a quest is played → the badges' motif for it, the first that fits.
_OF_SETTING: Final = (("bus", "bus"), ("fell", "sun"), ("forest", "tree"), ("home", "kettle"))

Say = Callable[..., str]


def preview_of(card: Card, say: Say) -> Preview:
    """What the picture of a quest says. `say`: a sentence by its key and facts."""
    facts = []
    if card.minutes is not None:
        facts.append(say("welcome.minutes", minutes=card.minutes))
    if card.length_m is not None:
        facts.append(distance(card.length_m, card.language))
    kind = "tips" if card.feedback == "at_end" else "trail" if card.kind == "trail" else "challenge"
    of_setting = next((motif for setting, motif in _OF_SETTING if setting in card.setting), "pin")
    return Preview(
        title=card.title,
        facts=" · ".join(facts),
        association=card.association,
        kind=kind,
        motif={"tips": "slip", "trail": "footprint"}.get(kind, of_setting),
        right_to_left=direction(card.language) == "rtl",
    )


def told_page(start: bytes, card: Card, address: str, picture: str | None) -> bytes:
    """The app's first page, with what a quest is called in its head.

    `address`: the quest's own, in full; `picture`: of its preview, in full. The page stays as it is where it has no
    title and description to take the place of.
    """
    head, middle, rest = _cut(start.decode(), _TITLE)
    before, between, after = _cut(rest, _DESCRIPTION)
    if not middle or not between:
        return start
    locale = LOCALES.get(card.language)
    words = rendered(
        "shared.html",
        card.language,
        title=plain(card.title),
        summary=plain(card.summary),
        address=address,
        picture=picture,
        locale=locale,
        others=sorted({LOCALES[tag] for tag in card.languages if tag in LOCALES} - {locale}),
    ).decode()
    filled = after.replace(f'"{_NOTICE}"', f'"{_NOTICE}?about={card.code}&amp;lang={card.language}"', 1)
    return (head + words.strip() + before + filled).encode()


def _cut(text: str, ends: tuple[str, str]) -> tuple[str, str, str]:
    """Before, from the one end to the other, after. All of it is before where there is no such part."""
    first, last = ends
    start = text.find(first)
    end = text.find(last, start + len(first)) + len(last)
    if start < 0 or end < len(last):
        return text, "", ""
    return text[:start], text[start:end], text[end:]
