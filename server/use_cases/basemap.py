"""The base map: imported from OpenStreetMap's file together with the walking network and the names of places."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from server.readers import osm, tilemaking
from server.readers.osm import OsmError
from server.readers.tilemaking import MEMORY_MIB, Packed
from server.stores import quests, showing
from server.stores.basemaps import BaseMaps, MapNote
from server.stores.database import Database
from server.stores.places import CREDITS
from server.stores.showing import OPENSTREETMAP, NamedPlace

#: What is being done, 1 to STEPS, and how it goes on.
Tell = Callable[[int, str], None]
STEPS = 5
NAME = "Base map"


@dataclass(frozen=True, slots=True)
class Imported:
    note: MapNote
    packed: Packed
    walk_edges: int


def import_map(
    database: Database,
    maps: BaseMaps,
    file: Path,
    municipalities: Sequence[Mapping[str, Any]] | None,
    tell: Tell,
    *,
    now: datetime,
    memory_mib: int = MEMORY_MIB,
) -> Imported:
    """Map, network and names, all in place of what was imported before, or nothing.

    `municipalities`: GeoJSON features around which the file is cut; None takes all of it. Names of places are taken where
    the database has municipalities. Raises OsmError for a file that nothing can be made of, ToolsMissing, and BaseMapBusy
    while somebody else imports.
    """
    tilemaking.look_for_tools()
    data_at = tilemaking.age_of(file)
    outline = None if municipalities is None else tilemaking.outline_of(municipalities)
    with maps.changing() as change:
        tell(1, "")
        region = tilemaking.cut(
            file, outline, change.folder, lambda said: tell(1, said), memory_mib=memory_mib
        )
        tell(2, "")
        walks = osm.read_walks(region)
        if not walks.edges:
            raise OsmError("There is no way to walk on within the region. Nothing was changed.")
        named = tuple(_named(region))
        tell(3, "")
        tiles = tilemaking.make_tiles(
            region, change.folder, lambda said: tell(3, said), memory_mib=memory_mib
        )
        tell(4, "")
        pmtiles = change.folder / "map.pmtiles"
        packed = tilemaking.pack(tiles, pmtiles, name=NAME, credit=CREDITS[OPENSTREETMAP], data_at=data_at)
        before = maps.current()
        found = change.lay_beside(pmtiles, walks)
        tell(5, "")
        with database.transaction() as connection:
            quests.lock_publishing(connection)
            places = showing.replace_places(connection, named, OPENSTREETMAP)
            note = MapNote(
                sha256=found,
                bytes=packed.bytes,
                name=file.name,
                imported_at=now,
                data_at=data_at,
                places=places,
                walk_km=round(float(walks.length_m.sum()) / 1000, 1),
                before=_before(None if before is None else before.note, found),
            )
            with change.in_force(note):
                connection.commit()
    return Imported(note, packed, walks.edges)


def remove_map(database: Database, maps: BaseMaps) -> bool:
    """Map, network and names; a plain map is drawn again. False when there was none. Raises BaseMapBusy."""
    with maps.changing() as change, database.transaction() as connection:
        there = maps.current() is not None
        quests.lock_publishing(connection)
        showing.replace_places(connection, (), OPENSTREETMAP)
        with change.in_force(None):
            connection.commit()
    return there


def _named(region: Path) -> Iterator[NamedPlace]:
    for one in osm.read_places(region):
        yield NamedPlace(
            id=one.id,
            kind=one.kind,
            names=one.names,
            other_names=one.other_names,
            population=one.population,
            known_to_m=one.known_to_m,
            position=one.position,
        )


def _before(note: MapNote | None, found: str) -> str | None:
    """The map that phones may be reading; the same file imported twice is not its own predecessor."""
    if note is None:
        return None
    return note.before if note.sha256 == found else note.sha256
