"""Vector tiles of what everybody may see, made by PostGIS in one statement each, with their layer's revision.

Revision and tile come out of one snapshot, and what changes a layer raises its revision in the same transaction: so
no tile is ever known under the revision of another.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import LiteralString

from geo.tiles import Tile
from server.stores.database import Database, Prepared

EXTENT: LiteralString = "4096"
# What lies this far beside a tile belongs to it too, so that a symbol on the edge is drawn whole.
BUFFER: LiteralString = "64"
MARGIN: LiteralString = "(64.0 / 4096)"
# A tile of so many is some tens of kilobytes, with long titles in six languages half a megabyte; and nobody can tell
# more points apart.
QUESTS_MOST: LiteralString = "500"
FEATURES_MOST: LiteralString = "1000"
# From afar a tile may hold everything there is. So many are looked at, however many there are.
LOOKED_AT_FROM_AFAR: LiteralString = "2000"
NEAR_FROM_ZOOM = 8
REVISION_KEPT_S = 1.0


@dataclass(frozen=True, slots=True)
class Layer:
    """`fields`: what a feature says of itself. `form`: raised whenever the same content comes to other bytes."""

    name: str
    fields: Mapping[str, str]
    form: int
    from_afar: Prepared | None
    near: Prepared
    minzoom: int = 0
    within_region: bool = False

    def statement(self, zoom: int) -> Prepared | None:
        """None where the layer shows nothing."""
        return self.from_afar if zoom < NEAR_FROM_ZOOM else self.near


@dataclass(frozen=True, slots=True)
class MadeTile:
    """`body`: a Mapbox Vector Tile, version 2; without a byte where nothing is to be shown."""

    revision: int
    body: bytes


def revision(database: Database, layer: Layer) -> int:
    rows = database.shown.read(_REVISION, {"layer": layer.name})
    found: int = rows[0][0]
    return found


class Revisions:
    """Those of a moment ago, so that a map that looks again costs the database nothing.

    Who is told "unchanged" by one may have a tile that ended within that moment; it asks again, and is told then. A
    tile itself always comes with the revision it was made in.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[str, tuple[float, int]] = {}

    def of(self, layer: Layer) -> int:
        read_at, found = self._known.get(layer.name, (-math.inf, 0))
        if monotonic() - read_at > REVISION_KEPT_S:
            found = revision(self._database, layer)
            self.keep(layer, found)
        return found

    def keep(self, layer: Layer, found: int) -> None:
        """What a tile was just made in is known too."""
        self._known[layer.name] = (monotonic(), found)


def tile(database: Database, layer: Layer, of: Tile) -> MadeTile:
    statement = layer.statement(of.z)
    if statement is None:
        return MadeTile(revision(database, layer), b"")
    found, body = database.shown.read_numbers(statement, of.z, of.x, of.y)
    return MadeTile(int.from_bytes(found, "big", signed=True), body)


def bounds(database: Database) -> tuple[float, float, float, float] | None:
    """West, south, east, north of the region; None before its municipalities are loaded. [°]"""
    rows = database.shown.read(_BOUNDS)
    return None if rows[0][0] is None else (rows[0][0], rows[0][1], rows[0][2], rows[0][3])


_REVISION: LiteralString = "SELECT revision FROM shown.layers WHERE layer = %(layer)s"

_BOUNDS: LiteralString = """
SELECT ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box)
FROM (SELECT ST_Extent(border) AS box FROM shown.municipalities) AS all_of_them
"""

# `here`: the tile; `around`: with its margin. Made once, and known to the index before it is asked.
_TILE: LiteralString = f"""
WITH tile AS MATERIALIZED (
    SELECT ST_TileEnvelope($1, $2, $3) AS here, ST_TileEnvelope($1, $2, $3, margin => {MARGIN}) AS around
)"""
_AROUND: LiteralString = "(SELECT around FROM tile)"


def _made(
    name: bytes, layer: LiteralString, geometry: LiteralString, columns: LiteralString, source: LiteralString
) -> Prepared:
    """Of a source with these columns and a geometry in Web Mercator, in the order in which they are drawn."""
    query: LiteralString = f"""{_TILE}
SELECT (SELECT revision FROM shown.layers WHERE layer = '{layer}'), coalesce(ST_AsMVT(f, '{layer}', {EXTENT}, 'at'), '')
FROM (
    SELECT ST_AsMVTGeom({geometry}, (SELECT here FROM tile), {EXTENT}, {BUFFER}, true) AS at, {columns}
    FROM {source}
) AS f
"""  # noqa: S608
    return Prepared(name, query)


# A quest's id is drawn by lot, so that its order is a fair and steady choice of those that are shown from afar.
QUESTS = Layer(
    "quests",
    {
        "code": "String. What people type; leads to the quest.",
        "kind": "String. challenge or trail.",
        "resting": "Boolean. Not to be begun for the time being.",
        "stage": "String. Key of the stage where it may be begun.",
        "minutes": "Number. How long it takes, where that is known.",
        "title_sv": "String. The title, in each language that the quest has: title_ and the BCP 47 tag.",
        "title_sv-simple": "String. The title in easy Swedish, where there is one.",
        "title_en": "String. The title in English, where there is one.",
        "title_uk": "String. The title in Ukrainian, where there is one.",
        "title_ar": "String. The title in Arabic, where there is one.",
    },
    form=1,
    from_afar=_made(
        b"quests_from_afar",
        "quests",
        "q.mercator",
        "q.code, q.kind, q.resting, q.key AS stage, q.on_tiles",
        f"""(
        SELECT chosen.*, first.key, first.mercator
        FROM (
            SELECT id, code, kind, resting, on_tiles FROM shown.quests ORDER BY id LIMIT {LOOKED_AT_FROM_AFAR}
        ) AS chosen
        CROSS JOIN LATERAL (
            SELECT key, mercator FROM shown.stages WHERE quest_id = chosen.id AND start ORDER BY key LIMIT 1
        ) AS first
        WHERE first.mercator && {_AROUND} ORDER BY chosen.id LIMIT {QUESTS_MOST}
    ) AS q""",  # noqa: S608  put together from constants alone, as all here
    ),
    near=_made(
        b"quests_near",
        "quests",
        "s.mercator",
        "q.code, q.kind, q.resting, s.key AS stage, q.on_tiles",
        f"""(
        SELECT quest_id, key, mercator FROM shown.stages
        WHERE start AND mercator && {_AROUND} ORDER BY quest_id, key LIMIT {QUESTS_MOST}
    ) AS s JOIN shown.quests q ON q.id = s.quest_id ORDER BY s.quest_id, s.key""",  # noqa: S608
    ),
)

STAGES = Layer(
    "stages",
    {
        "key": "String. Permanent within the quest.",
        "quest": "String. The quest's code.",
        "entrance": "Boolean. The quest may be begun here.",
    },
    form=1,
    from_afar=None,
    near=_made(
        b"stages_near",
        "stages",
        "mercator",
        "key, code AS quest, entrance",
        f"""(
        SELECT key, code, entrance, mercator FROM shown.stages
        WHERE mercator && {_AROUND} ORDER BY quest_id, key LIMIT {FEATURES_MOST}
    ) AS s""",  # noqa: S608
    ),
    minzoom=NEAR_FROM_ZOOM,
)

# A base map has its own names of hamlets, lakes and peaks; this layer is of the larger places alone.
_SETTLEMENTS: LiteralString = "kind = 'settlement'"
_PLACE_COLUMNS: LiteralString = "id, name, names ->> 'sma' AS name_sma, population, kind"

PLACES = Layer(
    "places",
    {
        "id": "String. Permanent.",
        "name": "String. In Swedish.",
        "name_sma": "String. In South Sámi, where there is one; to be shown beside the Swedish name.",
        "population": "Number.",
        "kind": "String. settlement.",
    },
    form=1,
    from_afar=_made(
        b"places_from_afar",
        "places",
        "mercator",
        _PLACE_COLUMNS,
        f"""(
        SELECT * FROM shown.places WHERE {_SETTLEMENTS} ORDER BY population DESC, id LIMIT {LOOKED_AT_FROM_AFAR}
    ) AS largest WHERE mercator && {_AROUND} ORDER BY population DESC, id LIMIT {FEATURES_MOST}""",  # noqa: S608
    ),
    near=_made(
        b"places_near",
        "places",
        "mercator",
        _PLACE_COLUMNS,
        f"""shown.places WHERE {_SETTLEMENTS} AND mercator && {_AROUND} ORDER BY -population, id LIMIT {FEATURES_MOST}""",
    ),
    within_region=True,
)

# What is finer than the tile's grid goes when the border is laid on it: so each zoom has a simpler one.
_MUNICIPALITIES = _made(
    b"municipalities",
    "municipalities",
    "mercator",
    "code, name",
    f"shown.municipalities WHERE mercator && {_AROUND} ORDER BY code",
)
MUNICIPALITIES = Layer(
    "municipalities",
    {"code": "String. SCB's code.", "name": "String. In Swedish."},
    form=1,
    from_afar=_MUNICIPALITIES,
    near=_MUNICIPALITIES,
    within_region=True,
)

_WATER = _made(
    b"water",
    "water",
    "mercator",
    "id, name, area_km2",
    f"shown.water WHERE mercator && {_AROUND} ORDER BY area_km2 DESC, id",
)
WATER = Layer(
    "water",
    {
        "id": "String. Permanent.",
        "name": "String. In Swedish, where there is one.",
        "area_km2": "Number. With its islands. [km²]",
    },
    form=1,
    from_afar=_WATER,
    near=_WATER,
    within_region=True,
)

LAYERS: Mapping[str, Layer] = {layer.name: layer for layer in (QUESTS, STAGES, PLACES, MUNICIPALITIES, WATER)}
