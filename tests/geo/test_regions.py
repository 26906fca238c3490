"""Looking up the region of a position: borders, holes, enclaves, and regions that are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.positions import Position
from geo.regions import Region, Regions, Ring


def square(west: float, south: float, side: float) -> Ring:
    corners = [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side), (0.0, 0.0)]
    return tuple(Position(west + x, south + y) for x, y in corners)


WEST = Region("2321", ((square(13.0, 63.0, 1.0), square(13.4, 63.4, 0.2)),))
EAST = Region("2309", ((square(14.0, 63.0, 1.0),),))
ENCLAVE = Region("2380", ((square(13.4, 63.4, 0.2),), (square(16.0, 63.0, 0.5),)))
REGIONS = Regions((WEST, EAST, ENCLAVE))


@pytest.mark.parametrize(
    "lon, lat, code",
    [
        (13.2, 63.2, "2321"),
        (14.5, 63.5, "2309"),
        (13.5, 63.5, "2380"),  # the enclave, a hole in the region around it
        (16.2, 63.2, "2380"),  # its other part
        (12.9, 63.5, None),
        (15.5, 63.5, None),
        (14.0, 63.5, "2309"),  # on the border of two: the lower code
        (13.4, 63.5, "2321"),  # on the border of the hole
        (14.0, 64.0, "2309"),  # on a corner of both
        (13.0, 63.0, "2321"),  # on an outer corner
    ],
)
def test_a_position_is_in_one_region_or_none(lon: float, lat: float, code: str | None) -> None:
    assert REGIONS.region_at(Position(lon, lat)) == code


@given(st.permutations((WEST, EAST, ENCLAVE)), st.floats(12.9, 16.6), st.floats(62.9, 64.1))
def test_the_order_in_which_regions_are_given_decides_nothing(
    order: list[Region], lon: float, lat: float
) -> None:
    there = Position(lon, lat)

    assert Regions(order).region_at(there) == REGIONS.region_at(there)
    assert Regions(order).region_at(Position(14.0, 63.5)) == "2309"


def test_regions_that_are_none_are_refused() -> None:
    bow_tie = tuple(Position(*xy) for xy in [(13, 63), (14, 64), (14, 63), (13, 64), (13, 63)])
    with pytest.raises(ValueError, match="2321: Self-intersection"):
        Regions((Region("2321", ((bow_tie,),)),))
    with pytest.raises(ValueError, match="2321 is given twice"):
        Regions((WEST, WEST))


def test_without_regions_there_is_nowhere_to_be() -> None:
    assert Regions(()).region_at(Position(14.0, 63.0)) is None
