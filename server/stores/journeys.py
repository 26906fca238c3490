"""Journeys and the moves that were heard in them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

import msgspec
from psycopg import Connection

from quests.moves import Made
from quests.outcomes import Judged
from server.stores.database import Database, Row

_JUDGED = msgspec.json.Decoder(Judged)
_ALL_JUDGED = msgspec.json.Decoder(list[Judged])


@dataclass(frozen=True, slots=True)
class Journey:
    """One player's, or several players', run of one quest version, as it was put."""

    owner: str
    id: str
    quest_id: str
    quest_version: str
    players: tuple[str, ...]
    started_at: datetime


@dataclass(frozen=True, slots=True)
class KeptMove:
    """What a repetition of a move is compared with, and answered by."""

    id: str
    journey: str | None
    digest: bytes
    judged: Judged


@dataclass(frozen=True, slots=True)
class HeardMove:
    """A move to be kept: read (`move`), or as it came (`raw`)."""

    id: str
    digest: bytes
    judged: Judged
    move: Made | None
    raw: bytes | None


# The constraint that a journey's owner is a player.
OF_PLAYER = "journeys_owner_player_id_fkey"

_SELECT: LiteralString = (
    "SELECT owner_player_id::text, id::text, quest_id::text, quest_version, players::text[], started_at"
    " FROM game.journeys WHERE owner_player_id = %(owner)s"
)


def add(connection: Connection[Row], journey: Journey, now: datetime) -> bool:
    """False when the owner has a journey of that id.

    Raises psycopg.errors.ForeignKeyViolation for an unknown player (constraint `OF_PLAYER`) or quest version.
    """
    added = connection.execute(
        "INSERT INTO game.journeys"
        " (owner_player_id, id, quest_id, quest_version, players, started_at, heard_at) VALUES"
        " (%(owner)s, %(id)s, %(quest)s, %(version)s, %(players)s::uuid[], %(started)s, %(now)s)"
        " ON CONFLICT DO NOTHING",
        {
            "owner": journey.owner,
            "id": journey.id,
            "quest": journey.quest_id,
            "version": journey.quest_version,
            "players": list(journey.players),
            "started": journey.started_at,
            "now": now,
        },
    )
    return added.rowcount == 1


def find(connection: Connection[Row], owner: str, journey_id: str) -> Journey | None:
    row = connection.execute(_SELECT + " AND id = %(id)s", {"owner": owner, "id": journey_id}).fetchone()
    return None if row is None else _journey(row)


def hold_owner(connection: Connection[Row], owner: str) -> None:
    """Nobody erases the player before the transaction ends; whoever is just being erased is waited for.

    Before any other lock, as an erasing takes them: a move refers to its player, so adding one would otherwise wait
    for the erasing that waits for the journey.
    """
    connection.execute("SELECT FROM game.players WHERE id = %(owner)s FOR KEY SHARE", {"owner": owner})


def find_locked(connection: Connection[Row], owner: str, journey_id: str) -> Journey | None:
    """Nobody else adds moves to it before the transaction ends."""
    row = connection.execute(
        _SELECT + " AND id = %(id)s FOR UPDATE",
        {"owner": owner, "id": journey_id},
    ).fetchone()
    return None if row is None else _journey(row)


def of_owner(
    connection: Connection[Row], owner: str, after: tuple[datetime, str] | None, limit: int
) -> list[Journey]:
    """Newest start first, continued after (started_at, id) of the last one seen."""
    rows = connection.execute(
        _SELECT + " AND (%(at)s::timestamptz IS NULL OR (started_at, id) < (%(at)s, %(id)s::uuid))"
        " ORDER BY started_at DESC, id DESC LIMIT %(limit)s",
        {
            "owner": owner,
            "at": after and after[0],
            "id": after and after[1],
            "limit": limit,
        },
    )
    return [_journey(row) for row in rows]


def quests_begun(database: Database, owner: str) -> set[str]:
    """The quests that somebody has a journey of."""
    rows = database.private.read(
        "SELECT DISTINCT quest_id::text FROM game.journeys WHERE owner_player_id = %(owner)s",
        {"owner": owner},
    )
    return {row[0] for row in rows}


def judged(connection: Connection[Row], owner: str, journey_id: str) -> list[Judged]:
    """What every move of the journey came to, in no particular order."""
    row = connection.execute(
        "SELECT '[' || coalesce(string_agg(judged::text, ','), '') || ']' FROM game.moves"
        " WHERE owner_player_id = %(owner)s AND journey_id = %(id)s",
        {"owner": owner, "id": journey_id},
    ).fetchone()
    return _ALL_JUDGED.decode(row[0]) if row else []


def kept_moves(connection: Connection[Row], owner: str, ids: Iterable[str]) -> dict[str, KeptMove]:
    """Those of the ids that the owner has used, in whatever journey."""
    rows = connection.execute(
        "SELECT id::text, journey_id::text, digest, judged::text FROM game.moves"
        " WHERE owner_player_id = %(owner)s AND id = ANY(%(ids)s::uuid[])",
        {"owner": owner, "ids": list(ids)},
    )
    return {row[0]: KeptMove(row[0], row[1], row[2], _JUDGED.decode(row[3])) for row in rows}


def count_moves(connection: Connection[Row], journey: Journey) -> int:
    row = connection.execute(
        "SELECT count(*) FROM game.moves WHERE owner_player_id = %(owner)s AND journey_id = %(id)s",
        {"owner": journey.owner, "id": journey.id},
    ).fetchone()
    return 0 if row is None else row[0]


def lock_device(connection: Connection[Row], owner: str, device: str) -> None:
    """One batch of a device at a time, so that its moves of a day can be counted."""
    connection.execute(
        "SELECT FROM game.devices WHERE player_id = %(owner)s AND id = %(device)s FOR NO KEY UPDATE",
        {"owner": owner, "device": device},
    )


def heard_today(connection: Connection[Row], owner: str, device: str, now: datetime) -> tuple[int, int]:
    """How many moves the device has sent on this day in Europe/Stockholm, and how long the day lasts. [-, s]"""
    row = connection.execute(
        """
        WITH day AS (
            SELECT date_trunc('day', %(now)s::timestamptz, 'Europe/Stockholm') AS start,
                   (date_trunc('day', %(now)s::timestamptz AT TIME ZONE 'Europe/Stockholm') + interval '1 day')
                       AT TIME ZONE 'Europe/Stockholm' AS ends
        )
        SELECT (SELECT count(*) FROM game.moves
                WHERE owner_player_id = %(owner)s AND heard_from = %(device)s AND heard_at >= day.start),
               ceil(extract(epoch FROM day.ends - %(now)s::timestamptz))::int
        FROM day
        """,
        {"owner": owner, "device": device, "now": now},
    ).fetchone()
    return (0, 1) if row is None else (row[0], max(1, row[1]))


def add_moves(
    connection: Connection[Row],
    owner: str,
    journey: str | None,
    device: str,
    moves: Sequence[HeardMove],
    now: datetime,
) -> set[str]:
    """The ids that were added; the others were added by somebody else at the same moment.

    `journey` None: said outside of any. Raises psycopg.errors.ForeignKeyViolation for an unknown player.

    In the order of their ids, so that two batches with ids in common cannot wait for each other.
    """
    added = connection.execute(
        """
        INSERT INTO game.moves
            (owner_player_id, id, journey_id, heard_from, heard_at, by, digest, body, fixes, raw, judged)
        SELECT %(owner)s, m.id, %(journey)s, %(device)s, %(now)s, m.by, decode(m.digest, 'hex'), m.body, m.fixes,
               decode(m.raw, 'hex'), m.judged
        FROM jsonb_to_recordset(%(moves)s::jsonb) AS m
            (id uuid, by uuid[], digest text, body jsonb, fixes jsonb, raw text, judged jsonb)
        ORDER BY m.id
        ON CONFLICT (owner_player_id, id) DO NOTHING
        RETURNING id::text
        """,
        {
            "owner": owner,
            "journey": journey,
            "device": device,
            "now": now,
            # One JSON text for all: many times quicker than arrays, each text of which has to be escaped.
            "moves": msgspec.json.encode([_written(heard) for heard in moves]).decode(),
        },
    )
    return {row[0] for row in added}


def forget_positions(connection: Connection[Row], heard_before: datetime, limit: int) -> int:
    """Takes the fixes, and whatever came unread, from at most `limit` moves; how many there were."""
    return connection.execute(
        """
        UPDATE game.moves SET fixes = NULL, raw = NULL
        WHERE (owner_player_id, id) IN (
            SELECT owner_player_id, id FROM game.moves
            WHERE heard_at < %(before)s AND (fixes IS NOT NULL OR raw IS NOT NULL)
            LIMIT %(limit)s FOR UPDATE SKIP LOCKED
        )
        """,
        {"before": heard_before, "limit": limit},
    ).rowcount


def _journey(row: Row) -> Journey:
    return Journey(row[0], row[1], row[2], row[3], tuple(row[4]), row[5])


def _written(heard: HeardMove) -> dict[str, object]:
    """One row. Who made the move and where have columns of their own; what is left out is NULL."""
    row: dict[str, object] = {"id": heard.id, "digest": heard.digest.hex(), "judged": heard.judged}
    if heard.raw is not None:
        row["raw"] = heard.raw.hex()
    if heard.move is not None:
        body = msgspec.to_builtins(heard.move)
        del body["id"]
        row |= {"by": body.pop("by"), "body": body}
        if fixes := body.pop("fixes"):
            row["fixes"] = fixes
    return row
