"""What every badge rule and every deed must keep, each as a function of the implementation it holds to account.

`test_badges.py` runs each against the engine, and against a twin that is wrong in the way the property forbids.
"""

import random
from collections.abc import Callable, Hashable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from quests.badges import AnyRule, Rule
from quests.badges.all_of import AllOf
from quests.badges.any_of import AnyOf
from quests.badges.count import Count
from quests.badges.distinct import Distinct
from quests.badges.where import Where
from quests.badges.within import Within
from quests.deeds import (
    DEED_KINDS,
    Circumstances,
    Deed,
    Ground,
    Light,
    Players,
    Season,
    Told,
    Word,
    at_its_hour,
)
from quests.model import Quest, Setting
from quests.outcomes import Judged, Outcome, TaskDone
from quests.today import TimeOfYear
from tests.strategies import judged_sets

Holds = Callable[[AnyRule, AbstractSet[Deed]], bool]
Tells = Callable[[AnyRule, Deed], frozenset[Hashable]]
DeedsOf = Callable[..., AbstractSet[Deed]]

QUESTS = tuple(f"{number:08x}-0000-4000-8000-000000000000" for number in range(3))
FIRST_DAY = date(2026, 1, 1)


def _pool(count: int) -> tuple[Deed, ...]:
    """Deeds to choose from: making each anew would take most of the time."""
    chance = random.Random(20260620)
    return tuple(
        Deed(
            kind=chance.choice(DEED_KINDS),
            when=Circumstances(
                day=FIRST_DAY + timedelta(days=chance.randint(0, 40)),
                hour=chance.randint(0, 23),
                season=chance.choice(get_args(Season)),
                light=chance.choice(get_args(Light)),
            ),
            on_time=chance.random() < 0.8,
            trust=chance.randint(0, 4),
            task_kind=chance.choice((None, "arrive", "meet")),
            quest=chance.choice((None, *QUESTS)),
            quest_kind=chance.choice(("challenge", "trail")),
            stage=chance.choice((None, "a", "b")),
            task=chance.choice((None, "t")),
            ground=chance.choice(get_args(Ground)),
            municipality=chance.choice((None, "2380", "2303")),
            setting=chance.choice(((), ("forest",), ("door", "street"))),
            players=chance.choice((None, *get_args(Players))),
        )
        for _ in range(count)
    )


POOL = _pool(80)
# Few are as likely as many: it is with few that a rule just holds.
some_deeds = st.one_of(
    st.frozensets(st.sampled_from(POOL), max_size=2), st.frozensets(st.sampled_from(POOL), max_size=10)
)


def some_of(values: Iterable[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    """Mostly none: a rule that asks for much of one deed holds for hardly any."""
    some = st.lists(st.sampled_from(list(values)), max_size=2, unique=True).map(tuple)
    return st.one_of(st.just(()), st.just(()), st.just(()), some)


def _made_of(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    parts = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(AllOf, of=parts),
        st.builds(AnyOf, of=parts),
        st.builds(Within, days=st.integers(7, 30), then=inner),
        st.builds(
            Where,
            then=inner,
            kind=some_of(DEED_KINDS),
            task_kind=some_of(("arrive", "meet")),
            season=some_of(season.value for season in TimeOfYear),
            light=some_of(get_args(Light)),
            setting=some_of(get_args(Setting)),
            municipality=some_of(("2380", "2303")),
            players=some_of(get_args(Players)),
            trust=st.integers(0, 3),
        ),
    )


rules: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.builds(Count, least=st.integers(1, 3)),
        st.builds(
            Distinct,
            of=st.sampled_from(("task_kind", "quest", "season", "light", "municipality")),
            least=st.integers(1, 3),
            same=st.sampled_from((None, "quest", "municipality", "season")),
        ),
    ),
    _made_of,
    max_leaves=3,
)


# Rules for which it matters which deeds go together: drawn from all rules, few are both so and close to holding.
keeping_apart: st.SearchStrategy[Any] = st.one_of(
    st.builds(
        Distinct,
        of=st.sampled_from(("season", "light", "quest_kind")),
        least=st.just(2),
        same=st.sampled_from(("quest", "municipality")),
    ),
    st.builds(Within, days=st.just(7), then=st.builds(Count, least=st.integers(2, 3))),
)


def what_is_earned_stays_earned_with_more_deeds(holds: Holds) -> None:
    @given(rules, some_deeds, some_deeds)
    def kept(rule: AnyRule, fewer: frozenset[Deed], more: frozenset[Deed]) -> None:
        assert not holds(rule, fewer) or holds(rule, fewer | more)

    kept()


def doing_the_same_again_earns_nothing(holds: Holds) -> None:
    """Attempts and minutes do not count: the same things at other hours of the same days change no rule."""

    @given(rules, some_deeds, st.integers(0, 23))
    def kept(rule: AnyRule, done: frozenset[Deed], hour: int) -> None:
        again = {replace(deed, when=replace(deed.when, hour=hour)) for deed in done}
        assert holds(rule, done | again) == holds(rule, done)

    kept()


def nothing_done_earns_nothing(holds: Holds) -> None:
    @given(rules)
    def kept(rule: AnyRule) -> None:
        assert not holds(rule, frozenset())

    kept()


def a_clock_that_cannot_be_relied_on_earns_nothing_of_the_clock(holds: Holds) -> None:
    """Neither a season, nor a light, nor so many days."""

    @given(some_deeds, st.integers(1, 3))
    def kept(done: frozenset[Deed], least: int) -> None:
        doubtful = frozenset(replace(deed, on_time=False) for deed in done)
        for of in ("season", "light"):
            assert not holds(Distinct(of=of, least=least), doubtful)
        assert not holds(Within(days=30, then=Count(least=least)), doubtful)
        for season in TimeOfYear:
            assert not holds(Where(season=(season.value,), then=Count(least=least)), doubtful)

    kept()


def a_deed_that_tells_nothing_new_changes_nothing(tells: Tells) -> None:
    """So that the server may leave a rule alone to which a batch told nothing that its journey had not told before."""

    @given(st.one_of(rules, keeping_apart), st.data())
    def kept(rule: AnyRule, data: st.DataObject) -> None:
        done = data.draw(st.frozensets(st.sampled_from(POOL), min_size=1, max_size=6))
        known = sorted(done, key=POOL.index)
        more = data.draw(st.sampled_from(POOL))
        if data.draw(st.booleans()):  # the same as before, on the day of something else
            again, other = data.draw(st.sampled_from(known)), data.draw(st.sampled_from(known))
            more = replace(again, when=other.when)
        told = {one for deed in done for one in tells(rule, deed)}
        if tells(rule, more) <= told:
            assert rule.holds(done | {more}) == rule.holds(done)

    kept()


NAMES = ("anna", "bo", "a stranger")
#: Whom a move may name; never the last.
named = st.sets(st.sampled_from(NAMES[:2])).map(sorted).map(tuple)


def words(quest: Quest) -> st.SearchStrategy[frozenset[Word]]:
    stages = [None, *(stage.key for stage in quest.stages)]
    return st.frozensets(st.builds(Word, player=st.sampled_from(NAMES), stage=st.sampled_from(stages)))


def more_moves_bring_more_deeds(deeds_of: DeedsOf) -> None:
    @given(judged_sets(least=1), st.data())
    def kept(case: tuple[Quest, tuple[Judged, ...]], data: st.DataObject) -> None:
        quest, judged = case
        told = [Told(judged=one, named=data.draw(named)) for one in judged]
        said = data.draw(words(quest))
        left_out = data.draw(st.sampled_from(told))
        assert deeds_of(quest, [one for one in told if one is not left_out], words=said) <= deeds_of(
            quest, told, words=said
        )

    kept()


def more_words_bring_more_deeds(deeds_of: DeedsOf) -> None:
    """Whoever is heard later only adds, in whatever order."""

    @given(judged_sets(least=1), st.data())
    def kept(case: tuple[Quest, tuple[Judged, ...]], data: st.DataObject) -> None:
        quest, judged = case
        told = [Told(judged=one, named=data.draw(named)) for one in judged]
        fewer, more = data.draw(words(quest)), data.draw(words(quest))
        assert deeds_of(quest, told, words=fewer) <= deeds_of(quest, told, words=fewer | more)

    kept()


def being_named_brings_nothing_and_naming_nobody_neither(deeds_of: DeedsOf) -> None:
    """Only what both say counts: one's own word, or another's, changes nothing by itself."""

    @given(judged_sets(least=1), st.data())
    def kept(case: tuple[Quest, tuple[Judged, ...]], data: st.DataObject) -> None:
        quest, judged = case
        alone = [Told(judged=one) for one in judged]
        naming = [Told(judged=one, named=data.draw(named)) for one in judged]
        said = frozenset(word for word in data.draw(words(quest)) if word.player == NAMES[2])
        plain = deeds_of(quest, alone, words=frozenset())
        assert deeds_of(quest, naming, words=frozenset()) == plain
        assert deeds_of(quest, alone, words=said) == plain
        assert deeds_of(quest, naming, words=said) == plain

    kept()


def what_was_missed_or_refused_is_no_deed(deeds_of: DeedsOf) -> None:
    @given(judged_sets())
    def kept(case: tuple[Quest, tuple[Judged, ...]]) -> None:
        quest, judged = case
        told = [Told(judged=one) for one in judged]
        accepted = [one for one in told if one.judged.outcome is Outcome.ACCEPTED]
        assert deeds_of(quest, told) == deeds_of(quest, accepted)
        done = {fact.stage for one in judged for fact in one.facts if isinstance(fact, TaskDone)}
        assert {deed.stage for deed in deeds_of(quest, told)} - {None} <= done

    kept()


def a_deed_knows_its_hour_and_no_more(deeds_of: DeedsOf) -> None:
    """So that the server may keep one of each hour: the deeds are the same, and in no other order or number."""

    @given(judged_sets(), st.randoms(use_true_random=False))
    def kept(case: tuple[Quest, tuple[Judged, ...]], chance: Any) -> None:
        quest, judged = case
        told = [Told(judged=one) for one in judged]
        hours = [at_its_hour(one) for one in told]
        chance.shuffle(hours)
        assert deeds_of(quest, hours) == deeds_of(quest, told)
        minute = chance.randint(0, 59)
        moved = [
            msgspec.structs.replace(
                one,
                judged=msgspec.structs.replace(one.judged, made_at=one.judged.made_at.replace(minute=minute)),
            )
            for one in told
        ]
        assert deeds_of(quest, moved) == deeds_of(quest, told)

    kept()


def really_holds(rule: Rule, done: AbstractSet[Deed]) -> bool:
    return rule.holds(done)


def really_tells(rule: Rule, deed: Deed) -> frozenset[Hashable]:
    return rule.tells(deed)


NOON = datetime(2026, 6, 20, 10, tzinfo=UTC)
