"""Stages that cannot be done: three reports or a serious one rest them, and they are mended."""

import itertools
from datetime import datetime, timedelta
from typing import Any

import pytest

from quests.model import Quest
from quests.outcomes import Outcome
from server.stores import offers, reports, rests, shown
from server.stores.database import Database
from server.use_cases import kits, stages
from server.use_cases.cases.opening import close_case
from server.use_cases.players import Caller
from tests.factories import CENTRE, NOON, Started, published, registered, started


@pytest.fixture
def quest(opened: Database) -> Quest:
    return published(opened)


@pytest.fixture
def walk(opened: Database, quest: Quest) -> Started:
    return started(opened, quest)


def blocked(
    walk: Started, reason: str = "gone", note: str = "", stage: str = "start", at: datetime = NOON
) -> Any:
    body = {"kind": "blocked", "reason": reason, "note": note}
    (told,) = walk.submit(
        walk.move(stage=stage, task=None, body=body, made_at=at.isoformat()), now=at
    ).outcomes
    assert told.outcome is Outcome.ACCEPTED
    return told


def report(database: Database, quest: Quest, caller: Caller | None = None, **told: Any) -> Started:
    """By somebody in a new journey."""
    walk = started(database, quest, caller)
    blocked(walk, **told)
    return walk


def resting(database: Database, quest: Quest) -> dict[str, str]:
    with database.transaction() as connection:
        return {rest.stage: rest.reason for rest in rests.standing(connection, quest.id)}


def answer(database: Database, quest: Quest, how: reports.Answer, at: datetime) -> None:
    with database.transaction() as connection:
        stages.answer(connection, quest.id, "start", how, at)


def urgencies(database: Database) -> list[int]:
    """Of the cases that wait."""
    rows = database.private.read("SELECT urgency FROM people.cases WHERE state = 'open' ORDER BY opened_at")
    return [row[0] for row in rows]


def found_fine(database: Database, quest: Quest, how: reports.Answer, at: datetime) -> None:
    """By somebody in the inbox."""
    answer(database, quest, how, at)
    with database.transaction() as connection:
        close_case(connection, stages.CASE, stages.subject(quest.id, "start"), how, at)


def counted(database: Database) -> list[bool]:
    rows = database.private.read("SELECT counts FROM game.stage_reports ORDER BY id")
    return [row[0] for row in rows]


def test_three_of_different_players_rest_a_stage(opened: Database, quest: Quest) -> None:
    for reason, rest in (("gone", {}), ("closed", {}), ("gone", {"start": "gone"})):
        report(opened, quest, reason=reason)

        assert resting(opened, quest) == rest


def test_three_of_one_player_do_not(opened: Database, quest: Quest) -> None:
    angry = registered(opened)
    for day in range(3):
        report(opened, quest, angry, at=NOON + timedelta(days=day))
    walk = started(opened, quest, angry)
    for _ in range(3):
        blocked(walk)

    assert resting(opened, quest) == {}
    assert counted(opened) == [True, *[False] * 5]
    report(opened, quest, angry, at=NOON + timedelta(days=33))
    assert counted(opened)[-1]


def test_three_in_one_batch_count_once(walk: Started, opened: Database, quest: Quest) -> None:
    body = {"kind": "blocked", "reason": "gone", "note": ""}
    walk.submit(*(walk.move(task=None, body=body) for _ in range(3)))

    assert sorted(counted(opened)) == [False, False, True]
    assert resting(opened, quest) == {}


def test_three_of_three_stages_rest_none(opened: Database, quest: Quest) -> None:
    for stage in ("start", "middle", "end"):
        report(opened, quest, stage=stage)

    assert resting(opened, quest) == {}


def test_what_is_older_than_a_month_does_not_count(opened: Database, quest: Quest) -> None:
    for day in (0, 0, 31):
        report(opened, quest, at=NOON + timedelta(days=day))

    assert resting(opened, quest) == {}


def test_a_serious_one_rests_at_once(opened: Database, quest: Quest) -> None:
    report(opened, quest, reason="not-safe", note="Isen är tunn")

    assert resting(opened, quest) == {"start": "not-safe"}


def test_a_journey_under_way_goes_on_without_it_and_that_is_no_report(opened: Database, quest: Quest) -> None:
    under_way = started(opened, quest)
    report(opened, quest, reason="not-safe")
    before = counted(opened)

    blocked(under_way, reason="closed", at=NOON + timedelta(hours=1))

    states = [stage.state for stage in under_way.submit().view.stages]
    assert states[:2] == ["passed", "open"]
    assert counted(opened) == before


def test_what_is_new_of_a_resting_stage_is_told(opened: Database, quest: Quest) -> None:
    report(opened, quest, reason="not-safe")
    report(opened, quest, reason="closed", note="Grinden är låst")
    report(opened, quest, reason="gone")

    assert len(counted(opened)) == 3
    assert resting(opened, quest) == {"start": "not-safe"}


def test_the_rest_reaches_a_kit_that_was_taken_along(opened: Database, quest: Quest) -> None:
    _, before = kits.version_to_take(opened, quest.code)
    report(opened, quest, reason="not-safe")

    _, after = kits.version_to_take(opened, quest.code)
    kit = kits.take_along(opened, quest.code, NOON)
    assert after != before
    assert [(rest.stage, rest.reason) for rest in kit.rests] == [("start", "not-safe")]
    assert [stage.key for stage in kit.plan.stages] == ["middle", "hidden-1"]
    assert not kit.resting
    assert len(kit.quest["stages"]) == 3  # what was begun is played as it was


def test_nobody_is_led_to_it(opened: Database, quest: Quest) -> None:
    start, middle = CENTRE, offers.near(opened, CENTRE, 1000)[0].entrance
    assert middle == start

    report(opened, quest, reason="not-safe")

    (offered,) = offers.near(opened, CENTRE, 1000)
    assert offered.distance_m == pytest.approx(400, abs=1)
    for stage in ("middle", "end"):
        report(opened, quest, reason="not-safe", stage=stage)
    assert offers.near(opened, CENTRE, 1000) == []
    assert kits.take_along(opened, quest.code, NOON).resting


def test_the_note_is_never_in_public_bytes(opened: Database, quest: Quest) -> None:
    report(opened, quest, reason="not-safe", note="Isen är tunn vid bryggan")

    tables = opened.private.read(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'shown' AND tablename NOT LIKE 'municip%%'"
    )
    for (table,) in tables:
        assert "Isen" not in str(opened.private.read(f"SELECT t::text FROM shown.{table} t")), table  # noqa: S608
    described = shown.quest(opened, quest.code, ("sv",))
    assert described is not None
    assert b'"rests": "not-safe"' in described.body
    assert b"Isen" not in described.body
    assert "Isen" not in str(kits.take_along(opened, quest.code, NOON))


def test_mended_brings_it_back_and_counts_anew(opened: Database, quest: Quest) -> None:
    for _ in range(3):
        report(opened, quest)
    answer(opened, quest, "mended", NOON + timedelta(days=1))

    assert resting(opened, quest) == {}
    assert kits.take_along(opened, quest.code, NOON).rests == ()
    for _ in range(2):
        report(opened, quest, at=NOON + timedelta(days=2))
    assert resting(opened, quest) == {}


def test_what_was_said_before_it_was_mended_and_heard_after_rests_nothing(
    opened: Database, quest: Quest
) -> None:
    report(opened, quest)
    answer(opened, quest, "mended", NOON + timedelta(days=2))
    late = started(opened, quest)
    body = {"kind": "blocked", "reason": "not-safe", "note": ""}

    late.submit(late.move(task=None, body=body), now=NOON + timedelta(days=3))

    assert resting(opened, quest) == {}
    with opened.transaction() as connection:
        assert reports.waiting(connection, quest.id, "start", 10).reasons == {}


def test_a_phone_that_has_not_heard_that_it_is_mended_goes_on_without_it_and_reports_nothing(
    opened: Database, quest: Quest
) -> None:
    report(opened, quest, reason="not-safe")
    answer(opened, quest, "mended", NOON + timedelta(days=1))

    report(opened, quest, reason="closed", at=NOON + timedelta(days=3))
    assert len(counted(opened)) == 1
    report(opened, quest, reason="closed", at=NOON + timedelta(days=30))
    assert len(counted(opened)) == 2


@pytest.mark.parametrize("how", ["mended", "not-so"])
def test_whoever_said_it_before_it_was_found_fine_does_not_rest_it_again_alone(
    opened: Database, quest: Quest, how: reports.Answer
) -> None:
    angry = registered(opened)
    report(opened, quest, angry, reason="not-safe")
    found_fine(opened, quest, how, NOON + timedelta(days=1))
    long_after = NOON + timedelta(days=200)

    report(opened, quest, angry, reason="not-safe", at=long_after)

    assert resting(opened, quest) == {}
    assert urgencies(opened) == [0]
    report(opened, quest, reason="not-safe", at=long_after)
    assert resting(opened, quest) == {"start": "not-safe"}


def test_of_what_was_found_fine_of_late_two_must_say_that_it_is_not_safe(
    opened: Database, quest: Quest
) -> None:
    report(opened, quest, reason="not-safe")
    found_fine(opened, quest, "not-so", NOON + timedelta(days=1))
    soon = NOON + timedelta(days=2)

    fresh = registered(opened)
    for at in (soon, soon + timedelta(days=1)):
        report(opened, quest, fresh, reason="not-safe", at=at)
    assert resting(opened, quest) == {}
    assert urgencies(opened) == [0]  # it waits for somebody all the same
    report(opened, quest, reason="not-safe", at=soon + timedelta(days=2))

    assert resting(opened, quest) == {"start": "not-safe"}


def test_two_weeks_after_it_was_found_fine_one_is_enough(opened: Database, quest: Quest) -> None:
    report(opened, quest, reason="not-safe")
    found_fine(opened, quest, "mended", NOON + timedelta(days=1))

    report(opened, quest, reason="not-safe", at=NOON + timedelta(days=16))

    assert resting(opened, quest) == {"start": "not-safe"}


def test_one_player_rests_three_stages_a_day_alone(opened: Database) -> None:
    trails = [published(opened) for _ in range(5)]
    angry = registered(opened)
    for trail in trails[:4]:
        report(opened, trail, angry, reason="not-safe")

    assert [bool(resting(opened, trail)) for trail in trails] == [True, True, True, False, False]
    assert urgencies(opened) == [0, 0, 0, 0]
    report(opened, trails[3], reason="not-safe")  # somebody else says it too
    report(opened, trails[4], angry, reason="not-safe", at=NOON + timedelta(days=1, minutes=1))
    assert [bool(resting(opened, trail)) for trail in trails] == [True] * 5


def test_one_batch_rests_no_more_than_what_is_left_of_the_day(opened: Database, quest: Quest) -> None:
    angry = registered(opened)
    report(opened, published(opened), angry, reason="not-safe")
    walk = started(opened, quest, angry)
    body = {"kind": "blocked", "reason": "not-safe", "note": ""}

    walk.submit(*(walk.move(stage=stage.key, task=None, body=body) for stage in quest.stages))

    assert len(resting(opened, quest)) == 2
    assert urgencies(opened) == [0, 0, 0, 0]


def test_a_rest_outlives_a_new_version(opened: Database, quest: Quest) -> None:
    report(opened, quest, reason="not-safe")

    published(opened, id=quest.id, code=quest.code)

    described = shown.quest(opened, quest.code, ("sv",))
    assert described is not None
    assert b'"rests": "not-safe"' in described.body


def test_a_stage_that_there_is_no_more_does_not_rest(opened: Database, quest: Quest) -> None:
    under_way = started(opened, quest)
    published(opened, id=quest.id, code=quest.code, stages=quest.stages[1:])

    blocked(under_way, reason="not-safe")

    assert counted(opened) == [True]
    assert resting(opened, quest) == {}


def test_that_it_was_done_is_told_only_of_several(opened: Database, quest: Quest) -> None:
    for day in itertools.chain(range(4), [3]):
        walk = started(opened, quest)
        for _ in range(3):
            walk.submit(walk.move(), now=NOON + timedelta(days=day))

    def known(players: int) -> dict[str, Any]:
        with opened.transaction() as connection:
            return reports.done_by_several(connection, quest.id, NOON - timedelta(days=1), players)

    assert known(6) == {}
    assert known(5) == {"start": NOON.date()}  # since the day of the first, whatever came later
