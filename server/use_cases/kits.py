"""What a phone takes along to play offline."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from quests.closures import Closure, of_quest
from quests.views import kit_for_player
from server.stores import closures, notices, quests
from server.stores.database import Database
from server.use_cases.problem import Problem


@dataclass(frozen=True, slots=True)
class Kit:
    """`quest` as `quests.views.kit_for_player` gives it: hidden stages and answer bits, no secrets.

    `closures`: those near its stages that are not over, as of `revision`.
    """

    code: str
    version: str
    resting: bool
    quest: Mapping[str, Any]
    revision: int
    closures: tuple[Closure, ...]


def version_to_take(database: Database, code: str) -> tuple[quests.Standing, int]:
    """Which version a kit would hold, and which revision of closures: enough to say that a phone has it already.

    Raises Problem: unknown-quest, quest-withdrawn.
    """
    with database.transaction() as connection:
        standing = quests.find(connection, code)
        revision = closures.revision(connection)
        hidden = standing is not None and notices.is_hidden(connection, "quest", standing.id)
    if standing is None:
        raise Problem("unknown-quest")
    if standing.state == "withdrawn" or hidden:
        raise Problem("quest-withdrawn")
    return standing, revision


def take_along(database: Database, code: str, now: datetime) -> Kit:
    """Raises Problem: unknown-quest, quest-withdrawn."""
    standing, _ = version_to_take(database, code)
    with database.transaction() as connection:
        version = quests.version(connection, standing.id, standing.version)
        revision, closed = closures.not_over(connection, now)
    if version is None:
        raise LookupError(standing.version)  # a foreign key says that it is there
    return Kit(
        code=standing.code,
        version=standing.version,
        resting=standing.state == "resting",
        quest=kit_for_player(version.quest),
        revision=revision,
        closures=of_quest(version.quest, closed),
    )
