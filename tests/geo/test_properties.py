"""Everything that holds for all of `geo/`, and for each a twin that breaks it and must be caught."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from geo.fences import (
    Area,
    Certainty,
    Circle,
    Corridor,
    Fence,
    certainty,
    outside_m,
    start_of,
    widened,
)
from geo.positions import Position, bearing_deg, destination, distance_m
from geo.sun import SUNRISE_DEG, Light, elevation_deg, light, next_crossing
from geo.tracks import Cleaned, Track, TrackPoint, cleaned, lay, moved, shifted
from tests.geo import properties as the
from tests.twins import Property, caught, name_of


def distance_flat_at_the_first(a: Position, b: Position) -> float:
    east = (b.lon - a.lon) * math.cos(math.radians(a.lat))
    return math.hypot(east, b.lat - a.lat) * 111_320.0


def distance_squared(a: Position, b: Position) -> float:
    """Cheaper, and fine for sorting; no distance."""
    return distance_m(a, b) ** 2 / 1e6


def go_straight_in_degrees(a: Position, bearing: float, length_m: float) -> Position:
    north = length_m * math.cos(math.radians(bearing)) / 111_320.0
    east = length_m * math.sin(math.radians(bearing)) / 111_320.0 / max(0.01, math.cos(math.radians(a.lat)))
    return Position((a.lon + east + 180.0) % 360.0 - 180.0, max(-90.0, min(90.0, a.lat + north)))


def bearing_from_the_equator(a: Position, b: Position) -> float:
    return math.degrees(math.atan2(b.lon - a.lon, b.lat - a.lat)) % 360.0


def bearing_back(a: Position, b: Position) -> float:
    return bearing_deg(b, a)


def outside_by_corners(fence: Fence, position: Position) -> float:
    if isinstance(fence, Corridor):
        return max(0.0, min(distance_m(point, position) for point in fence.line) - fence.half_width_m)
    return outside_m(fence, position)


def outside_of_endless_lines(fence: Fence, position: Position) -> float:
    """The first edge runs on past its ends."""
    if not isinstance(fence, Corridor):
        return outside_m(fence, position)
    a, b = fence.line[:2]
    turn = math.radians(bearing_deg(a, position) - bearing_deg(a, b))
    return max(
        0.0,
        min(outside_m(fence, position), abs(distance_m(a, position) * math.sin(turn)) - fence.half_width_m),
    )


def outside_without_holes(fence: Fence, position: Position) -> float:
    return outside_m(Area(fence.rings[:1], fence.margin_m) if isinstance(fence, Area) else fence, position)


def outside_without_margin(fence: Fence, position: Position) -> float:
    return outside_m(replace(fence, margin_m=0.0) if isinstance(fence, Area) else fence, position)


def outside_in_steps_of_ten_metres(fence: Fence, position: Position) -> float:
    return round(outside_m(fence, position), -1)


def outside_of_the_outline(fence: Fence, position: Position) -> float:
    """An area is its outline: who stands deep inside is far from it."""
    if isinstance(fence, Area):
        return outside_m(Corridor((*fence.rings[0], fence.rings[0][0]), 0.5), position)
    return outside_m(fence, position)


def outside_the_centre(fence: Fence, position: Position) -> float:
    return distance_m(fence.centre, position) if isinstance(fence, Circle) else outside_m(fence, position)


def sure_near_a_ring(fence: Fence, position: Position, accuracy_m: float) -> Certainty:
    """The absolute difference to the radius: the middle of a large circle is far from its ring."""
    if isinstance(fence, Circle) and abs(distance_m(fence.centre, position) - fence.radius_m) > 75.0:
        return Certainty.outside
    return certainty(fence, position, accuracy_m)


def sure_of_vague_fixes(fence: Fence, position: Position, accuracy_m: float) -> Certainty:
    """Takes a sharp fix on the edge for less than a vague one, as if overlap of circles were certainty."""
    if accuracy_m < 5.0 and certainty(fence, position, accuracy_m) is Certainty.inside:
        return Certainty.near
    return certainty(fence, position, accuracy_m)


def sure_to_the_whole_accuracy(fence: Fence, position: Position, accuracy_m: float) -> Certainty:
    """Without the bounds of 25 and 75 m."""
    found = certainty(fence, position, accuracy_m)
    return (
        Certainty.weak if found is Certainty.outside and outside_m(fence, position) <= accuracy_m else found
    )


def widened_to(fence: Fence, by_m: float) -> Fence:
    """Takes the widening for the width."""
    return Circle(fence.centre, max(by_m, 1.0)) if isinstance(fence, Circle) else widened(fence, by_m)


def widened_in_a_corridor_by_half(fence: Fence, by_m: float) -> Fence:
    return widened(fence, by_m / 2) if isinstance(fence, Corridor) else widened(fence, by_m)


def start_at_the_mean_corner(fence: Fence) -> Position:
    """Of an area that bends round a bay, or has a pond in the middle, that is outside."""
    if not isinstance(fence, Area):
        return start_of(fence)
    ring = fence.rings[0]
    bearings = [(bearing_deg(ring[0], corner), distance_m(ring[0], corner)) for corner in ring]
    east = sum(length * math.sin(math.radians(turn)) for turn, length in bearings) / len(ring)
    north = sum(length * math.cos(math.radians(turn)) for turn, length in bearings) / len(ring)
    return destination(ring[0], math.degrees(math.atan2(east, north)), math.hypot(east, north))


def moved_in_degrees(track: Track, to: Position) -> Track:
    """Adds the difference in degrees: half as wide in the north as at the equator."""
    first = track.points[0].position
    lon, lat = to.lon - first.lon, to.lat - first.lat

    def there(point: TrackPoint) -> Position:
        return Position(
            (point.position.lon + lon + 180.0) % 360.0 - 180.0,
            max(-90.0, min(90.0, point.position.lat + lat)),
        )

    return Track(
        (replace(track.points[0], position=to), *(replace(p, position=there(p)) for p in track.points[1:]))
    )


def moved_without_times(track: Track, to: Position) -> Track:
    return Track(tuple(replace(point, at=None) for point in moved(track, to).points))


def shifted_to_even_steps(track: Track, start: datetime) -> Track:
    return Track(tuple(replace(p, at=start + timedelta(seconds=n)) for n, p in enumerate(track.points)))


def lay_by_number_of_points(track: Track, n: int) -> tuple[Position, ...]:
    """Where the walker stood still, most stages would lie."""
    return tuple(track.points[int((k + 0.5) / n * len(track.points))].position for k in range(n))


def cleaned_beside_the_last_kept(track: Track, **how: Any) -> Cleaned:
    """A clock that jumped once makes all that follows late."""
    kept: list[TrackPoint] = []
    dropped: list[TrackPoint] = []
    for point in track.points:
        (dropped if point.at is None or (kept and kept[-1].at and point.at <= kept[-1].at) else kept).append(
            point
        )
    return Cleaned(Track(tuple(kept)), (), (), tuple(dropped), ())


def cleaned_losing_what_it_drops(track: Track, **how: Any) -> Cleaned:
    return replace(cleaned(track, **how), spikes=())


def height_in_air(at: datetime, position: Position) -> float:
    """Lifted by refraction near the horizon."""
    true_deg = elevation_deg(at, position)
    return true_deg + (
        0.0167 / math.tan(math.radians(true_deg + 10.3 / (true_deg + 5.11))) if true_deg > -1.0 else 0.0
    )


def height_by_minutes(at: datetime, position: Position) -> float:
    return elevation_deg(at.replace(second=0, microsecond=0), position)


def height_in_the_west(at: datetime, position: Position) -> float:
    """East counted as west."""
    return elevation_deg(at, Position(-position.lon, position.lat))


def height_by_the_clock_on_the_wall(at: datetime, position: Position) -> float:
    return elevation_deg(at.replace(tzinfo=UTC), position)


def crossing_the_other_way(at: datetime, position: Position, height: float, **how: Any) -> datetime | None:
    return next_crossing(at, position, height, **(how | {"rising": not how["rising"]}))


def crossing_to_the_minute(at: datetime, position: Position, height: float, **how: Any) -> datetime | None:
    found = next_crossing(at, position, height, **how)
    return found and found.replace(second=0)


def crossing_whenever(at: datetime, position: Position, height: float, **how: Any) -> datetime | None:
    """Looks on beyond the time."""
    return next_crossing(at, position, height, rising=how["rising"], within=timedelta(days=3))


def crossing_after_the_next(at: datetime, position: Position, height: float, **how: Any) -> datetime | None:
    found = next_crossing(at, position, height, **how)
    return found and next_crossing(found, position, height, **how)


def crossing_never_far_north(at: datetime, position: Position, height: float, **how: Any) -> datetime | None:
    """Beyond 60 degrees it gives up."""
    return next_crossing(at, position, height, **how) if position.lat < 60.0 else None


def light_until_sunset(at: datetime, position: Position) -> Light:
    return Light.day if elevation_deg(at, position) >= SUNRISE_DEG else Light.dark


PROPERTIES: tuple[tuple[Property, Any, tuple[Any, ...]], ...] = (
    (the.both_ways_are_equally_far, distance_m, (distance_flat_at_the_first,)),
    (the.a_detour_is_no_shorter, distance_m, (distance_squared,)),
    (the.going_there_is_that_far, destination, (go_straight_in_degrees,)),
    (the.bearing_leads_there, bearing_deg, (bearing_from_the_equator, bearing_back)),
    (
        the.what_is_within_is_not_outside,
        outside_m,
        (outside_by_corners, outside_the_centre, outside_without_margin),
    ),
    (the.outside_a_circle_is_the_way_to_its_edge, outside_m, (outside_the_centre,)),
    (the.a_step_changes_it_by_no_more_than_the_step, outside_m, (outside_in_steps_of_ten_metres,)),
    (the.edges_are_where_geodesics_are, outside_m, (outside_by_corners, outside_of_endless_lines)),
    (
        the.in_a_star_is_inside_and_in_its_hole_is_not,
        outside_m,
        (outside_without_holes, outside_of_the_outline),
    ),
    (the.being_farther_is_no_better, certainty, (sure_near_a_ring,)),
    (the.a_vaguer_fix_within_is_no_better, certainty, (sure_of_vague_fixes,)),
    (the.no_vagueness_reaches_farther_than_75_metres, certainty, (sure_to_the_whole_accuracy,)),
    (the.widening_shuts_nobody_out, widened, (widened_to, widened_in_a_corridor_by_half)),
    (the.the_start_is_within, start_of, (start_at_the_mean_corner,)),
    (the.a_moved_walk_is_the_same_walk, moved, (moved_in_degrees, moved_without_times)),
    (the.a_shifted_walk_keeps_its_pace, shifted, (shifted_to_even_steps,)),
    (the.stages_lie_evenly_on_the_way, lay, (lay_by_number_of_points,)),
    (the.cleaning_takes_only_what_was_invented, cleaned, (cleaned_beside_the_last_kept,)),
    (
        the.a_cleaned_track_keeps_time_and_pace,
        cleaned,
        (cleaned_beside_the_last_kept, cleaned_losing_what_it_drops),
    ),
    (the.the_sun_here_is_below_on_the_other_side_of_the_earth, elevation_deg, (height_in_air,)),
    (the.the_sun_moves_evenly, elevation_deg, (height_by_minutes,)),
    (the.an_hour_later_the_sun_stands_so_in_the_west, elevation_deg, (height_in_the_west,)),
    (the.the_sun_minds_no_time_zone, elevation_deg, (height_by_the_clock_on_the_wall,)),
    (
        the.at_a_crossing_the_sun_changes_sides,
        next_crossing,
        (crossing_the_other_way, crossing_to_the_minute, crossing_whenever),
    ),
    (
        the.no_crossing_comes_before_the_next,
        next_crossing,
        (crossing_after_the_next, crossing_never_far_north),
    ),
    (the.light_changes_at_dawn_and_dusk, light, (light_until_sunset,)),
)

TWINS = [(holds, twin) for holds, _, twins in PROPERTIES for twin in twins]


@pytest.mark.parametrize("holds, real", [(holds, real) for holds, real, _ in PROPERTIES], ids=name_of)
def test_it_holds_that(holds: Property, real: Any) -> None:
    holds(real)


@pytest.mark.parametrize("holds, twin", TWINS, ids=name_of)
def test_the_property_catches(holds: Property, twin: Any) -> None:
    caught(holds, twin)


def test_every_property_is_run_and_has_a_twin() -> None:
    written = {
        one
        for name, one in vars(the).items()
        if callable(one) and getattr(one, "__module__", "") == the.__name__
    } - {the.close, the._nearest_m}

    assert {holds for holds, _, _ in PROPERTIES} == written
    assert all(twins for _, _, twins in PROPERTIES)
