"""Closures that no body made: stages above the tree line, in the season in which they are closed by default."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import LiteralString

from psycopg import Connection

from content.areas import Polygons
from content.seasons import StaysOpen
from geo.fences import Area, Circle, Corridor, Fence
from geo.positions import Position
from quests.closures import Closure
from server.stores import closures
from server.stores.closing import CUT_TO_M, SMALLEST_M2, polygons
from server.stores.database import Row


def quests_above(connection: Connection[Row]) -> list[str]:
    """The ids of quests with a stage above the tree line, in the version that is played; and of what was closed once."""
    rows = connection.execute(
        "SELECT q.id::text FROM game.quests q JOIN game.quest_versions v ON v.quest_id = q.id AND v.version = q.version"
        " WHERE v.body -> 'setting' ? 'fell' OR v.body -> 'stages' @> '[{\"tree_line\": \"above\"}]'"
        " OR EXISTS (SELECT FROM game.default_closures d WHERE d.quest_id = q.id) ORDER BY q.id"
    )
    return [row[0] for row in rows]


def of_quest(connection: Connection[Row], quest_id: str, season: str) -> dict[tuple[int, bool], Closure]:
    """Those that are announced, by year and whether they are of its hidden stages."""
    rows = connection.execute(
        "SELECT year, hidden, closure_id::text FROM game.default_closures"
        " WHERE quest_id = %(quest)s AND season = %(season)s",
        {"quest": quest_id, "season": season},
    ).fetchall()
    standing = {one.id: one for one in closures.newest(connection, [row[2] for row in rows])}
    return {(row[0], row[1]): standing[row[2]] for row in rows}


def remember(
    connection: Connection[Row], closure_id: str, quest_id: str, season: str, year: int, *, hidden: bool
) -> None:
    connection.execute(
        "INSERT INTO game.default_closures (quest_id, season, year, hidden, closure_id) VALUES"
        " (%(quest)s, %(season)s, %(year)s, %(hidden)s, %(closure)s) ON CONFLICT DO NOTHING",
        {"quest": quest_id, "season": season, "year": year, "hidden": hidden, "closure": closure_id},
    )


def forget(connection: Connection[Row], closure_id: str) -> None:
    """It ended with what it was made for, and may be announced anew."""
    connection.execute("DELETE FROM game.default_closures WHERE closure_id = %(id)s", {"id": closure_id})


def ground_around(
    connection: Connection[Row],
    fences: Sequence[Fence],
    season: str,
    widths_m: Mapping[StaysOpen, float],
    around_m: float,
) -> Polygons:
    """What is closed by default around these places; perhaps nothing.

    Not where a body that may has said itself what is closed in that season, and not what stays open: by kind, so far
    to each side. A place that lies in either of them is not closed at all, nor by its neighbour. [m]
    """
    drawn = [_drawn(fence) for fence in fences]
    row = connection.execute(
        _GROUND,
        {
            "spots": [json.dumps(spot) for spot, _ in drawn],
            "reaches": [float(reach_m) for _, reach_m in drawn],
            "season": season,
            "kinds": list(widths_m),
            "widths": [float(width) for width in widths_m.values()],
            "around": around_m,
            "coarse": CUT_TO_M,
            "least": SMALLEST_M2,
        },
    ).fetchone()
    return () if row is None or row[0] is None else polygons(row[0])


def _drawn(fence: Fence) -> tuple[dict[str, object], float]:
    """The point, line or rings that a fence is drawn by, as GeoJSON, and how far it goes beyond them. [m]"""
    match fence:
        case Circle():
            return {"type": "Point", "coordinates": _points([fence.centre])[0]}, fence.radius_m
        case Corridor():
            return {"type": "LineString", "coordinates": _points(fence.line)}, fence.half_width_m
        case Area():
            return {"type": "Polygon", "coordinates": [_points(ring) for ring in fence.rings]}, fence.margin_m


def _points(line: Iterable[Position]) -> list[tuple[float, float]]:
    return [(point.lon, point.lat) for point in line]


# On the plane of SWEREF 99 TM, where lengths are right to four in ten thousand in the region.
_GROUND: LiteralString = """
WITH places AS MATERIALIZED (
    SELECT ST_SetSRID(ST_GeomFromGeoJSON(p.spot), 4326) AS drawn, p.reach
    FROM unnest(%(spots)s::text[], %(reaches)s::float8[]) AS p (spot, reach)
),
passed AS (
    SELECT ST_UnaryUnion(ST_Collect(
        ST_Buffer(ST_SimplifyPreserveTopology(ST_Transform(s.shape, 3006), %(coarse)s), w.width, 'quad_segs=2')
    )) AS area
    FROM game.stays_open s
    JOIN unnest(%(kinds)s::text[], %(widths)s::float8[]) AS w (kind, width) ON w.kind = s.kind
    WHERE s.id IN (SELECT near.id FROM places p JOIN game.stays_open near ON near.shape && ST_Expand(p.drawn, 0.03))
),
said AS (
    SELECT ST_UnaryUnion(ST_Collect(ST_Transform(ST_MakeValid(g.area), 3006))) AS area
    FROM people.season_grounds g JOIN people.bodies b ON b.id = g.body_id
    WHERE g.ended_at IS NULL AND g.season = %(season)s AND b.state = 'active' AND b.verified_at IS NOT NULL
        AND EXISTS (SELECT FROM places p WHERE g.area && ST_Expand(p.drawn, 0.03))
),
free AS MATERIALIZED (
    SELECT ST_Union(coalesce(passed.area, 'SRID=3006;POLYGON EMPTY'), coalesce(said.area, 'SRID=3006;POLYGON EMPTY'))
        AS area
    FROM passed, said
),
sorted AS MATERIALIZED (
    SELECT ST_Transform(p.drawn, 3006) AS spot, p.reach, ST_CoveredBy(ST_Transform(p.drawn, 3006), free.area) AS open
    FROM places p, free
),
parts AS (
    SELECT (ST_Dump(ST_Difference(
        ST_Difference(closed.area, free.area), coalesce(opened.area, 'SRID=3006;POLYGON EMPTY')
    ))).geom AS area
    FROM free,
        (SELECT ST_UnaryUnion(ST_Collect(ST_Buffer(spot, reach + %(around)s))) AS area FROM sorted WHERE NOT open) AS closed,
        (SELECT ST_UnaryUnion(ST_Collect(ST_Buffer(spot, reach + 1))) AS area FROM sorted WHERE open) AS opened
)
SELECT ST_AsGeoJSON(ST_Multi(ST_CollectionExtract(
    ST_ReducePrecision(ST_Transform(ST_Collect(area), 4326), 0.000001), 3)), 6)
FROM parts WHERE ST_Dimension(area) = 2 AND ST_Area(area) >= %(least)s HAVING count(*) > 0
"""
