"""Flat views of a curved earth: earth-centred coordinates, and the plane that touches the earth at one position.

The plane is gnomonic: a point is seen from the centre of curvature below the plane's origin. Two things follow that
make it the right plane for fences. Geodesics become straight lines, so that an edge of 20 km keeps its true course
(drawn straight in degrees it would be 17 m off at 65 degrees north). And what is nearest to the origin in the plane
is nearest on the ground. Neither the poles nor the antimeridian are special to it.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.positions import ELLIPSOID, Position, destination

Array = NDArray[np.float64]

SEMI_MAJOR_M = ELLIPSOID.a  # WGS 84: 6 378 137 m
ECCENTRICITY_SQUARED = ELLIPSOID.es  # WGS 84: f (2 - f), 1 / f = 298.257223563


def earth_centred(positions: Iterable[Position]) -> Array:
    """Cartesian coordinates, one column (x, y, z) per position. [m, WGS 84 earth-centred, earth-fixed]

    Source: Snyder, "Map projections: a working manual", USGS PP 1395, 1987, p. 62 ff., with height 0.
    """
    degrees = np.array([(position.lon, position.lat) for position in positions], dtype=np.float64).reshape(
        -1, 2
    )
    lon, lat = np.radians(degrees[:, 0]), np.radians(degrees[:, 1])
    prime_vertical = SEMI_MAJOR_M / np.sqrt(1.0 - ECCENTRICITY_SQUARED * np.sin(lat) ** 2)
    return np.stack(
        (
            prime_vertical * np.cos(lat) * np.cos(lon),
            prime_vertical * np.cos(lat) * np.sin(lon),
            prime_vertical * (1.0 - ECCENTRICITY_SQUARED) * np.sin(lat),
        )
    )


@dataclass(frozen=True, slots=True, eq=False)
class TangentPlane:
    """The gnomonic plane at a position: x to the east, y to the north. [m]

    `ground_m` bends a length from the origin back onto the ground: right to 1 mm within 20 km, 5 cm within 100 km
    and 50 m within 1,000 km. Other lengths in the plane are stretched, by up to (s / 6,400 km) ** 2 at the
    distance s from the origin.
    """

    origin: Position
    meridian_radius_m: float
    prime_vertical_radius_m: float
    radius_m: float
    _axes: Array
    _eye: Array

    @classmethod
    def at(cls, origin: Position) -> "TangentPlane":
        lon, lat = math.radians(origin.lon), math.radians(origin.lat)
        sin_lon, cos_lon, sin_lat, cos_lat = math.sin(lon), math.cos(lon), math.sin(lat), math.cos(lat)
        flattening = 1.0 - ECCENTRICITY_SQUARED * sin_lat * sin_lat
        prime_vertical = SEMI_MAJOR_M / math.sqrt(flattening)
        meridian = prime_vertical * (1.0 - ECCENTRICITY_SQUARED) / flattening
        radius = math.sqrt(prime_vertical * meridian)  # Gauss's mean radius of curvature
        axes = np.array(
            (
                (-sin_lon, cos_lon, 0.0),
                (-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat),
                (cos_lat * cos_lon, cos_lat * sin_lon, sin_lat),
            )
        )
        eye = np.array(
            (
                ((prime_vertical - radius) * cos_lat * cos_lon,),
                ((prime_vertical - radius) * cos_lat * sin_lon,),
                ((prime_vertical * (1.0 - ECCENTRICITY_SQUARED) - radius) * sin_lat,),
            )
        )
        return cls(origin, meridian, prime_vertical, radius, axes, eye)

    def project(self, points: Array) -> Array:
        """Images of earth-centred points, one column (x, y) each. [m]

        The plane shows less than half of the earth: points that `sees` denies have no image.
        """
        seen = self._axes @ (points - self._eye)
        return np.asarray(self.radius_m * seen[:2] / seen[2])

    def sees(self, points: Array) -> bool:
        """Whether all of these earth-centred points lie within 2,900 km, where the plane is good to 0.1 %."""
        return bool(((self._axes[2] @ (points - self._eye)) > 0.9 * self.radius_m).all())

    def ground_m(self, x: float, y: float) -> float:
        """Length on the ground from the origin to a point of the plane. [m]"""
        flat = math.hypot(x, y)
        if flat < 1.0:  # flat to 1e-14; and the squares below would underflow for next to nothing
            return flat
        # Euler's theorem: the curvature of the ellipsoid in this direction.
        curvature = (y * y / self.meridian_radius_m + x * x / self.prime_vertical_radius_m) / (flat * flat)
        return math.atan(flat * curvature) / curvature

    def unproject(self, x: float, y: float) -> Position:
        """The position whose image is x, y: right to 2 cm within 20 km. [m]"""
        return destination(self.origin, math.degrees(math.atan2(x, y)), self.ground_m(x, y))
