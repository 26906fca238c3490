"""Closures in all their revisions, and the copy of the newest that everybody may see."""

import json
from collections.abc import Collection, Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any, LiteralString

import msgspec
from psycopg import Connection

from geo.positions import Position
from quests.closures import Closure
from quests.openness import BOX_MARGIN_DEG
from server.stores.database import Database, Row
from server.stores.quests import UUID_PATTERN

# One change at a time, so that a revision is never seen before a smaller one. Any number that no other lock has.
CHANGING = 5_710_913_404

_COLUMNS: LiteralString = "id::text, revision, kind, ST_AsGeoJSON(area, 6), starts, ends, authority, texts::text, announced_at, withdrawn"

# One statement, so that the revision is that of the list.
_NOT_OVER: LiteralString = f"""
SELECT (SELECT coalesce(max(revision), 0) FROM game.closures), standing.*
FROM (VALUES (1)) AS one (row) LEFT JOIN (
    SELECT * FROM (
        SELECT DISTINCT ON (id) {_COLUMNS} FROM game.closures ORDER BY id, revision DESC
    ) AS newest WHERE ends > %(now)s
) AS standing ON true
ORDER BY standing.id
"""  # noqa: S608  put together from constants alone


def lock(connection: Connection[Row]) -> None:
    """One change at a time, until the transaction ends."""
    connection.execute("SELECT pg_advisory_xact_lock(%(key)s)", {"key": CHANGING})


def newest(connection: Connection[Row], ids: Collection[str] | None = None) -> tuple[Closure, ...]:
    """The newest row of each, also of those that are over; `ids`: of these alone."""
    rows = connection.execute(
        f"SELECT DISTINCT ON (id) {_COLUMNS} FROM game.closures"  # noqa: S608  constants
        " WHERE %(ids)s::uuid[] IS NULL OR id = ANY(%(ids)s::uuid[]) ORDER BY id, revision DESC",
        {"ids": None if ids is None else list(ids)},
    )
    return tuple(map(_closure, rows))


def find(connection: Connection[Row], closure_id: str) -> Closure | None:
    """Its newest row. What is no UUID is none's."""
    ids = [closure_id] if UUID_PATTERN.fullmatch(closure_id) else []
    return next(iter(newest(connection, ids)), None)


def loaded(connection: Connection[Row]) -> tuple[Closure, ...]:
    """Of each the newest row that a file brought, and not a command that ended it."""
    rows = connection.execute(
        f"SELECT DISTINCT ON (id) {_COLUMNS} FROM game.closures WHERE NOT withdrawn"  # noqa: S608  constants
        " ORDER BY id, revision DESC"
    )
    return tuple(map(_closure, rows))


def around(connection: Connection[Row], positions: Iterable[Position]) -> tuple[Closure, ...]:
    """All revisions of those that had one of these positions in their box in any of them; perhaps some more."""
    spots = {(round(one.lon, 2), round(one.lat, 2)) for one in positions}
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM game.closures WHERE id IN (SELECT c.id FROM"  # noqa: S608  constants
        " unnest(%(lons)s::float8[], %(lats)s::float8[]) AS p (lon, lat) JOIN game.closures c"
        " ON c.area && ST_Expand(ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326), %(margin)s))"
        " ORDER BY id, revision",
        {
            "lons": [lon for lon, _ in spots],
            "lats": [lat for _, lat in spots],
            "margin": BOX_MARGIN_DEG + 0.01,  # for the rounding
        },
    )
    return tuple(map(_closure, rows))


def revision(connection: Connection[Row]) -> int:
    """The newest; 0 before the first closure."""
    row = connection.execute("SELECT coalesce(max(revision), 0) FROM game.closures").fetchone()
    return 0 if row is None else row[0]


def not_over(connection: Connection[Row], now: datetime) -> tuple[int, tuple[Closure, ...]]:
    """The newest revision, and what is closed now or will be; both of one moment."""
    rows = connection.execute(_NOT_OVER, {"now": now}).fetchall()
    return rows[0][0], tuple(_closure(row[1:]) for row in rows if row[1] is not None)


def add(connection: Connection[Row], closure: Closure, *, listed: bool = True) -> Closure:
    """With the revision that it makes; the one it comes with is not looked at. Everybody sees it from now on.

    `listed`: if not, kits alone hold it, since it would tell where something hidden is.
    """
    row = connection.execute(
        "INSERT INTO game.closures (id, kind, area, starts, ends, authority, texts, announced_at, withdrawn) VALUES"
        " (%(id)s, %(kind)s, ST_SetSRID(ST_GeomFromGeoJSON(%(area)s), 4326), %(starts)s, %(ends)s, %(authority)s,"
        " %(texts)s, %(announced_at)s, %(withdrawn)s) RETURNING revision",
        {
            "id": closure.id,
            "kind": closure.kind,
            "area": json.dumps({"type": "MultiPolygon", "coordinates": closure.area}),
            "starts": closure.starts,
            "ends": closure.ends,
            "authority": closure.authority,
            "texts": _json(closure.texts),
            "announced_at": closure.announced_at,
            "withdrawn": closure.withdrawn,
        },
    ).fetchone()
    added = msgspec.structs.replace(closure, revision=row[0] if row else 0)
    if not listed:
        return added
    connection.execute(
        "INSERT INTO shown.closures (id, revision, ends, feature)"
        " VALUES (%(id)s, %(revision)s, %(ends)s, %(feature)s) ON CONFLICT (id) DO UPDATE SET"
        " revision = excluded.revision, ends = excluded.ends, feature = excluded.feature",
        {"id": added.id, "revision": added.revision, "ends": added.ends, "feature": _json(feature(added))},
    )
    return added


def unlisted(connection: Connection[Row], ids: Iterable[str]) -> frozenset[str]:
    """Those of them that kits alone hold."""
    rows = connection.execute(
        "SELECT one::text FROM unnest(%(ids)s::uuid[]) AS one"
        " WHERE NOT EXISTS (SELECT FROM shown.closures s WHERE s.id = one)",
        {"ids": list(ids)},
    )
    return frozenset(row[0] for row in rows)


def shown(database: Database, now: datetime) -> bytes:
    """A GeoJSON FeatureCollection of what is closed now or will be, with the newest `revision` of the list."""
    ((body,),) = database.shown.read(_SHOWN, {"now": now})
    found: bytes = body
    return found


def standing(database: Database, now: datetime) -> tuple[Closure, ...]:
    """What is closed now or will be, as everybody may see it."""
    rows = database.shown.read(
        "SELECT feature FROM shown.closures WHERE ends > %(now)s ORDER BY id", {"now": now}
    )
    return tuple(_of_feature(row[0]) for row in rows)


@lru_cache(maxsize=2048)
def _of_feature(written: str) -> Closure:
    """A value by its own text: nothing of it can go stale."""
    found = json.loads(written)
    return msgspec.convert(
        {"id": found["id"], "area": found["geometry"]["coordinates"], **found["properties"]}, Closure
    )


def feature(closure: Closure) -> dict[str, Any]:
    """A closure as everybody may see it."""
    said: dict[str, Any] = msgspec.to_builtins(closure)
    area = said.pop("area")
    return {
        "type": "Feature",
        "id": said.pop("id"),
        "geometry": {"type": "MultiPolygon", "coordinates": area},
        "properties": said,
    }


_SHOWN: LiteralString = """
SELECT convert_to('{"type":"FeatureCollection","revision":' || coalesce(max(revision), 0) || ',"features":['
    || coalesce(string_agg(feature, ',' ORDER BY id) FILTER (WHERE ends > %(now)s), '') || ']}', 'UTF8')
FROM shown.closures
"""


@lru_cache(maxsize=2048)
def _closure(row: tuple[Any, ...]) -> Closure:
    """A value by its own row: nothing of it can go stale."""
    closure_id, number, kind, area, starts, ends, authority, texts, announced_at, withdrawn = row
    return msgspec.convert(
        {
            "id": closure_id,
            "revision": number,
            "kind": kind,
            "area": json.loads(area)["coordinates"],
            "starts": starts,
            "ends": ends,
            "authority": authority,
            "texts": json.loads(texts),
            "announced_at": announced_at,
            "withdrawn": withdrawn,
        },
        Closure,
    )


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
