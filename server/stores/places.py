"""Places, found by what somebody typed or by where they are; GeoJSON made by PostgreSQL.

Whoever types asks with every letter, so each statement is bounded however many places there are: a beginning that many
names have is looked for among the largest or the nearest places, any other through the index of names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from geo.positions import Position
from server.stores.database import Database

LAST_LETTER = "\U0010ffff"  # what begins with a form lies between it and it followed by this
MERCATOR_MOST_LAT = 85.0
MANY_NAMES = 1_000
# Who is given credit, by source, with the licence: names of organisations and licences, in no language.
CREDITS: Mapping[str, str] = {
    "GeoNames": "GeoNames, CC BY 4.0",
    "OpenStreetMap": "© OpenStreetMap contributors, ODbL 1.0",
}
LARGEST = 5_000
SAME_NAMES_MOST = 50
VILLAGE_M = 5_000.0


@dataclass(frozen=True, slots=True)
class Found:
    """`features`: of a GeoJSON collection, without what is around them. `credits`: for those, to be shown with them."""

    features: bytes
    credits: tuple[str, ...]


def largest(database: Database, limit: int, languages: Sequence[str]) -> Found:
    return _features(database, _LARGEST, limit, languages)


def nearest(database: Database, here: Position, limit: int, languages: Sequence[str]) -> Found:
    """Along the ellipsoid, with `distance_m`."""
    return _features(database, _NEAREST, limit, languages, _where(here))


def middle_of_village(database: Database, here: Position) -> Position | None:
    """The nearest place; None where there is none within VILLAGE_M, along the ellipsoid, or nearly so."""
    rows = database.shown.read(_MIDDLE_OF_VILLAGE, _where(here) | {"most": VILLAGE_M})
    return Position(*rows[0]) if rows else None


def named(database: Database, words: Sequence[str], limit: int, languages: Sequence[str]) -> Found:
    """Places with names of which each of these folded words begins a word.

    Those whose whole name it is first, then the largest.
    """
    what, many = _what(database, words)
    return _features(database, _NAMED_BY_MANY if many else _NAMED, limit, languages, what)


def named_near(
    database: Database, words: Sequence[str], here: Position, limit: int, languages: Sequence[str]
) -> Found:
    """As `named`, but the nearest first, along the ellipsoid, with `distance_m`."""
    what, many = _what(database, words)
    query = _NAMED_NEAR_BY_MANY if many else _NAMED_NEAR
    return _features(database, query, limit, languages, what | _where(here))


def called(database: Database, whole: str, languages: Sequence[str]) -> Found:
    """Places of which this folded name is a whole one, the largest first."""
    return _features(database, _CALLED, SAME_NAMES_MOST, languages, {"whole": whole})


def of_ids(database: Database, ids: Sequence[str], languages: Sequence[str]) -> Found:
    """These places, in their order; those that are none are left out."""
    return _features(database, _OF_IDS, len(ids), languages, {"ids": list(ids)})


def of_ids_near(
    database: Database, ids: Sequence[str], here: Position, limit: int, languages: Sequence[str]
) -> Found:
    """These places, the nearest first, along the ellipsoid, with `distance_m`."""
    return _features(database, _OF_IDS_NEAR, limit, languages, {"ids": list(ids)} | _where(here))


def forms_from(database: Database, letter: str) -> list[tuple[str, str]]:
    """(id, form) of what the largest places are found by and what begins with that letter, the largest first."""
    given = {"largest": LARGEST, "letter": letter, "last": LAST_LETTER}
    return [(row[0], row[1]) for row in database.shown.read(_FORMS_FROM, given)]


def whole_names(database: Database) -> list[tuple[str, str]]:
    """(id, folded name) of all names that the largest places have, the largest first."""
    return [(row[0], row[1]) for row in database.shown.read(_WHOLE_NAMES, {"largest": LARGEST})]


def _features(
    database: Database,
    query: LiteralString,
    limit: int,
    languages: Sequence[str],
    parameters: dict[str, Any] | None = None,
) -> Found:
    given = {"limit": limit, "languages": list(languages), **(parameters or {})}
    rows = database.shown.read(query, given)
    return Found(rows[0][0], tuple(CREDITS.get(source, source) for source in rows[0][1]))


def credits_of_settlements(database: Database) -> tuple[str, ...]:
    rows = database.shown.read(
        "SELECT DISTINCT source FROM shown.places WHERE kind = 'settlement' ORDER BY source"
    )
    return tuple(CREDITS.get(str(row[0]), str(row[0])) for row in rows)


def _what(database: Database, words: Sequence[str]) -> tuple[dict[str, Any], bool]:
    """The rarest word leads to the names; and whether even that one begins many."""
    given = {"words": list(words), "last": LAST_LETTER, "many": MANY_NAMES}
    rows = database.shown.read(_HOW_MANY, given)
    rarest, names = min(rows, key=lambda row: row[1])
    return {
        "words": list(words),
        "rarest": rarest,
        "whole": " ".join(words),
        "last": LAST_LETTER,
    }, names >= MANY_NAMES


def _where(here: Position) -> dict[str, Any]:
    in_mercator = max(-MERCATOR_MOST_LAT, min(here.lat, MERCATOR_MOST_LAT))
    return {"lon": here.lon, "lat": here.lat, "mercator_lat": in_mercator}


_HOW_MANY: LiteralString = """
SELECT word, (SELECT count(*) FROM (
    SELECT FROM shown.place_names n
    WHERE n.form >= word COLLATE "C" AND n.form < (word || %(last)s) COLLATE "C" LIMIT %(many)s
) AS first_of_them)
FROM unnest(%(words)s::text[]) AS word
"""

_HAS_ALL: LiteralString = """NOT EXISTS (
    SELECT FROM unnest(%(words)s::text[]) AS word WHERE NOT EXISTS (
        SELECT FROM shown.place_names n
        WHERE n.place_id = p.id AND n.form >= word COLLATE "C" AND n.form < (word || %(last)s) COLLATE "C"))"""

_IS_EXACT: LiteralString = """EXISTS (
    SELECT FROM shown.place_names n WHERE n.place_id = p.id AND n.form = %(whole)s COLLATE "C" AND n.whole)"""

_FOUND: LiteralString = f"""found AS MATERIALIZED (
    SELECT p.id, p.point, p.mercator, p.population FROM (
        SELECT DISTINCT place_id FROM shown.place_names
        WHERE form >= %(rarest)s COLLATE "C" AND form < (%(rarest)s || %(last)s) COLLATE "C"
    ) AS named JOIN shown.places p ON p.id = named.place_id
    WHERE {_HAS_ALL}
)"""  # noqa: S608  put together from constants alone, as all below

# Of the largest, as many as are asked for; and however small, those whose whole name it is.
_FOUND_AMONG_LARGEST: LiteralString = f"""found AS MATERIALIZED (
    (SELECT id, population FROM (
        SELECT id, population FROM shown.places ORDER BY population DESC, id LIMIT 5000
    ) AS p WHERE {_HAS_ALL} ORDER BY population DESC, id LIMIT %(limit)s)
    UNION
    SELECT p.id, p.population FROM (
        SELECT place_id FROM shown.place_names WHERE form = %(whole)s COLLATE "C" AND whole LIMIT 1000
    ) AS exact JOIN shown.places p ON p.id = exact.place_id
)"""  # noqa: S608

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
    ',' ORDER BY c.rank), ''), 'UTF8'), coalesce(array_agg(DISTINCT p.source), '{}')
FROM chosen c JOIN shown.places p ON p.id = c.id LEFT JOIN shown.municipalities m ON m.code = p.municipality
"""

_LARGEST: LiteralString = f"""
WITH chosen AS (
    SELECT id, row_number() OVER (ORDER BY population DESC, id) AS rank, NULL::float8 AS distance_m
    FROM (SELECT id, population FROM shown.places ORDER BY population DESC, id LIMIT %(limit)s) AS first
)
{_CHOSEN}"""  # noqa: S608  put together from constants alone, as all below

_CALLED: LiteralString = f"""
WITH chosen AS (
    SELECT p.id, row_number() OVER (ORDER BY p.population DESC, p.id) AS rank, NULL::float8 AS distance_m
    FROM shown.places p JOIN shown.place_names n ON n.place_id = p.id
    WHERE n.form = %(whole)s COLLATE "C" AND n.whole ORDER BY rank LIMIT %(limit)s
)
{_CHOSEN}"""  # noqa: S608

_OF_IDS: LiteralString = f"""
WITH chosen AS (
    SELECT id, rank, NULL::float8 AS distance_m FROM unnest(%(ids)s::text[]) WITH ORDINALITY AS one (id, rank)
    LIMIT %(limit)s
)
{_CHOSEN}"""  # noqa: S608

_WHOLE_NAMES: LiteralString = """
SELECT p.id, n.form FROM (
    SELECT id, population FROM shown.places ORDER BY population DESC, id LIMIT %(largest)s
) AS p JOIN shown.place_names n ON n.place_id = p.id AND n.whole
ORDER BY p.population DESC, p.id, n.form
"""

_FORMS_FROM: LiteralString = """
SELECT p.id, n.form FROM (
    SELECT id, population FROM shown.places ORDER BY population DESC, id LIMIT %(largest)s
) AS p JOIN shown.place_names n ON n.place_id = p.id
    AND n.form >= %(letter)s COLLATE "C" AND n.form < (%(letter)s || %(last)s) COLLATE "C"
ORDER BY p.population DESC, p.id, n.form
"""

_BY_SIZE: LiteralString = f"""
chosen AS (
    SELECT p.id, row_number() OVER (ORDER BY {_IS_EXACT} DESC, p.population DESC, p.id) AS rank,
        NULL::float8 AS distance_m
    FROM found p ORDER BY rank LIMIT %(limit)s
)"""  # noqa: S608
_NAMED: LiteralString = f"WITH {_FOUND}, {_BY_SIZE} {_CHOSEN}"
_NAMED_BY_MANY: LiteralString = f"WITH {_FOUND_AMONG_LARGEST}, {_BY_SIZE} {_CHOSEN}"

# In the plane of the map first, where it is cheap and the index can do it from anywhere; of a few times as many, those
# that are truly nearest, along the ellipsoid. The map's scale changes by 3 % in a hundred kilometres: only where all
# of so many places lie in so narrow a ring may a farther one slip in.
_HERE: LiteralString = """here AS MATERIALIZED (
    SELECT ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)::geography AS point,
        ST_Transform(ST_SetSRID(ST_MakePoint(%(lon)s, %(mercator_lat)s), 4326), 3857) AS mercator
)"""
_BY_MAP: LiteralString = "p.mercator <-> (SELECT mercator FROM here)"
_BY_DISTANCE: LiteralString = """
chosen AS (
    SELECT id, row_number() OVER (ORDER BY distance_m, id) AS rank, distance_m
    FROM (SELECT id, ST_Distance(point, (SELECT point FROM here)) AS distance_m FROM looked_at) AS measured
    ORDER BY rank LIMIT %(limit)s
)"""
_LOOKED_AT: LiteralString = "4 * %(limit)s + 20"

_NEAREST: LiteralString = f"""
WITH {_HERE},
looked_at AS MATERIALIZED (
    SELECT p.id, p.point FROM shown.places p ORDER BY {_BY_MAP} LIMIT {_LOOKED_AT}
), {_BY_DISTANCE} {_CHOSEN}"""  # noqa: S608

_OF_IDS_NEAR: LiteralString = f"""
WITH {_HERE},
looked_at AS MATERIALIZED (
    SELECT p.id, p.point FROM shown.places p WHERE p.id = ANY(%(ids)s::text[])
), {_BY_DISTANCE} {_CHOSEN}"""  # noqa: S608

_MIDDLE_OF_VILLAGE: LiteralString = f"""
WITH {_HERE}
SELECT ST_X(point::geometry), ST_Y(point::geometry) FROM (
    SELECT p.point FROM shown.places p ORDER BY {_BY_MAP} LIMIT 1
) AS nearest WHERE ST_DWithin(point, (SELECT point FROM here), %(most)s)
"""  # noqa: S608

_NAMED_NEAR: LiteralString = f"""
WITH {_HERE}, {_FOUND},
looked_at AS MATERIALIZED (
    SELECT p.id, p.point FROM found p ORDER BY {_BY_MAP} LIMIT {_LOOKED_AT}
), {_BY_DISTANCE} {_CHOSEN}"""  # noqa: S608

_NAMED_NEAR_BY_MANY: LiteralString = f"""
WITH {_HERE},
looked_at AS MATERIALIZED (
    SELECT p.id, p.point FROM (
        SELECT p.id, p.point, {_BY_MAP} AS away FROM shown.places p ORDER BY {_BY_MAP} LIMIT 5000
    ) AS p WHERE {_HAS_ALL} ORDER BY p.away LIMIT {_LOOKED_AT}
), {_BY_DISTANCE} {_CHOSEN}"""  # noqa: S608
