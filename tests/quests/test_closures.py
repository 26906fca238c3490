"""Closed ground: what a player could know of it decides, and nothing that became known later."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.fences import Fence, gap_m, outside_m
from geo.positions import Position, destination
from quests.closures import (
    NEAR_STAGES_M,
    Closure,
    closed_stages,
    closed_to,
    closed_ways,
    day_begins,
    in_force,
    newest,
    not_offered,
    of_quest,
)
from quests.judge import judge
from quests.model import CirclePlace, Quest, Stage, Variant, read_quest
from quests.moves import Fix, Move
from quests.openness import offer, plan_of
from quests.secrets import Heard
from quests.tasks.arrive import Arrive
from tests.factories import CENTRE, QuestFactory, circle
from tests.strategies import ME
from tests.twins import caught, name_of

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/closures.json").read_text("utf-8"))
START = datetime(2026, 4, 1, tzinfo=UTC)
InForce = Callable[[Iterable[Closure], int | None, datetime], tuple[Closure, ...]]


def box(middle: Position, half_m: float) -> tuple[tuple[tuple[float, float], ...], ...]:
    corners = [destination(middle, bearing, half_m * 2**0.5) for bearing in (45, 135, 225, 315)]
    ring = [(round(one.lon, 6), round(one.lat, 6)) for one in corners]
    return ((*ring, ring[0]),)


def closure(number: int = 1, at: Position = CENTRE, half_m: float = 1000, **fields: Any) -> Closure:
    said: dict[str, Any] = {
        "id": f"{number:08x}-0000-4000-8000-000000000000",
        "revision": 1,
        "kind": "calving",
        "area": (box(at, half_m),),
        "starts": START,
        "ends": START + timedelta(days=80),
        "authority": "Samebyn",
        "announced_at": START - timedelta(days=60),
    }
    return Closure(**{**said, **fields})


def move_at(position: Position, made_at: datetime, quest: Quest, **fields: Any) -> Move:
    fix = Fix(lon=round(position.lon, 7), lat=round(position.lat, 7), accuracy_m=5, at=made_at)
    said: dict[str, Any] = {
        "id": ME,
        "by": (ME,),
        "device": ME,
        "made_at": made_at,
        "stage": "start",
        "task": "be-there",
        "body": Arrive.Body(),
        "fixes": (fix,),
        "quest_version": quest.version,
        "closures_revision": 1,
    }
    return Move(**{**said, **fields})


@pytest.mark.parametrize("row", VECTORS["rows"], ids=lambda row: row["name"])
def test_closed_ground(row: dict[str, Any]) -> None:
    quest = read_quest(VECTORS["quest"])
    closures = msgspec.convert(VECTORS["lists"][row["closures"]], tuple[Closure, ...])
    made_at = datetime.fromisoformat(row["made_at"])
    move = move_at(
        Position(*row["at"]),
        made_at,
        quest,
        stage=row["stage"],
        task="come",
        variant=row.get("variant"),
        closures_revision=row["revision"],
    )

    for order in (closures, closures[::-1]):
        judged = judge(quest, move, Heard(at=made_at, closed=closed_to(quest, move, order)))
        assert (judged.code == "closed-ground") is row["refused"], row["why"]


def test_every_vector_says_why_and_has_a_name_of_its_own() -> None:
    assert all(row["why"].endswith(".") for row in VECTORS["rows"])
    assert len({row["name"] for row in VECTORS["rows"]}) == len(VECTORS["rows"])


# ------------------------------------------------------------------------------------------- properties


@st.composite
def lists(draw: st.DrawFn) -> tuple[Closure, ...]:
    """A few closures, each changed a few times, in an order of revisions."""
    rows = []
    for revision in range(1, draw(st.integers(0, 8)) + 1):
        starts = START + timedelta(days=draw(st.integers(0, 60)))
        at = draw(st.sampled_from((CENTRE, destination(CENTRE, 90, 500), destination(CENTRE, 0, 20_000))))
        rows.append(
            closure(
                draw(st.integers(1, 3)),
                at,
                draw(st.sampled_from((100, 800))),
                revision=revision,
                starts=starts,
                ends=starts + timedelta(days=draw(st.integers(0, 40))),
            )
        )
    return tuple(rows)


MOMENTS = st.integers(0, 100).map(lambda days: START + timedelta(days=days))


def what_became_known_later_changes_nothing(known: InForce) -> None:
    @given(lists(), st.integers(0, 9), MOMENTS)
    def holds(closures: tuple[Closure, ...], revision: int, at: datetime) -> None:
        then = [one for one in closures if one.revision <= revision]
        assert known(closures, revision, at) == known(then, revision, at)

    holds()


def each_id_counts_once_and_as_it_stood(known: InForce) -> None:
    @given(lists(), st.integers(0, 9), MOMENTS)
    def holds(closures: tuple[Closure, ...], revision: int, at: datetime) -> None:
        expected = 0
        for closure_id in {one.id for one in closures}:
            rows = [one for one in closures if one.id == closure_id and one.revision <= revision]
            last = max(rows, key=lambda one: one.revision, default=None)
            expected += last is not None and last.starts <= at < last.ends
        assert len(known(closures, revision, at)) == expected

    holds()


def order_changes_nothing(known: InForce) -> None:
    @given(lists(), st.integers(0, 9), MOMENTS, st.randoms(use_true_random=False))
    def holds(closures: tuple[Closure, ...], revision: int, at: datetime, chance: Any) -> None:
        mixed = list(closures)
        chance.shuffle(mixed)
        assert known(mixed, revision, at) == known(closures, revision, at)

    holds()


def nobody_who_knew_of_none_is_refused(known: InForce) -> None:
    @given(lists(), MOMENTS)
    def holds(closures: tuple[Closure, ...], at: datetime) -> None:
        assert known(closures, None, at) == ()

    holds()


def todays_list(closures: Iterable[Closure], _revision: int | None, at: datetime) -> tuple[Closure, ...]:
    """Today's closures, whatever the phone knew."""
    return in_force(closures, 2**53, at)


def every_row(closures: Iterable[Closure], revision: int | None, at: datetime) -> tuple[Closure, ...]:
    """A changed closure goes on in all its old forms."""
    known = [one for one in closures if revision is not None and one.revision <= revision and one.holds(at)]
    return tuple(sorted(known, key=lambda one: one.revision))


def the_last_of_the_list(
    closures: Iterable[Closure], revision: int | None, at: datetime
) -> tuple[Closure, ...]:
    """Of each id what came last in the list."""
    last = {one.id: one for one in closures if revision is not None and one.revision <= revision}
    return tuple(last[key] for key in sorted(last) if last[key].holds(at))


def closed_for_ever(closures: Iterable[Closure], revision: int | None, at: datetime) -> tuple[Closure, ...]:
    """The end does not count."""
    known = newest(closures, revision) if revision is not None else ()
    return tuple(one for one in known if one.starts <= at)


PROPERTIES = [
    (what_became_known_later_changes_nothing, todays_list),
    (each_id_counts_once_and_as_it_stood, every_row),
    (each_id_counts_once_and_as_it_stood, closed_for_ever),
    (order_changes_nothing, the_last_of_the_list),
    (nobody_who_knew_of_none_is_refused, todays_list),
]


@pytest.mark.parametrize("holds", dict(PROPERTIES), ids=name_of)
def test_it_holds(holds: Any) -> None:
    holds(in_force)


@pytest.mark.parametrize("holds, twin", PROPERTIES, ids=name_of)
def test_its_twin_is_caught(holds: Any, twin: Any) -> None:
    caught(holds, twin)


# ------------------------------------------------------------------------------------------ days and ground


def test_a_day_is_a_day_in_sweden() -> None:
    assert day_begins(date(2026, 4, 1)) == datetime(2026, 3, 31, 22, tzinfo=UTC)
    assert day_begins(date(2026, 1, 1)) == datetime(2025, 12, 31, 23, tzinfo=UTC)
    assert day_begins(date(2026, 3, 30)) - day_begins(date(2026, 3, 29)) == timedelta(hours=23)
    assert day_begins(date(2026, 4, 1)).tzinfo is UTC


def fences_of(one: Closure) -> tuple[Fence, ...]:
    return tuple(ground.fence for ground in one.grounds)


def test_a_kit_holds_what_comes_within_five_kilometres_of_a_stage() -> None:
    quest = QuestFactory.create()
    near = closure(1, destination(CENTRE, 270, NEAR_STAGES_M + 900), 1000)
    far = closure(2, destination(CENTRE, 270, NEAR_STAGES_M + 1100), 1000)
    by_the_hidden_end = closure(3, destination(CENTRE, 90, 800 + NEAR_STAGES_M + 900), 1000)

    assert of_quest(quest, (near, far, by_the_hidden_end)) == (near, by_the_hidden_end)


def test_a_quest_without_places_has_no_closures_in_its_kit() -> None:
    assert of_quest(QuestFactory.create(at=None), (closure(),)) == ()


def test_a_closure_on_the_other_side_of_the_earth_is_far_away() -> None:
    assert of_quest(QuestFactory.create(at=Position(-170.0, -44.0)), (closure(),)) == ()


def varied() -> Quest:
    """A stage that is closed whatever one does, one with a way around, one that only reaches in, one anywhere."""
    task = (Arrive(key="be-there"),)
    inside, outside = circle(CENTRE), circle(destination(CENTRE, 0, 3000))
    edge = destination(CENTRE, 90, 1010)
    stages = (
        Stage(key="in", place=inside, tasks=task, variants=(Variant(key="dark"),)),
        Stage(key="way-around", place=inside, tasks=task, variants=(Variant(key="winter", place=outside),)),
        Stage(key="reaches", place=CirclePlace(lon=edge.lon, lat=edge.lat), tasks=task),
        Stage(key="out", place=outside, tasks=task),
        Stage(key="anywhere", tasks=task),
    )
    return QuestFactory.create(stages=stages)


def test_a_stage_is_closed_where_no_variant_leads_around() -> None:
    now = START + timedelta(days=1)

    assert closed_stages(varied(), (closure(),), now) == {"in", "reaches"}
    assert closed_ways(varied(), (closure(),), now) == {
        ("in", None),
        ("in", "dark"),
        ("way-around", None),
        ("reaches", None),
    }


def test_no_stage_is_closed_before_and_after() -> None:
    ended = closure(revision=2, ends=START + timedelta(days=3), withdrawn=True)

    assert closed_stages(varied(), (closure(),), START - timedelta(seconds=1)) == frozenset()
    assert closed_stages(varied(), (closure(),), START + timedelta(days=80)) == frozenset()
    assert closed_stages(varied(), (closure(), ended), START + timedelta(days=4)) == frozenset()


def test_closed_ground_is_not_offered_while_it_is_closed() -> None:
    quest = QuestFactory.create()
    closed = not_offered((closure(), closure(2, withdrawn=True, ends=START)))
    noon = START + timedelta(days=1, hours=10)

    def why(at: datetime) -> set[str]:
        return {
            one for stage in offer(plan_of(quest), at, CENTRE, closed).stages for one in stage.opening.why
        }

    assert len(closed) == 1
    assert "closed-ground" in why(noon)
    assert "closed-ground" not in why(noon - timedelta(days=2))


@given(lists(), MOMENTS, st.floats(0, 359), st.floats(0, 3000), st.integers(0, 9))
def test_the_box_hides_nothing(
    closures: tuple[Closure, ...], at: datetime, bearing: float, away_m: float, revision: int
) -> None:
    """A move is refused just when one of its fixes lies on ground in force: looking at boxes first changes nothing."""
    quest = QuestFactory.create()
    where = destination(CENTRE, bearing, away_m)
    move = move_at(where, at, quest, closures_revision=revision, fixes=(move_at(where, at, quest).fixes))
    fix = move.fixes[0].position

    asked = any(outside_m(place.drawn, fix) == 0 for place in closed_to(quest, move, closures))
    known = [one for one in newest(closures, revision) if one.holds(at) and one in of_quest(quest, closures)]

    assert asked == any(outside_m(fence, fix) == 0 for one in known for fence in fences_of(one))


@given(lists(), st.floats(0, 359), st.floats(0, 9000), st.floats(0.5, 1.5))
def test_a_kit_leaves_out_no_closure_that_is_near(
    closures: tuple[Closure, ...], bearing: float, away_m: float, stretched: float
) -> None:
    """Boxes are looked at first, which must change nothing."""
    quest = QuestFactory.create()
    moved = closure(99, destination(CENTRE, bearing, NEAR_STAGES_M * stretched + away_m / 10), half_m=300)
    fences = [stage.fence for stage in quest.stages if stage.fence is not None]
    listed = (*closures, moved)

    near = [
        one
        for one in listed
        if any(gap_m(fence, ground) <= NEAR_STAGES_M for fence in fences for ground in fences_of(one))
    ]

    assert list(of_quest(quest, listed)) == near


def test_closures_far_away_cost_a_kit_next_to_nothing() -> None:
    quest = QuestFactory.create()
    far = [closure(n, destination(CENTRE, n % 360, 40_000 + 10 * n)) for n in range(2_000)]
    of_quest(quest, far[:1])

    began = process_time()

    assert of_quest(quest, far) == ()
    assert process_time() - began < 0.5


def test_a_ground_is_drawn_once_however_often_it_is_asked_about() -> None:
    one = closure()

    assert not_offered((one,))[0].fence is not_offered((one,))[0].fence
