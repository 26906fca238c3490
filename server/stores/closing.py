"""Whose closures are, ground that is closed every year, and what stays open in it."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from psycopg import Connection

from content.areas import Polygons
from quests.closures import Closure
from server.stores import closures
from server.stores.database import Row

CUT_TO_M = 2.0  # what is cut out is drawn this coarsely: a phone carries its corners [m]
SMALLEST_M2 = 1_000.0  # what is left between roads and is smaller than that is left open [m²]
CLOSURES_MOST = 500


@dataclass(frozen=True, slots=True)
class Owned:
    """`body`: None where a file brought it for nobody. `ground` and `year`: of a closure that comes every year."""

    closure: Closure
    body: str | None
    ground: str | None
    year: int | None


@dataclass(frozen=True, slots=True)
class SeasonGround:
    """Ground that is closed every year in that season, or kept open. `stays_open`: what is cut out of it."""

    id: str
    body: str
    season: str
    name: str
    area: Polygons
    stays_open: tuple[str, ...]
    version: int
    marked_at: datetime
    ended_at: datetime | None = None
    closed: bool = True


# ------------------------------------------------------------------------------------------- whose closures are


def give(
    connection: Connection[Row],
    closure_id: str,
    body_id: str,
    *,
    ground: str | None = None,
    year: int | None = None,
) -> None:
    """The closure is that body's from now on; one that belongs to a body already stays as it is."""
    connection.execute(
        "INSERT INTO people.closed_by (closure_id, body_id, season_ground_id, year)"
        " VALUES (%(closure)s, %(body)s, %(ground)s, %(year)s) ON CONFLICT (closure_id) DO NOTHING",
        {"closure": closure_id, "body": body_id, "ground": ground, "year": year},
    )


def owned(connection: Connection[Row], closure_id: str) -> tuple[Closure, str | None] | None:
    """A closure as it stands, and whose it is; None where there is none."""
    closure = closures.find(connection, closure_id)
    if closure is None:
        return None
    row = connection.execute(
        "SELECT body_id::text FROM people.closed_by WHERE closure_id = %(id)s", {"id": closure_id}
    ).fetchone()
    return closure, None if row is None else row[0]


def of_one(connection: Connection[Row], closure: Closure) -> Owned:
    """The same with whose it is."""
    row = connection.execute(
        "SELECT body_id::text, season_ground_id::text, year FROM people.closed_by WHERE closure_id = %(id)s",
        {"id": closure.id},
    ).fetchone()
    return Owned(closure, None, None, None) if row is None else Owned(closure, *row)


def of_body(connection: Connection[Row], body_id: str) -> list[Owned]:
    """As they stand, those that are over too; the latest beginning first."""
    rows = connection.execute(
        "SELECT closure_id::text, season_ground_id::text, year FROM people.closed_by WHERE body_id = %(body)s",
        {"body": body_id},
    ).fetchall()
    standing = {one.id: one for one in closures.newest(connection, [row[0] for row in rows])}
    found = [Owned(standing[row[0]], body_id, row[1], row[2]) for row in rows if row[0] in standing]
    found.sort(key=lambda one: (one.closure.starts, one.closure.id), reverse=True)
    return found[:CLOSURES_MOST]


def of_ground(connection: Connection[Row], ground_id: str) -> dict[int, Closure]:
    """Those that came of a ground that is closed every year, by year."""
    rows = connection.execute(
        "SELECT year, closure_id::text FROM people.closed_by WHERE season_ground_id = %(id)s",
        {"id": ground_id},
    ).fetchall()
    standing = {one.id: one for one in closures.newest(connection, [row[1] for row in rows])}
    return {row[0]: standing[row[1]] for row in rows}


# --------------------------------------------------------------------------------------------- how large, and where


def shown_around(connection: Connection[Row], area: Polygons) -> list[tuple[str, str]]:
    """Published quests with a public stage within half a degree of it: ids and versions."""
    rows = connection.execute(_AROUND, {"area": _geojson(area)})
    return [(row[0], row[1]) for row in rows]


def area_km2(connection: Connection[Row], area: Polygons) -> float:
    row = connection.execute(
        f"SELECT ST_Area({_GIVEN}::geography) / 1e6",
        {"area": _geojson(area)},
    ).fetchone()
    return 0.0 if row is None else float(row[0])


def share_outside(connection: Connection[Row], area: Polygons, municipality: str) -> float:
    """How much of it lies outside of the municipality, 0 to 1; 0 where its border is not loaded."""
    row = connection.execute(
        f"SELECT 1 - ST_Area(ST_Intersection(m.border, a.area)) / ST_Area(a.area) FROM"  # noqa: S608  a constant
        f" (SELECT ST_MakeValid({_GIVEN}) AS area) a, shown.municipalities m WHERE m.code = %(code)s",
        {"area": _geojson(area), "code": municipality},
    ).fetchone()
    return 0.0 if row is None else float(row[0])


# ----------------------------------------------------------------------------------------- closed every year

_GROUND: LiteralString = "id::text, body_id::text, season, name, ST_AsGeoJSON(area, 6), stays_open, version, marked_at, ended_at, closed"


def ground(connection: Connection[Row], ground_id: str, *, lock: bool = False) -> SeasonGround | None:
    """`lock`: against every other change until the transaction ends."""
    query = f"SELECT {_GROUND} FROM people.season_grounds WHERE id = %(id)s"  # noqa: S608  our own columns
    row = connection.execute(query + " FOR UPDATE" if lock else query, {"id": ground_id}).fetchone()
    return None if row is None else _ground(row)


def grounds_of(connection: Connection[Row], body_id: str) -> list[SeasonGround]:
    """By name; those that are closed no more last."""
    rows = connection.execute(
        f"SELECT {_GROUND} FROM people.season_grounds WHERE body_id = %(body)s"  # noqa: S608  our own columns
        " ORDER BY ended_at IS NOT NULL, name, id",
        {"body": body_id},
    )
    return [_ground(row) for row in rows]


def grounds_in_use(connection: Connection[Row]) -> list[str]:
    """The ids of those whose seasons are to be announced: the body is active, and was made sure of."""
    rows = connection.execute(
        "SELECT g.id::text FROM people.season_grounds g JOIN people.bodies b ON b.id = g.body_id"
        " WHERE g.ended_at IS NULL AND b.state = 'active' AND b.verified_at IS NOT NULL ORDER BY g.id"
    )
    return [row[0] for row in rows]


def set_ground(connection: Connection[Row], marked: SeasonGround) -> None:
    connection.execute(
        _SET_GROUND,
        {
            "id": marked.id,
            "body": marked.body,
            "season": marked.season,
            "name": marked.name,
            "area": _geojson(marked.area),
            "open": list(marked.stays_open),
            "version": marked.version,
            "marked": marked.marked_at,
            "ended": marked.ended_at,
            "closed": marked.closed,
        },
    )


def _ground(row: Row) -> SeasonGround:
    ground_id, body, season, name, area, open_kinds, version, marked_at, ended_at, closed = row
    return SeasonGround(
        ground_id, body, season, name, polygons(area), tuple(open_kinds), version, marked_at, ended_at, closed
    )


# --------------------------------------------------------------------------------------------- what stays open


def cut(connection: Connection[Row], area: Polygons, widths_m: Mapping[str, float]) -> Polygons:
    """The area without what stays open in it: by kind, so far to each side. Perhaps nothing is left. [m]

    On the plane of SWEREF 99 TM, where lengths are right to four in ten thousand in the region.
    """
    row = connection.execute(
        _CUT,
        {
            "area": _geojson(area),
            "kinds": list(widths_m),
            "widths": [float(width) for width in widths_m.values()],
            "coarse": CUT_TO_M,
            "least": SMALLEST_M2,
        },
    ).fetchone()
    return () if row is None or row[0] is None else polygons(row[0])


def replace_stays_open(
    connection: Connection[Row], shapes: Iterable[tuple[str, bytes]], sha256: str, now: datetime
) -> None:
    """In place of all that was loaded: kinds, and shapes as WKB in WGS 84."""
    connection.execute("LOCK TABLE game.stays_open IN SHARE ROW EXCLUSIVE MODE")
    connection.execute("DELETE FROM game.stays_open")
    with connection.cursor().copy(
        "COPY game.stays_open (kind, shape, loaded_at, source_sha256) FROM STDIN"
    ) as copy:
        for kind, shape in shapes:
            copy.write_row((kind, shape.hex(), now, sha256))


def stays_open(connection: Connection[Row]) -> dict[str, int]:
    """How many of each kind are loaded."""
    return dict(
        connection.execute(
            "SELECT kind, count(*) FROM game.stays_open GROUP BY kind ORDER BY kind"
        ).fetchall()
    )


def stays_open_source(connection: Connection[Row]) -> str | None:
    """SHA-256 of the file that they were read from."""
    row = connection.execute("SELECT source_sha256 FROM game.stays_open LIMIT 1").fetchone()
    return None if row is None else row[0]


def polygons(geojson: str) -> Polygons:
    """Of a MultiPolygon."""
    return tuple(
        tuple(tuple((lon, lat) for lon, lat in ring) for ring in rings)
        for rings in json.loads(geojson)["coordinates"]
    )


def _geojson(area: Collection[object]) -> str:
    return json.dumps({"type": "MultiPolygon", "coordinates": area})


_GIVEN: LiteralString = "ST_SetSRID(ST_GeomFromGeoJSON(%(area)s), 4326)"

_AROUND: LiteralString = f"""
SELECT DISTINCT q.id::text, q.version FROM shown.stages s JOIN shown.quests q ON q.id = s.quest_id
WHERE s.point::geometry && ST_Expand({_GIVEN}, 0.5) ORDER BY 1
"""  # noqa: S608  put together from constants alone

_SET_GROUND: LiteralString = f"""
INSERT INTO people.season_grounds
    (id, body_id, season, name, area, stays_open, version, marked_at, ended_at, closed)
VALUES (%(id)s, %(body)s, %(season)s, %(name)s, {_GIVEN}, %(open)s, %(version)s, %(marked)s, %(ended)s, %(closed)s)
ON CONFLICT (id) DO UPDATE SET season = excluded.season, name = excluded.name, area = excluded.area,
    stays_open = excluded.stays_open, version = excluded.version, marked_at = excluded.marked_at,
    ended_at = excluded.ended_at, closed = excluded.closed
"""  # noqa: S608  put together from constants alone

_CUT: LiteralString = f"""
WITH given AS MATERIALIZED (
    SELECT ST_MakeValid({_GIVEN}) AS area
),
strips AS MATERIALIZED (
    SELECT ST_UnaryUnion(ST_Collect(
        ST_Buffer(ST_SimplifyPreserveTopology(ST_Transform(s.shape, 3006), %(coarse)s), w.width, 'quad_segs=2')
    )) AS area
    FROM given, game.stays_open s
    JOIN unnest(%(kinds)s::text[], %(widths)s::float8[]) AS w (kind, width) ON w.kind = s.kind
    WHERE s.shape && ST_Expand(given.area, 0.03) AND ST_DWithin(s.shape, given.area, 0.03)
),
parts AS (
    SELECT (ST_Dump(ST_Difference(ST_Transform(given.area, 3006), coalesce(strips.area, 'SRID=3006;POLYGON EMPTY'))))
        .geom AS area
    FROM given, strips
)
SELECT ST_AsGeoJSON(ST_Multi(ST_CollectionExtract(
    ST_ReducePrecision(ST_Transform(ST_Collect(area), 4326), 0.000001), 3)), 6)
FROM parts WHERE ST_Dimension(area) = 2 AND ST_Area(area) >= %(least)s HAVING count(*) > 0
"""  # noqa: S608  put together from constants alone
