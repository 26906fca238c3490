"""What is left of a quest when stages of it rest."""

from datetime import UTC, datetime

import msgspec
import pytest

from quests.conditions import AllOf, AnyOf, AtLeast, Chose, Condition, Satisfied, Settled
from quests.model import Quest
from quests.openness import can_be_played, offer, plan_of
from quests.resting import without
from quests.views import public
from tests.factories import CENTRE, QuestFactory

AT = datetime(2026, 6, 20, 10, 0, tzinfo=UTC)


def quest(**changed: object) -> Quest:
    """Three stages in order: start, middle, and a hidden end."""
    made: Quest = QuestFactory.build(**changed)
    return made


def opening(made: Quest, *resting: str, **opens: Condition) -> dict[str, Condition | None] | None:
    """When each stage that is left opens; None where the quest rests."""
    stages = tuple(
        msgspec.structs.replace(stage, opens=opens.get(stage.key, stage.opens)) for stage in made.stages
    )
    left = without(msgspec.structs.replace(made, stages=stages), resting)
    return None if left is None else dict(left.opening)


def test_whoever_passes_a_stage_comes_to_the_next() -> None:
    assert opening(quest(), "start") == {"middle": None, "end": Settled("middle")}
    assert opening(quest(), "middle") == {"start": None, "end": Settled("start")}
    assert opening(quest(), "start", "middle") == {"end": None}


def test_where_nothing_rests_it_is_the_quest_itself() -> None:
    made = quest()

    assert without(made, ()) is made
    assert without(made, {"a stage of an older version"}) is made


def test_a_quest_of_which_every_stage_rests_rests() -> None:
    assert without(quest(), {"start", "middle", "end"}) is None


def test_a_quest_whose_only_placed_stage_rests_rests() -> None:
    made = quest()
    stages = (made.stages[0], *(msgspec.structs.replace(one, place=None) for one in made.stages[1:]))

    assert without(msgspec.structs.replace(made, stages=stages), {"start"}) is None


@pytest.mark.parametrize(
    "finish",
    [
        Satisfied("middle"),
        Chose("middle", "tip", "x"),
        AllOf((Settled("end"), Satisfied("middle"))),
        AtLeast(2, (Satisfied("middle"), Settled("end"))),
    ],
)
def test_a_quest_whose_only_way_goes_through_it_rests(finish: Condition) -> None:
    assert without(quest(finish=finish), {"middle"}) is None


@pytest.mark.parametrize(
    "finish",
    [AnyOf((Satisfied("middle"), Satisfied("end"))), AtLeast(1, (Satisfied("middle"), Settled("end")))],
)
def test_another_way_to_the_end_is_enough(finish: Condition) -> None:
    assert without(quest(finish=finish), {"middle"}) is not None


def test_what_only_a_resting_stage_opens_is_out_of_reach() -> None:
    assert opening(quest(finish=Settled("start")), "middle", end=Chose("middle", "tip", "x")) == {
        "start": None
    }
    assert opening(quest(), "middle", end=Chose("middle", "tip", "x")) is None  # all are needed for its end


def test_stages_that_wait_for_each_other_open_nothing() -> None:
    assert (
        opening(
            quest(finish=Settled("end")), "start", "middle", start=Settled("middle"), middle=Settled("start")
        )
        is None
    )


def test_it_is_begun_and_offered_at_the_first_stage_that_does_not_rest() -> None:
    left = without(quest(), {"start"})
    assert left is not None
    offered = offer(plan_of(left), AT, CENTRE)

    assert can_be_played(plan_of(left), AT, CENTRE)
    assert offered.opening.open
    assert [stage.key for stage in offered.stages] == ["middle", "hidden-1"]


def test_a_quest_whose_end_is_near_for_those_who_pass_still_asks_for_something_to_do() -> None:
    left = without(quest(done_at=1), {"start"})

    assert left is not None
    assert left.finishing == AnyOf((Settled("middle"), Settled("end")))


def test_everybody_sees_why_and_is_not_led_there() -> None:
    shown = public(quest(), {"start": "not-safe", "end": "gone"})

    assert [(stage.key, stage.rests, stage.entrance) for stage in shown.stages] == [
        ("start", "not-safe", False),
        ("middle", None, True),
    ]
    assert not shown.rests
    assert "gone" not in msgspec.json.encode(shown).decode()
    assert public(quest(), dict.fromkeys(("start", "middle", "end"), "closed")).rests
