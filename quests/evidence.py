"""How well a move is supported: what its own fixes say, and what follows for trust.

Trust is 0–4. It comes from the move's own evidence alone, never from another move, and no rule lowers
it afterwards. Classes and thresholds: `geo.fences.certainty`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from geo.fences import Certainty, Fence, certainty, outside_m

if TYPE_CHECKING:
    from quests.moves import Fix

FIX_FRESH_S = 30  # a fix further than this from the moment of the move says nothing about it
LATE_BY = timedelta(days=30)
AHEAD_BY = timedelta(minutes=5)

TRUST_SELF_REPORT = 1
TRUST_WEAK = 1
TRUST_NEAR = 2
TRUST_CHECKED = 1  # what a code or an answer, found equal, adds
TRUST_STAYED = 1  # what fixes add that put the player there for all of the time asked
TRUST_MET = (
    2  # what a host's code of the day, found right, adds: it cannot be photographed and passed on for long
)
TRUST_MOST = 4
TRUST_AT_MOST_UNCERTAIN = 1  # for an uncertain time, or a fence widened because its place is not well known

BY_CERTAINTY = {Certainty.inside: TRUST_NEAR, Certainty.near: TRUST_NEAR, Certainty.weak: TRUST_WEAK}
BEST_FIRST = (Certainty.inside, Certainty.near, Certainty.weak, Certainty.outside, Certainty.unusable)


class TimeClass(StrEnum):
    """Whether the phone's clock can be relied on for time-bound badges."""

    ON_TIME = "on-time"
    UNCERTAIN = "uncertain"


def time_class(made_at: datetime, heard_at: datetime | None) -> TimeClass:
    """Uncertain when heard more than 30 days after it was made, or made over 5 minutes ahead of hearing.

    A move that nobody has heard yet (on the phone) counts as on time.
    """
    if heard_at is None or -AHEAD_BY <= heard_at - made_at <= LATE_BY:
        return TimeClass.ON_TIME
    return TimeClass.UNCERTAIN


@dataclass(frozen=True, slots=True)
class Presence:
    """Where the player was, as well as the fixes of one move can tell.

    `away_m` is the least distance outside the fence's edge, None without a usable fix. `placed` is False
    for a generic stage, which is wherever the player says it is.
    """

    placed: bool
    certainty: Certainty
    away_m: float | None = None
    accuracy_m: float | None = None

    @property
    def there(self) -> bool:
        return not self.placed or self.certainty in BY_CERTAINTY

    @property
    def trust(self) -> int:
        """What presence alone supports; a generic stage is a self-report."""
        return BY_CERTAINTY.get(self.certainty, 0) if self.placed else TRUST_SELF_REPORT


ANYWHERE = Presence(placed=False, certainty=Certainty.unusable)


def presence(fence: Fence | None, fixes: "tuple[Fix, ...]", made_at: datetime) -> Presence:
    """The best that any fresh fix of the move says: an honest player needs one good fix, not five."""
    if fence is None:
        return ANYWHERE
    found = Presence(placed=True, certainty=Certainty.unusable)
    for fix in fixes:
        if abs((made_at - fix.at).total_seconds()) > FIX_FRESH_S:
            continue
        here = Presence(
            placed=True,
            certainty=certainty(fence, fix.position, fix.accuracy_m),
            away_m=outside_m(fence, fix.position),
            accuracy_m=fix.accuracy_m,
        )
        if _rank(here) < _rank(found):
            found = here
    return found


def stayed_s(fence: Fence | None, fixes: "tuple[Fix, ...]", made_at: datetime) -> float:
    """The longest time that the move's fixes put the player there, with none between that says otherwise. [s]

    A fix that is too inaccurate says nothing either way. 0 for a generic stage.
    """
    longest = 0.0
    since: datetime | None = None
    for fix in sorted(fixes, key=lambda fix: fix.at):
        if fence is None or fix.at > made_at + timedelta(seconds=FIX_FRESH_S):
            continue
        sure = certainty(fence, fix.position, fix.accuracy_m)
        if sure in BY_CERTAINTY:
            since = since or fix.at
            longest = max(longest, (fix.at - since).total_seconds())
        elif sure is Certainty.outside:
            since = None
    return longest


def _rank(presence: Presence) -> tuple[int, float]:
    return BEST_FIRST.index(presence.certainty), float("inf") if presence.away_m is None else presence.away_m


def capped(trust: int, *, widened: bool, when: TimeClass) -> int:
    """Trust as it may count: at most 1 for an uncertain time or a fence widened for doubt."""
    most = TRUST_AT_MOST_UNCERTAIN if widened or when is TimeClass.UNCERTAIN else TRUST_MOST
    return max(0, min(trust, most))
