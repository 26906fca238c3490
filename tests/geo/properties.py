"""What holds for all positions, fences and tracks, each as a function of the implementation held to account.

`test_properties.py` runs each against `geo/`, and against a twin that is wrong in the way the property forbids.
"""

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from itertools import combinations, pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from geo.fences import Area, Certainty, Circle, Corridor, Fence, certainty, outside_m
from geo.positions import Position, bearing_deg, destination, distance_m
from geo.sun import CIVIL_DEG, SUNRISE_DEG, Light, elevation_deg, next_crossing
from geo.tracks import Cleaned, Track, TrackPoint
from tests.geo.shapes import (
    START,
    areas,
    bearings,
    beyond,
    circles,
    corridors,
    fences,
    fences_and_positions,
    in_the_region,
    on_earth,
    positions,
    some_point,
    stars,
    times,
    walks,
)

Distance = Callable[[Position, Position], float]
Outside = Callable[[Fence, Position], float]
Sure = Callable[[Fence, Position, float], Certainty]
Height = Callable[[datetime, Position], float]
Crossing = Callable[..., datetime | None]

RANK = {one: rank for rank, one in enumerate(Certainty)}  # 0 is the best
NANOMETRES_M = 1e-7


def close(found: float, expected: float, *, part: float = 0.005, metres: float = 0.1) -> bool:
    """Within 0.5 % or 0.1 m: what fences promise."""
    return math.isclose(found, expected, rel_tol=part, abs_tol=metres)


def both_ways_are_equally_far(distance: Distance) -> None:
    @given(positions, positions)
    def holds(a: Position, b: Position) -> None:
        assert abs(distance(a, b) - distance(b, a)) <= NANOMETRES_M
        assert distance(a, a) == 0.0

    holds()


def a_detour_is_no_shorter(distance: Distance) -> None:
    @given(on_earth, on_earth, on_earth)
    def holds(a: Position, b: Position, c: Position) -> None:
        assert distance(a, c) <= distance(a, b) + distance(b, c) + NANOMETRES_M

    holds()


def going_there_is_that_far(go: Callable[[Position, float, float], Position]) -> None:
    @given(positions, bearings, st.floats(0.0, 19_000_000.0))
    def holds(a: Position, bearing: float, length_m: float) -> None:
        there = go(a, bearing, length_m)
        assert abs(distance_m(a, there) - length_m) <= 1e-6

    holds()


def bearing_leads_there(bearing: Distance) -> None:
    @given(positions, positions)
    def holds(a: Position, b: Position) -> None:
        assert 0.0 <= bearing(a, b) < 360.0
        assert distance_m(destination(a, bearing(a, b), distance_m(a, b)), b) <= 1e-5

    holds()


def what_is_within_is_not_outside(outside: Outside) -> None:
    @given(fences, st.floats(0.0, 1.0), bearings, st.floats(0.0, 0.999), st.data())
    def holds(fence: Fence, along: float, bearing: float, aside: float, data: st.DataObject) -> None:
        match fence:
            case Circle(centre, radius_m):
                within = destination(centre, bearing, radius_m * aside)
            case Corridor(line, half_width_m):
                a, b = data.draw(st.sampled_from(list(pairwise(line))))
                on_the_line = destination(a, bearing_deg(a, b), along * distance_m(a, b))
                within = destination(on_the_line, bearing, half_width_m * aside)
            case Area(rings, margin_m):
                within = destination(data.draw(st.sampled_from(rings[0])), bearing, margin_m * aside)
                assume(margin_m > 0.0)
        assert outside(fence, within) <= 0.001

    holds()


def outside_a_circle_is_the_way_to_its_edge(outside: Outside) -> None:
    @given(circles(), bearings, st.floats(0.0, 20_000.0))
    def holds(circle: Circle, bearing: float, away_m: float) -> None:
        there = destination(circle.centre, bearing, circle.radius_m + away_m)
        assert abs(outside(circle, there) - away_m) <= 1e-6

    holds()


def a_step_changes_it_by_no_more_than_the_step(outside: Outside) -> None:
    """Neither jumps nor hidden edges: whoever is 3 m farther away is at most 3 m farther outside."""

    @given(fences_and_positions(), st.data())
    def holds(case: tuple[Fence, Position], data: st.DataObject) -> None:
        fence, here = case
        there = data.draw(beyond(here, 2_000.0))
        step = distance_m(here, there)
        assert abs(outside(fence, here) - outside(fence, there)) <= step * 1.0001 + 0.001

    holds()


def edges_are_where_geodesics_are(outside: Outside) -> None:
    """Beside the truth found by walking along each edge in small steps."""

    @given(corridors() | areas(), st.data())
    def holds(fence: Corridor | Area, data: st.DataObject) -> None:
        here = data.draw(beyond(some_point(fence), 20_000.0))
        if isinstance(fence, Corridor):
            edges, beside_m, found = list(pairwise(fence.line)), fence.half_width_m, outside(fence, here)
        else:
            edges = [edge for ring in fence.rings for edge in pairwise((*ring, ring[0]))]
            beside_m, found = fence.margin_m, outside(fence, here)
            assume(found > 0.0)
        expected = min(_nearest_m(here, a, b) for a, b in edges) - beside_m
        assert close(found, max(0.0, expected))

    holds()


def _nearest_m(here: Position, a: Position, b: Position) -> float:
    """Golden section along the edge: a distance to a short geodesic has one lowest point."""
    length, bearing = distance_m(a, b), bearing_deg(a, b)

    def away(metres: float) -> float:
        return distance_m(here, destination(a, bearing, metres))

    low, high, golden = 0.0, length, (math.sqrt(5.0) - 1.0) / 2.0
    while high - low > 0.01:
        left, right = high - golden * (high - low), low + golden * (high - low)
        low, high = (low, right) if away(left) < away(right) else (left, high)
    return min(away(low), away(0.0), away(length))


def in_a_star_is_inside_and_in_its_hole_is_not(outside: Outside) -> None:
    @given(stars())
    def holds(star: tuple[Position, Area]) -> None:
        middle, area = star
        if len(area.rings) == 1:
            assert outside(area, middle) == 0.0
        else:
            # The hole has twelve equal corners: its sides come to cos(15 degrees) of them.
            shore_m = distance_m(middle, area.rings[1][0]) * math.cos(math.pi / 12)
            assert close(outside(area, middle), max(0.0, shore_m - area.margin_m))

    holds()


def being_farther_is_no_better(sure: Sure) -> None:
    @given(circles(), bearings, st.floats(0.0, 300.0), st.floats(0.0, 300.0), st.floats(0.0, 130.0))
    def holds(circle: Circle, bearing: float, one_m: float, other_m: float, accuracy_m: float) -> None:
        near, far = (destination(circle.centre, bearing, away) for away in sorted((one_m, other_m)))
        assert RANK[sure(circle, near, accuracy_m)] <= RANK[sure(circle, far, accuracy_m)]

    holds()


def a_vaguer_fix_within_is_no_better(sure: Sure) -> None:
    """Within the fence; outside it a vague fix may be worth more than a sharp one, see `certainty`."""

    @given(circles(), bearings, st.floats(0.0, 0.99), st.floats(0.0, 130.0), st.floats(0.0, 130.0))
    def holds(circle: Circle, bearing: float, part: float, one_m: float, other_m: float) -> None:
        here = destination(circle.centre, bearing, circle.radius_m * part)
        sharp, vague = sorted((one_m, other_m))
        assert RANK[sure(circle, here, sharp)] <= RANK[sure(circle, here, vague)]

    holds()


def no_vagueness_reaches_farther_than_75_metres(sure: Sure) -> None:
    @given(circles(), bearings, st.floats(0.0, 120.0), st.floats(0.0, 120.0))
    def holds(fence: Fence, bearing: float, away_m: float, accuracy_m: float) -> None:
        assert isinstance(fence, Circle)
        here = destination(fence.centre, bearing, fence.radius_m + away_m)
        found, away_m = sure(fence, here, accuracy_m), outside_m(fence, here)
        if found is Certainty.inside:
            assert away_m == 0.0
            assert accuracy_m <= 30.0
        if found is Certainty.near:
            assert away_m <= 25.0
            assert accuracy_m <= 50.0
        if found is Certainty.weak:
            assert away_m <= 75.0
        assert (found is Certainty.unusable) == (accuracy_m > 100.0)

    holds()


def widening_shuts_nobody_out(widen: Callable[[Fence, float], Fence]) -> None:
    @given(fences_and_positions(), st.floats(0.0, 500.0), st.floats(0.0, 100.0))
    def holds(case: tuple[Fence, Position], by_m: float, accuracy_m: float) -> None:
        fence, here = case
        wide = widen(fence, by_m)
        assert math.isclose(
            outside_m(wide, here), max(0.0, outside_m(fence, here) - by_m), rel_tol=1e-9, abs_tol=1e-6
        ) or (outside_m(fence, here) == 0.0 == outside_m(wide, here))
        assert RANK[certainty(wide, here, accuracy_m)] <= RANK[certainty(fence, here, accuracy_m)]

    holds()


def the_start_is_within(start: Callable[[Fence], Position]) -> None:
    @given(fences)
    def holds(fence: Fence) -> None:
        assert outside_m(fence, start(fence)) == 0.0

    holds()


def a_moved_walk_is_the_same_walk(move: Callable[[Track, Position], Track]) -> None:
    @given(
        walks(least=1),
        in_the_region,
        st.lists(st.tuples(bearings, st.floats(1.0, 30_000.0)), max_size=4),
    )
    def holds(walk: Track, to: Position, far: list[tuple[float, float]]) -> None:
        start = walk.points[0]
        distant = [TrackPoint(destination(start.position, bearing, away)) for bearing, away in far]
        track = Track((*walk.points, *distant))
        there = move(track, to)
        assert there.points[0].position == to
        assert [(p.at, p.altitude_m, p.accuracy_m) for p in there.points] == [
            (p.at, p.altitude_m, p.accuracy_m) for p in track.points
        ]
        for (a, b), (c, d) in zip(combinations(track.points, 2), combinations(there.points, 2), strict=True):
            expected = distance_m(a.position, b.position)
            assert math.isclose(distance_m(c.position, d.position), expected, rel_tol=1e-4, abs_tol=0.01)

    holds()


def a_shifted_walk_keeps_its_pace(shift: Callable[[Track, datetime], Track]) -> None:
    @given(walks(least=1), st.integers(-100, 5_000_000))
    def holds(walk: Track, seconds: int) -> None:
        start = datetime(2026, 11, 23, tzinfo=UTC) + timedelta(seconds=seconds)
        there = shift(walk, start)
        assert there.points[0].at == start
        assert [p.position for p in there.points] == [p.position for p in walk.points]
        for (a, b), (c, d) in zip(pairwise(walk.points), pairwise(there.points), strict=True):
            assert a.at is not None
            assert b.at is not None
            assert c.at is not None
            assert d.at is not None
            assert d.at - c.at == b.at - a.at

    holds()


def stages_lie_evenly_on_the_way(lay: Callable[[Track, int], tuple[Position, ...]]) -> None:
    @given(walks(least=1), st.integers(1, 12))
    def holds(walk: Track, n: int) -> None:
        places = lay(walk, n)
        legs = [distance_m(a.position, b.position) for a, b in pairwise(walk.points)]
        walked = [sum(legs[:index]) for index in range(len(walk.points))]
        assert len(places) == n
        for number, place in enumerate(places):
            even = walked[-1] * (number + 0.5) / n
            there = [at for at, point in zip(walked, walk.points, strict=True) if point.position == place]
            assert min(abs(at - even) for at in there) <= max(legs, default=0.0) / 2 + 1e-6

    holds()


def cleaning_takes_only_what_was_invented(clean: Callable[..., Cleaned]) -> None:
    """A walk with spikes, jumps of the clock, repeats and untimed points put in is that walk again."""

    @given(walks(least=6), st.data())
    def holds(walk: Track, data: st.DataObject) -> None:
        points = list(walk.points)
        spikes = untimed = repeated = backwards = 0
        for index in sorted(data.draw(st.sets(st.integers(1, len(points) - 1), max_size=3)), reverse=True):
            before, after = points[index - 1], points[index]
            assert before.at is not None
            assert after.at is not None
            kind = data.draw(st.sampled_from(("spike", "untimed", "repeat", "backwards")))
            if kind == "spike" and after.at - before.at > timedelta(seconds=1):
                far = destination(
                    before.position, data.draw(bearings), data.draw(st.floats(3_000.0, 300_000.0))
                )
                points.insert(index, TrackPoint(far, before.at + (after.at - before.at) / 2))
                spikes += 1
            elif kind == "untimed":
                points.insert(index, TrackPoint(before.position))
                untimed += 1
            elif kind == "repeat":
                points.insert(index, before)
                repeated += 1
            elif kind == "backwards" and 2 < index < len(points) - 1:
                early = walk.points[0].at
                assert early is not None
                points.insert(
                    index,
                    TrackPoint(before.position, early - timedelta(days=data.draw(st.integers(1, 8000)))),
                )
                backwards += 1
        found = clean(Track(tuple(points)), timed_only=True)
        assert found.track == walk
        assert (len(found.spikes), len(found.untimed), len(found.repeated), len(found.backwards)) == (
            spikes,
            untimed,
            repeated,
            backwards,
        )

    holds()


def a_cleaned_track_keeps_time_and_pace(clean: Callable[..., Cleaned]) -> None:
    """However wild the track: what is left is in order, and nothing is lost between kept and dropped."""
    times = st.none() | st.integers(0, 60).map(lambda seconds: START + timedelta(seconds=seconds))
    wild = st.lists(st.builds(TrackPoint, in_the_region, times))

    @given(wild)
    def holds(points: list[TrackPoint]) -> None:
        found = clean(Track(tuple(points)), timed_only=True)
        kept = found.track.points
        assert sorted(map(repr, points)) == sorted(
            map(repr, (*kept, *found.untimed, *found.repeated, *found.backwards, *found.spikes))
        )
        for a, b in pairwise(kept):
            assert a.at is not None
            assert b.at is not None
            assert a.at < b.at
            assert distance_m(a.position, b.position) <= 12.5 * (b.at - a.at).total_seconds()

    holds()


def the_sun_here_is_below_on_the_other_side_of_the_earth(height: Height) -> None:
    """Its height there is the height here with the other sign."""

    @given(times, positions)
    def holds(at: datetime, here: Position) -> None:
        there = Position(here.lon - 180.0 if here.lon > 0.0 else here.lon + 180.0, -here.lat)
        assert abs(height(at, here) + height(at, there)) <= 1e-6

    holds()


def the_sun_moves_evenly(height: Height) -> None:
    """Never faster than the earth turns, 15 degrees in an hour: no jump at midnight, new year or the antimeridian."""

    @given(times, positions, st.floats(0.0, 3_600.0))
    def holds(at: datetime, here: Position, seconds: float) -> None:
        later = at + timedelta(seconds=seconds)
        assert abs(height(later, here) - height(at, here)) <= seconds * 15.1 / 3_600.0 + 1e-4

    holds()


def an_hour_later_the_sun_stands_so_in_the_west(height: Height) -> None:
    """15 degrees of longitude are an hour, but for what the sun moves among the stars: 0.02 degrees."""

    @given(times, on_earth, st.integers(1, 12))
    def holds(at: datetime, here: Position, hours: int) -> None:
        west = here.lon - 15.0 * hours
        there = Position(west if west >= -180.0 else west + 360.0, here.lat)
        moved_deg = abs(height(at + timedelta(hours=hours), there) - height(at, here))
        assert moved_deg <= 0.02 * hours

    holds()


def the_sun_minds_no_time_zone(height: Height) -> None:
    @given(times, positions, st.integers(-12, 14))
    def holds(at: datetime, here: Position, hours: int) -> None:
        assert height(at.astimezone(timezone(timedelta(hours=hours))), here) == height(at, here)

    holds()


heights = st.sampled_from((SUNRISE_DEG, CIVIL_DEG)) | st.floats(-60.0, 60.0)
spans = st.integers(0, 60).map(lambda hours: timedelta(hours=hours))


def at_a_crossing_the_sun_changes_sides(crossing: Crossing) -> None:
    """At that whole second and in that direction, after `at`, within the time."""

    @given(at=times, here=positions, height_deg=heights, within=spans, rising=st.booleans())
    def holds(at: datetime, here: Position, height_deg: float, within: timedelta, *, rising: bool) -> None:
        found = crossing(at, here, height_deg, rising=rising, within=within)
        assume(found is not None)
        assert found is not None
        assert at < found <= at + within
        assert found.microsecond == 0
        assert (elevation_deg(found, here) < height_deg) != rising
        assert (elevation_deg(found - timedelta(seconds=1), here) < height_deg) == rising

    holds()


def no_crossing_comes_before_the_next(crossing: Crossing) -> None:
    """Until then, or in the whole time if there is none, the sun is never seen to change sides in that direction."""

    @given(at=times, here=positions, height_deg=heights, within=spans, rising=st.booleans())
    def holds(at: datetime, here: Position, height_deg: float, within: timedelta, *, rising: bool) -> None:
        start = at.replace(microsecond=0)
        found = crossing(at, here, height_deg, rising=rising, within=within)
        until = start + within if found is None else found - timedelta(seconds=1)
        seconds = range(0, int((until - start).total_seconds()), 600)
        seen = [elevation_deg(start + timedelta(seconds=second), here) for second in seconds]
        # A sun that is beyond by less may be there for less than a step.
        sides = [one < height_deg for one in seen if abs(one - height_deg) > 0.003]
        assert not any(before == rising and after != rising for before, after in pairwise(sides))

    holds()


def light_changes_at_dawn_and_dusk(light: Callable[[datetime, Position], Light]) -> None:
    @given(at=times, here=positions, dawn=st.booleans())
    def holds(at: datetime, here: Position, *, dawn: bool) -> None:
        change = next_crossing(at, here, CIVIL_DEG, rising=dawn)
        assume(change is not None)
        assert change is not None
        assert light(change, here) is (Light.day if dawn else Light.dark)
        assert light(change - timedelta(seconds=1), here) is (Light.dark if dawn else Light.day)

    holds()
