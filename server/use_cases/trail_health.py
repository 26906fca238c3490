"""How a trail is, for those who look after it: what was said of its stages, what rests, when it was last seen fine.

No player can be seen in it: the words of reports are not in it, days have no hours, and that a stage was done is told
only where several did it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from quests.closures import Closure, closed_ways, of_quest
from quests.model import Quest
from quests.resting import without
from server.policy import Who
from server.stores import closures, reports, stewards
from server.stores.database import Database
from server.stores.rests import Rest
from server.use_cases import stages
from server.use_cases.problem import Problem
from server.use_cases.rights import ask, ties
from server.use_cases.sign_in import Person

LOOKS_BACK = timedelta(days=365)
LOOKS_AHEAD = timedelta(days=90)
#: Fewer players than this are not told of.
PLAYERS_LEAST = 5

Verdict = Literal["fine", "look", "rests"]


@dataclass(frozen=True, slots=True)
class StageHealth:
    """How one stage is.

    `reports`: of a year, by reason. `waiting`: how many of them nobody has answered. `done_since`: the day since which
    at least five players did it; None where fewer did in a year. `closing`: ground it lies on or reaches into.
    """

    key: str
    titles: Mapping[str, str]
    verdict: Verdict
    reports: Mapping[str, int]
    waiting: int
    newest: date | None
    rests: Rest | None
    done_since: date | None
    closing: tuple[Closure, ...]
    steward: bool


@dataclass(frozen=True, slots=True)
class Health:
    """`verdict`: rests where there is no way to its end, look where any stage asks for it."""

    code: str
    verdict: Verdict
    stages: tuple[StageHealth, ...]


def health(database: Database, person: Person, quest_id: str, now: datetime) -> Health:
    """Raises Problem: unknown-stage, sign-in-stronger."""
    with database.transaction() as connection:
        known = stages.of_quest(connection, quest_id)
        if not known:
            raise Problem("unknown-stage")
        quest = known[0].quest
        person_is = ties(connection, person)
        whose: frozenset[Who] = frozenset().union(
            *(person_is.to(stage.body, stage.municipality, stage.subject) for stage in known)
        )
        resting = {stage.key: stage.rests for stage in known if stage.rests is not None}
        state = "rests" if resting else "played"
        ask("read-health", whose, state, person, now, unknown="unknown-stage")
        told = reports.by_stage(connection, quest_id, (now - LOOKS_BACK).date())
        done = reports.done_by_several(connection, quest_id, now - LOOKS_BACK, PLAYERS_LEAST)
        looked_after = stewards.looked_after(connection, quest_id)
        _, standing = closures.not_over(connection, now)
    ahead = _ahead(quest, standing, now)
    own = []
    for stage in known:
        by_reason, newest, waiting = told.get(stage.key, ({}, None, 0))
        closing = ahead.get(stage.key, ())
        verdict: Verdict = "rests" if stage.rests else "look" if waiting or closing else "fine"
        own.append(
            StageHealth(
                key=stage.key,
                titles={
                    tag: texts.stages[stage.key].title
                    for tag, texts in quest.texts.items()
                    if stage.key in texts.stages
                },
                verdict=verdict,
                reports=by_reason,
                waiting=waiting,
                newest=newest,
                rests=stage.rests,
                done_since=done.get(stage.key),
                closing=closing,
                steward=bool(looked_after & {stage.key, stewards.ALL}),
            )
        )
    if without(quest, resting) is None:
        whole: Verdict = "rests"
    else:
        whole = "fine" if all(one.verdict == "fine" for one in own) else "look"
    return Health(quest.code, whole, tuple(own))


def _ahead(quest: Quest, standing: tuple[Closure, ...], now: datetime) -> dict[str, tuple[Closure, ...]]:
    """By stage, what is closed now or will be within the time looked ahead, in any of its ways."""
    found: dict[str, tuple[Closure, ...]] = {}
    for closure in sorted(of_quest(quest, standing), key=lambda one: (one.starts, one.id)):
        begins = max(closure.starts, now)
        if begins > now + LOOKS_AHEAD:
            continue
        for stage in {stage for stage, _ in closed_ways(quest, [closure], begins)}:
            found[stage] = (*found.get(stage, ()), closure)
    return found
