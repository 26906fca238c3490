"""One small thing today: the same for neighbours, new before known, and never an empty page while a door is open."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.positions import Position, destination
from geo.sun import Light
from quests.chance import fraction
from quests.conditions import Settled
from quests.model import Open, Quest, Stage
from quests.openness import Closed, Plan, PlannedStage, Way, plan_of
from quests.tasks import AnyTask
from quests.tasks.choice import Choice
from quests.tasks.count import Count
from quests.tasks.dwell import Dwell
from quests.tasks.feel import Feel
from quests.tasks.reflect import Reflect
from quests.today import WALK_MOST_M, Candidate, TimeOfYear, draw, walking_minutes
from tests.factories import QuestFactory

HAMMERDAL = Position(15.35, 63.58)
DECEMBER = datetime(2026, 12, 15, 15, 10, tzinfo=UTC)
NOON = datetime(2026, 12, 15, 11, 0, tzinfo=UTC)


def plan(*ways: Way, **changed: object) -> Plan:
    stage = PlannedStage(key="a", ways=ways or (Way(open=Open(light="any")),))
    return Plan(stages=(stage,), finishing=Settled("a"), **changed)  # type: ignore[arg-type]


def generic(number: int, **changed: object) -> Candidate:
    return Candidate(f"generic-{number}", f"G{number}", plan(**changed))


def placed(number: int, distance_m: float, light: str = "lit") -> Candidate:
    way = Way(open=Open(light=light), lon=15.35, lat=63.58)  # type: ignore[arg-type]
    return Candidate(f"placed-{number}", f"P{number}", plan(way), distance_m)


VECTORS = json.loads((Path(__file__).parents[1] / "vectors/today.json").read_text())
CHANCE = json.loads((Path(__file__).parents[1] / "vectors/chance.json").read_text())
MANY = tuple(generic(number) for number in range(40))


@pytest.mark.parametrize("row", [pytest.param(row, id=row["name"]) for row in VECTORS["rows"]])
def test_the_vectors(row: dict[str, Any]) -> None:
    done = row.get("done", ())
    candidates = [
        Candidate(
            one["id"], one["id"], msgspec.convert(one["plan"], Plan), one["distance_m"], one["id"] in done
        )
        for one in VECTORS["candidates"][row["candidates"]]
    ]

    found = draw(
        candidates,
        datetime.fromisoformat(row["at"]),
        Position(*row["here"]),
        around=Position(*row["around"]) if "around" in row else None,
        company=row.get("company"),
        closed=msgspec.convert(row.get("closed", ()), tuple[Closed, ...]),
        most=len(candidates),
        first=row.get("first", False),
    )

    reasons = msgspec.to_builtins(found[0].reasons) if found else None
    assert [one.candidate.id for one in found] == row["expected"]["ids"], row["why"]
    assert reasons == row["expected"]["reasons"], row["why"]


def first(candidates: tuple[Candidate, ...], at: datetime = DECEMBER, here: Position = HAMMERDAL) -> str:
    return draw(candidates, at, here)[0].candidate.id


def test_neighbours_are_offered_the_same_all_day_and_another_thing_tomorrow() -> None:
    next_door = Position(15.351, 63.581)
    days = [first(MANY, DECEMBER + timedelta(days=day)) for day in range(30)]

    assert first(MANY) == first(tuple(reversed(MANY)), DECEMBER + timedelta(hours=3), next_door)
    assert len(set(days)) >= 15


@given(st.sets(st.integers(0, 39), max_size=20), st.integers(0, 100))
def test_what_one_has_done_changes_nothing_for_whoever_has_not(done: set[int], day: int) -> None:
    at = DECEMBER + timedelta(days=day)
    mine = tuple(replace(one, done=number in done) for number, one in enumerate(MANY))
    theirs = first(MANY, at)

    if int(theirs.removeprefix("generic-")) not in done:
        assert first(mine, at) == theirs
    assert draw(mine, at, HAMMERDAL)[0].reasons.new


def test_not_today_gives_the_next_in_the_same_order() -> None:
    order = [one.candidate.id for one in draw(MANY, DECEMBER, HAMMERDAL, most=5)]
    without = tuple(one for one in MANY if one.id != order[0])

    assert first(without) == order[1]


def test_what_has_been_done_comes_last_and_still_comes() -> None:
    done = tuple(replace(one, done=True) for one in MANY[:1])

    assert not draw(done, DECEMBER, HAMMERDAL)[0].reasons.new
    assert first((*done, MANY[5])) == MANY[5].id


def test_nobody_is_sent_into_the_dark_or_too_far() -> None:
    assert draw((placed(1, 300, "day"),), DECEMBER, HAMMERDAL) == ()
    assert first((placed(1, 300, "day"),), NOON) == "placed-1"
    assert draw((placed(2, WALK_MOST_M + 1),), DECEMBER, HAMMERDAL) == ()


def agreeing(here: Position, there: Position, around: Position | None = None) -> float:
    """On how many of a hundred days both are offered the same first thing. [1]"""
    days = [DECEMBER + timedelta(days=day) for day in range(100)]
    firsts = [[draw(MANY, day, at, around=around)[0].candidate.id for day in days] for at in (here, there)]
    return sum(mine == theirs for mine, theirs in zip(*firsts, strict=True)) / 100


@given(st.floats(12.5, 17.0), st.floats(61.8, 65.0), st.floats(0, 360))
@settings(max_examples=12, deadline=None)
def test_from_house_to_house_it_is_nearly_always_the_same_and_there_is_no_edge(
    lon: float, lat: float, bearing: float
) -> None:
    here = Position(lon, lat)

    assert agreeing(here, destination(here, bearing, 100)) >= 0.95
    assert agreeing(here, destination(here, bearing, 2_000)) >= 0.75


def test_another_village_is_offered_another_thing() -> None:
    bracke, krokom = Position(15.42193, 62.75067), Position(14.44883, 63.32589)

    assert agreeing(HAMMERDAL, bracke) < 0.2
    assert agreeing(bracke, krokom) < 0.3


def test_all_of_a_village_are_offered_the_same() -> None:
    other_end = Position(15.40, 63.60)

    assert agreeing(HAMMERDAL, other_end, around=HAMMERDAL) == 1


@pytest.mark.parametrize("away_m, least, most", [(300, 170, 198), (1_500, 130, 170)])
def test_a_place_comes_up_more_often_than_a_door_and_most_within_a_quarter_of_an_hour(
    away_m: float, least: int, most: int
) -> None:
    days = [first((placed(1, away_m), MANY[0]), DECEMBER + timedelta(days=day)) for day in range(200)]

    assert least < days.count("placed-1") < most


def test_a_child_is_offered_what_is_good_with_a_child_and_otherwise_anything() -> None:
    good = replace(MANY[1], plan=plan(company=("child",)))

    assert draw((MANY[0], good, *MANY[2:]), DECEMBER, HAMMERDAL, company="child")[0].candidate == good
    assert draw(MANY, DECEMBER, HAMMERDAL, company="child")


def test_a_bus_is_not_presumed_while_there_is_anything_else() -> None:
    bus = replace(MANY[3], plan=plan(setting=("bus",)))

    assert first((bus, MANY[0])) == MANY[0].id
    assert first((bus,)) == bus.id


def test_it_says_why() -> None:
    here, there = draw((MANY[0],), DECEMBER, HAMMERDAL)[0], draw((placed(1, 300),), NOON, HAMMERDAL)[0]

    assert (here.reasons.season, here.reasons.light, here.reasons.minutes) == (
        TimeOfYear.WINTER,
        Light.dark,
        None,
    )
    assert (there.reasons.light, there.reasons.minutes) == (Light.day, 4)
    assert walking_minutes(3) == 1


@pytest.mark.parametrize("row", [pytest.param(row, id=row["name"]) for row in CHANCE["rows"]])
def test_chance_draws_what_the_vectors_say(row: dict[str, Any]) -> None:
    assert fraction(*row["words"]) == row["expected"], row["why"]


def test_chance_is_even_and_the_same_everywhere() -> None:
    drawn = [fraction("2026-12-15", str(number)) for number in range(10_000)]

    assert 0.49 < sum(drawn) / len(drawn) < 0.51


def test_who_has_never_played_begins_with_what_a_tap_or_two_finish_here() -> None:
    quick = tuple(generic(number, quick=True) for number in range(40, 44))
    elsewhere = replace(
        placed(1, 300), plan=plan(Way(open=Open(light="lit"), lon=15.35, lat=63.58), quick=True)
    )

    drawn = draw((*MANY, elsewhere, *quick), DECEMBER, HAMMERDAL, most=5, first=True)

    assert {one.candidate.id for one in drawn[:4]} == {one.id for one in quick}
    assert [one.candidate.id for one in draw((*MANY, *quick), DECEMBER, HAMMERDAL, most=44)] != [
        one.candidate.id for one in draw((*MANY, *quick), DECEMBER, HAMMERDAL, most=44, first=True)
    ]


@pytest.mark.parametrize(
    "tasks, needs, quick",
    [
        ((Choice(key="a", options=("1", "2")),), None, True),
        ((Choice(key="a", options=("1", "2")), Reflect(key="b")), None, True),
        ((Feel(key="a"), Reflect(key="b")), None, False),
        ((Feel(key="a"), Reflect(key="b")), 1, True),
        ((Count(key="a"),), None, False),
        ((Dwell(key="a", seconds=60),), None, False),
        ((Dwell(key="a", seconds=60), Feel(key="b")), 1, True),
    ],
)
def test_a_quest_is_quick_where_its_first_stage_takes_two_taps_at_most(
    tasks: tuple[AnyTask, ...], needs: int | None, *, quick: bool
) -> None:
    quest = cast("Quest", QuestFactory(at=None))
    stage = Stage(key="only", tasks=tasks, needs=needs)

    alone = msgspec.structs.replace(quest, stages=(stage,))
    later = msgspec.structs.replace(quest, stages=(Stage(key="long", tasks=(Count(key="n"),)), stage))

    assert plan_of(alone).quick is quick
    assert not plan_of(later).quick
