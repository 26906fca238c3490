"""One small thing near me today.

Drawn by the day, each quest's own id and roughly where one is, and by nothing of the player: neighbours who go together
are offered the same, also where each has done other things before, and another village meets another thing. What
somebody has done comes last, and "not today" gives the next.
"""

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from geo.positions import Position
from geo.sun import Light, light
from quests.chance import fraction, rank
from quests.model import Company
from quests.openness import Closed, Plan, can_be_played
from quests.region import SWEDEN

MINUTES_MOST = 30  # a small thing, the way there and back left out
WALK_MOST_M = 2_000
WALK_MPS = 1.2  # with a child, on snow
NEAR_M = 15 * 60 * WALK_MPS  # a quarter of an hour's walk
# How often something comes up, beside the 1 of what can be done anywhere, of which there are dozens.
NEAR_WEIGHT, WALK_WEIGHT, SPECIAL_WEIGHT = 11, 2, 1
# A quest is drawn anew every so many kilometres. Its borders lie elsewhere each day and for each quest, so that no two
# houses are ever parted for everything: a kilometre apart, nineteen of twenty days begin with the same thing.
PATCH_KM = 60.0
# At 63 degrees north; elsewhere patches are a little broader or narrower, which is no matter.
KM_A_DEGREE_EAST, KM_A_DEGREE_NORTH = 50.7, 111.4
UNLIKELY = frozenset({"bus", "fell"})  # settings that cannot be presumed where somebody lives


class TimeOfYear(StrEnum):
    """By the months of a place with five months of snow."""

    WINTER = "winter"
    SPRING = "spring"
    SUMMER = "summer"
    AUTUMN = "autumn"


SEASONS = (
    *[TimeOfYear.WINTER] * 3,
    *[TimeOfYear.SPRING] * 2,
    *[TimeOfYear.SUMMER] * 3,
    *[TimeOfYear.AUTUMN] * 2,
    *[TimeOfYear.WINTER] * 2,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A quest that might be it. `distance_m` to its nearest entrance, None where it begins anywhere. [m]"""

    id: str
    code: str
    plan: Plan
    distance_m: float | None = None
    done: bool = False


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why this one: what its sentence is made of. `minutes` there on foot, None where it is right here."""

    season: TimeOfYear
    light: Light
    minutes: int | None
    new: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    candidate: Candidate
    reasons: Reasons


def draw(
    candidates: Iterable[Candidate],
    at: datetime,
    here: Position,
    *,
    around: Position | None = None,
    company: Company | None = None,
    closed: Collection[Closed] = (),
    most: int = 1,
    minutes_most: int | None = MINUTES_MOST,
    walk_most_m: float = WALK_MOST_M,
    first: bool = False,
) -> tuple[Drawn, ...]:
    """The first `most` of today's, best first. Empty only where nothing so short and so near can be played now.

    `around`: a point that neighbours share, such as the middle of their village; None is `here`, and then nearly all
    do. Who comes with a child is offered what is good with a child; what says nothing of company comes after that.
    `first`: for somebody who has never played, what is done by a tap or two right here comes before what is not.
    """
    day = at.astimezone(SWEDEN).date().isoformat()
    season, sky = SEASONS[at.astimezone(SWEDEN).month - 1], light(at, here)
    fitting = []
    for one in candidates:
        plan = one.plan
        if minutes_most is not None and plan.minutes > minutes_most:
            continue
        if (one.distance_m or 0) > walk_most_m:
            continue
        if not can_be_played(plan, at, here, closed):
            continue
        last = (
            one.done,
            bool(plan.setting) and set(plan.setting) <= UNLIKELY,
            company is not None and company not in plan.company,
            first and not (plan.quick and one.distance_m is None),
        )
        fitting.append(
            (last, rank(day, f"{one.id} {_patch(day, one.id, around or here)}", _weight(one)), one)
        )
    fitting.sort(key=lambda found: (found[0], found[1], found[2].id))
    return tuple(
        Drawn(one, Reasons(season, sky, walking_minutes(one.distance_m), new=not one.done))
        for _, _, one in fitting[:most]
    )


def _patch(day: str, quest: str, at: Position) -> str:
    """Which of the quest's patches of that day a position lies in."""
    east = at.lon * KM_A_DEGREE_EAST / PATCH_KM + fraction(day, quest, "east")
    north = at.lat * KM_A_DEGREE_NORTH / PATCH_KM + fraction(day, quest, "north")
    return f"{math.floor(east)} {math.floor(north)}"


def _weight(one: Candidate) -> int:
    """A place nearby, and what is made for this season or light, come up more often."""
    weight = 1
    if one.distance_m is not None:
        weight += NEAR_WEIGHT if one.distance_m <= NEAR_M else WALK_WEIGHT
    if any(way.open.seasons or way.open.light == "dark" for stage in one.plan.stages for way in stage.ways):
        weight += SPECIAL_WEIGHT
    return weight


def walking_minutes(distance_m: float | None) -> int | None:
    """At a child's pace; never nought."""
    return None if distance_m is None else max(1, round(distance_m / WALK_MPS / 60))
