"""What a drift draws next, and when.

The phone draws, offline: `web/src/drift/` is the twin of this file, and `tests/vectors/drift.json` holds both to the
same answers. Nothing of a drift reaches the server, unless its player sends a feeling or some words as a free move.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal, get_args

import msgspec

from quests.chance import rank
from quests.decks import (
    MOBILITIES,
    WILD,
    Deck,
    Ground,
    Light,
    Mobility,
    Nerve,
    Prompt,
    Season,
    Together,
    prompts_of,
)

RESTS = timedelta(days=30)  # nobody is asked the same thing twice in this time
OF_THIS_MOMENT = 2  # how much more often comes what was made for this season or for the dark

#: Ground that is much like another.
LIKE: dict[Ground, frozenset[Ground]] = {
    "town": frozenset({"village"}),
    "village": frozenset({"town"}),
    "forest": frozenset({"shore", "fell"}),
    "shore": frozenset({"forest"}),
    "fell": frozenset({"forest"}),
    "indoors": frozenset(),
}

Widening = Literal["like-ground", "company", "season", "ground"]
#: In this order: what is missed least goes first.
WIDENINGS: tuple[Widening, ...] = get_args(Widening)

AT_ONCE_S = 90  # a prompt is left alone for so long, however quickly somebody walks
PASSENGER_MPS = 25 / 3.6  # whoever moves faster is not on foot, and is asked nothing


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """Of one player at one moment. `nerve` and `mobility` are the most that a prompt may take."""

    at: datetime
    ground: Ground
    season: Season
    light: Light
    company: Together
    mobility: Mobility
    nerve: Nerve


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A prompt that was drawn: its name among all decks, and when. A pass is no failure, and changes nothing here."""

    prompt: str
    at: datetime
    passed: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """`widened`: which of the circumstances were left out of account, in their order; mostly none."""

    name: str
    prompt: Prompt
    widened: tuple[Widening, ...] = ()


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How long one prompt lasts: so many minutes or so many metres, whichever is over first."""

    minutes: Annotated[int, msgspec.Meta(ge=2, le=30, description="[min]")] = 5
    metres: Annotated[int, msgspec.Meta(ge=100, le=2_000, description="[m]")] = 400


@dataclass(frozen=True, slots=True)
class Due:
    """`in_s`, `in_m`: what is left of the pace, 0 or more; `in_m` None without a position. [s, m]"""

    now: bool
    in_s: float
    in_m: float | None


def draw(decks: Iterable[Deck], seed: str, now: Circumstances, cards: Iterable[Card] = ()) -> Drawn | None:
    """The next prompt: the same for the same arguments, whatever the order of decks, prompts and cards.

    `seed` is the drift's own: two phones with one seed, circumstances and cards draw the same. Where nothing fits,
    the circumstances are widened one after the other, as far as is needed and no further (`WIDENINGS`). None only
    where no safe prompt is left: each has been drawn in the last 30 days, or there never was one.
    """
    resting = {card.prompt for card in cards if now.at - card.at < RESTS}
    left = {
        name: prompt for name, prompt in prompts_of(decks) if name not in resting and is_safe(prompt, now)
    }
    for count in range(len(WIDENINGS) + 1):
        widened = WIDENINGS[:count]
        fitting = [name for name, prompt in left.items() if fits(prompt, now, widened)]
        if fitting:
            name = min(fitting, key=lambda name: (rank(seed, name, _weight(left[name], now)), name))
            return Drawn(name, left[name], widened)
    return None


def is_safe(prompt: Prompt, now: Circumstances) -> bool:
    """What is never widened: light, nerve, mobility, who is alone, and wild ground in the dark for who is not there."""
    return (
        prompt.light in {"any", now.light}
        and prompt.nerve <= now.nerve
        and MOBILITIES.index(prompt.mobility) <= MOBILITIES.index(now.mobility)
        and not (prompt.takes_two and now.company == "alone")
        and not (now.light == "dark" and now.ground not in WILD and WILD.issuperset(prompt.ground))
    )


def fits(prompt: Prompt, now: Circumstances, widened: Collection[Widening] = ()) -> bool:
    """Whether it is meant for this ground, company and season, as far as these are still looked at."""
    grounds = {now.ground} | (LIKE[now.ground] if "like-ground" in widened else set())
    return (
        ("ground" in widened or not grounds.isdisjoint(prompt.ground))
        and ("company" in widened or not prompt.company or now.company in prompt.company)
        and ("season" in widened or not prompt.seasons or now.season in prompt.seasons)
    )


def due(
    pace: Pace, since_s: float, away_m: float | None, *, accuracy_m: float = 0, speed_mps: float | None = None
) -> Due:
    """Whether the next prompt is due, `since_s` after the last one was drawn, pauses left out.

    `away_m` is the straight line from where that was, None without a position; `accuracy_m` is taken off, so that
    nobody is hurried on by a fix that jumps. In a bus nothing is due.
    """
    on_foot = speed_mps is None or speed_mps <= PASSENGER_MPS
    in_s = max(0, pace.minutes * 60 - since_s)
    in_m = None if away_m is None else max(0, pace.metres - max(0, away_m - accuracy_m))
    return Due(on_foot and (in_s == 0 or (in_m == 0 and since_s >= AT_ONCE_S)), in_s, in_m)


def _weight(prompt: Prompt, now: Circumstances) -> int:
    return OF_THIS_MOMENT if now.season in prompt.seasons or prompt.light == "dark" else 1
