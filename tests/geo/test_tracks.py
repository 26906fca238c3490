"""Recorded walks: what is said of them, and what is refused."""

from datetime import UTC, datetime, timedelta

import pytest

from geo.positions import Position, destination, distance_m
from geo.tracks import (
    Track,
    TrackPoint,
    cleaned,
    lay,
    length_m,
    moved,
    shifted,
)

SQUARE = Position(14.6357, 63.1792)
NINE = datetime(2026, 6, 20, 9, 0, tzinfo=UTC)


def walk(*legs_m: float, every: timedelta = timedelta(seconds=10)) -> Track:
    """Eastwards from the square, a point after each leg."""
    points = [TrackPoint(SQUARE, NINE)]
    gone = 0.0
    for number, leg in enumerate(legs_m, start=1):
        gone += leg
        points.append(TrackPoint(destination(SQUARE, 90.0, gone), NINE + number * every))
    return Track(tuple(points))


def test_length_is_the_sum_of_its_legs() -> None:
    assert length_m(walk(10.0, 20.0, 30.0)) == pytest.approx(60.0, abs=1e-6)
    assert length_m(walk()) == 0.0
    assert length_m(Track(())) == 0.0


def test_a_point_takes_no_time_without_a_zone() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        TrackPoint(SQUARE, datetime(2026, 6, 20, 9, 0))  # noqa: DTZ001  that is what is refused


def test_one_wild_time_costs_itself_alone() -> None:
    points = list(walk(*[10.0] * 8).points)
    late = points[3] = TrackPoint(points[3].position, datetime(2046, 2, 4, tzinfo=UTC))

    found = cleaned(Track(tuple(points)))

    assert found.backwards == (late,)
    assert len(found.track.points) == 8


def test_a_spike_at_the_very_start_does_not_cost_the_walk() -> None:
    spike = TrackPoint(Position(0.0, 0.0), NINE - timedelta(seconds=5))
    home = walk(*[10.0] * 5)

    found = cleaned(Track((spike, *home.points)))

    assert found.spikes == (spike,)
    assert found.track == home


def test_what_comes_before_is_measured_from_the_earliest_that_is_kept() -> None:
    """From the point after that it could have been reached, with the clock running 20 s longer."""

    def at(seconds: int, metres: float) -> TrackPoint:
        return TrackPoint(destination(SQUARE, 90.0, metres), NINE + timedelta(seconds=seconds))

    astray, spike = at(0, 300.0), at(40, 9000.0)
    good = (at(10, 0.0), at(30, 0.0), at(50, 10.0), at(60, 20.0), at(70, 30.0))

    found = cleaned(Track((astray, *good[:2], spike, *good[2:])))

    assert found.spikes == (astray, spike)
    assert found.track == Track(good)


def test_after_a_pause_long_enough_to_walk_there_the_walk_goes_on() -> None:
    first = walk(10.0, 10.0, 10.0)
    far = TrackPoint(destination(SQUARE, 0.0, 3000.0), NINE + timedelta(hours=1))

    assert cleaned(Track((*first.points, far))).spikes == ()


def test_the_fastest_that_is_believed_can_be_set() -> None:
    ride = walk(*[80.0] * 5)

    assert cleaned(ride, fastest_mps=10.0).spikes == ride.points[:0]
    assert len(cleaned(ride, fastest_mps=5.0).spikes) == 5
    assert cleaned(walk(*[120.0] * 5)).spikes == ()
    assert len(cleaned(walk(*[130.0] * 5)).spikes) == 5


def test_points_without_time_stay_unless_they_are_in_the_way() -> None:
    a, b = walk(10.0).points
    track = Track((a, TrackPoint(SQUARE), b))

    assert cleaned(track).track == track
    assert cleaned(track, timed_only=True).untimed == (TrackPoint(SQUARE),)


def test_stages_are_laid_by_length_and_not_by_number_of_points() -> None:
    # A long rest at the square, recorded every ten seconds, then a kilometre.
    track = walk(*[0.0] * 50, *[10.0] * 100)

    places = lay(track, 5)

    away_m = [distance_m(SQUARE, place) for place in places]
    assert away_m == pytest.approx([100.0, 300.0, 500.0, 700.0, 900.0], abs=1e-6)


def test_no_two_stages_meet_where_a_walk_ends_at_home() -> None:
    ring = [destination(SQUARE, bearing, 200.0) for bearing in range(0, 361, 5)]
    places = lay(Track(tuple(TrackPoint(position) for position in ring)), 6)

    assert len(set(places)) == 6
    assert min(distance_m(a, b) for a in places for b in places if a != b) > 150.0


def test_a_track_of_one_point_has_all_its_stages_there() -> None:
    assert lay(walk(), 3) == (SQUARE,) * 3


def test_without_a_track_nothing_is_laid_or_shifted() -> None:
    with pytest.raises(ValueError, match="no track"):
        lay(Track(()), 3)
    with pytest.raises(ValueError, match="no times"):
        shifted(Track((TrackPoint(SQUARE),)), NINE)
    with pytest.raises(ValueError, match="no time zone"):
        shifted(walk(10.0), datetime(2026, 6, 20, 9, 0))  # noqa: DTZ001  that is what is refused
    assert moved(Track(()), SQUARE) == Track(())


def test_shifting_counts_from_the_first_time_there_is() -> None:
    track = Track((TrackPoint(SQUARE), *walk(10.0).points))
    noon = datetime(2026, 12, 15, 12, 0, tzinfo=UTC)

    assert [point.at for point in shifted(track, noon).points] == [None, noon, noon + timedelta(seconds=10)]


def test_a_walk_from_budapest_fits_its_northern_streets() -> None:
    """At 47 degrees a degree of longitude is half as long again as at 63."""
    corner = Position(18.87, 47.57)
    there = moved(Track((TrackPoint(corner), TrackPoint(destination(corner, 90.0, 1000.0)))), SQUARE)

    assert distance_m(SQUARE, there.points[1].position) == pytest.approx(1000.0, abs=1e-6)
    assert there.points[1].position.lon - SQUARE.lon == pytest.approx(0.019856, abs=1e-6)
