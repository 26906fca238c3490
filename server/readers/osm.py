"""OpenStreetMap's files (.osm.pbf): the ways that one may walk, and the names of places.

Everything in such a file was written by somebody: it is taken as data, bounded, and never trusted to be of a form.
"""

import re
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import shapely
from osmium.filter import EntityFilter, KeyFilter, TagFilter

from geo.names import folded
from geo.positions import ELLIPSOID, Position
from geo.walks import ACCESS, LIT, ROADS, SURFACES, WalkGraph, Ways, graph_of

NAME_MOST_CHARACTERS = 100
OTHER_NAMES_MOST = 10
POPULATION_MOST = 10_000_000

# Kinds of places by tag, the first that fits. `known_to_m`: how far its point may be from what people mean by the name.
KINDS: Mapping[tuple[str, str], tuple[str, int]] = {
    ("place", "city"): ("settlement", 500),
    ("place", "town"): ("settlement", 300),
    ("place", "village"): ("settlement", 200),
    ("place", "suburb"): ("hamlet", 300),
    ("place", "quarter"): ("hamlet", 300),
    ("place", "neighbourhood"): ("hamlet", 200),
    ("place", "hamlet"): ("hamlet", 100),
    ("place", "isolated_dwelling"): ("hamlet", 50),
    ("place", "farm"): ("hamlet", 50),
    ("place", "locality"): ("locality", 200),
    ("place", "island"): ("island", 500),
    ("place", "islet"): ("island", 100),
    ("natural", "peak"): ("peak", 50),
    ("natural", "saddle"): ("peak", 100),
    ("natural", "water"): ("lake", 500),
    ("natural", "bay"): ("bay", 500),
    ("natural", "cape"): ("cape", 100),
    ("natural", "glacier"): ("glacier", 500),
}
_OTHER_NAMES = (
    "name",
    "name:se",
    "name:smj",
    "name:no",
    "name:en",
    "alt_name",
    "old_name",
    "loc_name",
    "short_name",
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

_ROAD_OF = {
    **{name: name for name in ROADS},
    "bridleway": "path",
    "corridor": "footway",
    "road": "unclassified",
    "trunk_link": "trunk",
    "primary_link": "primary",
    "secondary_link": "secondary",
    "tertiary_link": "tertiary",
}
_ROADS_FOR_ALL = frozenset(
    {
        *(
            f"{road}{link}"
            for road in ("trunk", "primary", "secondary", "tertiary")
            for link in ("", "_link")
        ),
        *("motorway", "motorway_link", "unclassified", "residential", "living_street"),
    }
)
_WINTER_TRAILS = frozenset({"nordic", "hike", "sleigh", "skitour"})
_SLOPES = frozenset({"downhill", "sled", "snow_park", "connection"})
# On foot only where somebody said so.
_ROADS_FOR_CARS = {"trunk"}
_SURFACE_OF = {
    **dict.fromkeys(
        ("paved", "asphalt", "concrete", "paving_stones", "sett", "cobblestone", "chipseal", "metal"), "paved"
    ),
    **dict.fromkeys(("gravel", "fine_gravel", "compacted", "pebblestone", "unpaved"), "gravel"),
    **dict.fromkeys(("ground", "dirt", "earth", "grass", "mud", "sand", "woodchips"), "ground"),
    "wood": "boards",
    "rock": "rock",
    "stone": "rock",
}
_NOT_ALLOWED = {
    "no",
    "private",
    "military",
    "customers",
    "delivery",
    "agricultural",
    "forestry",
    "use_sidepath",
}
_ALLOWED = {
    "yes": "yes",
    "designated": "yes",
    "official": "yes",
    "permissive": "permissive",
    "destination": "destination",
}


class OsmError(ValueError):
    """The file is none that OpenStreetMap's tools write, or is broken; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Place:
    """`id`: permanent as long as OpenStreetMap keeps it. `names`: by language, Swedish always."""

    id: str
    kind: str
    names: Mapping[str, str]
    other_names: tuple[str, ...]
    population: int
    known_to_m: int
    position: Position


def read_walks(file: Path) -> WalkGraph:
    """The network of walkable ways. Points that the file does not have end a way's piece. Raises OsmError."""
    point, lon, lat = array("q"), array("d"), array("d")
    first, codes = array("q", [0]), [array("B") for _ in range(4)]
    with _reading(file):
        ways = osmium.FileProcessor(file, osmium.osm.NODE | osmium.osm.WAY).with_locations()
        for one in ways.with_filter(EntityFilter(osmium.osm.WAY)).with_filter(
            KeyFilter("highway", "man_made")
        ):
            way: Any = one
            said = _walkable(way.tags)
            if said is None:
                continue
            for piece in _pieces(way.nodes):
                for number, at_lon, at_lat in piece:
                    point.append(number)
                    lon.append(at_lon)
                    lat.append(at_lat)
                first.append(len(point))
                for values, value in zip(codes, said, strict=True):
                    values.append(value)
    road, surface, lit, access = (
        np.frombuffer(values, np.uint8) if values else np.zeros(0, np.uint8) for values in codes
    )
    return graph_of(
        Ways(
            np.array(point, np.int64),
            np.array(lon, np.float64),
            np.array(lat, np.float64),
            np.array(first, np.int64),
            road,
            surface,
            lit,
            access,
        )
    )


def read_places(file: Path) -> Iterator[Place]:
    """Whatever has a name and is of a kind in KINDS. Raises OsmError, also in the middle."""
    wanted = TagFilter(*KINDS)
    wkb = osmium.geom.WKBFactory()
    with _reading(file):
        found = osmium.FileProcessor(file).with_areas(wanted).with_filter(KeyFilter("name", "name:sv"))
        one: Any
        for one in found.with_filter(wanted):
            if one.is_node():
                node = one
                if node.location.valid():
                    place = _place(
                        f"osm:n{node.id}", node.tags, Position(node.location.lon, node.location.lat), 0
                    )
                    if place:
                        yield place
            elif one.is_area():
                area = one
                try:
                    shape = shapely.from_wkb(wkb.create_multipolygon(area))
                except (RuntimeError, shapely.GEOSException):
                    continue  # a shape that is none
                largest = max(shapely.get_parts(shape), key=lambda part: part.area)
                middle = shapely.point_on_surface(largest)
                west, south, east, north = shape.bounds
                _, _, across = ELLIPSOID.inv(west, south, east, north)
                kind = "w" if area.from_way() else "r"
                place = _place(
                    f"osm:{kind}{area.orig_id()}", area.tags, Position(middle.x, middle.y), round(across / 2)
                )
                if place:
                    yield place


def read_stays_open(file: Path) -> Iterator[tuple[str, bytes]]:
    """Public roads, marked winter trails and ski areas: kinds as `content.seasons` names them, shapes as WKB.

    Tracks and private drives are no roads here. Points that the file does not have end a way's piece. Raises OsmError.
    """
    wkb = osmium.geom.WKBFactory()
    wanted = TagFilter(("landuse", "winter_sports"), ("leisure", "ski_resort"))
    with _reading(file):
        found = osmium.FileProcessor(file).with_locations().with_areas(wanted)
        one: Any
        for one in found.with_filter(KeyFilter("highway", "piste:type", "snowmobile", "landuse", "leisure")):
            if one.is_way():
                kind = _passed(one.tags)
                for piece in _pieces(one.nodes) if kind else ():
                    if kind and len(piece) > 1:
                        yield kind, shapely.to_wkb(shapely.LineString([(lon, lat) for _, lon, lat in piece]))
            elif one.is_area() and (
                one.tags.get("landuse") == "winter_sports" or one.tags.get("leisure") == "ski_resort"
            ):
                try:
                    yield "ski-areas", bytes.fromhex(wkb.create_multipolygon(one))
                except RuntimeError:
                    continue  # a shape that is none


def _passed(tags: Any) -> str | None:  # noqa: ANN401  osmium's tag list
    if tags.get("highway") in _ROADS_FOR_ALL and tags.get("access", "yes") not in _NOT_ALLOWED:
        return "roads"
    if tags.get("piste:type") in _WINTER_TRAILS or tags.get("snowmobile") == "designated":
        return "winter-trails"
    return "ski-areas" if tags.get("piste:type") in _SLOPES else None


class _reading:  # noqa: N801  reads as a word of the sentence
    """What osmium says of a file, as OsmError."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __enter__(self) -> None:
        if not self._file.is_file():
            raise OsmError(f"{self._file} is not there")

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, (RuntimeError, ValueError, osmium.InvalidLocationError)) and not isinstance(
            error, OsmError
        ):
            raise OsmError(f"{self._file} cannot be read: {error}") from error


def _walkable(tags: Any) -> tuple[int, int, int, int] | None:  # noqa: ANN401  osmium's tag list
    """Indices in ROADS, SURFACES, LIT, ACCESS; None where nobody may walk."""
    if tags.get("area") == "yes":
        return None
    road = _ROAD_OF.get(tags.get("highway", ""))
    if road is None and tags.get("man_made") == "pier":
        road = "pier"
    if road is None:
        return None
    foot, access = tags.get("foot", ""), tags.get("access", "")
    if foot:
        if foot not in _ALLOWED:
            return None
        allowed = _ALLOWED[foot]
    elif access in _NOT_ALLOWED or road in _ROADS_FOR_CARS or tags.get("motorroad") == "yes":
        return None
    else:
        allowed = _ALLOWED.get(access, "unknown")
    lit = {"no": "no", "disused": "no"}.get(tags.get("lit", ""), "yes" if tags.get("lit") else "unknown")
    return (
        ROADS.index(road),
        SURFACES.index(_SURFACE_OF.get(tags.get("surface", ""), "unknown")),
        LIT.index(lit),
        ACCESS.index(allowed),
    )


def _pieces(nodes: Any) -> Iterator[list[tuple[int, float, float]]]:  # noqa: ANN401  osmium's node list
    piece: list[tuple[int, float, float]] = []
    for node in nodes:
        location = node.location
        if location.valid():
            if not piece or piece[-1][0] != node.ref:
                piece.append((node.ref, location.lon, location.lat))
        elif piece:
            yield piece
            piece = []
    if piece:
        yield piece


def _place(found: str, tags: Any, position: Position, half_across_m: int) -> Place | None:  # noqa: ANN401
    kind = next(
        (KINDS[key, tags[key]] for key in ("place", "natural") if (key, tags.get(key)) in KINDS), None
    )
    name = _plain(tags.get("name:sv")) or _plain(tags.get("name"))
    if kind is None or name is None:
        return None
    names = {"sv": name}
    south_sami = _plain(tags.get("name:sma"))
    if south_sami:
        names["sma"] = south_sami
    seen = {folded(one) for one in names.values()} | {""}
    others: list[str] = []
    for key in _OTHER_NAMES:
        for other in (tags.get(key) or "").split(";"):
            plain = _plain(other)
            if plain and folded(plain) not in seen and len(others) < OTHER_NAMES_MOST:
                seen.add(folded(plain))
                others.append(plain)
    population = (tags.get("population") or "").strip()
    people = int(population) if re.fullmatch("[0-9]{1,8}", population) else 0
    return Place(
        id=found,
        kind=kind[0],
        names=names,
        other_names=tuple(others),
        population=min(people, POPULATION_MOST),
        known_to_m=max(kind[1], half_across_m) if half_across_m == 0 else max(50, half_across_m),
        position=position,
    )


def _plain(name: str | None) -> str | None:
    """In one line, without signs that are none, not longer than a name is; None where nothing is left to be found by."""
    if name is None:
        return None
    plain = " ".join(_CONTROL.sub(" ", name).split())[:NAME_MOST_CHARACTERS].strip()
    return plain if folded(plain) else None
