"""What a set of judged moves has come to.

`play` is the least fixpoint over the set: facts are only ever joined (union, maximum, minimum by a fixed
order), stages open by positive conditions over facts whose turn has come, and nothing is ever taken
away. So order, batches and repetition change nothing, and one more move never removes progress. State
is bounded by the quest and not by the history: `advance` costs the same after five moves and five thousand.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from quests.model import Quest
from quests.outcomes import Chosen, HandedIn, Judged, Outcome, StagePassed, TaskDone

TaskAt = tuple[str, str]
Order = tuple[datetime, str]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the accepted moves say, joined.

    `done`: trust per (stage, task), the best of its moves. `chosen`: every option ever chosen. `newest`:
    the last choice per task, for showing. `passed`: a reason per stage that could not be done. `row`: the
    first row handed in.
    """

    done: Mapping[TaskAt, int] = field(default_factory=dict)
    chosen: frozenset[tuple[str, str, str]] = frozenset()
    newest: Mapping[TaskAt, tuple[Order, str]] = field(default_factory=dict)
    passed: Mapping[str, tuple[Order, str]] = field(default_factory=dict)
    row: tuple[Order, HandedIn] | None = None


@dataclass(frozen=True, slots=True)
class Journey:
    """Where a journey stands. *Progress* is `satisfied`, `passed`, `open` and `finished`.

    `satisfied` may hold stages done before their turn; `settled` holds those satisfied or passed whose
    turn has come, and only these open others and count for finishing.
    """

    facts: Facts
    satisfied: frozenset[str]
    passed: frozenset[str]
    open: frozenset[str]
    settled: frozenset[str]
    finished: bool
    trust: Mapping[str, int]

    @property
    def progress(self) -> frozenset[tuple[str, str]]:
        """Progress as one set, so that "nothing is taken away" is the subset relation."""
        parts = {"satisfied": self.satisfied, "passed": self.passed, "open": self.open}
        named = {(name, stage) for name, stages in parts.items() for stage in stages}
        return frozenset(named | ({("finished", "")} if self.finished else set()))


@dataclass(frozen=True, slots=True)
class _Turns:
    """The facts of stages whose turn has come: what conditions may look at. The sets grow until nothing opens."""

    satisfied: set[str] = field(default_factory=set)
    settled: set[str] = field(default_factory=set)
    chosen: set[tuple[str, str, str]] = field(default_factory=set)


def play(quest: Quest, judged: Iterable[Judged]) -> Journey:
    """The journey that a set of judged moves makes. Cost: one step a move, then one fixpoint."""
    done: dict[TaskAt, int] = {}
    chosen: set[tuple[str, str, str]] = set()
    newest: dict[TaskAt, tuple[Order, str]] = {}
    passed: dict[str, tuple[Order, str]] = {}
    row: tuple[Order, HandedIn] | None = None
    for one in judged:
        if one.outcome is not Outcome.ACCEPTED:
            continue
        for fact in one.facts:
            match fact:
                case TaskDone(stage, task):
                    at = (stage, task)
                    if one.trust > done.get(at, -1):
                        done[at] = one.trust
                case Chosen(stage, task, option):
                    chosen.add((stage, task, option))
                    at, mark = (stage, task), (one.order, option)
                    if at not in newest or mark > newest[at]:
                        newest[at] = mark
                case StagePassed(stage, reason):
                    why = (one.order, reason)
                    if stage not in passed or why < passed[stage]:
                        passed[stage] = why
                case HandedIn():
                    if row is None or one.order < row[0]:
                        row = (one.order, fact)
    return _journey(quest, Facts(done, frozenset(chosen), newest, passed, row))


def advance(quest: Quest, journey: Journey, judged: Judged) -> Journey:
    """The journey after one more move: `advance(quest, play(quest, S), m) == play(quest, S ∪ {m})`."""
    if judged.outcome is not Outcome.ACCEPTED:
        return journey
    facts = journey.facts
    for fact in judged.facts:
        match fact:
            case TaskDone(stage, task):
                at = (stage, task)
                if judged.trust > facts.done.get(at, -1):
                    facts = replace(facts, done={**facts.done, at: judged.trust})
            case Chosen(stage, task, option):
                at, mark = (stage, task), (judged.order, option)
                if at not in facts.newest or mark > facts.newest[at]:
                    facts = replace(facts, newest={**facts.newest, at: mark})
                if (stage, task, option) not in facts.chosen:
                    facts = replace(facts, chosen=facts.chosen | {(stage, task, option)})
            case StagePassed(stage, reason):
                why = (judged.order, reason)
                if stage not in facts.passed or why < facts.passed[stage]:
                    facts = replace(facts, passed={**facts.passed, stage: why})
            case HandedIn():
                if facts.row is None or judged.order < facts.row[0]:
                    facts = replace(facts, row=(judged.order, fact))
    return journey if facts is journey.facts else _journey(quest, facts)


def _journey(quest: Quest, facts: Facts) -> Journey:
    satisfied, trust = _satisfied(quest, facts)
    passed = frozenset(facts.passed)
    turns, opened = _turns(quest, facts, satisfied, satisfied | passed)
    return Journey(
        facts=facts,
        satisfied=satisfied,
        passed=passed,
        open=opened,
        settled=frozenset(turns.settled),
        finished=quest.finishing.holds(turns),
        trust=trust,
    )


def _satisfied(quest: Quest, facts: Facts) -> tuple[frozenset[str], dict[str, int]]:
    """The stages done in one of their ways, and each stage's trust: the best of its accepted moves."""
    done_at: dict[str, set[str]] = {}
    trust: dict[str, int] = {}
    for (stage, task), supported in facts.done.items():
        done_at.setdefault(stage, set()).add(task)
        trust[stage] = max(supported, trust.get(stage, 0))
    satisfied = frozenset(
        stage.key
        for stage in quest.stages
        if (done := done_at.get(stage.key))
        and any(len(tasks & done) >= needed for tasks, needed in stage.ways)
    )
    return satisfied, trust


def _turns(
    quest: Quest, facts: Facts, satisfied: frozenset[str], done: frozenset[str]
) -> tuple[_Turns, frozenset[str]]:
    """The least fixpoint of "open stages count, and what counts opens stages".

    What a stage brings counts from the moment it opens. Conditions being positive, it is the same fixpoint in
    whatever order they are looked at; in the quest's own order a trail takes one round.
    """
    chosen_at: dict[str, set[tuple[str, str, str]]] = {}
    for choice in facts.chosen:
        chosen_at.setdefault(choice[0], set()).add(choice)
    turns = _Turns()
    waiting = dict(quest.opening)
    opened: set[str] = set()
    news = True
    while news:
        news = False
        for key, condition in list(waiting.items()):
            if condition is None or condition.holds(turns):
                del waiting[key]
                opened.add(key)
                turns.satisfied.update(satisfied & {key})
                turns.settled.update(done & {key})
                turns.chosen.update(chosen_at.get(key, ()))
                news = True
    return turns, frozenset(opened)
