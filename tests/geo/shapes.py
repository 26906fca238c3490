"""Generated positions, fences and walks: mostly of the size and latitude we play at, sometimes anywhere on earth."""

import math
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from geo.fences import Area, Circle, Corridor, Fence
from geo.positions import Position, destination
from geo.tracks import Track, TrackPoint

START = datetime(2026, 6, 20, 9, 0, tzinfo=UTC)

in_the_region = st.builds(Position, lon=st.floats(11.8, 17.5), lat=st.floats(61.5, 65.1))
on_earth = st.builds(Position, lon=st.floats(-180.0, 180.0), lat=st.floats(-90.0, 90.0))
positions = in_the_region | on_earth

# As long as the sun's low precision is promised.
times = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  the zone follows

bearings = st.floats(0.0, 360.0, exclude_max=True)
lengths = st.floats(1.0, 300.0)


def beyond(position: Position, most_m: float) -> st.SearchStrategy[Position]:
    """Positions within most_m, evenly over the scales: 1 m away is as likely as 10 km."""
    away = st.floats(-1.0, math.log10(most_m)).map(lambda power: 10.0**power)
    return st.builds(destination, st.just(position), bearings, away)


@st.composite
def circles(draw: st.DrawFn) -> Circle:
    return Circle(draw(positions), draw(lengths))


@st.composite
def corridors(draw: st.DrawFn) -> Corridor:
    line = [draw(positions)]
    for bearing, length in draw(
        st.lists(st.tuples(bearings, st.floats(1.0, 4000.0)), min_size=1, max_size=6)
    ):
        line.append(destination(line[-1], bearing, length))
    return Corridor(tuple(line), draw(lengths))


@st.composite
def stars(draw: st.DrawFn) -> tuple[Position, Area]:
    """A middle, and an area around it: mostly concave, perhaps with a hole of twelve equal corners, or a margin."""
    middle, corners = draw(positions), draw(st.integers(3, 9))
    away = draw(st.lists(st.floats(50.0, 8000.0), min_size=corners, max_size=corners))
    rings = [_star(middle, away)]
    # Between corners 72 degrees apart or less, a hole of 0.3 of the nearest one stays clear of the sides.
    if corners > 4 and draw(st.booleans()):
        rings.append(_star(middle, [min(away) * draw(st.floats(0.1, 0.3))] * 12))
    return middle, Area(tuple(rings), draw(st.just(0.0) | lengths))


def areas() -> st.SearchStrategy[Area]:
    return stars().map(lambda star: star[1])


def _star(middle: Position, away: list[float]) -> tuple[Position, ...]:
    return tuple(destination(middle, 360.0 * k / len(away), length) for k, length in enumerate(away))


fences: st.SearchStrategy[Fence] = circles() | corridors() | areas()


def some_point(fence: Fence) -> Position:
    """A point the fence was made from: where to look for positions near it."""
    match fence:
        case Circle(centre, _):
            return centre
        case Corridor(line, _):
            return line[0]
        case Area(rings, _):
            return rings[0][0]


@st.composite
def fences_and_positions(draw: st.DrawFn) -> tuple[Fence, Position]:
    fence = draw(fences)
    return fence, draw(beyond(some_point(fence), 20_000.0))


@st.composite
def walks(draw: st.DrawFn, least: int = 0) -> Track:
    """On foot at up to 2 m/s, with pauses; every point timed; accuracies sometimes recorded."""
    count = draw(st.integers(least, 40))
    accuracies = st.none() | st.floats(1.0, 120.0)
    position, at, points = draw(positions), START, []
    for _ in range(count):
        points.append(TrackPoint(position, at, 300.0, draw(accuracies)))
        seconds = draw(st.integers(1, 30))
        position = destination(position, draw(bearings), draw(st.floats(0.0, 2.0)) * seconds)
        at += timedelta(seconds=seconds)
    return Track(tuple(points))
