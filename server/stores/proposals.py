"""What people would like to give, until it is answered and forgotten."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg import Connection

from server.stores.database import Row
from server.tables.notes import KEPT_DAYS, YEAR

ANSWERED_KEPT = timedelta(days=90)
_COLUMNS = (
    "id::text, account_id::text, kind, name, words, language, lon, lat, quest_id::text, stage, joins, state, made_at,"
    " decided_at"
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """`quest`, `stage`: what it is for, if anything. `joins`: who proposes would like to write along."""

    id: str
    account: str
    kind: str
    name: str
    words: str
    language: str | None
    lon: float | None
    lat: float | None
    quest: str | None
    stage: str | None
    joins: bool
    state: str
    made_at: datetime
    decided_at: datetime | None = None


def add(connection: Connection[Row], proposal: Proposal) -> bool:
    """False where there is one of that id, or the person has asked for that stage before."""
    added = connection.execute(
        "INSERT INTO people.proposals (id, account_id, kind, name, words, language, lon, lat, quest_id, stage, joins,"
        " state, made_at, decided_at) VALUES (%(id)s, %(account)s, %(kind)s, %(name)s, %(words)s, %(language)s, %(lon)s,"
        " %(lat)s, %(quest)s, %(stage)s, %(joins)s, %(state)s, %(made)s, %(decided)s) ON CONFLICT DO NOTHING",
        {
            "id": proposal.id,
            "account": proposal.account,
            "kind": proposal.kind,
            "name": proposal.name,
            "words": proposal.words,
            "language": proposal.language,
            "lon": proposal.lon,
            "lat": proposal.lat,
            "quest": proposal.quest,
            "stage": proposal.stage,
            "joins": proposal.joins,
            "state": proposal.state,
            "made": proposal.made_at,
            "decided": proposal.decided_at,
        },
    )
    return added.rowcount == 1


def find(connection: Connection[Row], proposal_id: str, *, lock: bool = False) -> Proposal | None:
    query = f"SELECT {_COLUMNS} FROM people.proposals WHERE id = %(id)s"  # noqa: S608  our own columns
    row = connection.execute(query + " FOR UPDATE" if lock else query, {"id": proposal_id}).fetchone()
    return None if row is None else Proposal(*row)


def of_account(connection: Connection[Row], account_id: str) -> list[Proposal]:
    """The newest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM people.proposals WHERE account_id = %(id)s"  # noqa: S608  our own columns
        " ORDER BY made_at DESC, id LIMIT 200",
        {"id": account_id},
    )
    return [Proposal(*row) for row in rows]


def settle(connection: Connection[Row], proposal_id: str, state: str, now: datetime) -> None:
    connection.execute(
        "UPDATE people.proposals SET state = %(state)s, decided_at = %(now)s WHERE id = %(id)s",
        {"id": proposal_id, "state": state, "now": now},
    )


def remove(connection: Connection[Row], proposal_id: str) -> None:
    connection.execute("DELETE FROM people.proposals WHERE id = %(id)s", {"id": proposal_id})


def forget(connection: Connection[Row], now: datetime) -> int:
    """Those answered over 90 days ago, and all of more than a year, with the places that they named. [rows]"""
    return connection.execute(
        "DELETE FROM people.proposals WHERE decided_at < %(answered)s OR made_at < %(year)s",
        {"answered": now - ANSWERED_KEPT, "year": now - timedelta(days=KEPT_DAYS[YEAR])},
    ).rowcount


def municipality_at(connection: Connection[Row], lon: float, lat: float) -> str:
    """SCB's code of where that is; empty outside of all."""
    row = connection.execute(
        "SELECT code FROM shown.municipalities"
        " WHERE ST_Intersects(border, ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)) ORDER BY code LIMIT 1",
        {"lon": lon, "lat": lat},
    ).fetchone()
    return "" if row is None else str(row[0])
