"""The network of ways that one may walk, as arrays: a whole region is some hundred thousand edges."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.positions import ELLIPSOID

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Codes = NDArray[np.uint8]

# What a code stands for is its place in the tuple. They are stored: a new one goes to the end.
ROADS = (
    "path",
    "footway",
    "pedestrian",
    "steps",
    "cycleway",
    "track",
    "pier",
    "living_street",
    "residential",
    "service",
    "unclassified",
    "tertiary",
    "secondary",
    "primary",
    "trunk",
)
SURFACES = ("unknown", "paved", "gravel", "ground", "boards", "rock")
LIT = ("unknown", "no", "yes")
ACCESS = ("unknown", "yes", "permissive", "destination")


@dataclass(frozen=True, slots=True, eq=False)
class WalkGraph:
    """Junctions and the ways between them; each edge may be walked both ways.

    `lon`, `lat`: of each junction [degrees, WGS 84]. `start`, `end`: of each edge, as indices of junctions; they may be
    the same, and two junctions may have several edges. `length_m`: along the edge, on the ellipsoid. `road`, `surface`,
    `lit`, `access`: indices in ROADS, SURFACES, LIT, ACCESS. `bends`: the points between start and end of edge e are
    those from `bends[e]` to `bends[e + 1]` of `bend_lon` and `bend_lat`.

    ValueError for arrays that do not fit together.
    """

    lon: Floats
    lat: Floats
    start: Whole
    end: Whole
    length_m: Floats
    road: Codes
    surface: Codes
    lit: Codes
    access: Codes
    bends: Whole
    bend_lon: Floats
    bend_lat: Floats

    def __post_init__(self) -> None:
        edges = len(self.start)
        if len(self.lon) != len(self.lat) or len(self.bend_lon) != len(self.bend_lat):
            raise ValueError("there are not as many latitudes as longitudes")
        for name in ("end", "length_m", "road", "surface", "lit", "access"):
            if len(getattr(self, name)) != edges:
                raise ValueError(f"{name} is not said of each edge")
        for ends in (self.start, self.end):
            if edges and not (int(ends.min()) >= 0 and int(ends.max()) < len(self.lon)):
                raise ValueError("an edge ends at no junction")
        if len(self.bends) != edges + 1 or np.any(np.diff(self.bends) < 0):
            raise ValueError("bends does not divide the points among the edges")
        if int(self.bends[0]) != 0 or int(self.bends[-1]) != len(self.bend_lon):
            raise ValueError("there are bends of no edge")
        for name, meanings in (("road", ROADS), ("surface", SURFACES), ("lit", LIT), ("access", ACCESS)):
            if edges and int(getattr(self, name).max()) >= len(meanings):
                raise ValueError(f"{name} has a code without meaning")

    @property
    def junctions(self) -> int:
        return len(self.lon)

    @property
    def edges(self) -> int:
        return len(self.start)

    def line(self, edge: int) -> tuple[Floats, Floats]:
        """Longitudes and latitudes along an edge, both ends with it. [degrees]"""
        between = slice(int(self.bends[edge]), int(self.bends[edge + 1]))
        ends = (int(self.start[edge]), int(self.end[edge]))
        return (
            np.concatenate(([self.lon[ends[0]]], self.bend_lon[between], [self.lon[ends[1]]])),
            np.concatenate(([self.lat[ends[0]]], self.bend_lat[between], [self.lat[ends[1]]])),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """Lines that meet where they share a point, as a map has them.

    `point`: the numbers of the points of all lines, one line after another; a number stands for one place. `lon`, `lat`:
    theirs [degrees]. `first`: where each line begins, and at the end how many points there are. The codes are of lines.
    """

    point: Whole
    lon: Floats
    lat: Floats
    first: Whole
    road: Codes
    surface: Codes
    lit: Codes
    access: Codes


def graph_of(ways: Ways) -> WalkGraph:
    """Lines are divided where another one meets them, or they themselves; all points between become bends.

    Lines of a single point are left out, and steps of no length count nothing.
    """
    kept = np.diff(ways.first) >= 2
    sizes = np.diff(ways.first)[kept]
    taken = np.repeat(kept, np.diff(ways.first))
    numbers, lon, lat = ways.point[taken], ways.lon[taken], ways.lat[taken]
    if not len(sizes):
        nothing, none = np.zeros(0), np.zeros(0, np.int64)
        codes = np.zeros(0, np.uint8)
        return WalkGraph(
            nothing,
            nothing,
            none,
            none,
            nothing,
            codes,
            codes,
            codes,
            codes,
            np.zeros(1, np.int64),
            nothing,
            nothing,
        )
    last = np.cumsum(sizes) - 1
    first = last - sizes + 1
    line = np.repeat(np.arange(len(sizes)), sizes)

    _, place, times = np.unique(numbers, return_inverse=True, return_counts=True)
    ends = np.zeros(len(numbers), bool)
    ends[first] = ends[last] = True
    at_junction = ends | (times[place] > 1)
    # A junction on one occurrence is one on all: an end of one line may lie in the middle of another.
    junction_places = np.zeros(int(place.max()) + 1, bool)
    junction_places[place[at_junction]] = True
    at_junction = junction_places[place]

    index = np.cumsum(junction_places) - 1
    where = np.zeros(int(index[-1]) + 1, np.int64)
    where[index[place[at_junction]]] = np.flatnonzero(at_junction)

    stops = np.flatnonzero(at_junction)
    same_line = line[stops[:-1]] == line[stops[1:]]
    begin, finish = stops[:-1][same_line], stops[1:][same_line]
    _, _, steps = ELLIPSOID.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
    along = np.concatenate(([0.0], np.cumsum(np.where(line[:-1] == line[1:], steps, 0.0))))
    bends = np.concatenate(([0], np.cumsum(finish - begin - 1)))
    between = ~at_junction
    of_line = line[begin]
    return WalkGraph(
        lon=lon[where],
        lat=lat[where],
        start=index[place[begin]],
        end=index[place[finish]],
        length_m=along[finish] - along[begin],
        road=ways.road[kept][of_line],
        surface=ways.surface[kept][of_line],
        lit=ways.lit[kept][of_line],
        access=ways.access[kept][of_line],
        bends=bends,
        bend_lon=lon[between],
        bend_lat=lat[between],
    )
