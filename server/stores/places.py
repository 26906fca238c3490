"""Places, found by what somebody typed or by where they are; GeoJSON made by PostgreSQL."""

from collections.abc import Sequence
from typing import Any, LiteralString

from geo.positions import Position
from server.stores.database import Database

LAST_LETTER = "\U0010ffff"  # what begins with a form lies between it and it followed by this


def largest(database: Database, limit: int, languages: Sequence[str]) -> bytes:
    """Features of a GeoJSON collection, as all here: without what is around them."""
    return _features(database, _LARGEST, limit, languages)


def nearest(database: Database, here: Position, limit: int, languages: Sequence[str]) -> bytes:
    """Along the ellipsoid, with `distance_m`."""
    return _features(database, _NEAREST, limit, languages, _where(here))


def named(database: Database, words: Sequence[str], limit: int, languages: Sequence[str]) -> bytes:
    """Places with names of which each of these folded words begins a word.

    Those whose whole name it is first, then the largest.
    """
    return _features(database, _NAMED, limit, languages, _what(words))


def named_near(
    database: Database, words: Sequence[str], here: Position, limit: int, languages: Sequence[str]
) -> bytes:
    """As `named`, but the nearest first, along the ellipsoid, with `distance_m`."""
    return _features(database, _NAMED_NEAR, limit, languages, _what(words) | _where(here))


def _features(
    database: Database,
    query: LiteralString,
    limit: int,
    languages: Sequence[str],
    parameters: dict[str, Any] | None = None,
) -> bytes:
    given = {"limit": limit, "languages": list(languages), **(parameters or {})}
    rows = database.shown.read(query, given)
    found: bytes = rows[0][0]
    return found


def _what(words: Sequence[str]) -> dict[str, Any]:
    return {"words": list(words), "whole": " ".join(words), "last": LAST_LETTER}


def _where(here: Position) -> dict[str, Any]:
    return {"lon": here.lon, "lat": here.lat}


LOOKED_AT: LiteralString = "4 * %(limit)s + 20"
_HERE: LiteralString = "(SELECT point FROM here)"
_HERE_FIRST: LiteralString = """here AS MATERIALIZED (
    SELECT ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)::geography AS point
)"""

# Each word leads through the index to the names that one of whose words it begins.
_FOUND: LiteralString = """found AS MATERIALIZED (
    SELECT n.place_id, bool_or(n.whole AND n.form = %(whole)s) AS exact
    FROM unnest(%(words)s::text[]) AS word
    JOIN shown.place_names n ON n.form >= word COLLATE "C" AND n.form < (word || %(last)s) COLLATE "C"
    GROUP BY n.place_id
    HAVING count(DISTINCT word) = (SELECT count(DISTINCT one) FROM unnest(%(words)s::text[]) AS one)
)"""

# `chosen` has id, its rank, and distance_m or null.
_CHOSEN: LiteralString = """
SELECT convert_to(coalesce(string_agg(
    '{"type":"Feature","id":' || to_json(p.id) || ',"geometry":' || ST_AsGeoJSON(p.point, 6)
    || ',"properties":{"name":' || to_json(coalesce(
        (SELECT p.names ->> tag FROM unnest(%(languages)s::text[]) WITH ORDINALITY AS one (tag, place)
         WHERE p.names ? tag ORDER BY place LIMIT 1), p.name))
    || ',"names":' || p.names || ',"kind":' || to_json(p.kind) || ',"population":' || p.population
    || ',"municipality":' || to_json(p.municipality) || ',"municipality_name":' || coalesce(to_json(m.name), 'null')
    || ',"known_to_m":' || p.known_to_m || ',"source":' || to_json(p.source)
    || coalesce(',"distance_m":' || round(c.distance_m), '') || '}}',
    ',' ORDER BY c.rank), ''), 'UTF8')
FROM chosen c JOIN shown.places p ON p.id = c.id LEFT JOIN shown.municipalities m ON m.code = p.municipality
"""

_LARGEST: LiteralString = f"""
WITH chosen AS (
    SELECT id, row_number() OVER (ORDER BY population DESC, id) AS rank, NULL::float8 AS distance_m
    FROM (SELECT id, population FROM shown.places ORDER BY population DESC, id LIMIT %(limit)s) AS first
)
{_CHOSEN}"""  # noqa: S608  put together from constants alone, as all below

_NAMED: LiteralString = f"""
WITH {_FOUND},
chosen AS (
    SELECT p.id, row_number() OVER (ORDER BY f.exact DESC, p.population DESC, p.id) AS rank,
        NULL::float8 AS distance_m
    FROM found f JOIN shown.places p ON p.id = f.place_id
    ORDER BY rank LIMIT %(limit)s
)
{_CHOSEN}"""  # noqa: S608

# On the sphere first, where it is cheap and the index can do it; those that may truly be nearest along the ellipsoid.
# The two differ by 1 % at most: only where more places than are looked at lie in that ring may a farther one slip in.
_MEASURED: LiteralString = f"""
chosen AS (
    SELECT id, row_number() OVER (ORDER BY distance_m, id) AS rank, distance_m
    FROM (SELECT id, ST_Distance(point, {_HERE}) AS distance_m FROM on_sphere) AS measured
    ORDER BY rank LIMIT %(limit)s
)"""  # noqa: S608

_NAMED_NEAR: LiteralString = f"""
WITH {_HERE_FIRST}, {_FOUND},
on_sphere AS MATERIALIZED (
    SELECT p.id, p.point FROM found f JOIN shown.places p ON p.id = f.place_id
    ORDER BY p.point <-> {_HERE} LIMIT {LOOKED_AT}
),
{_MEASURED}
{_CHOSEN}"""  # noqa: S608

_NEAREST: LiteralString = f"""
WITH {_HERE_FIRST},
on_sphere AS MATERIALIZED (
    SELECT id, point FROM shown.places ORDER BY point <-> {_HERE} LIMIT {LOOKED_AT}
),
{_MEASURED}
{_CHOSEN}"""  # noqa: S608
