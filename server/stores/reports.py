"""What players told of stages that could not be done. Nothing here says who it was."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from psycopg import Connection

from server.stores.database import Row

Answer = Literal["mended", "not-so"]


@dataclass(frozen=True, slots=True)
class StageReport:
    """`reason`: cannot-reach, not-safe, closed or gone; `note`: in the player's words, may be empty.

    `counts`: it is one of the three that rest a stage. `answered_at`: it was answered as mended before it was heard.
    """

    quest_id: str
    quest_version: str
    stage: str
    reason: str
    note: str
    day: date
    counts: bool = True
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Reports of one stage that nobody has answered. `words`: (day, reason, note), newest first."""

    reasons: Mapping[str, int]
    newest: date | None
    words: tuple[tuple[date, str, str], ...]

    @property
    def serious(self) -> bool:
        return "not-safe" in self.reasons


def lock(connection: Connection[Row], quest_id: str, stage: str) -> None:
    """One change of what is known of this stage at a time, until the transaction ends: reports are counted."""
    connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(%(stage)s, 6))", {"stage": f"{quest_id}/{stage}"}
    )


def lock_player(connection: Connection[Row], owner: str) -> None:
    """One batch with something serious of a player at a time, taken before any stage is locked: stages are counted."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%(owner)s, 7))", {"owner": owner})


def add(connection: Connection[Row], report: StageReport) -> None:
    connection.execute(
        "INSERT INTO game.stage_reports"
        " (quest_id, quest_version, stage, reason, note, day, counts, answer, answered_at)"
        " VALUES (%(quest)s, %(version)s, %(stage)s, %(reason)s, %(note)s, %(day)s, %(counts)s,"
        " CASE WHEN %(answered)s::timestamptz IS NOT NULL THEN 'mended' END, %(answered)s)",
        {
            "quest": report.quest_id,
            "version": report.quest_version,
            "stage": report.stage,
            "reason": report.reason,
            "note": report.note,
            "day": report.day,
            "counts": report.counts,
            "answered": report.answered_at,
        },
    )


def answer(connection: Connection[Row], quest_id: str, stage: str, how: Answer, now: datetime) -> int:
    """All of the stage that wait; how many there were."""
    return connection.execute(
        "UPDATE game.stage_reports SET answer = %(how)s, answered_at = %(now)s"
        " WHERE quest_id = %(quest)s AND stage = %(stage)s AND answer IS NULL",
        {"how": how, "now": now, "quest": quest_id, "stage": stage},
    ).rowcount


def answered(connection: Connection[Row], quest_id: str, stage: str) -> Mapping[str, datetime]:
    """When it was last answered, by the answer."""
    rows = connection.execute(
        "SELECT answer, max(answered_at) FROM game.stage_reports"
        " WHERE quest_id = %(quest)s AND stage = %(stage)s AND answer IS NOT NULL GROUP BY answer",
        {"quest": quest_id, "stage": stage},
    )
    return dict(rows.fetchall())


def counting(connection: Connection[Row], quest_id: str, stage: str, since: date) -> Counter[str]:
    """How many of that day and later count and wait for an answer, by their reason."""
    rows = connection.execute(
        "SELECT reason, count(*) FROM game.stage_reports WHERE quest_id = %(quest)s AND stage = %(stage)s"
        " AND counts AND answer IS NULL AND day >= %(since)s GROUP BY reason ORDER BY reason",
        {"quest": quest_id, "stage": stage, "since": since},
    )
    return Counter(dict(rows.fetchall()))


def waiting(connection: Connection[Row], quest_id: str, stage: str, most: int) -> Waiting:
    """What nobody has answered; the words of the newest `most`."""
    rows = connection.execute(
        "SELECT day, reason, note FROM game.stage_reports WHERE quest_id = %(quest)s AND stage = %(stage)s"
        " AND answer IS NULL ORDER BY day DESC, id DESC",
        {"quest": quest_id, "stage": stage},
    ).fetchall()
    return Waiting(
        reasons=Counter(reason for _, reason, _ in rows),
        newest=rows[0][0] if rows else None,
        words=tuple((day, reason, note) for day, reason, note in rows[:most]),
    )


def by_stage(
    connection: Connection[Row], quest_id: str, since: date
) -> dict[str, tuple[Counter[str], date, int]]:
    """Of each stage that was reported since that day: how often for which reason, the newest day, how many wait."""
    found: dict[str, tuple[Counter[str], date, int]] = {}
    for stage, reason, count, newest, open_ones in connection.execute(
        "SELECT stage, reason, count(*), max(day), count(*) FILTER (WHERE answer IS NULL) FROM game.stage_reports"
        " WHERE quest_id = %(quest)s AND day >= %(since)s GROUP BY stage, reason ORDER BY stage, reason",
        {"quest": quest_id, "since": since},
    ):
        reasons, day, wait = found.get(stage, (Counter(), newest, 0))
        found[stage] = (reasons + Counter({reason: count}), max(day, newest), wait + open_ones)
    return found


def told_before(
    connection: Connection[Row],
    owner: str,
    quest_id: str,
    stage: str,
    since: datetime,
    until: datetime,
    but: Collection[str],
) -> bool:
    """Whether this player passed the stage as not to be done in that time, by other moves than these.

    Asked of the player's own moves, so that a report need not say whose it is.
    """
    row = connection.execute(
        """
        SELECT EXISTS (
            SELECT FROM game.moves m
            JOIN game.journeys j ON j.owner_player_id = m.owner_player_id AND j.id = m.journey_id
            WHERE m.owner_player_id = %(owner)s AND j.quest_id = %(quest)s AND m.heard_at > %(since)s
              AND m.heard_at <= %(until)s AND m.body ->> 'stage' = %(stage)s
              AND m.body -> 'body' ->> 'kind' = 'blocked' AND m.judged ->> 'outcome' = 'accepted'
              AND m.id <> ALL(%(but)s::uuid[]))
        """,
        {
            "owner": owner,
            "quest": quest_id,
            "stage": stage,
            "since": since,
            "until": until,
            "but": list(but),
        },
    ).fetchone()
    return row is not None and bool(row[0])


def told_unsafe(connection: Connection[Row], owner: str, since: datetime, but: Collection[str]) -> set[str]:
    """The stages, as `<quest>/<key>`, that this player said to be not safe since then, by other moves than these."""
    rows = connection.execute(
        """
        SELECT DISTINCT j.quest_id || '/' || (m.body ->> 'stage') FROM game.moves m
        JOIN game.journeys j ON j.owner_player_id = m.owner_player_id AND j.id = m.journey_id
        WHERE m.owner_player_id = %(owner)s AND m.heard_at > %(since)s AND m.body ->> 'stage' IS NOT NULL
          AND m.body -> 'body' ->> 'kind' = 'blocked' AND m.body -> 'body' ->> 'reason' = 'not-safe'
          AND m.judged ->> 'outcome' = 'accepted' AND m.id <> ALL(%(but)s::uuid[])
        """,
        {"owner": owner, "since": since, "but": list(but)},
    )
    return {row[0] for row in rows}


def done_by_several(
    connection: Connection[Row], quest_id: str, since: datetime, players: int
) -> dict[str, date]:
    """Of each stage the day since which so many different players did it; stages that fewer did are left out.

    The day is that of the last of them, each with their own newest: it tells of no single one when they were there.
    """
    rows = connection.execute(
        """
        SELECT stage, (day AT TIME ZONE 'Europe/Stockholm')::date FROM (
            SELECT stage, day, row_number() OVER (PARTITION BY stage ORDER BY day DESC) AS number FROM (
                SELECT m.body ->> 'stage' AS stage, max(m.heard_at) AS day
                FROM game.journeys j
                JOIN game.moves m ON m.owner_player_id = j.owner_player_id AND m.journey_id = j.id
                WHERE j.quest_id = %(quest)s AND m.heard_at > %(since)s AND m.judged ->> 'outcome' = 'accepted'
                  AND m.body ->> 'stage' IS NOT NULL AND m.body -> 'body' ->> 'kind' <> 'blocked'
                GROUP BY 1, m.owner_player_id
            ) AS of_each
        ) AS numbered WHERE number = %(players)s
        """,
        {"quest": quest_id, "since": since, "players": players},
    )
    return dict(rows.fetchall())


def since(connection: Connection[Row], day: date) -> list[tuple[str, StageReport]]:
    """(quest code, report) of that day and later, newest first."""
    rows = connection.execute(
        "SELECT q.code, r.quest_id::text, r.quest_version, r.stage, r.reason, r.note, r.day, r.counts, r.answered_at"
        " FROM game.stage_reports r JOIN game.quests q ON q.id = r.quest_id"
        " WHERE r.day >= %(day)s ORDER BY r.day DESC, q.code, r.stage, r.id",
        {"day": day},
    )
    return [(row[0], StageReport(*row[1:])) for row in rows]


def forget(connection: Connection[Row], before: date) -> int:
    """How many reports older than that there were."""
    return connection.execute("DELETE FROM game.stage_reports WHERE day < %(day)s", {"day": before}).rowcount
