"""Recorded tracks, played in the phone's app: reading for reading, with the accuracy and the pauses of the recorder.

Chromium says where it is, and the page's own clock goes as the recorder's did. What should have arrived, and at which
reading, is worked out here with the fences of `geo`.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from content.packs.model import Pack
from content.packs.writing import write_members
from geo.fences import Certainty, Circle, certainty
from geo.positions import Position, destination
from geo.tracks import Track, TrackPoint
from media.kinds import media_type
from server.cli.playing.laying import pack_at
from server.readers.gpx import read_gpx_file
from server.stores.database import Database
from server.use_cases.publish import publish_pack
from tests.browser.machine import BUILT, Machine
from tests.browser.phone import ACCURACY_M, FLAGS, Phone, chromium
from tests.browser.walking import answer_question, question, shown
from tests.field.recordings import TRACKS

RADIUS_M = 25.0
EAST = 90.0
#: Chromium measures, and the page's clock says when: so an hour can be walked in a minute.
BY_THE_PAGES_CLOCK = """
  const follow = Geolocation.prototype.watchPosition;
  let heard = 0;
  const waiting = [];
  Geolocation.prototype.watchPosition = function (tell, failed, wishes) {
    return follow.call(this, ({ coords }) => {
      tell({ coords, timestamp: Date.now() });
      heard += 1;
      for (const done of waiting.splice(0)) done();
    }, failed, wishes);
  };
  window.readingsHeard = () => heard;
  window.nextReading = (since) => (heard > since ? true : new Promise((done) => waiting.push(() => done(true))));
"""


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def machine(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    assert (BUILT / "index.html").exists(), "the app is not built: make setup"
    machine = Machine(database_url, tmp_path_factory.mktemp("played"))
    machine.serve()
    yield machine
    machine.stop()


@dataclass
class Walker:
    """Who carries the phone along the track. `arrivals`: the stage, and at which reading it should have arrived."""

    phone: Phone
    machine: Machine
    pack: Pack
    journey: str
    track: Sequence[TrackPoint]

    def __post_init__(self) -> None:
        self.stages = [stage.key for stage in self.pack.sheet.stages]
        self.current = 0
        self.at = 0
        self.arrivals: list[tuple[str, Position]] = []

    @property
    def fence(self) -> Circle:
        place = self.pack.sheet.stages[self.current].place
        assert place is not None
        return Circle(Position(place.lon, place.lat), place.radius_m)  # type: ignore[union-attr]

    def read(self, number: int) -> TrackPoint:
        """The phone reads its position as the recorder did, as long after the one before."""
        point, before = self.track[number], self.track[max(0, number - 1)]
        page = self.phone.page
        if number > 0 and point.at and before.at:
            page.clock.fast_forward(max(1, int((point.at - before.at).total_seconds() * 1000)))
        since = page.evaluate("readingsHeard()")
        self.phone.stand(point.position, point.accuracy_m or ACCURACY_M)
        page.evaluate("(since) => nextReading(since)", since)
        return point

    def walk(self, until: int, *, seen: Callable[[int], None] = lambda _: None) -> None:
        """On to that reading, answering wherever a stage is come to."""
        for self.at in range(self.at, until):
            point = self.read(self.at)
            seen(self.at)
            if self.current == len(self.stages):
                continue
            self.look(point)
        self.at = until

    def look(self, point: TrackPoint) -> None:
        found = certainty(self.fence, point.position, point.accuracy_m or ACCURACY_M)
        if found in {Certainty.inside, Certainty.near}:
            self.arrivals.append((self.stages[self.current], point.position))
            answer_question(self.phone, self.pack)  # it is there at once, or this fails
            self.current += 1

    def cannot(self) -> None:
        """Says that this stage cannot be reached, and goes on."""
        before = shown(self.phone)
        self.phone.tap("app.play.cannot")
        self.phone.tap("reason.cannot-reach")
        self.phone.wait_until(lambda: shown(self.phone) != before)
        self.current += 1
        self.look(self.track[self.at - 1])

    def at_home(self) -> None:
        """Everything has been sent: what could still be undone a moment ago too."""
        self.phone.page.clock.fast_forward(11_000)
        self.phone.sent()

    def arrived(self) -> list[tuple[str, Position]]:
        """The stages that the phone says it came to, with the newest reading in each of these moves."""
        rows = sorted(self.phone.kept("moves"), key=lambda row: row["move"]["made_at"])
        return [
            (row["move"]["stage"], _rough(max(row["move"]["fixes"], key=lambda fix: fix["at"])))
            for row in rows
            if row["move"]["body"]["kind"] == "arrive"
        ]

    def expected(self) -> list[tuple[str, Position]]:
        return [(stage, Position(round(at.lon, 7), round(at.lat, 7))) for stage, at in self.arrivals]

    def heard(self) -> dict[str, tuple[str, int]]:
        """What the server made of each move: its kind, and how well it trusts it."""
        with psycopg.connect(self.machine.database_url) as connection:
            rows = connection.execute(
                "SELECT id::text, body->'body'->>'kind', (judged->>'trust')::int FROM game.moves"
                " WHERE journey_id = %s",
                [self.journey],
            ).fetchall()
        assert len(rows) == len({row[0] for row in rows})
        return {row[0]: (row[1], row[2]) for row in rows}


def _rough(fix: dict[str, Any]) -> Position:
    return Position(fix["lon"], fix["lat"])


@pytest.fixture
def set_out(
    playwright: Playwright, browser: Browser, machine: Machine, clean_database: None
) -> Iterator[Callable[[Pack, Sequence[TrackPoint]], Walker]]:
    """A phone where the track begins, with the quest begun."""
    phones: list[Phone] = []

    def make(pack: Pack, track: Sequence[TrackPoint]) -> Walker:
        with closing(Database(machine.database_url, size=1)) as database:
            code = publish_pack(database, write_members(pack), media_type, datetime.now(UTC)).code
        phone = Phone(
            playwright,
            browser,
            address=machine.address,
            settings={},
            language="sv",
            at=track[0].position,
        )
        phones.append(phone)
        phone.context.add_init_script(BY_THE_PAGES_CLOCK)
        first, last = track[0].at, track[-1].at
        assert first and last
        phone.page.clock.install(time=datetime.now(UTC) - (last - first) - timedelta(minutes=5))
        return Walker(phone, machine, pack, phone.begin(code), track)

    yield make
    troubles = [trouble for phone in phones for trouble in phone.troubles]
    for phone in phones:
        phone.close()
    assert troubles == []


def recorded(name: str, first: int, last: int) -> Sequence[TrackPoint]:
    """These points of the track, as they were recorded."""
    track: Track = read_gpx_file(Path(TRACKS / name)).track
    return track.points[first:last]


def test_a_recorded_walk_is_played_to_its_end_and_each_stop_is_there_when_it_is_passed(
    set_out: Callable[[Pack, Sequence[TrackPoint]], Walker],
) -> None:
    track = recorded("nj_walk_1hz.gpx", 0, 420)
    places = [track[number].position for number in (80, 190, 300, 410)]
    walker = set_out(pack_at(places, RADIUS_M, name="nj", seed=1), track)

    walker.walk(len(track))
    expect(walker.phone.shows("app.play.finished")).to_be_visible()
    walker.at_home()

    assert len(walker.arrivals) == len(places)
    assert walker.arrived() == walker.expected()
    heard = walker.heard()
    assert sorted(heard) == sorted(row["id"] for row in walker.phone.kept("moves"))
    assert len(heard) == 2 * len(places)
    assert {trust for kind, trust in heard.values() if kind == "arrive"} == {2}


def test_where_a_receiver_jumps_two_kilometres_nothing_opens_and_the_walk_goes_on(
    set_out: Callable[[Pack, Sequence[TrackPoint]], Walker],
) -> None:
    """7,222 km/h for a second, and a second jump after it: a stop beside where it landed, and two on the way after."""
    track = recorded("gothenburg_walk_mtk.gpx", 4, 220)
    landed = track[6].position
    beside = destination(landed, EAST, 300)
    places = [beside, track[90].position, track[200].position]
    walker = set_out(pack_at(places, RADIUS_M, name="gothenburg", seed=1), track)
    gate = walker.phone.page.get_by_role("alertdialog")

    def no_gate(_: int) -> None:
        assert not gate.is_visible(), "a jump is no journey by car"

    walker.walk(30, seen=no_gate)
    assert walker.phone.kept("moves") == []
    walker.cannot()
    walker.walk(len(track), seen=no_gate)
    expect(walker.phone.shows("app.play.finished")).to_be_visible()
    walker.at_home()

    assert [stage for stage, _ in walker.arrivals] == ["002", "003"]
    assert walker.arrived() == walker.expected()
    heard = walker.heard()
    assert sorted(kind for kind, _ in heard.values() if kind in {"arrive", "blocked"}) == [
        "arrive",
        "arrive",
        "blocked",
    ]


def test_in_a_car_the_phone_asks_to_stop_first_and_nothing_is_played_meanwhile(
    set_out: Callable[[Pack, Sequence[TrackPoint]], Walker],
) -> None:
    """The first stop lies where the car was fastest, the second where it stood for a minute."""
    track = recorded("visnjan_by_car.gpx", 0, 73)
    fastest, stood = 32, 72
    places = [track[fastest].position, track[stood].position]
    walker = set_out(pack_at(places, RADIUS_M, name="visnjan", seed=1), track)
    gate = walker.phone.page.get_by_role("alertdialog")
    shut: list[int] = []

    for number in range(stood):  # `walk` would answer at the first stop
        walker.read(number)
        walker.at = number + 1
        if gate.is_visible():
            shut.append(number)
            assert walker.phone.kept("moves") == []
    # From the second fast leg until it stopped; and in between also where the receiver told every second.
    assert shut == list(range(30, 61))
    assert walker.phone.kept("moves") == [], "who drove through was not there"
    expect(gate).to_be_hidden()
    walker.cannot()
    walker.walk(stood + 1)
    expect(walker.phone.shows("app.play.finished")).to_be_visible()
    walker.at_home()

    assert walker.arrived() == walker.expected()
    assert sorted(kind for kind, _ in walker.heard().values()) == ["answer", "arrive", "blocked"]


def test_with_the_network_cut_in_the_middle_of_a_recorded_way_all_is_sent_once_it_is_back(
    set_out: Callable[[Pack, Sequence[TrackPoint]], Walker],
) -> None:
    """On skis in Oslo's forest, some 20 km/h: fast, and no car."""
    track = recorded("oslo_oregon700.gpx", 0, 260)
    places = [track[number].position for number in (50, 150, 250)]
    walker = set_out(pack_at(places, RADIUS_M, name="oslo", seed=1), track)

    walker.walk(100)
    walker.phone.context.set_offline(True)
    walker.walk(len(track))
    expect(walker.phone.shows("app.play.finished")).to_be_visible()
    walker.phone.page.clock.fast_forward(11_000)
    walker.phone.page.wait_for_timeout(1_000)
    assert len(walker.phone.pending()) >= 4, "two stops were come to and answered without a network"
    walker.phone.context.set_offline(False)
    walker.at_home()

    assert walker.arrived() == walker.expected()
    assert len(walker.arrivals) == len(places)
    heard = walker.heard()
    assert sorted(heard) == sorted(row["id"] for row in walker.phone.kept("moves"))
    assert len(heard) == 2 * len(places)
