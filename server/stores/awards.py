"""What players earned, and the moves that it is worked out from."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import LiteralString

import msgspec
from psycopg import Connection

from quests.deeds import Told
from server.stores.database import Database, Row

_TOLD = msgspec.json.Decoder(list[Told])

# Any number, as long as no other lock of ours has it: the first half of the key, the player being the second.
AWARDING = 5_710_913


@dataclass(frozen=True, slots=True)
class PlayedJourney:
    """What a player did in one journey. `municipalities`: the code of where each of its stages lies."""

    quest: tuple[str, str]
    municipalities: Mapping[str, str]
    told: list[Told]


@dataclass(frozen=True, slots=True)
class Award:
    badge: str
    awarded_on: date


def lock(connection: Connection[Row], player_ids: Iterable[str]) -> list[str]:
    """Nobody else awards these players before the transaction ends; those that are there, in order.

    One whose erasing is under way is left out instead of waited for, since the erasing may wait for us.
    """
    ids = sorted(set(player_ids))
    for player in ids:
        connection.execute(
            "SELECT pg_advisory_xact_lock(%(awarding)s, hashtext(%(player)s))",
            {"awarding": AWARDING, "player": player},
        )
    rows = connection.execute(
        "SELECT id::text FROM game.players WHERE id = ANY(%(ids)s::uuid[]) ORDER BY id"
        " FOR KEY SHARE SKIP LOCKED",
        {"ids": ids},
    )
    return [row[0] for row in rows]


def keys(connection: Connection[Row], player_id: str) -> set[str]:
    rows = connection.execute(
        "SELECT badge FROM game.awards WHERE player_id = %(player)s", {"player": player_id}
    )
    return {row[0] for row in rows}


def add(connection: Connection[Row], player_id: str, badges: Collection[str], day: date) -> None:
    """The first day stands."""
    connection.execute(
        "INSERT INTO game.awards (player_id, badge, awarded_on)"
        " SELECT %(player)s, badge, %(day)s FROM unnest(%(badges)s::text[]) AS badge ON CONFLICT DO NOTHING",
        {"player": player_id, "badges": sorted(badges), "day": day},
    )


def of_player(database: Database, player_id: str) -> list[Award]:
    """The newest first."""
    rows = database.private.read(
        "SELECT badge, awarded_on FROM game.awards WHERE player_id = %(player)s ORDER BY awarded_on DESC, badge",
        {"player": player_id},
    )
    return [Award(*row) for row in rows]


def played_by(connection: Connection[Row], player_id: str) -> list[PlayedJourney]:
    """All that deeds are made of: of accepted moves alike but for their minutes, one.

    A player's own journeys, and the moves of others' journeys in which the player took part.
    """
    rows = connection.execute(_PLAYED, {"player": player_id})
    return [PlayedJourney((row[0], row[1]), row[2] or {}, _TOLD.decode(row[3])) for row in rows]


def told_outside(connection: Connection[Row], player_id: str) -> list[Told]:
    """The same for what the player said outside of any journey."""
    row = connection.execute(_OUTSIDE, {"player": player_id}).fetchone()
    return [] if row is None or row[0] is None else _TOLD.decode(row[0])


def players_after(database: Database, player_id: str | None, limit: int) -> list[str]:
    rows = database.private.read(
        "SELECT id::text FROM game.players WHERE %(after)s::uuid IS NULL OR id > %(after)s::uuid"
        " ORDER BY id LIMIT %(limit)s",
        {"after": player_id, "limit": limit},
    )
    return [row[0] for row in rows]


def looked_through(database: Database) -> dict[str, str]:
    """SHA-256 of the rule by which everybody's deeds were last looked through, by badge."""
    return dict(database.private.read("SELECT badge, rule_sha256 FROM game.badge_rules"))


def set_looked_through(connection: Connection[Row], rules: Mapping[str, str]) -> None:
    connection.cursor().executemany(
        "INSERT INTO game.badge_rules (badge, rule_sha256) VALUES (%(badge)s, %(rule)s)"
        " ON CONFLICT (badge) DO UPDATE SET rule_sha256 = excluded.rule_sha256",
        [{"badge": badge, "rule": rule} for badge, rule in rules.items()],
    )


# `made_at` is stored in UTC, so that its first thirteen signs are its hour.
_PLAYED: LiteralString = """
WITH mine AS (
    SELECT owner_player_id, journey_id, judged, cardinality(by) > 1 AS together
    FROM game.moves WHERE owner_player_id = %(player)s AND journey_id IS NOT NULL
    UNION ALL
    SELECT owner_player_id, journey_id, judged, true
    FROM game.moves
    WHERE by @> ARRAY[%(player)s::uuid] AND cardinality(by) > 1 AND owner_player_id <> %(player)s
        AND journey_id IS NOT NULL
),
told AS (
    SELECT DISTINCT owner_player_id, journey_id, together, left(judged ->> 'made_at', 13) AS hour,
        judged -> 'trust' AS trust, judged -> 'time_class' AS time_class, judged -> 'facts' AS facts
    FROM mine WHERE judged ->> 'outcome' = 'accepted'
)
SELECT j.quest_id::text, j.quest_version, v.municipalities, json_agg(json_build_object(
    'together', t.together,
    'judged', json_build_object(
        'move', '', 'made_at', t.hour || ':00:00Z', 'outcome', 'accepted', 'code', 'done',
        'trust', t.trust, 'time_class', t.time_class, 'facts', t.facts
    )
))::text
FROM told t
JOIN game.journeys j ON j.owner_player_id = t.owner_player_id AND j.id = t.journey_id
JOIN game.quest_versions v ON v.quest_id = j.quest_id AND v.version = j.quest_version
GROUP BY j.owner_player_id, j.id, v.quest_id, v.version
"""

_OUTSIDE: LiteralString = """
SELECT json_agg(json_build_object('together', together, 'judged', json_build_object(
    'move', '', 'made_at', hour || ':00:00Z', 'outcome', 'accepted', 'code', 'done', 'trust', trust,
    'time_class', time_class, 'facts', facts
)))::text
FROM (
    SELECT DISTINCT cardinality(by) > 1 AS together, left(judged ->> 'made_at', 13) AS hour,
        judged -> 'trust' AS trust, judged -> 'time_class' AS time_class, judged -> 'facts' AS facts
    FROM game.moves
    WHERE owner_player_id = %(player)s AND journey_id IS NULL AND judged ->> 'outcome' = 'accepted'
) AS told
"""
