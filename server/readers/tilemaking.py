"""A base map out of OpenStreetMap's file: cut to the region by osmium-tool, made into tiles by tilemaker, packed as PMTiles.

Both programs read what strangers wrote, so each runs in a process of its own with bounded memory and time, in a folder
that is thrown away.
"""

import gzip
import json
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import osmium
import shapely
from pmtiles.tile import Compression, TileType, tileid_to_zxy, zxy_to_tileid
from pmtiles.writer import write

from server.readers.osm import OsmError

TOOLS = ("osmium", "tilemaker")
PACKAGES = "osmium-tool tilemaker"
_FOLDER = Path(__file__).parent / "tilemaker"
LAYERS, PROCESS = _FOLDER / "layers.json", _FOLDER / "layers.lua"
MEMORY_MIB = 6_144
LONGEST_S = 4 * 3_600
# Of the region, cut: what is read afterwards is held in memory about ten times as large.
CUT_MOST_BYTES = 400 * 2**20
# From this size on tilemaker keeps points and ways in files, which is slower.
STORED_FROM_BYTES = 60 * 2**20
MAP_MOST_BYTES = 600 * 2**20
# A border drawn on the map goes on a little.
MARGIN_DEG, OUTLINE_TOLERANCE_DEG = 0.1, 0.02
_PBF_HEADER = b"OSMHeader"
# As the one and the other say it; the last where there is none left for a thread.
_NO_MEMORY = (b"bad_alloc", b"Out of memory", b"Cannot allocate memory", b"Resource temporarily unavailable")
_LAST_WORDS, _KEPT_WORDS = 600, 100_000

Tell = Callable[[str], None]
Bounds = tuple[float, float, float, float]


class ToolsMissing(Exception):
    """Which programs are not installed; the message says how they are."""


@dataclass(frozen=True, slots=True)
class Packed:
    """Of a PMTiles file. `largest_tile_bytes`: as it is sent, compressed."""

    tiles: int
    bytes: int
    largest_tile_bytes: int
    bounds: Bounds
    minzoom: int
    maxzoom: int


def look_for_tools() -> None:
    """Raises ToolsMissing."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        raise ToolsMissing(
            f"{' and '.join(missing)} cannot be found. Debian and Ubuntu have what makes base maps; as root, run\n"
            f"    apt-get update && apt-get install --no-install-recommends {PACKAGES}\n"
            "and then this command again. Nothing was changed."
        )


def age_of(file: Path) -> datetime | None:
    """When OpenStreetMap was as this file has it, where the file says so. Raises OsmError for what is no such file."""
    with file.open("rb") as stream:
        begin = stream.read(64)
    if _PBF_HEADER not in begin:
        raise OsmError(f"{file} is no .osm.pbf file: it does not begin as they do. Nothing was changed.")
    try:
        with osmium.io.Reader(str(file), osmium.osm.NOTHING) as reader:
            said = reader.header().get("osmosis_replication_timestamp") or reader.header().get("timestamp")
    except RuntimeError as error:
        raise OsmError(f"{file} cannot be read: {error}. Nothing was changed.") from error
    try:
        found = datetime.fromisoformat(said or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def outline_of(municipalities: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A GeoJSON feature around all of the polygons of these features, with a margin of some kilometres."""
    shapes = [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in municipalities]
    around = shapely.union_all(shapes).buffer(MARGIN_DEG).simplify(OUTLINE_TOLERANCE_DEG)
    return {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(around)}


def cut(file: Path, outline: Mapping[str, Any] | None, folder: Path, tell: Tell, *, memory_mib: int) -> Path:
    """What of the file lies within the outline, ways and lakes that cross it whole; None: everything.

    In both cases a file that was read to its end. Raises OsmError.
    """
    target = folder / "region.osm.pbf"
    if outline is None:
        command = ["osmium", "cat", str(file), "-o", str(target), "--no-progress"]
    else:
        polygon = folder / "outline.geojson"
        polygon.write_text(json.dumps(outline), "utf-8")
        command = ["osmium", "extract", "--strategy", "smart", "--polygon", str(polygon), "--set-bounds"]
        command += [str(file), "-o", str(target), "--no-progress"]
    said = _run(command, folder, tell, memory_mib=memory_mib)
    if said.failed:
        raise OsmError(f"{file} cannot be read to its end: {said.last}. Nothing was changed.")
    size = target.stat().st_size
    if size > CUT_MOST_BYTES:
        raise OsmError(
            f"What {file} has of the region is {size / 1e6:.0f} MB; {CUT_MOST_BYTES / 1e6:.0f} MB can be made"
            " into a map here. Nothing was changed."
        )
    return target


def make_tiles(region: Path, folder: Path, tell: Tell, *, memory_mib: int) -> Path:
    """An MBTiles file. Raises OsmError where tilemaker gives up."""
    target = folder / "tiles.mbtiles"
    command = ["tilemaker", "--input", str(region), "--output", str(target)]
    command += ["--config", str(LAYERS), "--process", str(PROCESS)]
    if region.stat().st_size >= STORED_FROM_BYTES:
        (folder / "store").mkdir()
        command += ["--store", str(folder / "store")]
    said = _run(command, folder, tell, memory_mib=memory_mib)
    if "Could not find node" in said.text:
        raise OsmError(
            "The file has ways without all of their points: it was cut without complete ways. Take a whole extract,"
            " or cut it with `osmium extract`, which keeps ways complete. Nothing was changed."
        )
    if said.failed:
        raise OsmError(f"tilemaker gave up: {said.last}. Nothing was changed.")
    return target


def pack(mbtiles: Path, target: Path, *, name: str, credit: str, data_at: datetime | None) -> Packed:
    """One PMTiles file, version 3, of the tiles that hold anything. OsmError where none does."""
    database = sqlite3.connect(f"{mbtiles.as_uri()}?mode=ro", uri=True)
    try:
        said = dict(database.execute("SELECT name, value FROM metadata"))
        numbers = sorted(
            zxy_to_tileid(z, x, (1 << z) - 1 - row)
            for z, x, row in database.execute("SELECT zoom_level, tile_column, tile_row FROM tiles")
        )
        bounds = _bounds(said.get("bounds", ""))
        tiles = largest = 0
        with write(str(target)) as writer:
            for number, data in _filled(database, numbers):
                writer.write_tile(number, data)
                tiles, largest = tiles + 1, max(largest, len(data))
            if not tiles:
                raise OsmError("Nothing that a map shows lies within the region. Nothing was changed.")
            west, south, east, north = (round(side * 1e7) for side in bounds)
            minzoom, maxzoom = int(said["minzoom"]), int(said["maxzoom"])
            layers = json.loads(said.get("json") or "{}").get("vector_layers", [])
            writer.finalize(
                {
                    "tile_type": TileType.MVT,
                    "tile_compression": Compression.GZIP,
                    "min_lon_e7": west,
                    "min_lat_e7": south,
                    "max_lon_e7": east,
                    "max_lat_e7": north,
                    "center_zoom": minzoom,
                    "center_lon_e7": (west + east) // 2,
                    "center_lat_e7": (south + north) // 2,
                },
                {
                    "name": name,
                    "type": "baselayer",
                    "attribution": credit,
                    "vector_layers": layers,
                    **({} if data_at is None else {"data_at": data_at.isoformat()}),
                },
            )
    finally:
        database.close()
    size = target.stat().st_size
    if size > MAP_MOST_BYTES:
        raise OsmError(
            f"The map would be {size / 1e6:.0f} MB, more than {MAP_MOST_BYTES / 1e6:.0f} MB. Nothing was changed."
        )
    return Packed(tiles, size, largest, bounds, minzoom, maxzoom)


def _filled(database: sqlite3.Connection, numbers: Sequence[int]) -> Iterator[tuple[int, bytes]]:
    for number in numbers:
        z, x, y = tileid_to_zxy(number)
        row = database.execute(
            "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?",
            (z, x, (1 << z) - 1 - y),
        ).fetchone()
        if len(row[0]) > 50 or gzip.decompress(row[0]):
            yield number, row[0]


def _bounds(text: str) -> Bounds:
    try:
        west, south, east, north = (float(side) for side in text.split(","))
    except ValueError:
        raise OsmError("The file does not say where it is. Nothing was changed.") from None
    return west, south, east, north


@dataclass(frozen=True, slots=True)
class _Said:
    text: str
    failed: bool

    @property
    def last(self) -> str:
        """What it said at the end, in one line."""
        lines = [" ".join(line.split()) for line in re.split(r"[\r\n]+", self.text)]
        return "; ".join(line for line in lines[-4:] if line)[-_LAST_WORDS:] or "it said nothing"


def _run(command: Sequence[str], folder: Path, tell: Tell, *, memory_mib: int) -> _Said:
    """To its end, bounded; what it writes is told line by line, and what it redraws in place as well.

    Raises OsmError where the memory is too small for it, or the time too short.
    """
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        env={**os.environ, "TMPDIR": str(folder), "LC_ALL": "C.UTF-8"},
    )
    # What it maps from files is not counted; what it takes for itself is.
    resource.prlimit(process.pid, resource.RLIMIT_DATA, (memory_mib * 2**20, memory_mib * 2**20))
    resource.prlimit(process.pid, resource.RLIMIT_CORE, (0, 0))
    stopped = threading.Event()

    def stop() -> None:
        stopped.set()
        os.killpg(process.pid, signal.SIGKILL)

    late = threading.Timer(LONGEST_S, stop)
    late.start()
    text, rest = b"", b""
    try:
        stream = process.stdout
        if stream is None:
            raise RuntimeError("a pipe was asked for")
        while data := os.read(stream.fileno(), 65_536):
            text = (text + data)[-_KEPT_WORDS:]
            *lines, rest = re.split(rb"[\r\n]", rest + data)
            for line in lines:
                if line.strip():
                    tell(line.decode("utf-8", "replace").strip())
            rest = rest[-_KEPT_WORDS:]
        failed = process.wait() != 0
    finally:
        late.cancel()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
    if stopped.is_set():
        raise OsmError(f"{command[0]} took longer than {LONGEST_S / 3600:.1f} hours. Nothing was changed.")
    if any(words in text for words in _NO_MEMORY):
        raise OsmError(
            f"{command[0]} needs more than {memory_mib} MiB of memory for this file; --memory-mib allows more, and a"
            " smaller file needs less. Nothing was changed."
        )
    return _Said(text.decode("utf-8", "replace"), failed)
