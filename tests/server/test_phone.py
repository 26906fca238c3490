"""The phone of `rotfaste play`, without a server: when it makes a move, and what it sends along."""

import uuid
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import msgspec
import pytest

from content.packs.model import Pack
from content.packs.publishing import publish
from geo.positions import Position, destination
from geo.tracks import Track, TrackPoint
from quests.codes import quest_code
from quests.conditions import Chose, Condition
from quests.model import CirclePlace, Quest, QuestTexts, Stage
from quests.tasks import AnyTask
from quests.tasks.arrive import Arrive
from quests.tasks.choice import Choice
from server.cli.playing.answering import Knowledge
from server.cli.playing.hearing import offline_batches
from server.cli.playing.laying import laid_pack, pack_at
from server.cli.playing.phone import Made, Phone, Visit
from server.cli.playing.walks import Walk, walk_of

PLACE = Position(14.63566, 63.1792)
NOW = datetime(2026, 6, 20, 12, tzinfo=UTC)
RADIUS_M = 30.0


def quest(*stages: Stage) -> Quest:
    return Quest(
        id=str(uuid.UUID(int=1)),
        code=quest_code(b"phone"),
        version="0" * 64,
        kind="trail",
        stages=stages,
        languages=("sv",),
        texts={"sv": QuestTexts(title="Prov", summary="Prov", stages={})},
    )


def stage(
    key: str,
    at: Position | None = PLACE,
    *,
    tasks: tuple[AnyTask, ...] = (Arrive(key="here"),),
    opens: Condition | None = None,
) -> Stage:
    place = None if at is None else CirclePlace(lon=at.lon, lat=at.lat, radius_m=RADIUS_M)
    return Stage(key=key, place=place, tasks=tasks, opens=opens)


def walk(*away_m: float, accuracy_m: float = 20.0, every_s: float = 10.0) -> Walk:
    """To the east of the place, a step at each of these distances from its middle."""
    points = (
        TrackPoint(destination(PLACE, 90, metres), NOW + timedelta(seconds=every_s * number))
        for number, metres in enumerate(away_m)
    )
    return walk_of(Track(tuple(points)), NOW, accuracy_m=accuracy_m)


def told_wrongly(walk: Walk, off_m: float) -> Walk:
    """The same way, with every fix off to the north."""
    return Walk(
        tuple(
            replace(step, fix=replace(step.fix, position=destination(step.stands, 0, off_m)))
            for step in walk.steps
        )
    )


def phone(of: Quest, along: Walk, *, wrong: bool = False) -> Phone:
    knows = Knowledge(of, None, wrong, Random(1))
    return Phone(of, knows, along, player=str(uuid.uuid4()), device=str(uuid.uuid4()), language="sv")


def played(of: Quest, along: Walk, *, wrong: bool = False) -> list[Visit]:
    return list(phone(of, along, wrong=wrong).play())


def only(visits: list[Visit]) -> Made:
    ((made,),) = (visit.made for visit in visits)
    return made


def step_of(made: Made, along: Walk) -> int:
    return [step.at for step in along.steps].index(made.move.made_at)


def test_where_it_is_surely_there_it_says_so_at_once() -> None:
    along = walk(90, 45, 25, 5, 25, 90)

    made = only(played(quest(stage("a")), along))

    assert (made.judged.code, made.presence.certainty, step_of(made, along)) == ("done", "inside", 2)


def test_where_it_may_be_there_it_waits_for_the_best_and_sends_that_before_the_walker_goes_on() -> None:
    along = walk(120, 49, 41, 47, 90, 38)  # near within 20 m of the edge; it never comes inside

    made = only(played(quest(stage("a")), along))

    assert (made.judged.code, made.presence.certainty, step_of(made, along)) == ("done", "near", 2)


def test_near_is_better_than_weak_though_farther_away() -> None:
    fixes = walk(33, 45).steps
    along = Walk((replace(fixes[0], fix=replace(fixes[0].fix, accuracy_m=60.0)), fixes[1]))

    made = only(played(quest(stage("a")), along))

    assert (made.presence.certainty, step_of(made, along)) == ("near", 1)


def test_who_stands_there_and_is_not_seen_says_so_before_leaving() -> None:
    along = told_wrongly(walk(90, 20, 5, 20, 90), 80)

    made = only(played(quest(stage("a")), along))

    assert (made.judged.code, made.judged.trust, step_of(made, along)) == ("self-report", 1, 3)


def test_who_does_not_stand_there_says_nothing() -> None:
    assert played(quest(stage("a")), walk(300, 120, 90, 60, 90)) == []


def test_too_early_is_said_once_and_only_by_who_plays_wrongly() -> None:
    one = quest(stage("a"))

    made = [made for visit in played(one, walk(120, 110, 100, 10), wrong=True) for made in visit.made]
    in_vain = [made for visit in played(one, walk(120, 110), wrong=True) for made in visit.made]

    assert [(one.judged.code, one.move.seq) for one in made] == [("too-far", 0), ("done", 1)]
    assert [one.judged.code for one in in_vain] == ["too-far"]


def test_a_stage_that_opens_where_the_walker_stands_is_done_there_too() -> None:
    """Also when the first was put off until they were about to go: the next step is a kilometre away."""
    both = quest(stage("a"), stage("b"))

    visits = played(both, walk(45, 1000, 2000))

    assert [(visit.stage and visit.stage.key, visit.made[0].presence.certainty) for visit in visits] == [
        ("a", "near"),
        ("b", "near"),
    ]


def test_what_is_not_open_yet_is_done_when_the_walker_comes_back() -> None:
    there = destination(PLACE, 90, 500)
    both = quest(stage("far", there), stage("home"))
    along = walk(0, 100, 500, 100, 0)

    visits = played(both, along)

    assert [step_of(visit.made[0], along) for visit in visits] == [2, 4]


@pytest.mark.parametrize("every_s, sent", [(5.0, 5), (10.0, 4), (14.0, 3), (31.0, 1)])
def test_the_newest_fixes_go_along_if_they_are_fresh(every_s: float, sent: int) -> None:
    along = walk(400, 350, 300, 250, 200, 150, 100, 5, every_s=every_s)

    move = only(played(quest(stage("a")), along)).move

    assert len(move.fixes) == sent
    assert move.fixes[-1].at == move.made_at
    assert all((move.made_at - fix.at).total_seconds() <= 30 for fix in move.fixes)


def test_what_is_sent_has_no_more_digits_than_a_move_may() -> None:
    raw = only(played(quest(stage("a")), walk(10 / 3))).raw

    assert all(len(str(fix[name]).partition(".")[2]) <= 7 for fix in raw["fixes"] for name in ("lon", "lat"))
    assert "variant" not in raw


def test_generic_stages_are_found_on_the_way_and_the_last_at_its_end() -> None:
    of = quest(*(stage(key, None) for key in "abc"))
    along = walk(*(float(metres) for metres in range(0, 601, 10)))

    found = [step_of(visit.made[0], along) * 10 for visit in played(of, along)]

    assert found == [100, 300, 500]
    assert len(played(of, walk(0.0))) == 3


def test_every_branch_but_the_chosen_one_stays_closed() -> None:
    fork = stage("fork", None, tasks=(Choice(key="way", options=("left", "right")),))
    ways = [stage(way, None, opens=Chose(stage="fork", task="way", option=way)) for way in ("left", "right")]

    visits = played(quest(fork, *ways), walk(*(float(metres) for metres in range(0, 100, 10))))

    chosen = visits[0].made[0].raw["body"]["option"]
    assert [visit.stage.key for visit in visits if visit.stage] == ["fork", chosen]


def test_a_row_is_handed_in_at_the_end_of_a_tipspromenad() -> None:
    pack = pack_at([PLACE], RADIUS_M, name="tips", seed=1)
    tips = publish(_with_tips(pack)).quest

    visits = played(tips, walk(0, 10, 20))

    assert [made.judged.code for visit in visits for made in visit.made] == ["done", "kept", "handed-in"]
    assert visits[-1].stage is None


def _with_tips(pack: Pack) -> Pack:

    return replace(pack, sheet=msgspec.structs.replace(pack.sheet, feedback="at_end"))


def test_offline_everything_is_sent_shuffled_and_some_of_it_twice() -> None:
    of = quest(*(stage(f"s{number}") for number in range(20)))
    made = [one for visit in played(of, walk(0.0)) for one in visit.made]

    batches = offline_batches(made, 3, Random(1))

    times = Counter(one.move.id for batch in batches for one in batch)
    assert len(batches) == 3
    assert set(times) == {one.move.id for one in made}
    assert Counter(times.values()) == {1: 16, 2: 4}
    made_in_order = [one.move.seq for one in made]
    assert all([one.move.seq for one in batch] != sorted(one.move.seq for one in batch) for batch in batches)
    assert made_in_order == list(range(20))


def test_a_laid_quest_is_the_same_again_for_the_same_track_and_another_for_another_seed() -> None:
    points = tuple(TrackPoint(destination(PLACE, 90, 20.0 * number)) for number in range(60))

    one, same, other = (laid_pack(Track(points), 5, name="x", seed=seed) for seed in (1, 1, 2))

    assert one == same
    assert one.sheet.id != other.sheet.id
    assert [found.key for found in one.sheet.stages] == ["001", "002", "003", "004", "005"]


def test_how_near_the_walk_came_is_known_of_every_place() -> None:
    along = walk(300, 100, 200)
    playing = phone(quest(stage("a"), stage("b", None)), along)

    away_m, minutes = playing.nearest(playing.quest.stages[0]) or (0.0, 0.0)

    assert (round(away_m), round(minutes * 60)) == (70, 10)
    assert playing.nearest(playing.quest.stages[1]) is None
