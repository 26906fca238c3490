"""What a phone takes along to play offline."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from quests.closures import Closure, of_quest
from quests.openness import Plan, plan_of
from quests.resting import without
from quests.views import kit_for_player
from server.stores import closures, notices, quests, rests
from server.stores.database import Database
from server.stores.rests import Rest
from server.use_cases.problem import Problem


@dataclass(frozen=True, slots=True)
class Kit:
    """`quest` as `quests.views.kit_for_player` gives it: hidden stages and answer bits, no secrets.

    `closures`: those near its stages that are not over, as of `revision`. `rests`: its stages that nobody is led to;
    `resting`: the quest as a whole. `plan`: what it is offered by, without them.
    """

    code: str
    version: str
    state: quests.State
    resting: bool
    quest: Mapping[str, Any]
    revision: int
    closures: tuple[Closure, ...]
    rests: tuple[Rest, ...]
    plan: Plan


@dataclass(frozen=True, slots=True)
class Overlay:
    """What lies over a version and changes without it: enough, with its standing, to say that a phone has it all."""

    revision: int
    rests: tuple[Rest, ...]


def version_to_take(database: Database, code: str) -> tuple[quests.Standing, Overlay]:
    """Which version a kit would hold, and what lies over it: enough to say that a phone has it already.

    Raises Problem: unknown-quest, quest-withdrawn.
    """
    with database.transaction() as connection:
        standing = quests.find(connection, code)
        if standing is None:
            raise Problem("unknown-quest")
        if standing.state == "withdrawn" or notices.is_hidden(connection, "quest", standing.id):
            raise Problem("quest-withdrawn")
        return standing, Overlay(closures.revision(connection), rests.standing(connection, standing.id))


def take_along(database: Database, code: str, now: datetime) -> Kit:
    """Raises Problem: unknown-quest, quest-withdrawn."""
    standing, _ = version_to_take(database, code)
    with database.transaction() as connection:
        version = quests.version(connection, standing.id, standing.version)
        revision, closed = closures.not_over(connection, now)
        resting = rests.standing(connection, standing.id)
    if version is None:
        raise LookupError(standing.version)  # a foreign key says that it is there
    left = without(version.quest, {rest.stage for rest in resting})
    return Kit(
        code=standing.code,
        version=standing.version,
        state=standing.state,
        resting=standing.state == "resting" or left is None,
        quest=kit_for_player(version.quest),
        revision=revision,
        closures=of_quest(version.quest, closed),
        rests=resting,
        plan=plan_of(left or version.quest),
    )
