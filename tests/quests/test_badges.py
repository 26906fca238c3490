"""Every property of badge rules and deeds, and for each a twin that breaks it and must be caught."""

from collections.abc import Collection, Hashable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest

import quests.badges
from quests.badges import BADGE_RULES, AnyRule, rules_in
from quests.badges.count import Count
from quests.badges.distinct import Distinct
from quests.badges.where import ATTRIBUTES, Where
from quests.badges.within import Within
from quests.deeds import (
    MIDDLE,
    Circumstances,
    Deed,
    Told,
    Word,
    circumstances,
    deeds_of,
    deeds_outside,
)
from quests.evidence import TimeClass
from quests.model import Company, Quest
from quests.outcomes import HandedIn, Judged, Outcome, Said, StagePassed, TaskDone
from quests.play import play
from tests.quests import badge_properties as the
from tests.quests.badge_properties import really_holds, really_tells
from tests.quests.road import twenty_stages
from tests.twins import Property, caught, name_of

RULES: tuple[Property, ...] = (
    the.what_is_earned_stays_earned_with_more_deeds,
    the.doing_the_same_again_earns_nothing,
    the.nothing_done_earns_nothing,
    the.a_clock_that_cannot_be_relied_on_earns_nothing_of_the_clock,
)
TELLING: tuple[Property, ...] = (the.a_deed_that_tells_nothing_new_changes_nothing,)
DEEDS: tuple[Property, ...] = (
    the.more_moves_bring_more_deeds,
    the.more_words_bring_more_deeds,
    the.being_named_brings_nothing_and_naming_nobody_neither,
    the.what_was_missed_or_refused_is_no_deed,
    the.a_deed_knows_its_hour_and_no_more,
)


def holds_for_exactly_so_many(rule: AnyRule, done: AbstractSet[Deed]) -> bool:
    """At most so many: more than asked for is too much."""
    if isinstance(rule, Count):
        return len({deed.thing for deed in done}) == rule.least
    return rule.holds(done)


def holds_where_nothing_else_was_done(rule: AnyRule, done: AbstractSet[Deed]) -> bool:
    """For all: somebody who did anything else loses it."""
    if isinstance(rule, Where):
        only = all(
            not rule.asks(a) or set(rule.asks(a)) & set(deed.values(a)) for deed in done for a in ATTRIBUTES
        )
        return only and rule.then.holds(done)
    return rule.holds(done)


def holds_within_the_last_days(rule: AnyRule, done: AbstractSet[Deed]) -> bool:
    """A streak: only the newest days count, and what was earned is lost when one goes on."""
    if isinstance(rule, Within) and done:
        newest = max(deed.when.day for deed in done)
        return rule.then.holds({deed for deed in done if (newest - deed.when.day).days < rule.days})
    return rule.holds(done)


def holds_counting_every_time(rule: AnyRule, done: AbstractSet[Deed]) -> bool:
    """Attempts: the same thing at another hour is one more."""
    return len(done) >= rule.least if isinstance(rule, Count) else rule.holds(done)


def holds_for_whoever_comes(rule: AnyRule, done: AbstractSet[Deed]) -> bool:
    """A welcome present: nothing has to be done for it."""
    return not done or rule.holds(done)


def holds_by_every_clock(rule: AnyRule, done: AbstractSet[Deed]) -> bool:
    return rule.holds({replace(deed, on_time=True) for deed in done})


def deeds_of_the_newest_alone(
    quest: Quest, told: Iterable[Told], words: Collection[Word] = ()
) -> frozenset[Deed]:
    """Each task's last move stands for it, so that a later one takes the place of an earlier."""
    newest: dict[object, Told] = {}
    for one in sorted(told, key=lambda one: one.judged.order):
        newest[one.judged.stage, one.judged.task] = one
    return deeds_of(quest, newest.values(), words=words)


def deeds_forgotten_when_a_stage_is_passed(
    quest: Quest, told: Iterable[Told], words: Collection[Word] = ()
) -> frozenset[Deed]:
    told = list(told)
    passed = play(quest, (one.judged for one in told)).passed
    return frozenset(deed for deed in deeds_of(quest, told, words=words) if deed.stage not in passed)


def deeds_with_somebody_or_alone(
    quest: Quest, told: Iterable[Told], words: Collection[Word] = ()
) -> AbstractSet[Deed]:
    """A deed in company takes the place of the same one alone."""
    found = deeds_of(quest, told, words=words)
    return {one for one in found if one.players or replace(one, players="several") not in found}


def deeds_with_whomever_one_names(
    quest: Quest, told: Iterable[Told], words: Collection[Word] = ()
) -> AbstractSet[Deed]:
    """Any name will do, also an invented one."""
    stages = [None, *(stage.key for stage in quest.stages)]
    told = list(told)
    said = {Word(player=name, stage=stage) for one in told for name in one.named for stage in stages}
    return deeds_of(quest, told, words=said)


def deeds_with_whoever_names_one(
    quest: Quest, told: Iterable[Told], words: Collection[Word] = ()
) -> AbstractSet[Deed]:
    """Whoever is named was along, whatever they say themselves."""
    names = tuple({word.player for word in words})
    return deeds_of(quest, [msgspec.structs.replace(one, named=names) for one in told], words=words)


def deeds_for_trying(quest: Quest, told: Iterable[Told]) -> frozenset[Deed]:
    """A miss is a deed too."""
    tried = []
    for one in told:
        judged = one.judged
        if judged.outcome is Outcome.MISSED:
            fact = TaskDone(stage=judged.stage or "", task=judged.task or "")
            judged = msgspec.structs.replace(judged, outcome=Outcome.ACCEPTED, facts=(fact,))
        tried.append(msgspec.structs.replace(one, judged=judged))
    return deeds_of(quest, tried)


def deeds_to_the_minute(quest: Quest, told: Iterable[Told]) -> frozenset[Deed]:
    told = list(told)
    minutes = sum(one.judged.made_at.minute for one in told)
    return frozenset(replace(deed, trust=minutes) for deed in deeds_of(quest, told))


def tells_whatever_the_day(rule: AnyRule, deed: Deed) -> frozenset[Hashable]:
    """Things done long ago count as done in these days."""
    return rule.then.tells(deed) if isinstance(rule, Within) else rule.tells(deed)


def tells_in_whatever_company(rule: AnyRule, deed: Deed) -> frozenset[Hashable]:
    """Two seasons in two quests are taken for two in one."""
    return frozenset(deed.values(rule.of)) if isinstance(rule, Distinct) else rule.tells(deed)


RULE_TWINS = (
    (the.a_deed_that_tells_nothing_new_changes_nothing, tells_whatever_the_day),
    (the.a_deed_that_tells_nothing_new_changes_nothing, tells_in_whatever_company),
    (the.what_is_earned_stays_earned_with_more_deeds, holds_for_exactly_so_many),
    (the.what_is_earned_stays_earned_with_more_deeds, holds_where_nothing_else_was_done),
    (the.what_is_earned_stays_earned_with_more_deeds, holds_within_the_last_days),
    (the.doing_the_same_again_earns_nothing, holds_counting_every_time),
    (the.nothing_done_earns_nothing, holds_for_whoever_comes),
    (the.a_clock_that_cannot_be_relied_on_earns_nothing_of_the_clock, holds_by_every_clock),
    (the.more_moves_bring_more_deeds, deeds_of_the_newest_alone),
    (the.more_moves_bring_more_deeds, deeds_forgotten_when_a_stage_is_passed),
    (the.more_words_bring_more_deeds, deeds_with_somebody_or_alone),
    (the.being_named_brings_nothing_and_naming_nobody_neither, deeds_with_whomever_one_names),
    (the.being_named_brings_nothing_and_naming_nobody_neither, deeds_with_whoever_names_one),
    (the.what_was_missed_or_refused_is_no_deed, deeds_for_trying),
    (the.a_deed_knows_its_hour_and_no_more, deeds_to_the_minute),
)


@pytest.mark.parametrize("holds", RULES, ids=name_of)
def test_the_rules_keep(holds: Property) -> None:
    holds(really_holds)


@pytest.mark.parametrize("holds", TELLING, ids=name_of)
def test_what_is_told_keeps(holds: Property) -> None:
    holds(really_tells)


@pytest.mark.parametrize("holds", DEEDS, ids=name_of)
def test_the_deeds_keep(holds: Property) -> None:
    holds(deeds_of)


@pytest.mark.parametrize("holds, twin", RULE_TWINS, ids=name_of)
def test_a_twin_that_breaks_it_is_caught(holds: Property, twin: object) -> None:
    caught(holds, twin)


def test_every_property_has_its_twin() -> None:
    assert {holds for holds, _ in RULE_TWINS} == {*RULES, *TELLING, *DEEDS}


def test_every_rule_is_listed_under_a_key_of_its_own() -> None:
    files = {file.stem for file in Path(quests.badges.__file__).parent.glob("*.py")} - {"__init__", "rule"}

    assert [rule.__struct_config__.tag for rule in BADGE_RULES] == [
        "all", "any", "count", "distinct", "where", "within",
    ]  # fmt: skip
    assert {rule.__module__.rpartition(".")[2] for rule in BADGE_RULES} == files


@pytest.mark.parametrize("tag", ["not", "first", "at_most", "none", "before", "minutes", "rank"])
def test_what_takes_away_or_ranks_is_no_rule(tag: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"is": tag, "least": 1}, AnyRule)


def test_nothing_of_time_spent_places_taken_or_attempts_can_be_asked() -> None:
    asked = {field.name for rule in BADGE_RULES for field in msgspec.structs.fields(rule)} | set(ATTRIBUTES)
    fields = set(Deed.__dataclass_fields__) | set(Circumstances.__dataclass_fields__)

    for word in (
        "minute",
        "second",
        "speed",
        "rank",
        "score",
        "right",
        "attempt",
        "row",
        "distance",
        "point",
    ):
        assert not [name for name in asked | fields if word in name], word


def test_a_rule_is_walked_through_with_all_its_parts() -> None:
    rule = msgspec.convert(
        {"is": "all", "of": [{"is": "where", "task_kind": ["meet"], "then": {"is": "count", "least": 1}},
                             {"is": "where", "quest": [the.QUESTS[0]], "then": {"is": "count", "least": 1}}]},
        AnyRule,
    )  # fmt: skip

    assert len(list(rules_in(rule))) == 5
    assert quests.badges.task_kinds_in(rule) == {"meet"}
    assert quests.badges.quests_in(rule) == {the.QUESTS[0]}


def deed(**fields: object) -> Deed:
    when = Circumstances(day=date(2026, 6, 20), hour=12, season="summer", light="day")
    return Deed(**{"kind": "stage", "when": when, "on_time": True, "trust": 1, **fields})  # type: ignore[arg-type]


def test_two_seasons_in_one_quest_are_not_a_season_in_each_of_two() -> None:
    rule = Distinct(of="season", least=2, same="quest")
    winter = Circumstances(day=date(2026, 12, 20), hour=12, season="winter", light="dark")

    assert not rule.holds({deed(quest="a"), deed(quest="b", when=winter)})
    assert rule.holds({deed(quest="a"), deed(quest="a", when=winter)})


def test_what_is_said_outside_of_journeys_counts_once_a_day() -> None:
    rule = Count(least=2)
    same_day = Circumstances(day=date(2026, 6, 20), hour=18, season="summer", light="day")
    next_day = Circumstances(day=date(2026, 6, 21), hour=12, season="summer", light="day")
    feeling = deed(kind="task", task_kind="feel")

    assert not rule.holds({feeling, replace(feeling, when=same_day)})
    assert rule.holds({feeling, replace(feeling, when=next_day)})


def test_days_need_not_follow_each_other_nor_be_the_last() -> None:
    rule = Within(days=7, then=Count(least=2))
    days = [date(2026, 1, 1), date(2026, 1, 7), date(2026, 12, 1)]
    done = [deed(quest=str(n), when=Circumstances(day, 12, "winter", "day")) for n, day in enumerate(days)]

    assert rule.holds(set(done))
    assert not rule.holds({done[0], done[2]})


def told(stage: str, task: str, at: datetime = the.NOON, **fields: object) -> Told:
    judged = Judged(
        move="m", made_at=at, outcome=Outcome.ACCEPTED, code="done", stage=stage, task=task,
        facts=(TaskDone(stage=stage, task=task),), **fields,  # type: ignore[arg-type]
    )  # fmt: skip
    return Told(judged=judged)


def test_a_stage_and_a_quest_are_deeds_when_they_come_to_their_end() -> None:
    quest = twenty_stages()
    moves = [told(stage.key, task.key) for stage in quest.stages for task in stage.tasks]

    first = deeds_of(quest, moves[:2], {quest.stages[0].key: "2380"})
    all_of_them = deeds_of(quest, moves)

    assert {(one.kind, one.stage, one.municipality) for one in first} == {
        ("task", quest.stages[0].key, "2380"), ("stage", quest.stages[0].key, "2380"),
    }  # fmt: skip
    assert {one.kind for one in all_of_them} == {"task", "stage", "finished"}
    assert {one.stage for one in all_of_them if one.kind == "stage"} == {stage.key for stage in quest.stages}


def test_a_stage_done_before_its_turn_is_no_stage_yet() -> None:
    quest = twenty_stages()
    last = quest.stages[-1]

    assert {one.kind for one in deeds_of(quest, [told(last.key, last.tasks[0].key)])} == {"task"}


def test_a_stage_that_was_passed_is_no_deed_but_opens_what_follows() -> None:
    quest = twenty_stages()
    first, second = quest.stages[:2]
    passed = Judged(
        move="p", made_at=the.NOON, outcome=Outcome.ACCEPTED, code="passed", stage=first.key,
        facts=(StagePassed(stage=first.key, reason="closed"),),
    )  # fmt: skip

    done = [told(second.key, task.key) for task in second.tasks]
    found = deeds_of(quest, [Told(judged=passed), *done])

    assert {(one.kind, one.stage) for one in found} == {("task", second.key), ("stage", second.key)}


def test_a_row_is_a_deed_whatever_it_scored() -> None:
    quest = twenty_stages()
    rows = [
        Told(judged=Judged(
            move="r", made_at=the.NOON, outcome=Outcome.ACCEPTED, code="handed-in",
            facts=(HandedIn(row=(), right=right, of=6),),
        ))
        for right in (0, 6)
    ]  # fmt: skip

    assert deeds_of(quest, rows[:1]) == deeds_of(quest, rows[1:]) == deeds_of(quest, rows)
    assert [one.kind for one in deeds_of(quest, rows)] == ["row"]


def test_outside_of_journeys_there_is_no_quest() -> None:
    judged = Judged(
        move="f", made_at=the.NOON, outcome=Outcome.ACCEPTED, code="done", facts=(Said(kind="feel"),)
    )
    missed = msgspec.structs.replace(judged, outcome=Outcome.MISSED)
    (found,) = deeds_outside([Told(judged=judged), Told(judged=missed), Told(judged=judged, named=("a",))])

    assert (found.task_kind, found.quest, found.ground, found.players) == ("feel", None, "anywhere", None)


def in_company(quest: Quest, *moves: Told, words: tuple[Word, ...] = ()) -> set[str | None]:
    """The stages that were done with somebody."""
    return {one.stage for one in deeds_of(quest, moves, words=words) if one.players == "several"}


def test_company_is_what_two_have_said_of_each_other_at_the_same_stage() -> None:
    quest = twenty_stages()
    stage, other = quest.stages[:2]
    alone = told(stage.key, stage.tasks[0].key)
    named = msgspec.structs.replace(alone, named=("anna",))
    here, elsewhere = Word(player="anna", stage=stage.key), Word(player="anna", stage=other.key)

    assert in_company(quest, named, words=(here,)) == {stage.key}
    assert in_company(quest, named) == set()
    assert in_company(quest, named, words=(elsewhere, Word(player="bo", stage=stage.key))) == set()
    assert in_company(quest, alone, words=(here,)) == set()


def test_what_was_done_with_somebody_was_done() -> None:
    quest = twenty_stages()
    stage = quest.stages[0]
    named = msgspec.structs.replace(told(stage.key, stage.tasks[0].key), named=("anna",))

    alone = deeds_of(quest, [named])
    together = deeds_of(quest, [named], words=[Word(player="anna", stage=stage.key)])

    assert together == alone | {replace(one, players="several") for one in alone}


def test_a_row_is_handed_in_together_by_two_who_hand_in() -> None:
    quest = twenty_stages()
    row = Judged(
        move="r", made_at=the.NOON, outcome=Outcome.ACCEPTED, code="handed-in",
        facts=(HandedIn(row=(), right=1, of=6),),
    )  # fmt: skip
    words = [Word(player="anna")]

    found = deeds_of(quest, [Told(judged=row, named=("anna",))], words=words)

    assert {one.players for one in found} == {None, "several"}


@pytest.mark.parametrize(
    "company, takes",
    [
        ((), False),
        (("alone", "two"), False),
        (("two", "child"), True),
        (("child",), True),
        (("alone",), False),
    ],
)
def test_whoever_plays_what_takes_two_says_that_they_were_two(
    company: tuple[Company, ...], *, takes: bool
) -> None:
    """A mother and her child on one phone: nobody has to be named, and nothing is kept of the child."""
    quest = msgspec.structs.replace(twenty_stages(), company=company)
    stage = quest.stages[0]

    assert (in_company(quest, told(stage.key, stage.tasks[0].key)) == {stage.key}) == takes


def test_no_rule_can_ask_that_somebody_was_alone() -> None:
    """That nobody else was along is a *not*: what is heard later would take it away."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"is": "where", "players": ["one"], "then": {"is": "count", "least": 1}}, AnyRule)


@pytest.mark.parametrize(
    "hour, expected",
    [
        (datetime(2026, 6, 20, 22, tzinfo=UTC), Circumstances(date(2026, 6, 21), 0, "summer", "day")),
        (datetime(2026, 12, 21, 11, tzinfo=UTC), Circumstances(date(2026, 12, 21), 12, "winter", "day")),
        (datetime(2026, 12, 21, 16, tzinfo=UTC), Circumstances(date(2026, 12, 21), 17, "winter", "dark")),
        (datetime(2026, 10, 31, 23, tzinfo=UTC), Circumstances(date(2026, 11, 1), 0, "winter", "dark")),
    ],
)
def test_day_hour_season_and_light_are_those_of_the_place(hour: datetime, expected: Circumstances) -> None:
    assert circumstances(hour, MIDDLE) == expected


def test_a_late_move_keeps_its_place_but_not_its_season() -> None:
    late = deed(on_time=False, municipality="2380")

    assert late.values("season") == late.values("light") == ()
    assert late.values("municipality") == ("2380",)
    quest = twenty_stages()
    one = told(quest.stages[0].key, quest.stages[0].tasks[0].key, time_class=TimeClass.UNCERTAIN)
    assert not any(d.on_time for d in deeds_of(quest, [one]))
