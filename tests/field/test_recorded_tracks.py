"""Real recordings, with their spikes, gaps and wild clocks: cleaned, moved to Östersund, and played."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import gpxpy
import pytest

from geo.fences import Certainty, Circle, certainty
from geo.positions import Position, distance_m
from geo.tracks import Track, TrackPoint, cleaned, lay, length_m, moved

SQUARE = Position(14.6357, 63.1792)
ON_FOOT = (
    "buda_hills_20140126.gpx",
    "buda_hills_20141229.gpx",
    "buda_hills_20160508.gpx",
    "black_forest_3days.gpx",
    "freiburg_walk.gpx",
    "gothenburg_walk_mtk.gpx",
    "korita_zbevnica_hike.gpx",
    "lund_run.gpx",
    "lyon_trail_run_dense.gpx",
    "mtk_gp245_walk.gpx",
    "nj_walk_1hz.gpx",
    "oslo_oregon700.gpx",
    "penza_45km_etrex30.gpx",
    "texas_hike.gpx",
)

Read = Callable[[str], Track]


@pytest.fixture(scope="module")
def read(field_data: Path) -> Read:
    def track(name: str) -> Track:
        with (field_data / "gpx" / name).open(encoding="utf-8-sig") as file:
            recorded = gpxpy.parse(file)
        return Track(
            tuple(
                TrackPoint(Position(point.longitude, point.latitude), point.time, point.elevation)
                for one in recorded.tracks
                for segment in one.segments
                for point in segment.points
            )
        )

    return track


@pytest.mark.parametrize("name", ON_FOOT)
def test_a_walk_moved_to_the_region_passes_all_stages_laid_on_it(read: Read, name: str) -> None:
    walk = cleaned(read(name), timed_only=True).track
    here = moved(walk, SQUARE)

    assert length_m(here) == pytest.approx(length_m(walk), rel=0.001)
    for place in lay(here, 10):
        fence = Circle(place, 30.0)
        seen = {certainty(fence, point.position, 10.0) for point in here.points}
        assert seen & {Certainty.inside, Certainty.near}


@pytest.mark.parametrize("name", ON_FOOT)
def test_what_is_cleaned_keeps_the_pace_of_feet_and_most_of_its_points(read: Read, name: str) -> None:
    track = read(name)

    found = cleaned(track, timed_only=True)

    for a, b in pairwise(found.track.points):
        assert a.at is not None
        assert b.at is not None
        assert distance_m(a.position, b.position) <= 12.5 * (b.at - a.at).total_seconds()
    assert len(found.track.points) >= 0.95 * (len(track.points) - len(found.untimed))


@pytest.mark.parametrize(
    "name, spikes, backwards",
    [
        ("cerknicko_jezero.gpx", 18, 0),  # 331 km/h after a gap
        ("gothenburg_walk_mtk.gpx", 10, 0),  # a jump of 7,222 km/h
        ("melbourne_spikes.gpx", 23, 2),
        ("kalman_synthetic_noise.gpx", 2, 12),  # nothing in it is a walk
    ],
)
def test_what_receivers_invent_is_dropped(read: Read, name: str, spikes: int, backwards: int) -> None:
    found = cleaned(read(name), timed_only=True)

    assert (len(found.spikes), len(found.backwards)) == (spikes, backwards)


def test_a_receiver_that_lies_still_goes_nowhere(read: Read) -> None:
    track = read("stationary_drift.gpx")

    assert max(distance_m(track.points[0].position, point.position) for point in track.points) < 15.0
    fence = Circle(track.points[0].position, 30.0)
    assert certainty(fence, track.points[-1].position, 10.0) is Certainty.inside


@pytest.mark.parametrize("name, part", [("aircraft_g1000.gpx", 0.8), ("visnjan_by_car.gpx", 0.8)])
def test_aircraft_and_cars_lose_much_of_their_track(read: Read, name: str, part: float) -> None:
    """What is left of them is for the caller to look at: `cleaned` says how much it took."""
    track = read(name)

    assert len(cleaned(track).track.points) < part * len(track.points)


def test_a_clock_that_rolls_over_leaves_order(read: Read) -> None:
    found = cleaned(read("gps_week_rollover.gpx"), timed_only=True).track

    assert all(a.at is not None and b.at is not None and a.at < b.at for a, b in pairwise(found.points))
