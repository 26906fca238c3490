"""Fences: the ground that counts as being at a place, and how sure a fix can make us of standing on it.

How far outside is measured from the fence's edge, on the ground. A circle is one geodesic. For a corridor and an area
the vertices are drawn on the plane that touches the earth at the position asked about (`geo/frames.py`), where edges
are straight and the nearest point is the nearest: right to a millimetre within 20 km. From over 2,900 km away the
nearest vertex is answered instead of the nearest point of an edge, less than 0.01 % too far for a fence of 20 km.
Fences over the antimeridian or a pole are fences like others.
"""

import math
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import accumulate
from typing import TypeAlias

import numpy as np
import shapely

from geo.frames import Array, TangentPlane, earth_centred
from geo.positions import Position, distance_m

WIDEST_M = (
    1_000_000.0  # no fence reaches farther from its first point; what does has a lost or swapped coordinate
)
SMALLEST_AREA_M2 = 1.0  # less is three points on a line, blurred by rounding
METRES_A_DEGREE_LEAST = 110_574.0  # of latitude, at the equator, WGS 84
SMALLEST_SQUARE_M2 = 1e-12  # keeps the edge between two equal points from dividing by zero


@dataclass(frozen=True, slots=True, eq=False)
class _Outline:
    """A fence's vertices made ready for measuring, once, and shared by the fences widened from it."""

    lines: tuple[tuple[Position, ...], ...]
    vertices: Array
    bridges: list[int]  # the edges that are none: from the end of one ring to the start of the next

    @classmethod
    def of(cls, lines: tuple[tuple[Position, ...], ...]) -> "_Outline":
        vertices = earth_centred(position for line in lines for position in line)
        if np.abs(vertices - vertices[:, :1]).max() > WIDEST_M:
            raise ValueError("the points lie more than 1,000 km apart")
        ends = accumulate(len(line) for line in lines[:-1])
        return cls(lines, vertices, [end - 1 for end in ends])

    def edge_m(self, position: Position, *, closed: bool) -> float:
        """Distance from the position to the nearest edge; 0 inside, if the outline is closed. [m]"""
        plane = TangentPlane.at(position)
        if not plane.sees(self.vertices):
            return self._vertex_m(position)
        x, y = plane.project(self.vertices)
        dx, dy = np.diff(x), np.diff(y)
        if closed and self._encloses_origin(x, y, dy):
            return 0.0
        along = -(x[:-1] * dx + y[:-1] * dy) / np.maximum(dx * dx + dy * dy, SMALLEST_SQUARE_M2)
        along = along.clip(0.0, 1.0)
        near_x, near_y = x[:-1] + along * dx, y[:-1] + along * dy
        squares = near_x * near_x + near_y * near_y
        squares[self.bridges] = np.inf
        nearest = squares.argmin()
        return plane.ground_m(float(near_x[nearest]), float(near_y[nearest]))

    def _encloses_origin(self, x: Array, y: Array, dy: Array) -> bool:
        """Even-odd rule: how often the rings cross the plane's positive x axis."""
        above = y > 0.0
        crossing = above[:-1] != above[1:]
        crossing &= (x[:-1] * y[1:] - x[1:] * y[:-1] > 0.0) == (dy > 0.0)
        crossing[self.bridges] = False
        return bool(np.count_nonzero(crossing) % 2)

    def _vertex_m(self, position: Position) -> float:
        chords = self.vertices - earth_centred((position,))
        nearest = int((chords * chords).sum(axis=0).argmin())
        return distance_m(position, [vertex for line in self.lines for vertex in line][nearest])


@dataclass(frozen=True, slots=True)
class Circle:
    """All within radius_m of a centre. [m, more than 0]"""

    centre: Position
    radius_m: float

    def __post_init__(self) -> None:
        _refuse_unless_positive("radius", self.radius_m)


@dataclass(frozen=True, slots=True)
class Corridor:
    """All within half_width_m of a line of geodesics: round at its ends and bends. [m, more than 0]

    ValueError for a line without two different points.
    """

    line: tuple[Position, ...]
    half_width_m: float
    _outline: _Outline | None = field(default=None, repr=False, compare=False, kw_only=True)

    def __post_init__(self) -> None:
        _refuse_unless_positive("half width", self.half_width_m)
        if self._outline is None or self._outline.lines[0] is not self.line:
            if len(set(self.line)) < 2:
                raise ValueError("a corridor needs two different points")
            object.__setattr__(self, "_outline", _Outline.of((self.line,)))


@dataclass(frozen=True, slots=True)
class Area:
    """All inside the first ring and outside the others (its holes), and within margin_m of that. [m, 0 or more]

    Sides are geodesics; a ring may repeat its first point at the end or not. ValueError for a ring of fewer than
    three different points, for less than a square metre, and for rings that cross themselves or one another or lie
    wrongly inside one another.
    """

    rings: tuple[tuple[Position, ...], ...]
    margin_m: float = 0.0
    _outline: _Outline | None = field(default=None, repr=False, compare=False, kw_only=True)

    def __post_init__(self) -> None:
        if not 0.0 <= self.margin_m <= WIDEST_M:
            raise ValueError(f"margin {self.margin_m!r} m is not between 0 and 1,000 km")
        closed = tuple(ring if ring[:1] == ring[-1:] else (*ring, ring[0]) for ring in self.rings)
        if self._outline is None or self._outline.lines != closed:
            if not closed or any(len(set(ring)) < 3 for ring in closed):
                raise ValueError("an area needs three different points in each ring")
            outline = _Outline.of(closed)
            _refuse_unless_simple(outline)
            object.__setattr__(self, "_outline", outline)


Fence: TypeAlias = Circle | Corridor | Area
Box: TypeAlias = tuple[float, float, float, float]  # west, south, east, north [°]


class Certainty(StrEnum):
    """How sure a fix makes us that somebody stands within a fence; listed from the best down."""

    inside = "inside"
    near = "near"
    weak = "weak"
    outside = "outside"
    unusable = "unusable"


def outside_m(fence: Fence, position: Position) -> float:
    """How far from the fence's edge the position is; 0 within the fence and in no case less. [m]"""
    match fence:
        case Circle(centre, radius_m):
            away_m = distance_m(centre, position) - radius_m
        case Corridor():
            away_m = _outline(fence).edge_m(position, closed=False) - fence.half_width_m
        case Area():
            away_m = _outline(fence).edge_m(position, closed=True) - fence.margin_m
    return max(0.0, away_m)


def certainty(fence: Fence, position: Position, accuracy_m: float) -> Certainty:
    """What a fix with this accuracy says about being within the fence. [m, radius of 68 % confidence]

    A precise fix outside is surely outside, a vague one might be within: so within 75 m of the edge a worse accuracy
    may give a better answer, and that is meant. `unusable` is an accuracy above 100 m or none at all (negative, not
    a number). The age of a fix is for the caller to judge.

    Thresholds: at the very edge 90 % of honest single fixes count as near up to 20 m of accuracy, 25 m past it under
    1 % (10 m of accuracy) to 30 % (50 m), for Rayleigh-distributed errors of sigma = accuracy / 1.51 an axis.
    """
    if not 0.0 <= accuracy_m <= 100.0:
        return Certainty.unusable
    away_m = outside_m(fence, position)
    if away_m == 0.0 and accuracy_m <= 30.0:
        return Certainty.inside
    if away_m <= min(accuracy_m, 25.0) and accuracy_m <= 50.0:
        return Certainty.near
    if away_m <= min(accuracy_m, 75.0):
        return Certainty.weak
    return Certainty.outside


def start_of(fence: Fence) -> Position:
    """A point within the fence to walk to: centre, first point of the line, or a point well inside the area."""
    match fence:
        case Circle(centre, _):
            return centre
        case Corridor(line, _):
            return line[0]
        case Area():
            outline = _outline(fence)
            plane = TangentPlane.at(outline.lines[0][0])
            inner = _polygon(outline, plane).representative_point()
            return plane.unproject(inner.x, inner.y)


def gap_m(one: Fence, other: Fence) -> float:
    """How much ground lies between two fences; 0 where they touch or overlap. [m]

    Measured on the plane at one's first point: too long by up to (s / 6,400 km) ** 2 for what lies s from there, which
    is 6 m in 100 km at a distance of 50 km. Of fences over 2,900 km apart it is the distance of their first points.
    """
    plane = TangentPlane.at(_first(one))
    if not plane.sees(_vertices(other)):
        return distance_m(_first(one), _first(other))
    between_m = float(shapely.distance(_flat(one, plane), _flat(other, plane)))
    return max(0.0, between_m - _reach_m(one) - _reach_m(other))


def box_of(fence: Fence, margin_m: float = 0.0) -> Box:
    """A box that holds the fence and the margin around it. [m]

    Not what the sides of an area bend beyond its corners: 17 m on a side of 20 km.
    """
    match fence:
        case Circle():
            points: tuple[Position, ...] = (fence.centre,)
        case Corridor():
            points = fence.line
        case Area():
            points = fence.rings[0]
    tall = (_reach_m(fence) + margin_m) / METRES_A_DEGREE_LEAST
    lat = max(abs(point.lat) for point in points)
    wide = tall / max(0.01, math.cos(math.radians(min(89.0, lat + tall))))
    lons, lats = [point.lon for point in points], [point.lat for point in points]
    return min(lons) - wide, min(lats) - tall, max(lons) + wide, max(lats) + tall


def boxes_meet(one: Box, other: Box) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def widened(fence: Fence, by_m: float) -> Fence:
    """The same fence with its edge moved outwards, for places that are not well known. [m, 0 or more]"""
    if not by_m >= 0.0:
        raise ValueError(f"a fence cannot be widened by {by_m!r} m")
    match fence:
        case Circle(centre, radius_m):
            return Circle(centre, radius_m + by_m)
        case Corridor():
            return replace(fence, half_width_m=fence.half_width_m + by_m)
        case Area():
            return replace(fence, margin_m=fence.margin_m + by_m)


def _outline(fence: Corridor | Area) -> _Outline:
    outline = fence._outline  # noqa: SLF001 - this module's own; outside it nobody needs to know
    assert outline is not None  # noqa: S101 - set when the fence was made
    return outline


def _first(fence: Fence) -> Position:
    return fence.centre if isinstance(fence, Circle) else _outline(fence).lines[0][0]


def _vertices(fence: Fence) -> Array:
    return earth_centred((fence.centre,)) if isinstance(fence, Circle) else _outline(fence).vertices


def _reach_m(fence: Fence) -> float:
    """How far a fence goes beyond the points, line or rings that it is drawn by. [m]"""
    match fence:
        case Circle():
            return fence.radius_m
        case Corridor():
            return fence.half_width_m
        case Area():
            return fence.margin_m


def _flat(fence: Fence, plane: TangentPlane) -> shapely.Geometry:
    """What a fence is drawn by, on the plane."""
    match fence:
        case Circle():
            return shapely.Point(plane.project(_vertices(fence)).T[0])
        case Corridor():
            return shapely.LineString(plane.project(_vertices(fence)).T)
        case Area():
            return _polygon(_outline(fence), plane)


def _polygon(outline: _Outline, plane: TangentPlane) -> shapely.Polygon:
    flat = plane.project(outline.vertices).T
    ends = list(accumulate(len(ring) for ring in outline.lines))
    outer, *holes = (flat[end - len(ring) : end] for end, ring in zip(ends, outline.lines, strict=True))
    return shapely.Polygon(outer, holes)


def _refuse_unless_simple(outline: _Outline) -> None:
    plane = TangentPlane.at(outline.lines[0][0])
    polygon = _polygon(outline, plane)
    reason = str(shapely.is_valid_reason(polygon))
    if reason != "Valid Geometry":
        # GEOS says what and where in the plane: "Self-intersection[12.5 40.1]".
        what, _, where = reason.partition("[")
        x, y = (float(part) for part in where.rstrip("]").split())
        at = plane.unproject(x, y)
        raise ValueError(
            f"the area is not a clean outline: {what.lower()} near lon {at.lon:.5f}, lat {at.lat:.5f}"
        )
    if polygon.area < SMALLEST_AREA_M2:
        raise ValueError("the area encloses less than a square metre")


def _refuse_unless_positive(what: str, metres: float) -> None:
    if not 0.0 < metres <= WIDEST_M:
        raise ValueError(f"{what} {metres!r} m is not between 0 and 1,000 km")
