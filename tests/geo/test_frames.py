"""The tangent plane: what its docstring promises of lengths, checked against geodesics."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.frames import TangentPlane, earth_centred
from geo.positions import Position, bearing_deg, destination, distance_m
from tests.geo.shapes import bearings, positions


@pytest.mark.parametrize("away_m, within_m", [(20_000.0, 0.001), (100_000.0, 0.05), (1_000_000.0, 50.0)])
@given(origin=positions, bearing=bearings, part=st.floats(0.0, 1.0))
def test_lengths_from_the_origin_are_those_on_the_ground(
    away_m: float, within_m: float, origin: Position, bearing: float, part: float
) -> None:
    plane, there = TangentPlane.at(origin), destination(origin, bearing, away_m * part)

    (x,), (y,) = plane.project(earth_centred((there,)))

    assert abs(plane.ground_m(x, y) - distance_m(origin, there)) <= within_m
    assert distance_m(plane.unproject(x, y), there) <= within_m


@given(
    positions, bearings, bearings, st.floats(10.0, 15_000.0), st.floats(10.0, 15_000.0), st.floats(0.0, 1.0)
)
def test_a_geodesic_is_a_straight_line(
    origin: Position, one: float, other: float, one_m: float, other_m: float, part: float
) -> None:
    a, b = destination(origin, one, one_m), destination(origin, other, other_m)
    between = destination(a, bearing_deg(a, b), part * distance_m(a, b))

    x, y = TangentPlane.at(origin).project(earth_centred((a, b, between)))

    length = math.hypot(x[1] - x[0], y[1] - y[0])
    aside = (x[1] - x[0]) * (y[2] - y[0]) - (y[1] - y[0]) * (x[2] - x[0])
    assert abs(aside) <= 0.001 * max(length, 0.001)


def test_the_pole_and_the_equator_are_where_the_ellipsoid_has_them() -> None:
    found = earth_centred((Position(0.0, 0.0), Position(90.0, 0.0), Position(-77.0, 90.0)))

    equator_m, pole_m = 6_378_137.0, 6_356_752.314245
    expected = [equator_m, 0.0, 0.0, 0.0, equator_m, 0.0, 0.0, 0.0, pole_m]
    assert found.T.ravel().tolist() == pytest.approx(expected, abs=1e-6)


def test_the_plane_does_not_see_the_other_side() -> None:
    plane = TangentPlane.at(Position(14.6, 63.2))

    assert plane.sees(earth_centred((Position(2.3, 48.9), Position(25.0, 71.0))))
    assert not plane.sees(earth_centred((Position(14.6, 63.0), Position(-165.4, -63.2))))
    # 35 degrees are too far as well: lengths would no longer be good to 0.1 %.
    assert not plane.sees(earth_centred((Position(14.6, 28.0),)))
