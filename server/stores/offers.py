"""What may be offered near a place, read with the role that can select nothing but what is shown."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import LiteralString

import msgspec

from geo.positions import Position
from quests.openness import Plan
from server.stores.database import Database
from server.stores.shown import CARD, Card, slots

_PLAN = msgspec.json.Decoder(Plan)
_CARD_DECODER = msgspec.json.Decoder(Card)
# Placed quests that are looked at, the nearest first: more of them than this nobody is offered.
PLACED_MOST = 200
GENERIC_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Offered:
    """`distance_m` to its nearest entrance along the ellipsoid, and where that is; None where it begins anywhere. [m]"""

    id: str
    code: str
    plan: Plan
    distance_m: float | None
    entrance: Position | None


def near(database: Database, here: Position, radius_m: float) -> list[Offered]:
    """Quests that can be begun within the radius, and those that begin anywhere; resting ones left out.

    What begins anywhere but belongs to a municipality is for whoever is in it.

    Cost: one look into the index, and one row for each generic quest there is.
    """
    rows = database.shown.read(
        _NEAR,
        {
            "lon": here.lon,
            "lat": here.lat,
            "radius": radius_m,
            "placed": PLACED_MOST,
            "generic": GENERIC_MOST,
        },
    )
    return [
        Offered(
            id=row[0],
            code=row[1],
            plan=_plan(row[2]),
            distance_m=row[3],
            entrance=None if row[4] is None else Position(row[4], row[5]),
        )
        for row in rows
    ]


def cards(database: Database, ids: Collection[str], languages: Sequence[str]) -> dict[str, Card]:
    """By the quest's id, in the first of the languages that each has."""
    rows = database.shown.read(_CARDS, {"ids": list(ids)} | slots(languages))
    return {row[0]: _CARD_DECODER.decode(row[1]) for row in rows}


@lru_cache(maxsize=4096)
def _plan(written: str) -> Plan:
    """A value by its own text: nothing of it can go stale."""
    return _PLAN.decode(written)


_NEAR: LiteralString = """
WITH here AS MATERIALIZED (
    SELECT ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)::geography AS point
),
placed AS MATERIALIZED (
    SELECT s.quest_id, s.point, ST_Distance(s.point, here.point) AS distance_m
    FROM shown.stages s, here
    WHERE s.entrance AND s.point && _ST_Expand((SELECT point FROM here), %(radius)s)
    ORDER BY s.point <-> (SELECT point FROM here) LIMIT %(placed)s
),
around AS MATERIALIZED (
    SELECT coalesce(array_agg(m.code), '{}') AS codes FROM shown.municipalities m, here
    WHERE ST_Intersects(m.border, here.point::geometry)
),
nearest AS (
    SELECT DISTINCT ON (quest_id) * FROM placed WHERE distance_m <= %(radius)s ORDER BY quest_id, distance_m
)
SELECT q.id::text, q.code, q.plan::text, n.distance_m, ST_X(n.point::geometry), ST_Y(n.point::geometry)
FROM nearest n JOIN shown.quests q ON q.id = n.quest_id WHERE q.plan IS NOT NULL
UNION ALL
(SELECT q.id::text, q.code, q.plan::text, NULL, NULL, NULL FROM shown.quests q
 WHERE q.generic AND NOT q.resting AND q.plan IS NOT NULL
    AND (q.municipalities = '{}' OR q.municipalities && (SELECT codes FROM around)) ORDER BY q.sort_title, q.id LIMIT %(generic)s)
"""

_CARDS: LiteralString = f"""
SELECT q.id::text, '{{' || {CARD} || '}}' FROM shown.quests q WHERE q.id = ANY(%(ids)s::uuid[])
"""  # noqa: S608  put together from constants alone
