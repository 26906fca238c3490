"""Areas out of GeoJSON (RFC 7946), as they come out of people's map programs, with all mistakes at once.

A collection of features with polygons in WGS 84, longitude first. What is wrong is said with the number of its
feature: `Finding.path` begins with `features` and the number from 0.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from content.findings import Detail, Finding, Step
from content.packs.forms import as_written, shortened
from geo.fences import Area
from geo.positions import Position
from quests.moves import Repeated, decode_json
from quests.region import REGION_BBOX, looks_swapped

DECIMALS = 6  # 0.1 m; what is loaded is what phones get
FEATURES_MOST = 50_000
RINGS_MOST = 500
# A list takes twenty times the bytes that it has in JSON, an object eighty: a file of nothing else would fill the memory
# of a small machine before anything of it is looked at. The largest file of honest corners has six million lists.
LISTS_MOST = 8_000_000
REGION_MARGIN_DEG = 0.5  # beyond the margin that the region's box has already

Rings = tuple[tuple[tuple[float, float], ...], ...]
Polygons = tuple[Rings, ...]


@dataclass(frozen=True, slots=True)
class Feature:
    """`number` from 0. `area` is None where it could not be read, and that is said."""

    number: int
    id: object
    properties: Mapping[str, Any]
    area: Polygons | None


@dataclass(frozen=True, slots=True)
class Features:
    features: tuple[Feature, ...]
    findings: tuple[Finding, ...]


def read_features(data: bytes, *, most_bytes: int, most_corners: int, name: str = "") -> Features:
    """`name`: the file's, for the findings. `most_corners`: of one feature."""
    if len(data) > most_bytes:
        return _nothing("areas-large", name, most=f"{most_bytes // 2**20} MiB")
    if data.count(b"[") + 4 * data.count(b"{") > LISTS_MOST:
        return _nothing("areas-large", name, most=f"{LISTS_MOST} x [")
    try:
        found = decode_json(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return _nothing("areas-broken", name, reason=shortened(str(error), 100))
    listed = found.get("features") if isinstance(found, dict) else None
    if (
        not isinstance(found, dict)
        or found.get("type") != "FeatureCollection"
        or not isinstance(listed, list)
    ):
        return _nothing("areas-broken", name, reason="no FeatureCollection")
    if isinstance(found, Repeated):
        key = found.names[0]
        return Features((), (Finding("duplicate-key", name, None, (key,), {"key": shortened(key)}),))
    if len(listed) > FEATURES_MOST:
        return _nothing("areas-many", name, found=len(listed), most=FEATURES_MOST)
    reader = _Reader(name, most_corners)
    features = tuple(one for number, raw in enumerate(listed) if (one := reader.feature(number, raw)))
    return Features(features, tuple(reader.findings))


def read_area(geometry: object, *, most_corners: int) -> Polygons | Finding:
    """One GeoJSON geometry; or what is wrong with it first, with its path within the geometry."""
    try:
        return _Reader("", most_corners).area(geometry)
    except _Odd as odd:
        return Finding(odd.code, "", None, odd.path, odd.details)


def _nothing(code: str, name: str, **details: Detail) -> Features:
    return Features((), (Finding(code, name, details=details),))


class _Odd(Exception):
    """What is wrong with an area, and where within its feature."""

    def __init__(self, code: str, *path: Step, **details: Detail) -> None:
        super().__init__(code)
        self.code, self.path, self.details = code, path, details


class _Reader:
    def __init__(self, name: str, most_corners: int) -> None:
        self.name = name
        self.most_corners = most_corners
        self.findings: list[Finding] = []

    def feature(self, number: int, raw: object) -> Feature | None:
        path = ("features", number)
        if not isinstance(raw, dict) or raw.get("type") != "Feature":
            self._say("area-missing", path, found=as_written(raw))
            return None
        properties = raw.get("properties")
        kept = properties if isinstance(properties, dict) else {}
        geometry = raw.get("geometry")
        for where, what in ((path, raw), ((*path, "properties"), kept), ((*path, "geometry"), geometry)):
            if isinstance(what, Repeated):
                self._say("duplicate-key", (*where, what.names[0]), key=shortened(what.names[0]))
        try:
            area = self.area(geometry)
        except _Odd as odd:
            self._say(odd.code, (*path, "geometry", *odd.path), **odd.details)
            area = None
        said = {key: value for key, value in kept.items() if value is not None}
        return Feature(number, raw.get("id"), said, area)

    def _say(self, code: str, path: tuple[Step, ...], **details: Detail) -> None:
        self.findings.append(Finding(code, self.name, None, path, details))

    def area(self, raw: object) -> Polygons:
        kind = raw.get("type") if isinstance(raw, dict) else None
        written = raw.get("coordinates") if isinstance(raw, dict) else None
        if kind not in ("Polygon", "MultiPolygon"):  # a list of them is no member of a set, but an error
            raise _Odd("area-missing", found=as_written(kind))
        polygons = [written] if kind == "Polygon" else written
        if not isinstance(polygons, list) or not polygons:
            raise _Odd("area-missing", found=as_written(polygons))
        self._count(polygons)
        area = tuple(_polygon(number, polygon) for number, polygon in enumerate(polygons))
        for number, rings in enumerate(area):
            _refuse_unless_drawn(number, rings)
        return area

    def _count(self, polygons: list[Any]) -> None:
        """Before anything is computed with it."""
        rings = [ring for polygon in polygons if isinstance(polygon, list) for ring in polygon]
        corners = sum(len(ring) for ring in rings if isinstance(ring, list))
        if corners > self.most_corners:
            raise _Odd("area-corners", found=corners, most=self.most_corners)
        if len(rings) > RINGS_MOST:
            raise _Odd("area-corners", found=len(rings), most=RINGS_MOST)


def _refuse_unless_drawn(number: int, rings: Rings) -> None:
    """Raises _Odd; with the ring where one is wrong by itself."""
    for path, several in [((index,), (ring,)) for index, ring in enumerate(rings)] + [((), rings)]:
        try:
            Area(tuple(tuple(Position(*point) for point in ring) for ring in several))
        except ValueError as error:
            reason = shortened(str(error), 160)
            raise _Odd("area-broken", "coordinates", number, *path, reason=reason) from None


def _polygon(number: int, raw: object) -> Rings:
    if not isinstance(raw, list) or not raw:
        raise _Odd("area-coordinates", "coordinates", number, found=as_written(raw))
    return tuple(_ring(("coordinates", number, index), ring) for index, ring in enumerate(raw))


def _ring(path: tuple[Step, ...], raw: object) -> tuple[tuple[float, float], ...]:
    if not isinstance(raw, list):
        raise _Odd("area-coordinates", *path, found=as_written(raw))
    ring = tuple(_point((*path, index), point) for index, point in enumerate(raw))
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise _Odd("area-open", *path)
    return ring


def _point(path: tuple[Step, ...], raw: object) -> tuple[float, float]:
    numbers = [one for one in raw if _is_number(one)] if isinstance(raw, list) else []
    if not isinstance(raw, list) or len(numbers) != len(raw) or len(raw) not in {2, 3}:
        raise _Odd("area-coordinates", *path, found=as_written(raw))
    lon, lat = (round(float(one), DECIMALS) for one in raw[:2])
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
        raise _Odd("area-coordinates", *path, found=shortened(f"{lon}, {lat}"))
    if looks_swapped(lon, lat):
        raise _Odd("area-swapped", *path, lon=lon, lat=lat)
    west, south, east, north = REGION_BBOX
    margin = REGION_MARGIN_DEG
    if not (west - margin <= lon <= east + margin and south - margin <= lat <= north + margin):
        raise _Odd("area-outside-region", *path, lon=lon, lat=lat)
    return lon, lat


def _is_number(value: object) -> bool:
    """What a float can be made of: not a whole number of four hundred digits."""
    return isinstance(value, float) or (
        isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53
    )


def features_said(findings: tuple[Finding, ...]) -> Iterator[tuple[int | None, Finding]]:
    """Findings with the number of their feature, counted from 1 as people do; None where there is none."""
    for finding in findings:
        number = finding.path[1] if len(finding.path) > 1 else None
        yield (number + 1 if isinstance(number, int) else None), finding
