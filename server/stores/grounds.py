"""Ground with rules, as it was loaded from open data."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection

from content.grounds import Ground, Grounds, Kind
from geo.fences import Box
from server.stores.database import Row


@dataclass(frozen=True, slots=True)
class Source:
    """How many grounds of a kind came from one list, and when."""

    kind: str
    source: str
    grounds: int
    loaded_at: datetime
    sha256: str


def sources(connection: Connection[Row]) -> list[Source]:
    rows = connection.execute(
        "SELECT kind, source, count(*), max(loaded_at), max(source_sha256) FROM game.grounds"
        " GROUP BY kind, source ORDER BY kind, source"
    )
    return [Source(*row) for row in rows]


def lock(connection: Connection[Row]) -> None:
    """One loading at a time, until the transaction ends."""
    connection.execute("LOCK TABLE game.grounds IN SHARE ROW EXCLUSIVE MODE")


def replace(
    connection: Connection[Row],
    kind: Kind,
    source: str,
    grounds: Iterable[Ground],
    *,
    sha256: str,
    now: datetime,
) -> None:
    """In place of what that source had of that kind."""
    at = {"kind": kind, "source": source, "sha256": sha256, "now": now}
    connection.execute("DELETE FROM game.grounds WHERE kind = %(kind)s AND source = %(source)s", at)
    connection.cursor().executemany(
        "INSERT INTO game.grounds (kind, name, area, bans, source, loaded_at, source_sha256) VALUES (%(kind)s,"
        " %(name)s, ST_SetSRID(ST_GeomFromGeoJSON(%(area)s), 4326), %(bans)s, %(source)s, %(now)s, %(sha256)s)",
        [
            at
            | {
                "name": ground.name,
                "area": json.dumps({"type": "MultiPolygon", "coordinates": ground.area}),
                "bans": json.dumps(ground.bans),
            }
            for ground in grounds
        ],
    )


def meeting(connection: Connection[Row], boxes: Sequence[Box]) -> Grounds:
    """Those whose own box meets one of these."""
    west, south, east, north = (list(side) for side in zip(*boxes, strict=True))
    rows = connection.execute(
        "SELECT kind, name, ST_AsGeoJSON(area, 6), bans::text FROM game.grounds g WHERE EXISTS (SELECT FROM"
        " unnest(%(west)s::float8[], %(south)s::float8[], %(east)s::float8[], %(north)s::float8[]) AS b (w, s, e, n)"
        " WHERE g.area && ST_MakeEnvelope(b.w, b.s, b.e, b.n, 4326)) ORDER BY id",
        {"west": west, "south": south, "east": east, "north": north},
    )
    return Grounds(tuple(_ground(*row) for row in rows))


def _ground(kind: Kind, name: str, area: str, bans: str) -> Ground:
    polygons = tuple(
        tuple(tuple((lon, lat) for lon, lat in ring) for ring in rings)
        for rings in json.loads(area)["coordinates"]
    )
    return Ground(kind, name, polygons, tuple((start, end) for start, end in json.loads(bans)))
