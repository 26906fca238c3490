"""Quest versions with their secrets, and which one is played now. Private; the public copy is `shown`."""

from dataclasses import dataclass
from typing import Literal

import msgspec
from psycopg import Connection

from quests.model import Quest
from quests.secrets import Secrets
from server.stores.database import Row

State = Literal["published", "resting", "withdrawn"]

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
        "SELECT q.id::text, q.code, q.version, q.state FROM game.quests q"
        " WHERE q.id = (SELECT quest_id FROM game.quest_codes WHERE code = %(key)s) OR q.id::text = %(key)s",
        {"key": code_or_id},
    ).fetchone()
    return None if row is None else Standing(*row)


def version(connection: Connection[Row], quest_id: str, of: str) -> Version | None:
    row = connection.execute(
        "SELECT body::text, secrets::text FROM game.quest_versions"
        " WHERE quest_id = %(id)s AND version = %(version)s",
        {"id": quest_id, "version": of},
    ).fetchone()
    return None if row is None else Version(_QUEST.decode(row[0]), _SECRETS.decode(row[1]))
