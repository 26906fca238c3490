"""Every invariant of the engine, and for each a twin that breaks it and must be caught."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from quests.judge import judge
from quests.model import Quest
from quests.moves import Move
from quests.outcomes import HandedIn, Judged, Outcome, StagePassed
from quests.play import Journey, advance, play
from quests.secrets import NOT_HEARD, Heard
from tests.quests import properties as the
from tests.twins import Property, caught, name_of


def play_counting_repeats(quest: Quest, judged: Iterable[Judged]) -> Journey:
    """A move heard twice counts twice."""
    judged = list(judged)
    journey = play(quest, judged)
    extra = {
        stage: trust + sum(one.stage == stage for one in judged) for stage, trust in journey.trust.items()
    }
    return replace(journey, trust=extra)


def play_last_row_stands(quest: Quest, judged: Iterable[Judged]) -> Journey:
    """The row heard last stands, so that the order of hearing matters."""
    journey = play(quest, judged := list(judged))
    rows = [(one.order, fact) for one in judged for fact in one.facts if isinstance(fact, HandedIn)]
    return replace(journey, facts=replace(journey.facts, row=rows[-1] if rows else None))


def play_that_a_later_pass_undoes(quest: Quest, judged: Iterable[Judged]) -> Journey:
    """A stage said to be blocked is no longer satisfied."""
    journey = play(quest, judged)
    return replace(journey, satisfied=journey.satisfied - journey.passed)


def play_lowering_trust_for_misses(quest: Quest, judged: Iterable[Judged]) -> Journey:
    """A miss at a stage costs trust."""
    journey = play(quest, judged := list(judged))
    missed = {one.stage for one in judged if one.outcome is Outcome.MISSED}
    return replace(
        journey, trust={stage: trust - (stage in missed) for stage, trust in journey.trust.items()}
    )


def advance_without_passing_on(quest: Quest, journey: Journey, judged: Judged) -> Journey:
    """What opens is not followed further: a stage done before its turn never comes to count."""
    after = advance(quest, journey, judged)
    return replace(after, settled=journey.settled | ({judged.stage or ""} & after.settled))


def play_in_order_of_time(quest: Quest, judged: Iterable[Judged]) -> Journey:
    """A stage done before the one before it does not count."""
    judged = sorted(judged, key=lambda one: one.order)
    journey, kept = play(quest, []), []
    for one in judged:
        if one.stage in journey.open or not one.facts:
            kept.append(one)
            journey = play(quest, kept)
    return journey


def play_refusing_what_is_early(quest: Quest, judged: Iterable[Judged]) -> Journey:
    """Only open stages are satisfied."""
    journey = play(quest, judged)
    return replace(journey, satisfied=journey.satisfied & journey.open)


def play_following_the_last_branch(quest: Quest, judged: Iterable[Judged]) -> Journey:
    """Only the branch chosen last is open."""
    journey = play(quest, judged)
    last = {(stage, task, option) for (stage, task), (_, option) in journey.facts.newest.items()}
    left = journey.facts.chosen - last
    shut = {
        key
        for key, condition in quest.opening.items()
        if (getattr(condition, "stage", 0), getattr(condition, "task", 0), getattr(condition, "option", 0))
        in left
    }
    return replace(journey, open=journey.open - shut)


def play_finishing_at_hand_in(quest: Quest, judged: Iterable[Judged]) -> Journey:
    """Handing in finishes the quest."""
    journey = play(quest, judged)
    return replace(journey, finished=journey.finished or journey.facts.row is not None)


def play_heeding_refused_moves(quest: Quest, judged: Iterable[Judged]) -> Journey:
    """A refused "blocked" still passes its stage."""
    return play(
        quest,
        [
            msgspec.structs.replace(
                one, outcome=Outcome.ACCEPTED, facts=(StagePassed(stage=one.stage, reason="gone"),)
            )
            if one.outcome is Outcome.MISSED and one.stage
            else one
            for one in judged
        ],
    )


def play_with_the_newest_trust(quest: Quest, judged: Iterable[Judged]) -> Journey:
    """Trust is that of the last move heard, not of the best."""
    journey = play(quest, judged := list(judged))
    newest = {one.stage or "": one.trust for one in judged if one.stage in journey.trust and one.facts}
    return replace(journey, trust={**journey.trust, **newest})


def judge_refusing_unequal(quest: Quest, move: Move, heard: Heard) -> Judged:
    """The server takes back what the phone accepted."""
    found = judge(quest, move, heard)
    if heard.equal is False and found.outcome is Outcome.ACCEPTED:
        return msgspec.structs.replace(found, outcome=Outcome.MISSED, code="wrong-answer", facts=(), trust=0)
    return found


def judge_trusting_every_clock(quest: Quest, move: Move, heard: Heard) -> Judged:
    return judge(quest, move, msgspec.structs.replace(heard, at=move.made_at))


def judge_by_gps_alone(quest: Quest, move: Move, heard: Heard) -> Judged:
    """No "I am here, but GPS says no"."""
    strict = msgspec.structs.replace(move.body, here=False)
    return judge(quest, msgspec.structs.replace(move, body=strict), heard)


def judge_without_closures(quest: Quest, move: Move, heard: Heard) -> Judged:
    return judge(quest, move, msgspec.structs.replace(heard, closed=()))


class RememberingJudge:
    """Trusts a second move less because of the first."""

    def __init__(self) -> None:
        self.heard = 0

    def __call__(self, quest: Quest, move: Move, heard: Heard) -> Judged:
        self.heard += 1
        found = judge(quest, move, heard)
        return msgspec.structs.replace(found, trust=found.trust + self.heard % 2)


INVARIANTS: tuple[tuple[Property, Any, tuple[Any, ...]], ...] = (
    (the.order_batches_and_repetition_change_nothing, play, (play_counting_repeats, play_last_row_stands)),
    (
        the.one_more_move_takes_no_progress_away,
        play,
        (play_that_a_later_pass_undoes, play_lowering_trust_for_misses),
    ),
    (the.advancing_is_playing_the_larger_set, advance, (advance_without_passing_on,)),
    (the.time_never_orders_progress, play, (play_in_order_of_time,)),
    (the.a_stage_done_before_its_turn_counts_when_its_turn_opens, play, (play_refusing_what_is_early,)),
    (the.every_branch_ever_chosen_is_open, play, (play_following_the_last_branch,)),
    (the.a_row_opens_nothing_and_the_first_stands, play, (play_finishing_at_hand_in, play_last_row_stands)),
    (the.what_was_missed_or_refused_changes_nothing, play, (play_heeding_refused_moves,)),
    (the.trust_is_the_best_of_its_moves, play, (play_with_the_newest_trust, play_lowering_trust_for_misses)),
    (the.what_the_server_hears_only_raises_trust, judge, (judge_refusing_unequal,)),
    (the.doubt_gives_at_most_trust_one, judge, (judge_trusting_every_clock,)),
    (the.there_is_always_a_way_through, judge, (judge_by_gps_alone,)),
    (the.closed_ground_is_refused_only_when_it_was_known, judge, (judge_without_closures,)),
    (the.a_move_is_judged_alone, judge, (RememberingJudge(),)),
)

TWINS = [(holds, twin) for holds, _, twins in INVARIANTS for twin in twins]


@pytest.mark.parametrize("holds, real", [(holds, real) for holds, real, _ in INVARIANTS], ids=name_of)
def test_the_engine_keeps(holds: Property, real: Any) -> None:
    holds(real)


@pytest.mark.slow
@pytest.mark.parametrize("holds, twin", TWINS, ids=name_of)
def test_the_property_catches(holds: Property, twin: Any) -> None:
    caught(holds, twin)


def test_an_advance_costs_no_more_after_a_long_history() -> None:
    """State is bounded by the quest: five thousand moves leave facts no larger than three rounds do."""
    from tests.quests.road import twenty_stages, walked

    quest = twenty_stages()
    short, long = play(quest, walked(quest, 120)), play(quest, walked(quest, 5_000))

    assert len(long.facts.done) == len(short.facts.done)
    assert len(long.facts.chosen) == len(short.facts.chosen)
    assert advance(quest, long, walked(quest, 1)[0]) is long


def test_hearing_is_left_out_on_the_phone() -> None:
    assert Heard(at=None, equal=None, tie_break=None, closed=()) == NOT_HEARD
