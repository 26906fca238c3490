"""The cases that Python and TypeScript both run, and ready-made mistakes that they must catch."""

import json
import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pyproj import Transformer

from geo.fences import Area, Circle, Corridor, Fence, certainty, gap_m, outside_m, start_of
from geo.positions import Position, bearing_deg, distance_m
from geo.sun import CIVIL_DEG, SUNRISE_DEG, elevation_deg, light, next_crossing
from tests.geo.test_sun import oracle_deg

VECTORS = Path(__file__).parents[1] / "vectors"
DISTANCE = json.loads((VECTORS / "distance.json").read_text("utf-8"))
FENCES = json.loads((VECTORS / "fences.json").read_text("utf-8"))
SUN = json.loads((VECTORS / "sun.json").read_text("utf-8"))
SWEREF = json.loads((VECTORS / "sweref.json").read_text("utf-8"))

Row = dict[str, Any]


def named(rows: list[Row]) -> Any:
    return pytest.mark.parametrize("row", rows, ids=[row["name"] for row in rows])


def fence_of(described: Row) -> Fence:
    match described:
        case {"shape": "circle", "lon": lon, "lat": lat, "radius_m": radius_m}:
            return Circle(Position(lon, lat), radius_m)
        case {"shape": "corridor", "line": line, "half_width_m": half_width_m}:
            return Corridor(tuple(Position(*point) for point in line), half_width_m)
        case {"shape": "area", "rings": rings}:
            closed = tuple(tuple(Position(*point) for point in ring) for ring in rings)
            return Area(closed, described.get("margin_m", 0.0))
    raise AssertionError(f"no fence: {described}")


def check_distance(row: Row, distance: Callable[[Position, Position], float]) -> None:
    a, b = Position(*row["from"]), Position(*row["to"])
    assert distance(a, b) == pytest.approx(row["distance_m"], abs=row["tolerance_m"])
    assert distance(b, a) == pytest.approx(row["distance_m"], abs=row["tolerance_m"])


def check_fence(row: Row, outside: Callable[[Fence, Position], float]) -> None:
    fence, at = fence_of(row["fence"]), Position(*row["at"])
    assert outside(fence, at) == pytest.approx(row["outside_m"], abs=row["tolerance_m"])
    assert (outside(fence, at) == 0.0) == (row["outside_m"] == 0)


@named(DISTANCE["rows"])
def test_distances_are_geodesics(row: Row) -> None:
    check_distance(row, distance_m)


@named([row for row in DISTANCE["rows"] if "bearing_deg" in row])
def test_bearings_are_those_in_which_geodesics_set_out(row: Row) -> None:
    found = bearing_deg(Position(*row["from"]), Position(*row["to"]))

    turn = (found - row["bearing_deg"] + 180.0) % 360.0 - 180.0
    assert turn == pytest.approx(0.0, abs=row["tolerance_deg"])
    assert 0.0 <= found < 360.0


@named(DISTANCE["refused"])
def test_what_is_not_on_the_earth_is_refused(row: Row) -> None:
    with pytest.raises(ValueError, match="is not between"):
        Position(*row["position"])


@pytest.mark.parametrize(
    "lon, lat", [(math.nan, 63.0), (14.0, math.nan), (math.inf, 63.0), (14.0, -math.inf)]
)
def test_what_is_not_a_number_is_no_position(lon: float, lat: float) -> None:
    with pytest.raises(ValueError, match="is not between"):
        Position(lon, lat)


@named(FENCES["rows"])
def test_how_far_outside_is_measured_from_the_edge(row: Row) -> None:
    check_fence(row, outside_m)


@pytest.mark.parametrize(
    "row, fix",
    [(row, fix) for row in FENCES["rows"] for fix in row["fixes"]],
    ids=[f"{row['name']}, {fix['accuracy_m']} m" for row in FENCES["rows"] for fix in row["fixes"]],
)
def test_what_a_fix_is_worth(row: Row, fix: Row) -> None:
    found = certainty(fence_of(row["fence"]), Position(*row["at"]), fix["accuracy_m"])

    assert found == fix["certainty"]


@named(FENCES["refused"])
def test_what_encloses_nothing_is_no_fence(row: Row) -> None:
    with pytest.raises(ValueError):
        fence_of(row["fence"])


@named(FENCES["starts"])
def test_where_one_walks_to(row: Row) -> None:
    fence = fence_of(row["fence"])

    assert distance_m(start_of(fence), Position(*row["start"])) < 0.05
    assert outside_m(fence, Position(*row["start"])) == 0.0


@named(FENCES["gaps"])
def test_how_much_ground_lies_between(row: Row) -> None:
    found = gap_m(fence_of(row["one"]), fence_of(row["other"]))

    assert found == pytest.approx(row["gap_m"], abs=row["tolerance_m"])
    assert (found == 0.0) == (row["gap_m"] == 0)


@named(SWEREF["rows"])
def test_the_grid_of_swedish_maps_is_that_of_others(row: Row) -> None:
    east_m, north_m = Transformer.from_crs(4326, 3006, always_xy=True).transform(row["lon"], row["lat"])

    assert (north_m, east_m) == pytest.approx((row["north_m"], row["east_m"]), abs=row["tolerance_m"])


def test_every_row_has_a_name_of_its_own_and_a_why() -> None:
    sun = (SUN["elevations"], SUN["lights"], SUN["crossings"])
    fences = (FENCES["rows"], FENCES["refused"], FENCES["starts"], FENCES["gaps"])
    for table in (DISTANCE["rows"], DISTANCE["refused"], *fences, *sun, SWEREF["rows"]):
        assert len({row["name"] for row in table}) == len(table)
        assert all(row["why"] for row in table)


def when_and_where(row: Row) -> tuple[datetime, Position]:
    return datetime.fromisoformat(row["at"]), Position(row["lon"], row["lat"])


def check_elevation(row: Row, elevation: Callable[[datetime, Position], float]) -> None:
    assert elevation(*when_and_where(row)) == pytest.approx(row["elevation_deg"], abs=row["tolerance_deg"])


def check_crossing(row: Row, crossing: Callable[..., datetime | None]) -> None:
    within = timedelta(hours=row.get("within_h", 24))
    found = crossing(*when_and_where(row), row["elevation_deg"], rising=row["rising"], within=within)
    assert found == (row["crossing"] and datetime.fromisoformat(row["crossing"]))


@named(SUN["elevations"])
def test_where_the_sun_stands(row: Row) -> None:
    check_elevation(row, elevation_deg)


# astral takes whatever lies nearer to a pole for 89.8 degrees.
@named([row for row in SUN["elevations"] if abs(row["lat"]) <= 89.8])
def test_others_see_the_sun_there_too(row: Row) -> None:
    assert oracle_deg(*when_and_where(row)) == pytest.approx(row["elevation_deg"], abs=0.05)


@named(SUN["lights"])
def test_whether_there_is_light(row: Row) -> None:
    assert light(*when_and_where(row)) == row["light"]


@named(SUN["crossings"])
def test_when_the_sun_crosses(row: Row) -> None:
    check_crossing(row, next_crossing)


def on_a_sphere(a: Position, b: Position) -> float:
    lon, lat = math.radians(b.lon - a.lon), math.radians(b.lat - a.lat)
    chord = math.sin(lat / 2) ** 2
    chord += math.cos(math.radians(a.lat)) * math.cos(math.radians(b.lat)) * math.sin(lon / 2) ** 2
    return 2 * 6_371_008.8 * math.asin(math.sqrt(min(1.0, chord)))


def straight_in_degrees(a: Position, b: Position) -> float:
    east = (b.lon - a.lon) * math.cos(math.radians((a.lat + b.lat) / 2))
    return math.hypot(east, b.lat - a.lat) * 111_320.0


def swapped(a: Position, b: Position) -> float:
    return distance_m(Position(a.lat, a.lon / 2), Position(b.lat, b.lon / 2))


@pytest.mark.parametrize("wrong", [on_a_sphere, straight_in_degrees, swapped])
def test_the_vectors_catch_a_wrong_distance(wrong: Callable[[Position, Position], float]) -> None:
    caught = [row["name"] for row in DISTANCE["rows"] if not passes(check_distance, row, wrong)]

    assert len(caught) > 3


def from_the_centre(fence: Fence, at: Position) -> float:
    if isinstance(fence, Circle):
        return outside_m(fence, at)
    first = fence.line[0] if isinstance(fence, Corridor) else fence.rings[0][0]
    return distance_m(first, at)


def to_the_corners(fence: Fence, at: Position) -> float:
    if isinstance(fence, Corridor):
        return max(0.0, min(distance_m(point, at) for point in fence.line) - fence.half_width_m)
    return outside_m(fence, at)


def without_holes(fence: Fence, at: Position) -> float:
    return outside_m(Area(fence.rings[:1], fence.margin_m) if isinstance(fence, Area) else fence, at)


def with_hulls(fence: Fence, at: Position) -> float:
    """As if an L were its convex hull: the bay counts as inside."""
    if isinstance(fence, Area) and len(fence.rings[0]) == 7:
        return outside_m(Area(((*fence.rings[0][:3], *fence.rings[0][4:]),), fence.margin_m), at)
    return outside_m(fence, at)


def with_edges_straight_in_degrees(fence: Fence, at: Position) -> float:
    if not isinstance(fence, Corridor):
        return outside_m(fence, at)
    a, b = fence.line[0], fence.line[-1]
    between = (
        Position(a.lon + (b.lon - a.lon) * k / 100, a.lat + (b.lat - a.lat) * k / 100) for k in range(101)
    )
    return (
        outside_m(Corridor(tuple(between), fence.half_width_m), at)
        if len(fence.line) == 2
        else outside_m(fence, at)
    )


@pytest.mark.parametrize(
    "wrong, row",
    [
        (from_the_centre, "beside the line"),
        (to_the_corners, "on the line"),
        (without_holes, "in the hole"),
        (with_hulls, "in the bay of the L"),
        (with_edges_straight_in_degrees, "where degrees are straight"),
        (with_edges_straight_in_degrees, "on a long straight edge"),
    ],
)
def test_the_vectors_catch_a_wrong_fence(wrong: Callable[[Fence, Position], float], row: str) -> None:
    (found,) = (one for one in FENCES["rows"] if one["name"] == row)

    assert not passes(check_fence, found, wrong)


def in_local_time(at: datetime, position: Position) -> float:
    return elevation_deg(at.replace(tzinfo=UTC), position)


def in_the_west(at: datetime, position: Position) -> float:
    return elevation_deg(at, Position(-position.lon, position.lat))


@pytest.mark.parametrize(
    "wrong, row",
    [
        (in_local_time, "a second into summer time"),
        (in_the_west, "noon in December"),
    ],
)
def test_the_vectors_catch_a_wrong_sun(wrong: Callable[[datetime, Position], float], row: str) -> None:
    (found,) = (one for one in SUN["elevations"] if one["name"] == row)

    assert not passes(check_elevation, found, wrong)


def crossing_in_hours(at: datetime, position: Position, height_deg: float, **how: Any) -> datetime | None:
    """Looks only at whole hours: a short dusk falls between."""
    within: timedelta = how["within"]
    hours = range(int(within / timedelta(hours=1)))
    for start in (at + timedelta(hours=hour) for hour in hours):
        before, after = (elevation_deg(start + timedelta(hours=n), position) < height_deg for n in (0, 1))
        if before != after and before == how["rising"]:
            return next_crossing(start, position, height_deg, rising=how["rising"])
    return None


def crossing_from_now(at: datetime, position: Position, height_deg: float, **how: Any) -> datetime | None:
    """Takes what is now for what is next."""
    return next_crossing(at - timedelta(seconds=1), position, height_deg, **how)


def crossing_of_the_centre(
    at: datetime, position: Position, height_deg: float, **how: Any
) -> datetime | None:
    return next_crossing(at, position, 0.0 if height_deg == SUNRISE_DEG else CIVIL_DEG, **how)


@pytest.mark.parametrize(
    "wrong, row",
    [
        (crossing_in_hours, "a dusk that lasts for minutes"),
        (crossing_from_now, "at sunset"),
        (crossing_of_the_centre, "sunset in December"),
    ],
)
def test_the_vectors_catch_a_wrong_crossing(wrong: Callable[..., datetime | None], row: str) -> None:
    (found,) = (one for one in SUN["crossings"] if one["name"] == row)

    assert not passes(check_crossing, found, wrong)


def passes(check: Callable[[Row, Any], None], row: Row, implementation: Any) -> bool:
    try:
        check(row, implementation)
    except (AssertionError, ValueError):
        return False
    return True
