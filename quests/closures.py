"""Closures: ground that is closed for a while, and what a player could know of it.

Whoever may close ground (a sameby, a municipality, a county administrative board) says where, from when and until
when, often long before. Closures stand in a list to which is only added, so that "revision 17" means the same for
ever: a changed or ended closure is a newer row of the same id. A move names the revision that its player's phone
had, and by that alone it is judged: what became known later undoes nothing.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Annotated, Literal

import msgspec

from geo.fences import Fence, box_of, boxes_meet, gap_m
from geo.positions import Position
from quests.model import AnyPlace, AreaPlace, Lat, Lon, Quest, Stage
from quests.moves import Move
from quests.openness import Closed
from quests.region import SWEDEN

# A kit holds the closures that come as near as this to one of its stages: an hour's walk.
NEAR_STAGES_M = 5_000

# Whose a closure is that comes by default, and that no body closed.
DEFAULT_SEASON = "default-season"

Kind = Literal["calving", "gathering", "moving", "municipal", "reserve", "hazard", "other"]
Ring = Annotated[tuple[tuple[Lon, Lat], ...], msgspec.Meta(min_length=4)]
Polygon = Annotated[tuple[Ring, ...], msgspec.Meta(min_length=1)]


class Closure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """Ground that is closed from `starts` until just before `ends`, as it stood since `revision`.

    One that was ended before its time has an earlier `ends`, and `withdrawn`; before it began, both are one moment.
    """

    id: Annotated[
        str,
        msgspec.Meta(
            pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
            description="UUID, the same in each revision.",
        ),
    ]
    revision: Annotated[int, msgspec.Meta(ge=0, description="Since which revision it stands so.")] = 0
    kind: Annotated[Kind, msgspec.Meta(description="Why the ground is closed.")]
    area: Annotated[
        tuple[Polygon, ...],
        msgspec.Meta(
            min_length=1,
            description="Polygons, each its outer ring and then its holes, closed; sides are geodesics. [°]",
        ),
    ]
    starts: Annotated[datetime, msgspec.Meta(tz=True, description="From this moment on.")]
    ends: Annotated[datetime, msgspec.Meta(tz=True, description="Open again from this moment on.")]
    authority: Annotated[
        str,
        msgspec.Meta(
            min_length=1,
            max_length=200,
            description="Who closed it; `default-season` where it is closed by default, and no body closed it.",
        ),
    ]
    texts: Annotated[
        dict[str, str], msgspec.Meta(description="By language, what to know; may be empty.")
    ] = {}
    announced_at: Annotated[datetime, msgspec.Meta(tz=True, description="When this revision was made.")]
    withdrawn: Annotated[bool, msgspec.Meta(description="Ended before its time.")] = False

    def __hash__(self) -> int:
        return hash((self.id, self.revision, self.starts))

    @cached_property
    def grounds(self) -> tuple[Closed, ...]:
        """Its ground, with when it is closed."""
        return tuple(
            Closed(place=AreaPlace(rings=rings), start=self.starts, end=self.ends) for rings in self.area
        )

    @property
    def places(self) -> tuple[AnyPlace, ...]:
        """Its ground, as moves are judged by it."""
        return tuple(ground.place for ground in self.grounds)

    def holds(self, at: datetime) -> bool:
        """Whether the ground is closed at that moment."""
        return self.starts <= at < self.ends

    def near_box(self, position: Position) -> bool:
        """Whether the position lies in the box around it; cheap, and sure only in saying no."""
        return any(ground.near_box(position) for ground in self.grounds)


def day_begins(day: date) -> datetime:
    """The first moment of a day in Sweden, in UTC."""
    return datetime.combine(day, time(), SWEDEN).astimezone(UTC)


def newest(closures: Iterable[Closure], revision: int | None = None) -> tuple[Closure, ...]:
    """The newest row of each id, of those up to that revision; in the order of their ids."""
    found: dict[str, Closure] = {}
    for one in closures:
        known = revision is None or one.revision <= revision
        if known and (one.id not in found or found[one.id].revision < one.revision):
            found[one.id] = one
    return tuple(found[key] for key in sorted(found))


def in_force(closures: Iterable[Closure], revision: int | None, made_at: datetime) -> tuple[Closure, ...]:
    """Those of which whoever knew that revision knew that they hold at that moment; None knew of none."""
    if revision is None:
        return ()
    return tuple(one for one in newest(closures, revision) if one.holds(made_at))


def of_quest(quest: Quest, closures: Iterable[Closure]) -> tuple[Closure, ...]:
    """Those that come within 5 km of one of its stages, in any variant: what a kit holds of them."""
    fences = [fence for stage in quest.stages for _, fence in _ways(stage) if fence is not None]
    return tuple(one for one in closures if any(_is_near(one, fence, NEAR_STAGES_M) for fence in fences))


def has_place(quest: Quest, stage: str | None) -> bool:
    """Whether the stage has a place in any variant."""
    found = quest.stage(stage)
    return found is not None and any(fence is not None for _, fence in _ways(found))


def knowable(quest: Quest, stage: str | None, closures: Iterable[Closure]) -> tuple[Closure, ...]:
    """Those that the revision in a move at this stage speaks of, so that phone and server mean the same ones.

    At a stage with a place these are the closures of the kit. A stage without a place may be anywhere, and so may the
    phone: there a move names the revision of the whole list, or none.
    """
    return of_quest(quest, closures) if has_place(quest, stage) else tuple(closures)


def closed_ways(quest: Quest, closures: Iterable[Closure], at: datetime) -> frozenset[tuple[str, str | None]]:
    """The ways of doing stages (stage, and variant or None) that lie in or reach into ground closed at that moment."""
    now = [one for one in newest(closures) if one.holds(at)]
    return frozenset(
        (stage.key, variant)
        for stage in quest.stages
        for variant, fence in _ways(stage)
        if fence is not None and any(_is_near(one, fence, 0.0) for one in now)
    )


def closed_stages(quest: Quest, closures: Iterable[Closure], at: datetime) -> frozenset[str]:
    """The stages that cannot be done at that moment in any variant without standing on closed ground."""
    closed = closed_ways(quest, closures, at)
    return frozenset(
        stage.key
        for stage in quest.stages
        if all((stage.key, variant) in closed for variant, _ in _ways(stage))
    )


def closed_to(quest: Quest, move: Move, closures: Iterable[Closure]) -> tuple[AnyPlace, ...]:
    """The ground around a move's fixes that its player could know to be closed when it was made.

    `closures`: in all their revisions, at least those whose boxes hold one of the fixes in any revision.
    """
    here = [
        one
        for one in in_force(closures, move.closures_revision, move.made_at)
        if any(one.near_box(fix.position) for fix in move.fixes)
    ]
    return tuple(place for one in knowable(quest, move.stage, here) for place in one.places)


def not_offered(closures: Iterable[Closure]) -> tuple[Closed, ...]:
    """As `quests.openness.offer` takes them: the ground of the newest of each, with when it is closed."""
    return tuple(ground for one in newest(closures) if one.starts < one.ends for ground in one.grounds)


def above_tree_line(quest: Quest) -> tuple[tuple[Stage, AnyPlace], ...]:
    """The places above the tree line, in every way of doing their stages: it is their author's word."""
    return tuple(
        (stage, way.place)
        for stage in quest.stages
        if stage.tree_line == "above" or (stage.tree_line is None and "fell" in quest.setting)
        for way in (stage, *(stage.variant(variant.key) for variant in stage.variants))
        if way is not None and way.place is not None
    )


def _ways(stage: Stage) -> tuple[tuple[str | None, Fence | None], ...]:
    """Each way of doing a stage, with its fence."""
    ways = [(None, stage), *((variant.key, stage.variant(variant.key)) for variant in stage.variants)]
    return tuple((key, way.fence) for key, way in ways if way is not None)


def _is_near(closure: Closure, fence: Fence, within_m: float) -> bool:
    """Whether it comes that near to a fence. [m]"""
    box = box_of(fence, within_m)
    return any(
        boxes_meet(box, ground.box) and gap_m(fence, ground.fence) <= within_m for ground in closure.grounds
    )
