"""The cases that Python and TypeScript both run, and ready-made mistakes that they must catch."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from geo.fences import Area, Circle, Corridor, Fence, certainty, outside_m
from geo.positions import Position, bearing_deg, distance_m

VECTORS = Path(__file__).parents[1] / "vectors"
DISTANCE = json.loads((VECTORS / "distance.json").read_text("utf-8"))
FENCES = json.loads((VECTORS / "fences.json").read_text("utf-8"))

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


def test_every_row_has_a_name_of_its_own_and_a_why() -> None:
    for table in (DISTANCE["rows"], DISTANCE["refused"], FENCES["rows"], FENCES["refused"]):
        assert len({row["name"] for row in table}) == len(table)
        assert all(row["why"] for row in table)


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


def passes(check: Callable[[Row, Any], None], row: Row, implementation: Any) -> bool:
    try:
        check(row, implementation)
    except (AssertionError, ValueError):
        return False
    return True
