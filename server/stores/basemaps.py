"""The base map: one PMTiles file and the walking network beside it, in a folder of the operator's data.

A note (`map.json`) says which is in force. It is put in place last and at once, so that whoever reads finds the old map or
the new one, whole. The map before is kept until the next one, for phones that are in the middle of reading it.
"""

import contextlib
import fcntl
import gzip
import mmap
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from pmtiles.reader import Reader
from pmtiles.tile import deserialize_directory, find_tile, zxy_to_tileid

from geo.tiles import Tile
from geo.walks import WalkGraph

DIRECTORIES_KEPT = 64
DEPTH_MOST = 4  # of directories in one another
MAKING = ".making-"
_E7 = 1e7


class MapNote(msgspec.Struct, frozen=True, kw_only=True):
    """What is in force. `form`: of this note. `name`: of the file that it was made of."""

    form: int = 1
    sha256: str
    bytes: int
    name: str
    imported_at: datetime
    data_at: datetime | None
    places: int
    walk_km: float
    before: str | None = None


class BaseMapBusy(Exception):
    """Somebody else imports or removes at this moment."""


@dataclass(frozen=True, slots=True)
class LayerIn:
    """A layer inside the tiles."""

    id: str
    fields: dict[str, str]
    minzoom: int
    maxzoom: int


class Archive:
    """A PMTiles file, open. It stays readable when it is taken away.

    `bounds`: west, south, east, north [degrees]. ValueError for a file that is none.
    """

    def __init__(self, file: Path) -> None:
        with file.open("rb") as stream:
            self._bytes = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        reader = Reader(self._slice)
        try:
            header: dict[str, Any] = reader.header()
            metadata: dict[str, Any] = reader.metadata()
        except Exception as error:  # the library has a dozen for what is none
            raise ValueError(f"{file} is no PMTiles file") from error
        self._root = (int(header["root_offset"]), int(header["root_length"]))
        self._leaves, self._data = int(header["leaf_directory_offset"]), int(header["tile_data_offset"])
        self.minzoom, self.maxzoom = int(header["min_zoom"]), int(header["max_zoom"])
        self.bounds: tuple[float, float, float, float] = (
            header["min_lon_e7"] / _E7,
            header["min_lat_e7"] / _E7,
            header["max_lon_e7"] / _E7,
            header["max_lat_e7"] / _E7,
        )
        self.attribution = str(metadata.get("attribution", ""))
        self.layers = tuple(
            LayerIn(one["id"], dict(one.get("fields", {})), int(one["minzoom"]), int(one["maxzoom"]))
            for one in metadata.get("vector_layers", [])
        )
        self._directory = lru_cache(maxsize=DIRECTORIES_KEPT)(self._read_directory)

    def tile(self, tile: Tile) -> bytes | None:
        """As it lies there: a Mapbox Vector Tile, compressed with gzip; None where there is none."""
        number = zxy_to_tileid(tile.z, tile.x, tile.y)
        offset, length = self._root
        for _ in range(DEPTH_MOST):
            found = find_tile(self._directory(offset, length), number)
            if found is None:
                return None
            if found.run_length:
                return self._slice(self._data + found.offset, found.length)
            offset, length = self._leaves + found.offset, found.length
        return None

    def _read_directory(self, offset: int, length: int) -> Any:  # noqa: ANN401  the library's entries
        return deserialize_directory(self._slice(offset, length))

    def _slice(self, offset: int, length: int) -> bytes:
        return self._bytes[offset : offset + length]


@dataclass(frozen=True, slots=True)
class BaseMap:
    """The one in force, open."""

    note: MapNote
    file: Path
    archive: Archive


class BaseMaps:
    """Those in a folder. Asking for the one in force costs a look at the note's age, and no more until it changes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._note = folder / "map.json"
        self._open: tuple[tuple[int, int, int], BaseMap] | None = None

    def current(self) -> BaseMap | None:
        """None where nothing was imported, or what was is damaged."""
        try:
            seen = self._note.stat()
        except OSError:
            self._open = None
            return None
        mark = (seen.st_mtime_ns, seen.st_ino, seen.st_size)
        known = self._open
        if known is not None and known[0] == mark:
            return known[1]
        try:
            note = msgspec.json.decode(self._note.read_bytes(), type=MapNote)
            file = self._map(note.sha256)
            found = BaseMap(note, file, Archive(file))
        except (OSError, ValueError, KeyError, TypeError, msgspec.MsgspecError):
            return None
        self._open = (mark, found)
        return found

    def is_noted(self) -> bool:
        """Whether something was imported, be it damaged or not."""
        return self._note.exists()

    def file(self, sha256_hex: str) -> Path | None:
        """The map in force or the one before, by its SHA-256."""
        current = self.current()
        if current is None or sha256_hex not in {current.note.sha256, current.note.before}:
            return None
        found = self._map(sha256_hex)
        return found if found.is_file() else None

    def walks(self) -> WalkGraph | None:
        """The walking network of the map in force."""
        current = self.current()
        return None if current is None else read_walks(self._walks(current.note.sha256))

    @contextlib.contextmanager
    def changing(self) -> Iterator["Change"]:
        """One at a time, with a folder for what is being made. Raises BaseMapBusy."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BaseMapBusy from None
            try:
                with tempfile.TemporaryDirectory(prefix=MAKING, dir=self._folder) as made_in:
                    yield Change(self, Path(made_in))
            finally:
                self._sweep()

    def _put(self, note: MapNote | None) -> None:
        if note is None:
            self._note.unlink(missing_ok=True)
            return
        _write(self._note, msgspec.json.encode(note))

    def _sweep(self) -> None:
        """What no note names, and what an import that was killed left."""
        current = self.current()
        named = set() if current is None else {current.note.sha256, current.note.before}
        kept = {path for one in named if one for path in (self._map(one), self._walks(one))}
        for path in self._folder.glob("*"):
            if path.suffix in {".pmtiles", ".npz"} and path not in kept:
                path.unlink(missing_ok=True)
        for left in self._folder.glob(f"{MAKING}*"):
            shutil.rmtree(left, ignore_errors=True)

    def _map(self, sha256_hex: str) -> Path:
        return self._folder / f"{sha256_hex}.pmtiles"

    def _walks(self, sha256_hex: str) -> Path:
        return self._folder / f"{sha256_hex}.npz"


class Change:
    """`folder`: for what is being made; gone afterwards."""

    def __init__(self, maps: BaseMaps, folder: Path) -> None:
        self._maps, self.folder = maps, folder

    def lay_beside(self, pmtiles: Path, walks: WalkGraph) -> str:
        """Next to what is in force, which stays. The map's SHA-256, in hex."""
        found = _sha256(pmtiles)
        network = self.folder / "walks.npz"
        write_walks(network, walks)
        for made, place in ((pmtiles, self._maps._map(found)), (network, self._maps._walks(found))):  # noqa: SLF001
            _to_disk(made)
            made.chmod(0o644)
            made.replace(place)
        return found

    @contextlib.contextmanager
    def in_force(self, note: MapNote | None) -> Iterator[None]:
        """From here on; when the rest of the block fails, what was before is in force again."""
        current = self._maps.current()
        self._maps._put(note)  # noqa: SLF001
        try:
            yield
        except BaseException:
            self._maps._put(None if current is None else current.note)  # noqa: SLF001
            raise


def write_walks(file: Path, graph: WalkGraph) -> None:
    """Positions in ten-millionths of a degree, lengths in centimetres: as exact as their source."""
    arrays = {name: getattr(graph, name) for name in WalkGraph.__dataclass_fields__}
    for name in ("lon", "lat", "bend_lon", "bend_lat"):
        arrays[name] = np.round(arrays[name] * _E7).astype(np.int32)
    for name in ("start", "end", "bends"):
        arrays[name] = arrays[name].astype(np.int32)
    arrays["length_m"] = np.round(arrays["length_m"] * 100).astype(np.int32)
    with file.open("wb") as stream:
        np.savez_compressed(stream, **arrays)


def read_walks(file: Path) -> WalkGraph:
    """What `write_walks` wrote. ValueError or OSError for anything else."""
    with np.load(file, allow_pickle=False) as read:
        arrays = {name: read[name] for name in WalkGraph.__dataclass_fields__}
    for name in ("lon", "lat", "bend_lon", "bend_lat"):
        arrays[name] = arrays[name] / _E7
    for name in ("start", "end", "bends"):
        arrays[name] = arrays[name].astype(np.int64)
    arrays["length_m"] = arrays["length_m"] / 100
    return WalkGraph(**arrays)


def plain(tile: bytes) -> bytes:
    """Uncompressed."""
    return gzip.decompress(tile)


def _sha256(file: Path) -> str:
    digest = sha256()
    with file.open("rb") as stream:
        while block := stream.read(2**20):
            digest.update(block)
    return digest.hexdigest()


def _to_disk(file: Path) -> None:
    with file.open("rb") as stream:
        os.fsync(stream.fileno())


def _write(file: Path, data: bytes) -> None:
    descriptor, name = tempfile.mkstemp(prefix=".note-", dir=file.parent)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    Path(name).chmod(0o644)
    Path(name).replace(file)
