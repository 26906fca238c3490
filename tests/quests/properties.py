"""The invariants, each as a function of the implementation it holds to account.

`test_invariants.py` runs each against the engine, and against a twin that is wrong in the way the
invariant forbids: the property must catch it.
"""

import random
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from geo.fences import outside_m
from quests.model import Quest
from quests.moves import BlockedBody, Move
from quests.outcomes import HandedIn, Judged, Outcome
from quests.play import Journey, play
from quests.secrets import NOT_HEARD, Heard
from tests.strategies import heard, judged_sets, moves, places, quests

Play = Callable[[Quest, Iterable[Judged]], Journey]
Advance = Callable[[Quest, Journey, Judged], Journey]
Judge = Callable[[Quest, Move, Heard], Judged]


def order_batches_and_repetition_change_nothing(play: Play) -> None:
    @given(judged_sets(), st.randoms(use_true_random=False))
    def holds(case: tuple[Quest, tuple[Judged, ...]], chance: random.Random) -> None:
        quest, judged = case
        mixed = [*judged, *chance.choices(judged, k=5)] if judged else []
        chance.shuffle(mixed)
        assert play(quest, mixed) == play(quest, judged)

    holds()


def one_more_move_takes_no_progress_away(play: Play) -> None:
    @given(judged_sets(least=1), st.data())
    def holds(case: tuple[Quest, tuple[Judged, ...]], data: st.DataObject) -> None:
        quest, judged = case
        left_out = data.draw(st.sampled_from(judged))
        before = play(quest, [one for one in judged if one is not left_out])
        after = play(quest, judged)
        assert before.progress <= after.progress
        assert before.settled <= after.settled
        assert all(after.trust[stage] >= trust for stage, trust in before.trust.items())

    holds()


def advancing_is_playing_the_larger_set(advance: Advance) -> None:
    @given(judged_sets(least=1))
    def holds(case: tuple[Quest, tuple[Judged, ...]]) -> None:
        quest, judged = case
        journey = play(quest, [])
        for count, one in enumerate(judged, start=1):
            journey = advance(quest, journey, one)
            assert journey == play(quest, judged[:count])

    holds()


def time_never_orders_progress(play: Play) -> None:
    @given(judged_sets(), st.data())
    def holds(case: tuple[Quest, tuple[Judged, ...]], data: st.DataObject) -> None:
        quest, judged = case
        moved = [
            msgspec.structs.replace(
                one, made_at=one.made_at + timedelta(minutes=data.draw(st.integers(-90, 90)))
            )
            for one in judged
        ]
        assert play(quest, moved).progress == play(quest, judged).progress
        assert play(quest, moved).trust == play(quest, judged).trust

    holds()


def a_stage_done_before_its_turn_counts_when_its_turn_opens(play: Play) -> None:
    @given(judged_sets())
    def holds(case: tuple[Quest, tuple[Judged, ...]]) -> None:
        quest, judged = case
        journey = play(quest, judged)
        assert journey.settled == (journey.satisfied | journey.passed) & journey.open
        for stage in quest.stages:
            done = {task for at, task in journey.facts.done if at == stage.key}
            enough = any(len(tasks & done) >= needed for tasks, needed in stage.ways)
            assert (stage.key in journey.satisfied) == enough

    holds()


def every_branch_ever_chosen_is_open(play: Play) -> None:
    @given(judged_sets(least=4, shapes=("branching",)))
    def holds(case: tuple[Quest, tuple[Judged, ...]]) -> None:
        quest, judged = case
        journey = play(quest, judged)
        for stage, task, option in journey.facts.chosen:
            if stage not in journey.open:
                continue
            for key, condition in quest.opening.items():
                is_that = getattr(condition, "stage", None), getattr(condition, "task", None)
                if is_that == (stage, task) and condition.option == option:  # type: ignore[union-attr]
                    assert key in journey.open

    holds()


def a_row_opens_nothing_and_the_first_stands(play: Play) -> None:
    @given(judged_sets())
    def holds(case: tuple[Quest, tuple[Judged, ...]]) -> None:
        quest, judged = case
        rows = [one for one in judged if any(isinstance(fact, HandedIn) for fact in one.facts)]
        without = play(quest, [one for one in judged if one not in rows])
        journey = play(quest, judged)
        assert journey.progress == without.progress
        assert (journey.facts.row is None) == (not rows)
        if rows:
            assert journey.facts.row == (
                min(one.order for one in rows),
                min(rows, key=lambda one: one.order).facts[0],
            )

    holds()


def what_was_missed_or_refused_changes_nothing(play: Play) -> None:
    @given(judged_sets())
    def holds(case: tuple[Quest, tuple[Judged, ...]]) -> None:
        quest, judged = case
        assert play(quest, [one for one in judged if one.outcome is Outcome.ACCEPTED]) == play(quest, judged)
        assert all(not one.facts for one in judged if one.outcome is not Outcome.ACCEPTED)

    holds()


def trust_is_the_best_of_its_moves(play: Play) -> None:
    @given(judged_sets())
    def holds(case: tuple[Quest, tuple[Judged, ...]]) -> None:
        quest, judged = case
        best: dict[str, int] = {}
        for one in judged:
            if one.stage is not None and any(type(fact).__name__ == "TaskDone" for fact in one.facts):
                best[one.stage] = max(best.get(one.stage, 0), one.trust)
        assert play(quest, judged).trust == best

    holds()


def what_the_server_hears_only_raises_trust(judge: Judge) -> None:
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        quest = data.draw(quests())
        move = data.draw(moves(quest))
        on_phone = judge(quest, move, NOT_HEARD)
        on_server = judge(quest, move, replace_at(data.draw(heard(move)), move))
        assert on_server.outcome == on_phone.outcome
        assert on_server.code == on_phone.code
        assert _without_off_by(on_server) == _without_off_by(on_phone)
        assert on_server.trust >= on_phone.trust

    holds()


def doubt_gives_at_most_trust_one(judge: Judge) -> None:
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        quest = data.draw(quests())
        move = data.draw(moves(quest))
        late = Heard(at=move.made_at + timedelta(days=31), equal=True)
        ahead = Heard(at=move.made_at - timedelta(minutes=6), equal=True)
        assert judge(quest, move, late).trust <= 1
        assert judge(quest, move, ahead).trust <= 1
        assert judge(quest, move, late).outcome == judge(quest, move, NOT_HEARD).outcome
        stage = quest.stage(move.stage)
        varied = stage and stage.variant(move.variant)
        if varied is not None and varied.widened:
            assert judge(quest, move, Heard(at=move.made_at, equal=True)).trust <= 1
        if move.body.from_card:
            assert judge(quest, move, Heard(at=move.made_at, equal=True)).trust <= 1

    holds()


def there_is_always_a_way_through(judge: Judge) -> None:
    """The claims "I am here but GPS says no" and "cannot be done" are accepted whatever the fixes say."""

    @given(st.data())
    def holds(data: st.DataObject) -> None:
        quest = data.draw(quests())
        move = msgspec.structs.replace(data.draw(moves(quest)), variant=None)
        blocked = msgspec.structs.replace(
            move,
            body=BlockedBody(
                reason=data.draw(st.sampled_from(("cannot-reach", "not-safe", "closed", "gone")))
            ),
        )
        assert judge(quest, blocked, NOT_HEARD).outcome is Outcome.ACCEPTED
        journey = play(quest, [judge(quest, blocked, NOT_HEARD)])
        assert move.stage in journey.passed
        stage = quest.stage(move.stage)
        task = stage.task(move.task) if stage else None
        if task is not None and isinstance(move.body, task.Body):
            gps_says_no = msgspec.structs.replace(move, body=msgspec.structs.replace(move.body, here=True))
            found = judge(quest, gps_says_no, NOT_HEARD)
            assert found.code not in {"too-far", "no-position", "position-unsure"}

    holds()


def closed_ground_is_refused_only_when_it_was_known(judge: Judge) -> None:
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        quest = data.draw(quests())
        move = data.draw(moves(quest))
        place = data.draw(places())
        inside = any(outside_m(place.drawn, fix.position) == 0 for fix in move.fixes)
        found = judge(quest, move, Heard(at=move.made_at, closed=(place,)))
        assert (found.code == "closed-ground") == inside
        assert judge(quest, move, Heard(at=move.made_at)).code != "closed-ground"

    holds()


def a_move_is_judged_alone(judge: Judge) -> None:
    """Judging a move twice, with others in between, gives the same: there is no memory."""

    @given(st.data())
    def holds(data: st.DataObject) -> None:
        quest = data.draw(quests())
        made = data.draw(st.lists(moves(quest), min_size=1, max_size=4))
        alone = judge(quest, made[0], NOT_HEARD)
        for other in made[1:]:
            judge(quest, other, NOT_HEARD)
        assert judge(quest, made[0], NOT_HEARD) == alone

    holds()


def replace_at(what: Heard, move: Move) -> Heard:
    return msgspec.structs.replace(what, at=move.made_at)


def _without_off_by(judged: Judged) -> list[Any]:
    return [
        msgspec.structs.replace(fact, tie_break_off_by=None) if isinstance(fact, HandedIn) else fact
        for fact in judged.facts
    ]
