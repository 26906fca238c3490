"""Positions on the earth, and the distances and directions between them.

Everything is measured along geodesics on the WGS 84 ellipsoid, heights left out: a phone's height is too
uncertain to decide anything, and 300 m of climb over 1 km of walking lengthen the way by 4 %.
Source: Karney, "Algorithms for geodesics", J. Geodesy 87, 2013, in the implementation that PROJ carries.
"""

import math
from dataclasses import dataclass

from pyproj import Geod

ELLIPSOID = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class Position:
    """A point on the ellipsoid. [degrees, WGS 84]

    Both poles and both names of the antimeridian (180 and -180, one meridian but not equal values) are positions.
    ValueError for what is not a number, is infinite, or lies outside +-180 and +-90.
    """

    lon: float
    lat: float

    def __post_init__(self) -> None:
        # Written so that NaN, which fails every comparison, is refused too.
        if not -180.0 <= self.lon <= 180.0:
            raise ValueError(f"lon {self.lon!r} is not between -180 and 180 degrees")
        if not -90.0 <= self.lat <= 90.0:
            raise ValueError(f"lat {self.lat!r} is not between -90 and 90 degrees")


def distance_m(a: Position, b: Position) -> float:
    """Geodesic distance between two positions. [m]

    Symmetric, 0 for equal positions, right to about 15 nm at any distance, antipodes included.
    """
    _, _, distance = ELLIPSOID.inv(a.lon, a.lat, b.lon, b.lat)
    return float(distance)


def bearing_deg(a: Position, b: Position) -> float:
    """Azimuth in which the geodesic from a to b sets out: clockwise from true north, 0 <= bearing < 360. [degrees]

    0 for equal positions. At a pole north is the direction of the position's own meridian, so that the longitude
    written with the pole counts.
    """
    azimuth, _, distance = ELLIPSOID.inv(a.lon, a.lat, b.lon, b.lat)
    if distance == 0.0:
        return 0.0
    # A tiny negative azimuth plus 360 rounds to 360 itself.
    return math.fmod(azimuth + 360.0, 360.0)


def destination(a: Position, bearing_deg: float, distance_m: float) -> Position:
    """Where one stands after distance_m along the geodesic that leaves a at bearing_deg. [degrees, m]

    A negative distance goes backwards. ValueError for what is not finite.
    """
    if not (math.isfinite(bearing_deg) and math.isfinite(distance_m)):
        raise ValueError(f"cannot go {distance_m!r} m towards {bearing_deg!r} degrees")
    lon, lat, _ = ELLIPSOID.fwd(a.lon, a.lat, bearing_deg, distance_m)
    return Position(float(lon), float(lat))


def turn_deg(heading_deg: float, wanted_deg: float) -> float:
    """How far to turn from one direction to another: positive to the right, -180 < turn <= 180. [degrees]"""
    turn = math.fmod(wanted_deg - heading_deg, 360.0)
    if turn > 180.0:
        return turn - 360.0
    return turn + 360.0 if turn <= -180.0 else turn
