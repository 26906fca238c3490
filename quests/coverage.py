"""Whether there is something to play for everyone tonight: counted by settlement, and not by quota."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from geo.positions import Position, distance_m
from quests.model import Quest
from quests.openness import Closed, Plan, can_be_played, plan_of

WITHIN_M = 2_000.0
ENOUGH = 3
#: What can be presumed wherever people live. A forest or a shore is near most doors, and nobody has measured which.
PRESUMED = frozenset({"home", "door", "street", "village"})


@dataclass(frozen=True, slots=True)
class Settlement:
    name: str
    municipality: str
    position: Position


@dataclass(frozen=True, slots=True)
class Playable:
    """A quest as coverage looks at it. `different`: two with the same are taken for one. `entrances`: none if generic."""

    code: str
    plan: Plan
    languages: frozenset[str]
    different: frozenset[str]
    entrances: tuple[Position, ...]
    municipalities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """Of one municipality, language and moment.

    `covered`: settlements with at least `ENOUGH` different playable quests within `WITHIN_M`. `least` and `most`: how
    many different ones a settlement has. `placed`: playable quests with a place of their own, near any settlement.
    """

    municipality: str
    language: str
    at: datetime
    settlements: int
    covered: int
    least: int
    most: int
    placed: int


def playable(quest: Quest) -> Playable:
    """A quest with what tells it from others: its settings and its kinds of tasks together."""
    plan = plan_of(quest)
    kinds = {task.kind for stage in quest.stages for task in stage.tasks}
    entrances = tuple(
        Position(way.lon, way.lat)
        for stage in plan.stages
        if stage.opens is None
        for way in stage.ways[:1]
        if way.lon is not None and way.lat is not None
    )
    generic = all(stage.ways[0].lon is None for stage in plan.stages if stage.opens is None)
    return Playable(
        code=quest.code,
        plan=plan,
        languages=frozenset(quest.texts),
        different=frozenset({*quest.setting, *kinds}),
        entrances=() if generic else entrances,
        municipalities=quest.municipalities,
    )


def shares(
    quests: Sequence[Playable],
    settlements: Iterable[Settlement],
    languages: Sequence[str],
    moments: Sequence[datetime],
    closed: Sequence[Closed] = (),
) -> list[Share]:
    """For every moment, municipality and language. A quest counts in a language only where all its texts are in it.

    Cost: settlements x moments x quests.
    """
    by_municipality: dict[str, list[Settlement]] = {}
    for settlement in settlements:
        by_municipality.setdefault(settlement.municipality, []).append(settlement)
    found = []
    for at in moments:
        for municipality, there in sorted(by_municipality.items()):
            offered = [one for one in quests if not one.municipalities or municipality in one.municipalities]
            near = [_near(offered, settlement.position, at, closed) for settlement in there]
            for language in languages:
                spoken = [[one for one in ones if language in one.languages] for ones in near]
                counts = [len({one.different for one in ones}) for ones in spoken]
                found.append(
                    Share(
                        municipality=municipality,
                        language=language,
                        at=at,
                        settlements=len(there),
                        covered=sum(count >= ENOUGH for count in counts),
                        least=min(counts),
                        most=max(counts),
                        placed=len({one.code for ones in spoken for one in ones if one.entrances}),
                    )
                )
    return found


def _near(
    quests: Sequence[Playable], here: Position, at: datetime, closed: Sequence[Closed]
) -> list[Playable]:
    return [
        one
        for one in quests
        if (
            any(distance_m(here, entrance) <= WITHIN_M for entrance in one.entrances)
            if one.entrances
            else not one.plan.setting or bool(PRESUMED & set(one.plan.setting))
        )
        and can_be_played(one.plan, at, here, closed)
    ]
