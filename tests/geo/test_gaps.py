"""How much ground lies between two fences."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.fences import Area, Circle, Corridor, Fence, gap_m, outside_m, widened
from geo.positions import Position, destination, distance_m
from tests.geo.shapes import beyond, fences, in_the_region, some_point
from tests.twins import Property, caught, name_of

Gap = Callable[[Fence, Fence], float]
HERE = Position(14.63566, 63.1792)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Fence, Fence]:
    """Two fences of which the second lies within 30 km of the first, or anywhere."""
    one, other = draw(fences), draw(fences)
    if draw(st.booleans()):
        there = draw(beyond(some_point(one), 30_000.0))
        other = Circle(there, draw(st.floats(1.0, 500.0)))
    return one, other


def a_small_circle_is_as_far_as_its_middle(gap: Gap) -> None:
    @given(fences, st.data())
    def holds(fence: Fence, data: st.DataObject) -> None:
        at = data.draw(beyond(some_point(fence), 30_000.0))
        found, expected = gap(fence, Circle(at, 1.0)), max(0.0, outside_m(fence, at) - 1.0)
        assert found == pytest.approx(expected, rel=1e-4, abs=0.05)

    holds()


def both_ways_are_equal(gap: Gap) -> None:
    @given(in_the_region, st.floats(0, 359), st.floats(0, 40_000), st.floats(1, 900), st.floats(1, 900))
    def holds(at: Position, bearing: float, away_m: float, one_m: float, other_m: float) -> None:
        there = destination(at, bearing, away_m)
        one = Circle(at, one_m)
        other = Corridor((there, destination(there, 30, 500)), other_m)
        assert gap(one, other) == pytest.approx(gap(other, one), rel=1e-4, abs=0.05)

    holds()


def widening_takes_that_much_away(gap: Gap) -> None:
    @given(pairs(), st.floats(0, 200))
    def holds(pair: tuple[Fence, Fence], by_m: float) -> None:
        one, other = pair
        before = gap(one, other)
        if before < 1_000_000:
            assert gap(widened(one, by_m), other) == pytest.approx(
                max(0.0, before - by_m), rel=1e-9, abs=1e-3
            )

    holds()


def between_first_points(one: Fence, other: Fence) -> float:
    return max(0.0, distance_m(some_point(one), some_point(other)) - 1.0)


def of_the_drawn_lines(one: Fence, other: Fence) -> float:
    """Without what a fence reaches beyond them."""
    return gap_m(_bare(one), _bare(other))


def _bare(fence: Fence) -> Fence:
    match fence:
        case Circle(centre, _):
            return Circle(centre, 1e-6)
        case Corridor(line, _):
            return Corridor(line, 1e-6)
        case Area(rings, _):
            return Area(rings)


def lopsided(one: Fence, other: Fence) -> float:
    """Only the first fence's reach is taken off."""
    return gap_m(one, _bare(other))


PROPERTIES = [
    (a_small_circle_is_as_far_as_its_middle, between_first_points),
    (a_small_circle_is_as_far_as_its_middle, of_the_drawn_lines),
    (both_ways_are_equal, lopsided),
    (widening_takes_that_much_away, of_the_drawn_lines),
]


@pytest.mark.parametrize("holds", dict(PROPERTIES), ids=name_of)
def test_it_holds(holds: Callable[[Gap], None]) -> None:
    holds(gap_m)


@pytest.mark.parametrize("holds, twin", PROPERTIES, ids=name_of)
def test_its_twin_is_caught(holds: Property, twin: Gap) -> None:
    caught(holds, twin)


def ring(*corners: tuple[float, float]) -> tuple[Position, ...]:
    return tuple(
        destination(destination(HERE, 90, east), 0, north) if north else destination(HERE, 90, east)
        for east, north in corners
    )


SQUARE = ring((0, 0), (1000, 0), (1000, 1000), (0, 1000))
YARD = ring((300, 300), (700, 300), (700, 700), (300, 700))


def test_inside_an_area_there_is_no_gap_and_in_its_hole_there_is() -> None:
    hollow = Area((SQUARE, YARD))
    (middle,) = ring((500, 500))

    assert gap_m(Area((SQUARE,)), Circle(middle, 10)) == 0.0
    assert gap_m(hollow, Circle(middle, 10)) == pytest.approx(190, abs=0.5)
    assert gap_m(Circle(middle, 10), hollow) == pytest.approx(190, abs=0.5)


def test_a_path_that_crosses_an_area_with_both_ends_outside_touches_it() -> None:
    west, east = ring((-500, 500), (1500, 500))

    assert gap_m(Corridor((west, east), 15), Area((SQUARE,))) == 0.0


def test_fences_on_the_other_side_of_the_earth_are_far_apart() -> None:
    there = Circle(Position(-165.0, -63.0), 30)

    assert gap_m(Circle(HERE, 30), there) > 19_000_000
    assert gap_m(Area((SQUARE,)), there) > 19_000_000
