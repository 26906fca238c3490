"""Small maps for tests: a village as OpenStreetMap has it, and a base map that no program needs to be installed for."""

import contextlib
import gzip
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import osmium
from osmium.osm.mutable import Node, Relation, Way
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import write

from geo.tiles import Tile
from geo.walks import WalkGraph, Ways, graph_of
from server.stores.basemaps import BaseMaps, MapNote

Tags = Mapping[str, str]
NEAR = (14.6, 63.2)  # on Frösön, in Östersund
TILE_OF_NEAR = Tile(14, 8856, 4451)
IMPORTED = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DATA_AT = datetime(2026, 11, 1, tzinfo=UTC)


class Drawing:
    """A map in the making: points in hundred-thousandths of a degree east and north of NEAR (here 0.5 by 1.1 m)."""

    def __init__(self) -> None:
        self._nodes: dict[tuple[int, int], int] = {}
        self._tags: dict[int, Tags] = {}
        self._ways: list[tuple[int, list[int], Tags]] = []
        self._relations: list[tuple[int, list[tuple[str, int, str]], Tags]] = []

    def point(self, east: int, north: int, tags: Tags | None = None) -> int:
        number = self._nodes.setdefault((east, north), len(self._nodes) + 1)
        if tags:
            self._tags[number] = tags
        return number

    def way(self, points: Sequence[tuple[int, int]], tags: Tags) -> int:
        number = len(self._ways) + 1
        self._ways.append((number, [self.point(*one) for one in points], tags))
        return number

    def area(self, west: int, south: int, size: int, tags: Tags) -> int:
        corners = [(west, south), (west + size, south), (west + size, south + size), (west, south + size)]
        return self.way([*corners, corners[0]], tags)

    def relation(self, members: Sequence[tuple[str, int, str]], tags: Tags) -> int:
        number = len(self._relations) + 1
        self._relations.append((number, list(members), tags))
        return number

    def write(self, file: Path, *, without_points: bool = False, timestamp: str | None = None) -> Path:
        """`without_points`: as a file that was cut without complete ways."""
        header = osmium.io.Header()
        if timestamp:
            header.set("osmosis_replication_timestamp", timestamp)
        with osmium.SimpleWriter(str(file), header=header, overwrite=True) as out:
            for (east, north), number in self._nodes.items():
                if not (without_points and number % 3 == 0):
                    at = (NEAR[0] + east * 1e-5, NEAR[1] + north * 1e-5)
                    out.add_node(Node(id=number, location=at, tags=dict(self._tags.get(number, {}))))
            for number, points, tags in self._ways:
                out.add_way(Way(id=number, nodes=points, tags=dict(tags)))
            for number, members, tags in self._relations:
                out.add_relation(Relation(id=number, members=members, tags=dict(tags)))
        return file


def village() -> Drawing:
    """Something for each layer of the base map."""
    drawn = Drawing()
    drawn.point(10, 10, {"place": "village", "name": "Sundsta", "name:sma": "Gåetie", "population": "420"})
    drawn.point(900, 900, {"place": "hamlet", "name": "Övre Sundsta"})
    drawn.point(800, -900, {"natural": "peak", "name": "Storhögen", "ele": "1024"})
    drawn.point(40, 60, {"highway": "bus_stop", "name": "Sundsta skola"})
    drawn.point(-500, 60, {"amenity": "shelter"})
    drawn.point(50, 50, {"amenity": "toilets", "wheelchair": "yes"})
    drawn.area(-3000, -3000, 2500, {"natural": "water", "name": "Storviken", "name:sma": "Jaevrie"})
    drawn.area(2000, 2000, 1500, {"natural": "wood"})
    drawn.area(4000, 2000, 1500, {"natural": "wetland"})
    drawn.area(-100, -100, 400, {"landuse": "residential"})
    for east in range(0, 200, 50):
        drawn.area(east + 4, 104, 20, {"building": "yes"})
    drawn.way(
        [(-2000, 0), (0, 0), (0, 100), (3000, 100)],
        {"highway": "secondary", "name": "Storgatan", "ref": "605"},
    )
    drawn.way(
        [(0, 0), (300, -50), (300, -400)],
        {"highway": "residential", "name": "Skolvägen", "surface": "asphalt"},
    )
    path = drawn.way(
        [(0, 100), (100, 400), (0, 700), (-300, 900)],
        {"highway": "path", "name": "Sundstastigen", "surface": "ground", "lit": "yes"},
    )
    drawn.way([(3000, 100), (3000, 2000)], {"highway": "motorway"})
    drawn.way([(-2000, -400), (3000, -500)], {"railway": "rail"})
    drawn.way([(0, 700), (50, 2000)], {"waterway": "stream", "name": "Sundstabäcken"})
    border = drawn.way([(-4000, 3000), (4000, 3500)], {})
    drawn.relation([("w", path, "")], {"type": "route", "route": "hiking", "name": "Pilgrimsleden"})
    drawn.relation(
        [("w", border, "outer")], {"type": "boundary", "boundary": "administrative", "admin_level": "7"}
    )
    return drawn


def pack_tiles(file: Path, tiles: Mapping[Tile, bytes]) -> Path:
    """A PMTiles file with these."""
    with write(str(file)) as out:
        for tile, body in sorted(tiles.items(), key=lambda one: zxy_to_tileid(one[0].z, one[0].x, one[0].y)):
            out.write_tile(zxy_to_tileid(tile.z, tile.x, tile.y), gzip.compress(body, mtime=0))
        header: dict[str, Any] = {
            "tile_type": TileType.MVT,
            "tile_compression": Compression.GZIP,
            "min_lon_e7": 145_000_000,
            "min_lat_e7": 631_000_000,
            "max_lon_e7": 147_000_000,
            "max_lat_e7": 633_000_000,
            "center_zoom": 5,
            "center_lon_e7": 146_000_000,
            "center_lat_e7": 632_000_000,
        }
        layer = {"id": "water", "minzoom": 5, "maxzoom": 14, "fields": {"class": "String"}}
        out.finalize(header, {"attribution": "somebody", "vector_layers": [layer]})
    return file


def a_network() -> WalkGraph:
    nothing = np.zeros(1, np.uint8)
    return graph_of(
        Ways(
            np.array([1, 2], np.int64),
            np.array([14.6, 14.61]),
            np.array([63.2, 63.2]),
            np.array([0, 2], np.int64),
            nothing,
            nothing,
            nothing,
            nothing,
        )
    )


TILES = {Tile(5, 17, 8): b"far", TILE_OF_NEAR: b"near" * 300}


def lay(
    maps: BaseMaps,
    tiles: Mapping[Tile, bytes] = TILES,
    before: str | None = None,
    *,
    data_at: datetime = DATA_AT,
) -> str:
    """Puts these in force, as an import does; the SHA-256 of the file."""
    with maps.changing() as change:
        file = pack_tiles(change.folder / "made.pmtiles", tiles)
        size = file.stat().st_size
        found = change.lay_beside(file, a_network())
        note = MapNote(
            sha256=found,
            bytes=size,
            name="made.osm.pbf",
            imported_at=IMPORTED,
            data_at=data_at,
            places=0,
            walk_km=0.5,
            before=before,
        )
        with change.in_force(note):
            pass
    return found


@contextlib.contextmanager
def laid_map(maps: BaseMaps) -> Iterator[str]:
    """A small base map is in force, and none afterwards."""
    found = lay(maps, TILES)
    try:
        yield found
    finally:
        with maps.changing() as change, change.in_force(None):
            pass
