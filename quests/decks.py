"""Decks of prompts: what a drift draws from.

A drift is a walk without a route. A prompt says one small thing to follow, look for or ask; it has no single right
target, is never judged, and may always be passed. Each says honestly where and when it fits and what it takes.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal, get_args

import msgspec

from quests.model import Language

PromptKey = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{0,39}$(?!\n)")]
Ground = Literal["town", "village", "forest", "shore", "fell", "indoors"]
Season = Literal["winter", "spring", "summer", "autumn"]
Light = Literal["day", "dark"]
AnyLight = Literal["any", "day", "dark"]
Together = Literal["alone", "two", "child"]
Mobility = Literal["sits", "wheels", "walks"]
Nerve = Annotated[
    int,
    msgspec.Meta(
        ge=1,
        le=3,
        description="1: nobody notices; 2: somebody may look, or one greets; 3: one speaks to somebody.",
    ),
]

#: From the least that a prompt may take to the most: whoever walks can also sit.
MOBILITIES: tuple[Mobility, ...] = ("sits", "wheels", "walks")
GROUNDS: tuple[Ground, ...] = get_args(Ground)
#: Ground on which nobody has put lamps.
WILD: frozenset[Ground] = frozenset({"forest", "shore", "fell"})


class Prompt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing to do on a drift. Empty `seasons` is all the year, empty `company` anybody."""

    key: Annotated[PromptKey, msgspec.Meta(description="Permanent within the deck, and never reused.")]
    ground: Annotated[
        tuple[Ground, ...], msgspec.Meta(min_length=1, max_length=6, description="Where it can be done.")
    ]
    seasons: Annotated[
        tuple[Season, ...], msgspec.Meta(max_length=4, description="When; empty for all the year.")
    ] = ()
    light: Annotated[AnyLight, msgspec.Meta(description="day: only by daylight; dark: only without.")] = "any"
    company: Annotated[
        tuple[Together, ...], msgspec.Meta(max_length=3, description="With whom; empty for anybody.")
    ] = ()
    mobility: Annotated[
        Mobility,
        msgspec.Meta(description="sits: where one is; wheels: with wheelchair or pram; walks: only on foot."),
    ]
    nerve: Nerve
    texts: Annotated[
        dict[Language, Annotated[str, msgspec.Meta(min_length=1, max_length=300)]],
        msgspec.Meta(min_length=1, description="By language: all that is said."),
    ]

    @property
    def takes_two(self) -> bool:
        """Whether somebody else has to be there."""
        return bool(self.company) and "alone" not in self.company


class DeckTexts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a deck is called in one language, and who has read all of it in that language."""

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    about: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
    checked_by: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class DeckSheet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A deck's file."""

    texts: Annotated[dict[Language, DeckTexts], msgspec.Meta(min_length=1)]
    prompts: Annotated[tuple[Prompt, ...], msgspec.Meta(min_length=1, max_length=500)]


class Deck(msgspec.Struct, frozen=True, kw_only=True):
    """`version`: SHA-256 of the file that it was read from. [hex]"""

    key: str
    version: str
    texts: dict[str, DeckTexts]
    prompts: tuple[Prompt, ...]

    def name_of(self, prompt: Prompt) -> str:
        """Among all decks: what a phone remembers of a prompt that was drawn."""
        return f"{self.key}/{prompt.key}"


def prompts_of(decks: Iterable[Deck]) -> Iterator[tuple[str, Prompt]]:
    """Every prompt by its name among all decks."""
    return ((deck.name_of(prompt), prompt) for deck in decks for prompt in deck.prompts)
