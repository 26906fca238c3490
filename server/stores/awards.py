"""What players earned, and the moves that it is worked out from."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import LiteralString
from uuid import UUID

import msgspec
from psycopg import Connection

from quests.deeds import Told, Word
from server.stores.database import Database, Row

_TOLD = msgspec.json.Decoder(list[Told])
_WORDS = msgspec.json.Decoder(tuple[Word, ...])

# Any number, as long as no other lock of ours has it: the first half of the key, the player being the second.
AWARDING = 5_710_913
LOCKS_MOST = 1_024  # of a transaction: PostgreSQL's table of locks has room for some thousands in all


@dataclass(frozen=True, slots=True)
class PlayedJourney:
    """What a player did in one journey. `municipalities`: the code of where each of its stages lies.

    `words`: what others said of the player in this quest, of those whom the player names in what was read. `news`:
    what the moves tell that were asked about; `told` is without them.
    """

    quest: tuple[str, str]
    municipalities: Mapping[str, str]
    told: list[Told]
    words: tuple[Word, ...] = ()
    news: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True)
class Award:
    badge: str
    awarded_on: date


def lock(connection: Connection[Row], player_ids: Iterable[str]) -> list[str]:
    """Nobody else awards these players before the transaction ends; those that are there, in order.

    One whose erasing is under way is left out instead of waited for, since the erasing may wait for us; and one that
    asked to be erased is given nothing. Nobody waits for ids that are no player's, and some players share a lock.
    """
    rows = connection.execute(
        "SELECT id::text FROM game.players WHERE id = ANY(%(ids)s::uuid[])", {"ids": sorted(set(player_ids))}
    )
    ids = [row[0] for row in rows]
    for number in sorted({UUID(player).int % LOCKS_MOST for player in ids}):
        connection.execute(
            "SELECT pg_advisory_xact_lock(%(awarding)s, %(number)s)",
            {"awarding": AWARDING, "number": number},
        )
    rows = connection.execute(
        "SELECT id::text FROM game.players p WHERE id = ANY(%(ids)s::uuid[])"
        " AND NOT EXISTS (SELECT FROM game.erasures e WHERE e.player_id = p.id)"
        " ORDER BY id FOR KEY SHARE OF p SKIP LOCKED",
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

    The player's own moves alone: what others say somebody did is no deed of theirs.
    """
    return _played(connection, player_id, None, ())


def played_in(
    connection: Connection[Row], player_id: str, journey_id: str, news: Collection[str]
) -> PlayedJourney | None:
    """The same of one journey alone, with the moves of these ids apart; None where nothing was done in it."""
    return next(iter(_played(connection, player_id, journey_id, news)), None)


def _played(
    connection: Connection[Row], player_id: str, journey_id: str | None, news: Collection[str]
) -> list[PlayedJourney]:
    rows = connection.execute(
        _PLAYED if journey_id is None else _PLAYED_IN,
        {"player": player_id, "journey": journey_id, "news": sorted(news)},
    )
    return [
        PlayedJourney(
            (row[0], row[1]),
            row[2] or {},
            _TOLD.decode(row[3]),
            _WORDS.decode(row[5]),
            tuple(_TOLD.decode(row[4])),
        )
        for row in rows
    ]


def who_named(connection: Connection[Row], player_id: str, among: Collection[str]) -> set[str]:
    """Which of these players have a move of their own that names this one."""
    rows = connection.execute(
        "SELECT DISTINCT owner_player_id::text FROM game.moves"
        " WHERE owner_player_id = ANY(%(among)s::uuid[]) AND by @> ARRAY[%(player)s::uuid] AND cardinality(by) > 1",
        {"player": player_id, "among": sorted(among)},
    )
    return {row[0] for row in rows} - {player_id}


def told_outside(
    connection: Connection[Row], player_id: str, news: Collection[str] = ()
) -> tuple[list[Told], list[Told]]:
    """The same for what the player said outside of any journey: without the moves of these ids, and by them."""
    row = connection.execute(_OUTSIDE, {"player": player_id, "news": sorted(news)}).fetchone()
    return ([], []) if row is None else (_TOLD.decode(row[0]), _TOLD.decode(row[1]))


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


def forget_looked_through(connection: Connection[Row]) -> None:
    """Everybody's deeds are to be looked through again: what is known of where they were done has changed."""
    connection.execute("DELETE FROM game.badge_rules")


def set_looked_through(connection: Connection[Row], rules: Mapping[str, str]) -> None:
    connection.cursor().executemany(
        "INSERT INTO game.badge_rules (badge, rule_sha256) VALUES (%(badge)s, %(rule)s)"
        " ON CONFLICT (badge) DO UPDATE SET rule_sha256 = excluded.rule_sha256",
        [{"badge": badge, "rule": rule} for badge, rule in rules.items()],
    )


# `made_at` is stored in UTC, so that its first thirteen signs are its hour. Of the players whom a move names only those
# are kept who have said a word of their own: invented ones make no rows.
_MINE: LiteralString = """
WITH mine AS MATERIALIZED (
    SELECT journey_id, by, judged, id = ANY(%(news)s::uuid[]) AS new FROM game.moves
    WHERE owner_player_id = %(player)s AND judged ->> 'outcome' = 'accepted' AND """

_ALIKE: LiteralString = """
    SELECT DISTINCT journey_id, new, left(judged ->> 'made_at', 13) AS hour, judged -> 'trust' AS trust,
        judged -> 'time_class' AS time_class, judged -> 'facts' AS facts,
        CASE WHEN cardinality(by) > 1
            THEN ARRAY(SELECT one FROM unnest(by) AS one WHERE one IN (SELECT player FROM words) ORDER BY one)
            ELSE '{}'
        END AS named
    FROM mine
"""

_AS_JSON: LiteralString = """json_build_object('named', t.named, 'judged', json_build_object(
    'move', '', 'made_at', t.hour || ':00:00Z', 'outcome', 'accepted', 'code', 'done',
    'trust', t.trust, 'time_class', t.time_class, 'facts', t.facts
))"""

_OLD_AND_NEW: LiteralString = (
    "coalesce(json_agg(" + _AS_JSON + ") FILTER (WHERE NOT t.new), '[]')::text,"
    " coalesce(json_agg(" + _AS_JSON + ") FILTER (WHERE t.new), '[]')::text"
)

_BY_JOURNEY: LiteralString = (
    """
),
words AS MATERIALIZED (
    SELECT DISTINCT m.owner_player_id AS player, j.quest_id, m.body ->> 'stage' AS stage
    FROM (SELECT DISTINCT unnest(by) AS player FROM mine WHERE cardinality(by) > 1) AS named
    JOIN game.moves m ON m.owner_player_id = named.player
    JOIN game.journeys j ON j.owner_player_id = m.owner_player_id AND j.id = m.journey_id
    WHERE named.player <> %(player)s AND m.by @> ARRAY[%(player)s::uuid] AND cardinality(m.by) > 1
        AND m.judged ->> 'outcome' = 'accepted'
),
told AS ("""  # noqa: S608  put together from constants alone
    + _ALIKE
    + ") SELECT j.quest_id::text, j.quest_version, v.municipalities, "
    + _OLD_AND_NEW
    + """, (
    SELECT coalesce(json_agg(json_build_object('player', w.player, 'stage', w.stage)), '[]')::text
    FROM words w WHERE w.quest_id = v.quest_id
)
FROM told t
JOIN game.journeys j ON j.owner_player_id = %(player)s AND j.id = t.journey_id
JOIN game.quest_versions v ON v.quest_id = j.quest_id AND v.version = j.quest_version
GROUP BY j.owner_player_id, j.id, v.quest_id, v.version
"""
)

_PLAYED: LiteralString = _MINE + "journey_id IS NOT NULL" + _BY_JOURNEY

_PLAYED_IN: LiteralString = _MINE + "journey_id = %(journey)s" + _BY_JOURNEY

# Whoever was along: what is said there is each one's own.
_OUTSIDE: LiteralString = (
    _MINE  # noqa: S608  put together from constants alone
    + """journey_id IS NULL
),
told AS (
    SELECT DISTINCT new, left(judged ->> 'made_at', 13) AS hour, judged -> 'trust' AS trust,
        judged -> 'time_class' AS time_class, judged -> 'facts' AS facts, '{}'::uuid[] AS named
    FROM mine
) SELECT """
    + _OLD_AND_NEW
    + " FROM told t"
)
