"""Places: where they are, how well that is known, and whether one can be told to be there."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from content.findings import Finding, Step
from content.packs.forms import shortened
from content.packs.model import QUEST_FILE
from content.packs.reading import Draft
from geo.fences import Box, Circle, Fence, box_of, boxes_meet, gap_m
from quests.model import AnyPlace, AreaPlace, CirclePlace, CorridorPlace, Stage
from quests.region import REGION_BBOX, looks_swapped
from quests.tasks import AnyTask

OVERLAP_PAIRS_MOST = 500  # of areas and corridors whose boxes meet: a warning is not worth minutes


def placed_stages_ask_to_be_there(draft: Draft) -> Iterator[Finding]:
    """By an arrival, a code at the place, or a question that counts on the spot alone; in every variant."""
    for index, stage in draft.stages:
        path: tuple[Step, ...] = ("stages", index)
        written = draft.raw(QUEST_FILE, *path, "tasks")
        if stage.place and len(stage.tasks) == len(written or ()) and not _asks_to_be_there(stage.tasks):
            yield draft.finding("place-without-arrival", QUEST_FILE, *path, "tasks", stage=stage.key)
        for place, variant in draft.variants(index, stage):
            if variant.tasks and (variant.place or stage.place) and not _asks_to_be_there(variant.tasks):
                inner = (*path, "variants", place, "tasks")
                yield draft.finding(
                    "place-without-arrival", QUEST_FILE, *inner, stage=f"{stage.key}/{variant.key}"
                )


def _asks_to_be_there(tasks: tuple[AnyTask, ...]) -> bool:
    return any(task.asks_to_be_there for task in tasks)


def places_are_well_known(draft: Draft) -> Iterator[Finding]:
    """A fence narrower than its doubt leaves honest players outside; a widened one gives little trust."""
    for spot in _spots(draft):
        place = spot.place
        drawn_m = _half_width_m(place)
        if place.widened_by_m:
            yield draft.finding(
                "place-widened",
                QUEST_FILE,
                *spot.path,
                stage=spot.stage.key,
                known_to_m=round(place.known_to_m),
            )
        elif drawn_m is not None and drawn_m < place.known_to_m:
            yield draft.finding(
                "fence-smaller-than-known",
                QUEST_FILE,
                *spot.path,
                stage=spot.stage.key,
                drawn_m=round(drawn_m),
                known_to_m=round(place.known_to_m),
            )


def places_lie_in_the_region(draft: Draft) -> Iterator[Finding]:
    for spot in _spots(draft):
        yield from _misplaced(draft, _points(spot.place), spot.path, spot.stage.key)
    for index, stage in draft.stages:
        for number, helper in enumerate(stage.helpers):
            path = ("stages", index, "helpers", number)
            yield from _misplaced(draft, ((helper.lon, helper.lat),), path, stage.key)


def _misplaced(
    draft: Draft, points: tuple[tuple[float, float], ...], path: tuple[Step, ...], stage: str
) -> Iterator[Finding]:
    west, south, east, north = REGION_BBOX
    for lon, lat in points:
        if looks_swapped(lon, lat):
            yield draft.finding("place-swapped", QUEST_FILE, *path, stage=stage, lon=lon, lat=lat)
            return
        if not (west <= lon <= east and south <= lat <= north):
            yield draft.finding("place-outside-region", QUEST_FILE, *path, stage=stage, lon=lon, lat=lat)
            return


def fences_can_be_drawn(draft: Draft) -> Iterator[Finding]:
    for spot in _spots(draft):
        try:
            spot.place.drawn  # noqa: B018  whether it can be made is the question
        except ValueError as error:
            reason = shortened(str(error), 160)
            yield draft.finding("fence-broken", QUEST_FILE, *spot.path, stage=spot.stage.key, reason=reason)


def fences_lie_apart(draft: Draft) -> Iterator[Finding]:
    """Two stages that one and the same position satisfies are done together without a step."""
    drawn: list[tuple[_Spot, Fence, Box]] = []
    for spot in _spots(draft):
        try:
            fence = spot.place.drawn
        except ValueError:
            continue
        drawn.append((spot, fence, box_of(fence)))
    told: set[tuple[str, str]] = set()
    measured = 0
    for (one, fence, box), (other, other_fence, other_box) in combinations(drawn, 2):
        pair = (one.stage.key, other.stage.key)
        if pair[0] == pair[1] or pair in told or not boxes_meet(box, other_box):
            continue
        measured += not (isinstance(fence, Circle) or isinstance(other_fence, Circle))
        if measured > OVERLAP_PAIRS_MOST:
            return
        if gap_m(fence, other_fence) == 0.0:
            told.add(pair)
            yield draft.finding("fences-overlap", QUEST_FILE, *other.path, stage=pair[1], other=pair[0])


@dataclass(frozen=True, slots=True)
class _Spot:
    stage: Stage
    place: AnyPlace
    path: tuple[Step, ...]


def _spots(draft: Draft) -> Iterator[_Spot]:
    for index, stage in draft.stages:
        if stage.place is not None:
            yield _Spot(stage, stage.place, ("stages", index, "place"))
        for number, variant in draft.variants(index, stage):
            if variant.place is not None:
                yield _Spot(stage, variant.place, ("stages", index, "variants", number, "place"))


def _half_width_m(place: AnyPlace) -> float | None:
    match place:
        case CirclePlace():
            return place.radius_m
        case CorridorPlace():
            return place.half_width_m
        case AreaPlace():
            return None


def _points(place: AnyPlace) -> tuple[tuple[float, float], ...]:
    match place:
        case CirclePlace():
            return ((place.lon, place.lat),)
        case CorridorPlace():
            return place.line
        case AreaPlace():
            return place.rings[0]
