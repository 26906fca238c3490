"""What a phone takes along to play offline."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quests.views import kit_for_player
from server.stores import quests
from server.stores.database import Database
from server.use_cases.problem import Problem


@dataclass(frozen=True, slots=True)
class Kit:
    """`quest` as `quests.views.kit_for_player` gives it: hidden stages and answer bits, no secrets."""

    code: str
    version: str
    resting: bool
    quest: Mapping[str, Any]


def version_to_take(database: Database, code: str) -> quests.Standing:
    """Which version a kit would hold: enough to say that a phone has it already.

    Raises Problem: unknown-quest, quest-withdrawn.
    """
    with database.transaction() as connection:
        standing = quests.find(connection, code)
    if standing is None:
        raise Problem("unknown-quest")
    if standing.state == "withdrawn":
        raise Problem("quest-withdrawn")
    return standing


def take_along(database: Database, code: str) -> Kit:
    """Raises Problem: unknown-quest, quest-withdrawn."""
    standing = version_to_take(database, code)
    with database.transaction() as connection:
        version = quests.version(connection, standing.id, standing.version)
    if version is None:
        raise LookupError(standing.version)  # a foreign key says that it is there
    return Kit(standing.code, standing.version, standing.state == "resting", kit_for_player(version.quest))
