"""Municipality boundaries: made from SCB's statistical regions (RegSO), kept as GeoJSON, read as values.

RegSO divides every municipality completely, so that the municipalities are unions of its areas. Simplified as one
coverage, neighbours keep the same common border: no gap and no overlap between them.
"""

import json
import sqlite3
import struct
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geo.positions import Position
from geo.regions import Region, Ring

GEOPACKAGE = "RegSO_2025.gpkg"
NAMES_TABLE = "Kommun_Sweref99TM.DAT"
DECIMALS = 6  # 0.1 m; enough, and the same digits on every machine
LONGEST_SIDE_M = (
    5_000.0  # a straight line in degrees then strays 1 m from one in SWEREF 99 TM, at 25 km it is 25 m
)

Array = NDArray[np.float64]


class BoundaryError(ValueError):
    """The file is not what boundaries can be made of, and why."""


@dataclass(frozen=True, slots=True)
class Municipality:
    code: str
    name: str
    region: Region


@dataclass(frozen=True, slots=True)
class Made:
    """Municipalities as GeoJSON, and what the simplifying did to each area. [km2, planar in SWEREF 99 TM]"""

    geojson: bytes
    areas_km2: dict[str, tuple[float, float]]


def make_municipalities(wheel: Path, *, county: str, tolerance_m: float) -> Made:
    """The municipalities of a county, out of a wheel that carries RegSO as a GeoPackage.

    tolerance_m is the side of the triangles that Visvalingam's method may cut off. BoundaryError where the file does
    not hold what is needed, or the result would have gaps or overlaps.
    """
    with _opened(wheel) as archive, tempfile.TemporaryDirectory() as folder:
        geopackage = Path(archive.extract(_member(archive, GEOPACKAGE), folder))
        names = dict(_names(archive.read(_member(archive, NAMES_TABLE))))
        areas, crs = _areas_by_municipality(geopackage, county)
    if nameless := areas.keys() - names.keys():
        raise BoundaryError(f"{NAMES_TABLE} has no name for {', '.join(sorted(nameless))}")
    whole = [shapely.coverage_union_all(areas[code]) for code in areas]
    simple = shapely.coverage_simplify(whole, tolerance_m)
    to_wgs84 = pyproj.Transformer.from_crs(crs, 4326, always_xy=True)
    finished = [_in_degrees(shape, to_wgs84) for shape in simple]
    if not (shapely.coverage_is_valid(finished) and all(shapely.is_valid(finished))):
        raise BoundaryError("the simplified boundaries have gaps or overlaps; try another tolerance")
    kept = {
        code: (before.area / 1e6, after.area / 1e6)
        for code, before, after in zip(areas, whole, simple, strict=True)
    }
    return Made(
        _geojson({code: (names[code], shape) for code, shape in zip(areas, finished, strict=True)}), kept
    )


def read_municipalities(geojson: bytes) -> tuple[Municipality, ...]:
    """What `make_municipalities` wrote. BoundaryError for anything else, naming the feature by its place from 0."""
    try:
        features = list(json.loads(geojson)["features"])
    except (ValueError, KeyError, TypeError) as error:
        raise BoundaryError(f"this is no collection of features: {error}") from error
    return tuple(_municipality(number, feature) for number, feature in enumerate(features))


def _municipality(number: int, feature: dict[str, Any]) -> Municipality:
    try:
        code, name = feature["properties"]["code"], feature["properties"]["name"]
        kind, coordinates = feature["geometry"]["type"], feature["geometry"].get("coordinates")
        polygons = tuple(tuple(map(_ring, rings)) for rings in coordinates) if kind == "MultiPolygon" else ()
    except (KeyError, TypeError, ValueError) as error:
        raise BoundaryError(f"feature {number} lacks or garbles {error}") from error
    if not polygons:
        raise BoundaryError(f"feature {number} is a {kind}, not a MultiPolygon")
    return Municipality(code, name, Region(code, polygons))


def _ring(coordinates: list[list[float]]) -> Ring:
    return tuple(Position(lon, lat) for lon, lat in coordinates)


def _opened(wheel: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(wheel)
    except zipfile.BadZipFile as error:
        raise BoundaryError(f"{wheel} is no wheel: {error}") from error


def _member(archive: zipfile.ZipFile, name: str) -> str:
    for member in archive.namelist():
        if member.rpartition("/")[2] == name:
            return member
    raise BoundaryError(f"there is no {name} inside {archive.filename}")


def _names(table: bytes) -> Iterator[tuple[str, str]]:
    """Code and name of every municipality, from the dBASE III table beside the map.

    Source: the header is 32 bytes and 32 for each field up to a carriage return; records are of fixed width and
    start with a space, or with an asterisk when deleted.
    """
    records, header, width = struct.unpack_from("<IHH", table, 4)
    fields = [table[at : at + 32] for at in range(32, header - 1, 32)]
    widths = [field[16] for field in fields]
    for record in range(records):
        row = table[header + record * width : header + (record + 1) * width]
        if row[:1] == b" ":
            code, name = row[1 : 1 + widths[0]], row[1 + widths[0] : 1 + widths[0] + widths[1]]
            yield code.decode("cp1252").strip(" \0"), name.decode("cp1252").strip(" \0")


def _areas_by_municipality(
    geopackage: Path, county: str
) -> tuple[dict[str, list[shapely.Polygon]], pyproj.CRS]:
    database = sqlite3.connect(f"{geopackage.as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        row = database.execute("select table_name, column_name, srs_id from gpkg_geometry_columns").fetchone()
        if row is None:
            raise BoundaryError("the GeoPackage has no table of features")
        table, column, srs_id = row
        rows = database.execute(
            f"select kommunkod, {_quoted(column)} from {_quoted(table)} where lanskod = ? order by kommunkod, regsokod",  # noqa: S608  names quoted below
            (county,),
        ).fetchall()
    except sqlite3.Error as error:
        raise BoundaryError(f"the GeoPackage cannot be read: {error}") from error
    finally:
        database.close()
    if not rows:
        raise BoundaryError(f"there is no county {county} in the GeoPackage")
    areas = defaultdict(list)
    for code, blob in rows:
        areas[code].append(shapely.from_wkb(_wkb(blob)))
    if not shapely.coverage_is_valid([area for of_one in areas.values() for area in of_one]):
        raise BoundaryError("the areas do not fit together without gaps and overlaps")
    return dict(areas), pyproj.CRS.from_epsg(srs_id)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _wkb(blob: bytes) -> bytes:
    """The well-known binary behind a GeoPackage's geometry header.

    Source: OGC 12-128r19 (GeoPackage 1.4), 2.1.3: "GP", version, flags, srs_id, envelope. The flags say in bits 1-3
    how long the envelope is, in bit 4 whether the geometry is empty, in bit 5 whether it is of an extended kind.
    """
    if blob[:2] != b"GP" or len(blob) < 8:
        raise BoundaryError("a geometry does not start as GeoPackage geometries do")
    flags = blob[3]
    envelope = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}.get(flags >> 1 & 0b111)
    if envelope is None or flags & 0b11_0000:
        raise BoundaryError(f"a geometry is empty, extended or unknown (flags {flags:#010b})")
    return blob[8 + envelope :]


def _in_degrees(shape: shapely.Geometry, to_wgs84: pyproj.Transformer) -> shapely.MultiPolygon:
    """Turned as RFC 7946 asks, starting where GEOS says, so that the same input gives the same bytes."""
    degrees = shapely.transform(_densified(shape), lambda xy: _rounded(to_wgs84, xy))
    parts = shapely.get_parts(shapely.normalize(degrees))
    return shapely.MultiPolygon(list(shapely.orient_polygons(parts)))


def _rounded(to_wgs84: pyproj.Transformer, xy: Array) -> Array:
    lon, lat = to_wgs84.transform(xy[:, 0], xy[:, 1], errcheck=True)
    return np.round(np.column_stack((lon, lat)), DECIMALS)


def _densified(shape: shapely.Geometry) -> shapely.MultiPolygon:
    return shapely.MultiPolygon(
        [
            (_short_sides(part.exterior), [_short_sides(hole) for hole in part.interiors])
            for part in shapely.get_parts(shape)
        ]
    )


def _short_sides(ring: shapely.LinearRing) -> list[tuple[float, float]]:
    """The ring with its long sides divided, each in the same places whichever neighbour's ring it belongs to."""
    corners = [(float(x), float(y)) for x, y in ring.coords]
    dense = corners[:1]
    for start, end in pairwise(corners):
        (x0, y0), (x1, y1) = min(start, end), max(start, end)
        pieces = int(np.ceil(np.hypot(x1 - x0, y1 - y0) / LONGEST_SIDE_M))
        between = [(x0 + (x1 - x0) * k / pieces, y0 + (y1 - y0) * k / pieces) for k in range(1, pieces)]
        dense += between if (x0, y0) == start else between[::-1]
        dense.append(end)
    return dense


def _geojson(municipalities: dict[str, tuple[str, shapely.MultiPolygon]]) -> bytes:
    """One line a municipality, so that a change of one shows as one."""
    lines = [
        json.dumps(
            {
                "type": "Feature",
                "id": code,
                "properties": {"code": code, "name": name},
                "geometry": shapely.geometry.mapping(shape),
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for code, (name, shape) in sorted(municipalities.items())
    ]
    return ('{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n").encode()
