"""Real walks, played over HTTP against a real server: the honest come through, and nobody is seen where they were not."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from click.testing import CliRunner

from content.packs.model import Pack
from content.packs.writing import write_members
from geo.fences import Certainty, Circle, Fence, certainty
from geo.positions import Position, bearing_deg, destination
from geo.tracks import Track, cleaned, lay
from media.kinds import media_type
from server.cli import main
from server.cli.playing.laying import pack_at
from server.config import CHECKOUT, Settings
from server.readers.gpx import read_gpx_file
from server.readers.packs import read_members
from server.stores.database import Database
from server.use_cases.publish import Receipt, publish_pack
from tests.field.recordings import TRACKS, Row

# The walk, and how many stages are laid on it.
ON_FOOT = {
    "gothenburg_walk_mtk.gpx": 12,
    "lund_run.gpx": 10,
    "oslo_oregon700.gpx": 20,
    "buda_hills_20140126.gpx": 12,
    "buda_hills_20141229.gpx": 16,
    "buda_hills_20160508.gpx": 12,
    "freiburg_walk.gpx": 8,
    "korita_zbevnica_hike.gpx": 12,
    "penza_45km_etrex30.gpx": 20,
    "lyon_trail_run_dense.gpx": 20,
    "texas_hike.gpx": 12,
    "nj_walk_1hz.gpx": 10,
    "mtk_gp245_walk.gpx": 8,
    "black_forest_3days.gpx": 15,
    "cerknicko_without_times.gpx": 10,
}
# What no phone would record, and no server may stumble over.
WILD_CLOCKS = (
    "garmin_xt_negative_time.gpx",
    "gps_week_rollover.gpx",
    "kalman_synthetic_noise.gpx",
    "osm_trace_mixed_years.gpx",
    "datalog_37h_gap.gpx",
    "melbourne_spikes.gpx",
    "cerknicko_jezero.gpx",
    "tofino_surf_1hz.gpx",
    "track_with_dilution_errors.gpx",
)
IN_VEHICLES = ("visnjan_by_car.gpx", "garmin_xt_negative_time.gpx", "aircraft_g1000.gpx")
SEEN = ("inside", "near", "weak")
RADIUS_M = 30.0
ACCURACY_M = 12.0
EAST = 90.0


@dataclass(frozen=True)
class Played:
    """What `rotfaste play` came to."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def value(self) -> dict[str, Any]:
        assert self.exit_code == 0, self.stderr
        value: dict[str, Any] = json.loads(self.stdout)
        return value

    @property
    def stages(self) -> list[dict[str, Any]]:
        return [stage for stage in self.value["stages"] if stage["stage"]]

    @property
    def satisfied(self) -> set[str]:
        return {stage["stage"] for stage in self.stages if stage["state"] == "satisfied"}


Play = Callable[..., Played]


@pytest.fixture
def play(served: Settings, database: str) -> Play:
    environ = {"DATABASE_URL": served.database_url, "ROTFASTE_DATA": str(served.data)}

    def played(gpx: str, *arguments: str | float) -> Played:
        line = ["play", "--json", "--url", served.address, "--gpx", str(TRACKS / gpx), *map(str, arguments)]
        result = CliRunner().invoke(main, line, env=environ)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return Played(result.exit_code, result.stdout, result.stderr)

    return played


@pytest.fixture
def publish(database: str) -> Iterator[Callable[[Pack], Receipt]]:
    opened = Database(database, size=1)

    def put(pack: Pack) -> Receipt:
        return publish_pack(opened, write_members(pack), media_type, datetime.now(UTC))

    yield put
    opened.close()


def row(name: str, played: Played, accuracy_m: float, *, errors: bool) -> Row:
    found = Counter(
        "own word" if "self-report" in [one["code"] for one in stage["judged"]] else stage["certainty"]
        for stage in played.stages
        if stage["state"] == "satisfied"
    )
    return Row(
        walk=name.removesuffix(".gpx"),
        errors=errors,
        accuracy_m=accuracy_m,
        stages=len(played.stages),
        inside=found["inside"],
        near=found["near"],
        weak=found["weak"],
        own_word=found["own word"],
        missed=len(played.stages) - len(played.satisfied),
        moves=played.value["moves"],
        minutes=max(stage["minutes"] for stage in played.stages),
    )


# ------------------------------------------------------------------------------------------- the honest


@pytest.mark.parametrize("name, n", ON_FOOT.items())
def test_a_real_walk_passes_every_stage_laid_on_it(
    play: Play, record_property: Callable[[str, object], None], name: str, n: int
) -> None:
    played = play(name, "--lay", n, "--accuracy", ACCURACY_M)

    record_property("row", list(row(name, played, ACCURACY_M, errors=False)))
    assert played.value["finished"]
    assert played.value["settled"] == n
    assert {stage["certainty"] for stage in played.stages} <= {"inside", "near"}
    assert all(stage["trust"] == 3 for stage in played.stages)  # there, and answered rightly


@pytest.mark.parametrize("accuracy_m", [12, 30, 60])
@pytest.mark.parametrize("name, n", ON_FOOT.items())
def test_with_a_receivers_errors_the_honest_walker_still_passes(
    play: Play, record_property: Callable[[str, object], None], name: str, n: int, accuracy_m: int
) -> None:
    """Where the receiver says no while they stand there, they say so; that is rare where it is good."""
    played = play(name, "--lay", n, "--noise", "--accuracy", accuracy_m, "--seed", 7)

    told = row(name, played, accuracy_m, errors=True)
    record_property("row", list(told))
    assert played.value["finished"]
    assert told.missed == 0
    assert all(
        stage["trust"] >= 2 for stage in played.stages
    )  # their word or a weak fix, and the right answer
    if accuracy_m <= 12:
        assert told.own_word <= n / 10


@pytest.mark.parametrize("name, n", [("lund_run.gpx", 10), ("korita_zbevnica_hike.gpx", 12)])
def test_a_game_held_back_and_shuffled_comes_to_the_same(play: Play, name: str, n: int) -> None:
    online = play(name, "--lay", n, "--wrong", "--noise", "--seed", 3)
    offline = play(name, "--lay", n, "--wrong", "--noise", "--seed", 3, "--offline", 4)

    assert offline.stages == online.stages
    assert online.value["finished"]


# ------------------------------------------------------------------------- nobody is seen where they were not


def recorded(name: str) -> Track:
    track = read_gpx_file(TRACKS / name).track
    return Track(tuple(replace(point, accuracy_m=None) for point in track.points if point.at is not None))


def beside(places: list[Position], away_m: float) -> list[Position]:
    """Places off the way, to its left."""
    towards = [bearing_deg(a, b) for a, b in zip(places, places[1:] + places[:1], strict=True)]
    return [destination(place, way - 90, away_m) for place, way in zip(places, towards, strict=True)]


@pytest.mark.parametrize("name", ["melbourne_spikes.gpx", "gothenburg_walk_mtk.gpx", "cerknicko_jezero.gpx"])
def test_spikes_and_detours_satisfy_no_stage_that_no_fix_came_to(
    play: Play, publish: Callable[[Pack], Receipt], name: str
) -> None:
    """Stages on the way, beside it, and where the receiver jumped to: exactly those are done that a fix touches."""
    track = recorded(name)
    found = cleaned(track)
    on_the_way = list(lay(found.track, 12))
    places = [
        *on_the_way,
        *beside(on_the_way, 60),
        *beside(on_the_way, 150),
        *(point.position for point in found.spikes[:8]),
        *(destination(point.position, EAST, 300) for point in found.spikes[:8]),
    ]
    code = publish(pack_at(places, RADIUS_M, name=name, seed=1, in_order=False)).code

    played = play(name, code, "--accuracy", ACCURACY_M, "--wrong")

    fences = {f"{number:03}": Circle(_kept(place), RADIUS_M) for number, place in enumerate(places, 1)}
    touched = {key for key, fence in fences.items() if _touched(track, fence)}
    done_here = {stage["stage"] for stage in played.stages if _was_there(stage)}
    assert done_here == touched
    assert {f"{number:03}" for number in range(1, 13)} <= touched
    assert len(touched) < len(places)


def _touched(track: Track, fence: Fence) -> bool:
    seen = {certainty(fence, point.position, ACCURACY_M) for point in track.points}
    return bool(seen & {Certainty.inside, Certainty.near, Certainty.weak})


def _kept(place: Position) -> Position:
    """As a pack keeps it."""
    return Position(round(place.lon, 6), round(place.lat, 6))


def _was_there(stage: dict[str, Any]) -> bool:
    return any(one["task"] == "here" and one["code"] == "done" for one in stage["judged"])


def test_a_receiver_that_lies_still_is_at_one_place_only(
    play: Play, publish: Callable[[Pack], Receipt]
) -> None:
    here = recorded("stationary_drift.gpx").points[0].position
    places = [destination(here, EAST, 70.0 * number) for number in range(6)]
    code = publish(pack_at(places, RADIUS_M, name="still", seed=1, in_order=False)).code

    played = play("stationary_drift.gpx", code)

    assert [stage["stage"] for stage in played.stages if _was_there(stage)] == ["001"]


@pytest.mark.parametrize("name", IN_VEHICLES)
def test_cars_and_aircraft_are_asked_to_stop_first(play: Play, name: str) -> None:
    refused = play(name, "--lay", 8)
    passenger = play(name, "--lay", 8, "--passenger")

    assert refused.exit_code == 1
    assert "of this way went faster than 25 km/h: phones would ask to stop first." in refused.stderr
    assert passenger.value["differences"] == []
    assert len(passenger.satisfied) >= 7


@pytest.mark.parametrize("name", [*ON_FOOT, "central_park_bike.gpx", "garmin_connect_smartrec.gpx"])
def test_nobody_on_foot_on_ski_or_on_a_bicycle_is(play: Play, name: str) -> None:
    assert play(name, "--lay", 1).exit_code == 0


# ------------------------------------------------------------------------------------------- wild clocks


@pytest.mark.parametrize("name", WILD_CLOCKS)
@pytest.mark.parametrize("how", [(), ("--offline", 3)], ids=["online", "offline"])
def test_whatever_a_clock_does_nothing_breaks(
    play: Play, record_property: Callable[[str, object], None], name: str, how: tuple[str | int, ...]
) -> None:
    """Years forwards, seconds back, hours lost: the journey is finished all the same."""
    played = play(name, "--lay", 8, "--accuracy", ACCURACY_M, "--passenger", *how)

    if not how:
        record_property("row", list(row(name, played, ACCURACY_M, errors=False)))
    assert played.value["finished"]
    assert played.value["differences"] == []


def test_what_was_walked_years_ago_by_the_clock_is_heard_and_trusted_less(play: Play) -> None:
    played = play("gps_week_rollover.gpx", "--lay", 8, "--accuracy", ACCURACY_M)

    trust = [stage["trust"] for stage in played.stages]
    assert set(trust) == {1, 3}  # late by more than 30 days, and on time


# -------------------------------------------------------------------------------------------- in Östersund


@pytest.mark.parametrize(
    "seed, done",
    [(1, {"town"}), (5, {"town", "shore", "bridge"})],
    ids=["by the museum, which is a place", "by the shore, which is wherever one finds it"],
)
@pytest.mark.parametrize("name", ["freiburg_walk.gpx", "buda_hills_20140126.gpx"])
def test_a_walk_from_elsewhere_moved_to_the_trail_in_ostersund_does_what_it_passes(
    play: Play, database: str, name: str, seed: int, done: set[str]
) -> None:
    """The square, where it sets out, and what can be done anywhere; it comes near neither museum nor stone."""
    folder = CHECKOUT / "seed_data/quests/ostersund/bridge-builder"
    opened = Database(database, size=1)
    code = publish_pack(opened, read_members(folder).members, media_type, datetime.now(UTC)).code
    opened.close()

    played = play(
        name, code, "--move", "--accuracy", ACCURACY_M, "--answers", folder / "private.toml", "--seed", seed
    )

    assert played.value["differences"] == []
    assert played.satisfied == done
    assert (played.stages[0]["certainty"], played.stages[0]["minutes"]) == ("inside", 0.0)
    missed = [stage["away_m"] for stage in played.stages if stage["stage"] not in done and stage["away_m"]]
    assert min(missed) > 100
