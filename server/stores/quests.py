"""Quest versions with their secrets, and which one is played now. Private; the public copy is `shown`."""

import re
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Literal

import msgspec
from psycopg import Connection

from geo.fences import start_of
from quests.model import Quest, write_quest
from quests.secrets import Secrets
from server.stores.database import Row

State = Literal["published", "resting", "withdrawn"]

UUID_PATTERN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

# Any number, as long as it stays this one and no other lock of ours has it.
PUBLISHING = 5_710_913_403

_QUEST = msgspec.json.Decoder(Quest)
_SECRETS = msgspec.json.Decoder(Secrets)


@dataclass(frozen=True, slots=True)
class Standing:
    """Which version of a quest is played now, and whether it is."""

    id: str
    code: str
    version: str
    state: State


@dataclass(frozen=True, slots=True)
class Version:
    """`quest` is what a kit may hold, `secrets` what it may not."""

    quest: Quest
    secrets: Secrets


def find(connection: Connection[Row], code_or_id: str) -> Standing | None:
    """By any code the quest has ever had, or by its id."""
    row = connection.execute(
        "SELECT id::text, code, version, state FROM game.quests WHERE id = coalesce("
        "(SELECT quest_id FROM game.quest_codes WHERE code = %(key)s), %(id)s::uuid)",
        {"key": code_or_id, "id": code_or_id if UUID_PATTERN.fullmatch(code_or_id) else None},
    ).fetchone()
    return None if row is None else Standing(*row)


def version(connection: Connection[Row], quest_id: str, of: str) -> Version | None:
    row = connection.execute(
        "SELECT body::text, secrets::text FROM game.quest_versions"
        " WHERE quest_id = %(id)s AND version = %(version)s",
        {"id": quest_id, "version": of},
    ).fetchone()
    return None if row is None else Version(_QUEST.decode(row[0]), _SECRETS.decode(row[1]))


def versions(connection: Connection[Row], quest_id: str) -> list[Version]:
    """All that there ever were."""
    rows = connection.execute(
        "SELECT body::text, secrets::text FROM game.quest_versions WHERE quest_id = %(id)s ORDER BY version",
        {"id": quest_id},
    )
    return [Version(_QUEST.decode(body), _SECRETS.decode(secrets)) for body, secrets in rows]


def lock_publishing(connection: Connection[Row]) -> None:
    """One publishing at a time, until the transaction ends: codes are drawn and given away."""
    connection.execute("SELECT pg_advisory_xact_lock(%(key)s)", {"key": PUBLISHING})


def owner_of_code(connection: Connection[Row], code: str) -> str | None:
    """The id of the quest that has the code or once had it."""
    row = connection.execute(
        "SELECT quest_id::text FROM game.quest_codes WHERE code = %(code)s", {"code": code}
    ).fetchone()
    return None if row is None else row[0]


def codes(connection: Connection[Row], quest_id: str) -> list[str]:
    """All that it has or has had, in order."""
    rows = connection.execute(
        "SELECT code FROM game.quest_codes WHERE quest_id = %(id)s ORDER BY code", {"id": quest_id}
    )
    return [row[0] for row in rows]


def add_version(connection: Connection[Row], published: Version, pack: bytes, now: datetime) -> bool:
    """False when the version is there already; then nothing changes."""
    at = {"id": published.quest.id, "version": published.quest.version}
    added = connection.execute(
        "INSERT INTO game.quest_versions (quest_id, version, body, secrets, published_at)"
        " VALUES (%(id)s, %(version)s, %(body)s, %(secrets)s, %(now)s) ON CONFLICT DO NOTHING",
        at
        | {
            "body": msgspec.json.encode(write_quest(published.quest)).decode(),
            "secrets": msgspec.json.encode(published.secrets).decode(),
            "now": now,
        },
    )
    if added.rowcount != 1:
        return False
    connection.execute(
        "INSERT INTO game.packs (quest_id, version, pack) VALUES (%(id)s, %(version)s, %(pack)s)",
        at | {"pack": pack},
    )
    return True


def set_standing(connection: Connection[Row], standing: Standing) -> None:
    """The quest is played in this version, under this code, from now on. Its older codes still lead to it."""
    at = {"id": standing.id, "code": standing.code, "version": standing.version, "state": standing.state}
    connection.execute(
        "INSERT INTO game.quests (id, code, version, state)"
        " VALUES (%(id)s, %(code)s, %(version)s, %(state)s)"
        " ON CONFLICT (id) DO UPDATE SET code = excluded.code, version = excluded.version, state = excluded.state",
        at,
    )
    connection.execute(
        "INSERT INTO game.quest_codes (code, quest_id) VALUES (%(code)s, %(id)s) ON CONFLICT DO NOTHING", at
    )


def pack(connection: Connection[Row], standing: Standing) -> bytes | None:
    """What was imported as the version that is played now."""
    row = connection.execute(
        "SELECT pack FROM game.packs WHERE quest_id = %(id)s AND version = %(version)s",
        {"id": standing.id, "version": standing.version},
    ).fetchone()
    return None if row is None else row[0]


def all_standing(connection: Connection[Row]) -> list[Standing]:
    rows = connection.execute("SELECT id::text, code, version, state FROM game.quests ORDER BY code")
    return [Standing(*row) for row in rows]


def has_version(connection: Connection[Row], quest_id: str, of: str) -> bool:
    """Whether that version was ever published here."""
    row = connection.execute(
        "SELECT FROM game.quest_versions WHERE quest_id = %(id)s AND version = %(version)s",
        {"id": quest_id, "version": of},
    ).fetchone()
    return row is not None


PLAYED_KEPT = 200
_played: OrderedDict[tuple[str, str], Quest] = OrderedDict()
_played_lock = Lock()


def played(connection: Connection[Row], wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Quest]:
    """Quests by (id, version), without secrets. A version never changes, so this process keeps the last ones used."""
    found: dict[tuple[str, str], Quest] = {}
    for key in wanted:
        with _played_lock:
            quest = _played.get(key)
            if quest is not None:
                _played.move_to_end(key)
        if quest is None:
            row = connection.execute(
                "SELECT body::text FROM game.quest_versions WHERE quest_id = %(id)s AND version = %(version)s",
                {"id": key[0], "version": key[1]},
            ).fetchone()
            if row is None:
                raise LookupError(key[1])  # a foreign key says that it is there
            quest = _QUEST.decode(row[0])
            with _played_lock:
                _played[key] = quest
                if len(_played) > PLAYED_KEPT:
                    _played.popitem(last=False)
        found[key] = quest
    return found


def locate(connection: Connection[Row], quest: Quest) -> None:
    """Writes down in which municipality each placed stage of this version lies."""
    places = {stage.key: start_of(stage.place.drawn) for stage in quest.stages if stage.place is not None}
    connection.execute(
        """
        UPDATE game.quest_versions SET municipalities = (
            SELECT coalesce(jsonb_object_agg(p.key, m.code ORDER BY m.code), '{}')
            FROM unnest(%(keys)s::text[], %(lons)s::float8[], %(lats)s::float8[]) AS p (key, lon, lat)
            JOIN shown.municipalities m ON ST_Intersects(m.border, ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326))
        )
        WHERE quest_id = %(id)s AND version = %(version)s
        """,
        {
            "id": quest.id,
            "version": quest.version,
            "keys": list(places),
            "lons": [float(at.lon) for at in places.values()],
            "lats": [float(at.lat) for at in places.values()],
        },
    )


def where(connection: Connection[Row], quest_id: str) -> dict[str, str]:
    """SCB's code of where each placed stage of the version that is played now lies."""
    row = connection.execute(
        "SELECT v.municipalities FROM game.quests q JOIN game.quest_versions v"
        " ON v.quest_id = q.id AND v.version = q.version WHERE q.id = %(id)s",
        {"id": quest_id},
    ).fetchone()
    return {} if row is None or row[0] is None else dict(row[0])


def to_locate(connection: Connection[Row], *, everything: bool) -> list[Quest]:
    """The versions of which nobody has looked yet where they lie; or all."""
    rows = connection.execute(
        "SELECT body::text FROM game.quest_versions WHERE %(all)s OR municipalities IS NULL",
        {"all": everything},
    )
    return [_QUEST.decode(row[0]) for row in rows]
