"""What is offered when. The phone runs the same cases."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.positions import Position
from quests.conditions import AllOf, AtLeast, Chose, Settled
from quests.model import (
    AreaPlace,
    CirclePlace,
    Hours,
    Open,
    Quest,
    QuestTexts,
    Season,
    Stage,
    StageTexts,
    Variant,
    read_quest,
)
from quests.openness import Closed, Opening, Plan, Way, Why, can_be_played, offer, opening_of, plan_of
from quests.tasks.arrive import Arrive
from quests.tasks.choice import Choice

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/openness.json").read_text())
CLOSE_ENOUGH = timedelta(seconds=30)
SQUARE = Position(14.63566, 63.1792)
DECEMBER = datetime(2026, 12, 15, 15, 10, tzinfo=UTC)  # 16:10 in Hammerdal, and dark
JUNE = datetime(2026, 6, 20, 20, 0, tzinfo=UTC)
NOON = datetime(2026, 12, 15, 11, 0, tzinfo=UTC)


def judged(row: dict[str, Any]) -> Opening:
    way = msgspec.convert(row["way"], Way)
    at = datetime.fromisoformat(row["at"])
    return opening_of(
        way, at, Position(*row["here"]), msgspec.convert(row["closed"], tuple[Closed, ...]), fell=row["fell"]
    )


@pytest.mark.parametrize("row", [pytest.param(row, id=row["name"]) for row in VECTORS["rows"]])
def test_the_vectors(row: dict[str, Any]) -> None:
    found, expected = judged(row), row["expected"]

    assert (found.open, list(found.why)) == (expected["open"], expected["why"]), row["why"]
    if expected["until"] is None:
        assert found.until is None, row["why"]
    else:
        assert found.until is not None
        assert abs(found.until - datetime.fromisoformat(expected["until"])) <= CLOSE_ENOUGH, row["why"]


def said(opening: Opening) -> dict[str, Any]:
    until = opening.until and opening.until.isoformat().replace("+00:00", "Z")
    return {"open": opening.open, "why": list(opening.why), "until": until}


@pytest.mark.parametrize("row", [pytest.param(row, id=row["name"]) for row in VECTORS["offers"]])
def test_what_is_offered(row: dict[str, Any]) -> None:
    plan = plan_of(read_quest(VECTORS["quests"][row["quest"]]))

    found = offer(
        plan,
        datetime.fromisoformat(row["at"]),
        Position(*row["here"]),
        msgspec.convert(row["closed"], tuple[Closed, ...]),
    )

    stages = [
        {
            "key": stage.key,
            "ways": [way.variant for way in stage.open_ways],
            "opening": said(stage.opening),
        }
        for stage in found.stages
    ]
    told = {"playable": found.playable, "opening": said(found.opening), "stages": stages}
    assert msgspec.json.decode(msgspec.json.encode(plan)) == row["plan"], row["why"]
    assert told == row["expected"], row["why"]
    assert all(stage.way == next(iter(stage.open_ways), None) for stage in found.stages)


MONTH_DAYS = st.sampled_from(("01-01", "02-29", "04-15", "06-24", "10-25", "12-01", "12-31"))
CLOCKS = st.sampled_from(("00:00", "02:30", "08:00", "18:00", "23:30", "24:00"))
WEEKDAYS = st.sets(st.sampled_from(("mon", "thu", "sun")), max_size=3).map(tuple)
OPENS = st.builds(
    Open,
    seasons=st.lists(st.builds(Season, start=MONTH_DAYS, end=MONTH_DAYS), max_size=2).map(tuple),
    hours=st.lists(
        st.builds(Hours, days=WEEKDAYS, start=CLOCKS, end=CLOCKS).filter(lambda one: one.start != one.end),
        max_size=2,
    ).map(tuple),
    light=st.sampled_from(("any", "lit", "day", "dark")),
)
WAYS = st.builds(Way, open=OPENS, lon=st.just(14.6), lat=st.sampled_from((61.6, 63.2, 65.0)))
MOMENTS = st.integers(0, 3 * 365 * 86_400).map(
    lambda s: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=s)
)


@given(WAYS, MOMENTS, st.floats(0.01, 0.99))
def test_until_then_it_stays_as_it_is_and_then_it_is_otherwise(
    way: Way, at: datetime, between: float
) -> None:
    found = opening_of(way, at, SQUARE)

    if found.until is not None:
        assert found.until > at
        assert opening_of(way, found.until, SQUARE).open is not found.open
        assert opening_of(way, at + (found.until - at) * between, SQUARE).open is found.open


@given(WAYS, MOMENTS)
def test_it_is_closed_for_a_reason_and_open_for_none(way: Way, at: datetime) -> None:
    found = opening_of(way, at, SQUARE)

    assert found.open is (found.why == ())


def stage(key: str, light: Any = None, *, placed: bool = True, **changed: Any) -> Stage:
    place = CirclePlace(lon=14.6, lat=63.2) if placed else None
    opened = Open(light=light) if light else None
    return Stage(key=key, place=place, tasks=(Arrive(key="come"),), open=opened, **changed)


def quest(*stages: Stage, **changed: Any) -> Quest:
    texts = QuestTexts(
        title="Runda", summary="En runda.", stages={one.key: StageTexts(title=one.key) for one in stages}
    )
    given: dict[str, Any] = {
        "id": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
        "code": "JHABCDE",
        "version": "a" * 64,
        "kind": "trail",
        "languages": ("sv",),
        "texts": {"sv": texts},
    }
    return Quest(stages=stages, **(given | changed))


def offered(*stages: Stage, at: datetime = DECEMBER, **changed: Any) -> tuple[bool, bool]:
    found = offer(plan_of(quest(*stages, **changed)), at, SQUARE)
    return found.opening.open, found.playable


def test_a_placed_stage_is_for_daylight_and_one_without_a_place_is_open_at_any_hour() -> None:
    assert offered(stage("placed")) == (False, False)
    assert offered(stage("placed"), at=NOON) == (True, True)
    assert offered(stage("placed", "lit")) == (True, True)
    assert offered(stage("anywhere", placed=False)) == (True, True)


def test_what_the_quest_says_holds_for_stages_that_say_nothing() -> None:
    assert offered(stage("one"), open=Open(light="lit")) == (True, True)
    assert offered(stage("one", "day"), open=Open(light="lit")) == (False, False)


def test_a_trail_that_leads_into_the_dark_may_be_begun_but_not_finished() -> None:
    assert offered(stage("square", "lit"), stage("wood")) == (True, False)
    assert offered(stage("square", "lit"), stage("wood"), done_at=1) == (True, True)


def test_a_trail_is_not_playable_when_the_light_ends_before_it() -> None:
    assert offered(stage("wood"), at=NOON, minutes=60) == (True, True)
    assert offered(stage("wood"), at=NOON, minutes=240) == (True, False)


def test_of_two_branches_one_is_enough() -> None:
    fork = Stage(key="fork", tasks=(Choice(key="way", options=("a", "b")),))
    lit = stage("lit", "lit", opens=Chose("fork", "way", "a"))
    dark = stage("wood", opens=Chose("fork", "way", "b"))
    ends = AtLeast(1, (Settled("lit"), Settled("wood")))

    assert offered(fork, lit, dark, finish=ends) == (True, True)
    assert offered(fork, lit, dark, finish=Settled("wood")) == (True, False)


def ways(at: datetime, one: Stage) -> list[str | None]:
    (found,) = offer(plan_of(quest(one)), at, SQUARE).stages
    return [way.variant for way in found.open_ways]


def test_the_dark_way_is_shown_in_the_dark_and_the_stage_itself_by_day() -> None:
    walk = stage("walk", variants=(Variant(key="dark"),))

    assert ways(NOON, walk) == [None]
    assert ways(DECEMBER, walk) == ["dark"]


def test_a_way_made_for_the_season_comes_first_and_other_ways_stay_to_be_chosen() -> None:
    ski = Variant(key="ski", open=Open(seasons=(Season(start="12-01", end="04-15"),), light="any"))
    walk = stage("walk", "any", variants=(Variant(key="step-free"), ski))

    assert ways(NOON, walk) == ["ski", None, "step-free"]
    assert ways(JUNE, walk) == [None, "step-free"]


def test_a_closed_quest_says_why_and_when_it_opens() -> None:
    found = offer(plan_of(quest(stage("wood"), stage("hill"))), DECEMBER, SQUARE)

    assert found.opening.why == (Why.TOO_DARK,)
    assert found.opening.until is not None
    assert found.opening.until.day == 16


def test_nothing_hidden_is_in_a_plan() -> None:
    secret = stage("the-treasure", opens=Settled("start"), hidden=True)
    whole = quest(stage("start", "lit"), secret, finish=Settled("the-treasure"))

    written = msgspec.json.encode(plan_of(whole)).decode()

    assert "treasure" not in written
    assert msgspec.json.decode(written, type=Plan) == plan_of(whole)
    assert offer(plan_of(whole), DECEMBER, SQUARE).playable


def test_nothing_that_a_hidden_stage_asks_is_in_a_plan() -> None:
    riddle = Choice(key="who-built-it", options=("the-troll", "the-smith"))
    hidden = Stage(key="riddle", tasks=(riddle,), opens=Settled("start"), hidden=True)
    ends = stage("end", "lit", opens=AllOf((Settled("start"), Chose("riddle", "who-built-it", "the-smith"))))
    plan = plan_of(quest(stage("start", "lit"), hidden, ends, finish=Settled("end")))

    written = msgspec.json.encode(plan).decode()

    assert not [one for one in ("riddle", "who-built-it", "smith") if one in written]
    assert msgspec.json.decode(written, type=Plan) == plan
    assert offer(plan, DECEMBER, SQUARE).playable


OPENS = st.builds(
    Open,
    light=st.sampled_from(["day", "dark", "lit", "any"]),
    seasons=st.sampled_from([(), (Season(start="12-01", end="04-15"),)]),
    hours=st.sampled_from([(), (Hours(start="10:00", end="15:00"),), (Hours(start="23:00", end="00:30"),)]),
)


@given(
    st.lists(st.tuples(OPENS, st.booleans(), st.booleans()), min_size=1, max_size=3),
    MOMENTS,
    st.integers(0, 6_000),
)
def test_what_can_be_played_is_found_without_a_look_ahead(
    opens: list[tuple[Open, bool, bool]], at: datetime, minutes: int
) -> None:
    stages = [
        msgspec.structs.replace(
            stage(f"s{number}", placed=placed), open=one, variants=(Variant(key="dark"),) if dark else ()
        )
        for number, (one, placed, dark) in enumerate(opens)
    ]
    plan = plan_of(quest(*stages, minutes=max(1, minutes)))
    closed = [
        Closed(
            place=AreaPlace(rings=(((14.6, 63.1), (14.7, 63.1), (14.7, 63.3), (14.6, 63.1)),)),
            start=datetime(2026, 5, 1, tzinfo=UTC),
            end=datetime(2026, 6, 1, tzinfo=UTC),
        )
    ]

    assert can_be_played(plan, at, SQUARE, closed) == offer(plan, at, SQUARE, closed).playable


def test_what_cannot_open_today_is_not_looked_for_through_a_year() -> None:
    noon_in_the_dark = Open(light="dark", hours=(Hours(start="12:00", end="12:10"),))
    plan = plan_of(quest(*(stage(f"s{n}", placed=False) for n in range(20)), open=noon_in_the_dark))

    began = process_time()
    found = [can_be_played(plan, DECEMBER, Position(14.6, lat)) for lat in (63.17, 78.0, 89.9, -89.9)]

    assert found == [False, False, False, False]
    assert process_time() - began < 0.2
