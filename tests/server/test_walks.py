"""A recording made into a walk that ends now: times, paces, speeds, and errors as large as a receiver says."""

import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.positions import Position, destination, distance_m
from geo.tracks import Track, TrackPoint
from server.cli.playing.walks import ACCURACY_M, share_at_speed, timed, walk_of

START = Position(14.63566, 63.1792)
LONG_AGO = datetime(2011, 3, 4, 5, 6, 7, tzinfo=UTC)
NOW = datetime(2026, 6, 20, 12, tzinfo=UTC)


def straight(seconds: list[float | None], *, mps: float = 1.0) -> Track:
    """A way to the east with a point at each of these seconds; None is a point without time."""
    east_m = 0.0
    points: list[TrackPoint] = []
    before = 0.0
    for second in seconds:
        east_m += mps * abs((second if second is not None else before) - before) if points else 0.0
        before = before if second is None else second
        at = None if second is None else LONG_AGO + timedelta(seconds=second)
        points.append(TrackPoint(destination(START, 90, east_m), at))
    return Track(tuple(points))


def test_the_latest_moment_is_now_whichever_point_has_it() -> None:
    walk = walk_of(straight([0, 60, 600, 300]), NOW)

    assert [(step.at - NOW).total_seconds() for step in walk.steps] == [-600, -540, 0, -300]


def test_a_clock_that_runs_backwards_leaves_the_steady_one_alone() -> None:
    walk = walk_of(straight([0, 60, 30, 90]), NOW)

    assert [step.elapsed_s for step in walk.steps] == [0, 60, 60, 120]


def test_points_without_time_are_left_out_where_most_have_one() -> None:
    found = timed(straight([0, None, 60, 120]))

    assert (found.left_out, found.paced, len(found.track.points)) == (1, False, 3)


@pytest.mark.parametrize(
    "seconds",
    [[None, None, None], [0, None, None], [5, 5, 5], [0, 60, 101 * 365.25 * 86_400]],
    ids=["none has a time", "few have one", "all have the same", "more than a century"],
)
def test_without_times_to_walk_by_a_pace_is_assumed(seconds: list[float | None]) -> None:
    ways = [destination(START, 90, 125.0 * number) for number in range(3)]
    track = Track(
        tuple(TrackPoint(at, point.at) for at, point in zip(ways, straight(seconds).points, strict=True))
    )

    found = timed(track)
    walk = walk_of(found.track, NOW)

    assert found.paced
    assert [step.elapsed_s for step in walk.steps] == pytest.approx([0, 100, 200], abs=1e-3)  # 4.5 km/h


def test_one_point_is_a_walk() -> None:
    for track in (straight([0]), straight([None])):
        (step,) = walk_of(timed(track).track, NOW).steps
        assert (step.at, step.stands) == (NOW, START)


def test_what_is_asked_for_stands_before_what_was_recorded_before_what_is_usual() -> None:
    recorded = Track((TrackPoint(START, LONG_AGO, accuracy_m=7.0), TrackPoint(START, LONG_AGO)))

    assert [step.accuracy_m for step in walk_of(recorded, NOW).steps] == [7.0, ACCURACY_M]
    assert [step.accuracy_m for step in walk_of(recorded, NOW, accuracy_m=40).steps] == [40.0, 40.0]


def test_a_walk_is_moved_as_a_whole() -> None:
    there = Position(15.5, 62.0)

    walk = walk_of(straight([0, 60, 120]), NOW, start=there)

    assert walk.steps[0].stands == walk.steps[0].fix.position == there
    assert walk.walked_m == pytest.approx([0, 60, 120], abs=0.01)


def test_errors_are_as_large_as_the_accuracy_says_and_last_a_while() -> None:
    """68 % within the accuracy, by what a phone's accuracy means; fixes of one moment are off together."""
    off = [
        distance_m(step.stands, step.fix.position)
        for step in walk_of(
            straight([300.0 * n for n in range(6000)]), NOW, accuracy_m=20, errors=Random(1)
        ).steps
    ]
    dense = walk_of(straight([float(n) for n in range(600)]), NOW, accuracy_m=20, errors=Random(1)).steps
    drift = [distance_m(a.fix.position, b.fix.position) for a, b in pairwise(dense)]

    assert sum(metres <= 20 for metres in off) / len(off) == pytest.approx(0.68, abs=0.02)
    assert sum(drift) / len(drift) < 5.0  # fresh errors would be 23 m apart


def test_the_same_chance_makes_the_same_errors() -> None:
    track = straight([0, 5, 10, 15])

    assert walk_of(track, NOW, errors=Random(4)) == walk_of(track, NOW, errors=Random(4))
    assert walk_of(track, NOW, errors=Random(4)) != walk_of(track, NOW, errors=Random(5))


@pytest.mark.parametrize("mps, share", [(1.4, 0.0), (6.9, 0.0), (7.1, 1.0), (60.0, 1.0)])
def test_how_much_of_a_way_was_too_fast_for_a_phone(mps: float, share: float) -> None:
    assert share_at_speed(straight([0, 10, 20, 30], mps=mps)) == share


def test_a_long_leg_tells_no_speed() -> None:
    """Nobody knows what was done in an hour without a fix; and a jump in no time is the receiver's."""
    assert share_at_speed(straight([0, 3600], mps=20)) == 0.0
    jump = Track((TrackPoint(START, LONG_AGO), TrackPoint(destination(START, 0, 5000), LONG_AGO)))
    assert share_at_speed(jump) == 0.0
    assert share_at_speed(Track(())) == 0.0


moments = st.none() | st.floats(-1e10, 1e10)


@given(
    st.lists(moments, min_size=1, max_size=20),
    st.none() | st.floats(0.1, 1e4),
    st.none() | st.builds(Random, st.integers()),
)
def test_any_recording_becomes_a_walk(
    seconds: list[float | None], accuracy_m: float | None, errors: Random | None
) -> None:
    points = []
    for number, second in enumerate(seconds):
        at = None if second is None else LONG_AGO + timedelta(seconds=second)
        points.append(TrackPoint(destination(START, 90, 10.0 * number), at))

    walk = walk_of(timed(Track(tuple(points))).track, NOW, accuracy_m=accuracy_m, errors=errors)

    assert max(step.at for step in walk.steps) == NOW
    assert all(a.elapsed_s <= b.elapsed_s for a, b in pairwise(walk.steps))
    assert all(math.isfinite(step.accuracy_m) and step.accuracy_m > 0 for step in walk.steps)
