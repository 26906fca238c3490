"""Fences as values: what is refused, what is shared when they are widened, and where to walk to."""

import copy
import math
import pickle
from dataclasses import replace

import pytest

from geo.fences import Area, Circle, Corridor, Fence, certainty, outside_m, start_of, widened
from geo.positions import Position, destination, distance_m

SQUARE = Position(14.6357, 63.1792)


def at(east_m: float, north_m: float) -> Position:
    return destination(destination(SQUARE, 90.0, east_m), 0.0, north_m)


CIRCLE = Circle(SQUARE, 30.0)
STREET = Corridor((at(0, 0), at(500, 0)), 20.0)
# A quay round three sides of a harbour: the middle of it is water.
QUAY = Area(
    ((at(0, 0), at(400, 0), at(400, 300), at(380, 300), at(380, 20), at(20, 20), at(20, 300), at(0, 300)),)
)
ALL = (CIRCLE, STREET, QUAY)


def test_one_starts_at_the_centre_at_the_first_point_or_on_the_quay() -> None:
    assert start_of(CIRCLE) == SQUARE
    assert start_of(STREET) == at(0, 0)
    assert outside_m(QUAY, at(200, 150)) == pytest.approx(130.0, abs=0.1)
    assert outside_m(QUAY, start_of(QUAY)) == 0.0


@pytest.mark.parametrize("fence", ALL)
@pytest.mark.parametrize("by_m", [-0.1, math.nan])
def test_a_fence_is_never_narrowed(fence: Fence, by_m: float) -> None:
    with pytest.raises(ValueError, match="cannot be widened"):
        widened(fence, by_m)


def test_a_line_and_an_area_can_be_exchanged_for_others() -> None:
    """What is kept ready for measuring belongs to the points it was made from."""
    elsewhere = (at(0, 5000), at(500, 5000))

    assert outside_m(replace(STREET, line=elsewhere), at(250, 5000)) == 0.0
    assert outside_m(replace(QUAY, rings=((*elsewhere, at(250, 5500)),)), at(250, 5100)) == 0.0


@pytest.mark.parametrize("fence", ALL)
def test_fences_are_values(fence: Fence) -> None:
    for same in (copy.deepcopy(fence), pickle.loads(pickle.dumps(fence)), replace(fence)):  # noqa: S301  its own bytes
        assert same == fence
        assert hash(same) == hash(fence)
        assert outside_m(same, at(200, 150)) == outside_m(fence, at(200, 150))
    assert widened(fence, 1.0) != fence
    assert "_outline" not in repr(fence)


@pytest.mark.parametrize(
    "rings, reason",
    [
        ((), "three different points"),
        (((),), "three different points"),
        (((at(0, 0), at(9, 0), at(0, 0)),), "three different points"),
        (((at(0, 0), at(9, 0), at(4, 0.1)),), "less than a square metre"),
        (
            ((at(0, 0), at(90, 90), at(90, 0), at(0, 90)),),
            "self-intersection near lon 14.63659, lat 63.17960",
        ),
        (
            ((at(0, 0), at(90, 0), at(0, 90)), (at(200, 0), at(290, 0), at(200, 90))),
            "hole lies outside shell",
        ),
    ],
)
def test_an_author_is_told_what_is_wrong_with_an_area(
    rings: tuple[tuple[Position, ...], ...], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        Area(rings)


def test_an_area_larger_than_the_county_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 1,000 km apart"):
        Area(((Position(14.0, 63.0), Position(63.0, 14.0), Position(14.1, 63.0)),))


@pytest.mark.parametrize("metres", [0.0, -1.0, math.nan, math.inf])
def test_a_fence_without_a_size_is_refused(metres: float) -> None:
    with pytest.raises(ValueError, match="radius"):
        Circle(SQUARE, metres)
    with pytest.raises(ValueError, match="half width"):
        Corridor(STREET.line, metres)
    if metres != 0.0:
        with pytest.raises(ValueError, match="margin"):
            Area(QUAY.rings, metres)


@pytest.mark.parametrize("accuracy_m", [math.nan, math.inf, -1.0])
def test_a_fix_without_an_accuracy_is_unusable(accuracy_m: float) -> None:
    assert certainty(CIRCLE, SQUARE, accuracy_m) == "unusable"


def test_one_cannot_go_nowhere_or_for_ever() -> None:
    for bearing, away in ((math.nan, 1.0), (math.inf, 1.0), (0.0, math.nan), (0.0, math.inf)):
        with pytest.raises(ValueError, match="cannot go"):
            destination(SQUARE, bearing, away)


def test_going_backwards_is_going_the_other_way() -> None:
    assert distance_m(destination(SQUARE, 30.0, -100.0), destination(SQUARE, 210.0, 100.0)) < 1e-6
