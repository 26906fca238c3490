"""Recorded tracks, played in the phone's app."""

from collections.abc import Callable, Iterator, Sequence

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from geo.positions import destination
from geo.tracks import TrackPoint
from server.cli.playing.laying import pack_at
from server.readers.gpx import read_gpx_file
from tests.browser.machine import BUILT, Machine
from tests.browser.phone import FLAGS, Phone, chromium
from tests.browser.recorder import set_out
from tests.field.recordings import TRACKS

RADIUS_M = 25.0
EAST = 90.0


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


@pytest.fixture
def new_phone(playwright: Playwright, browser: Browser, machine: Machine) -> Iterator[Callable[..., Phone]]:
    phones: list[Phone] = []

    def make(**wishes: object) -> Phone:
        phones.append(Phone(playwright, browser, address=machine.address, **wishes))  # type: ignore[arg-type]
        return phones[-1]

    yield make
    troubles = [trouble for phone in phones for trouble in phone.troubles]
    for phone in phones:
        phone.close()
    assert troubles == []


def recorded(name: str, first: int, last: int) -> Sequence[TrackPoint]:
    """These points of the track, as they were recorded."""
    return read_gpx_file(TRACKS / name).track.points[first:last]


def test_a_recorded_walk_is_played_to_its_end_and_each_stop_is_there_when_it_is_passed(
    new_phone: Callable[..., Phone], machine: Machine, clean_database: None
) -> None:
    track = recorded("nj_walk_1hz.gpx", 0, 420)
    places = [track[number].position for number in (80, 190, 300, 410)]
    walker = set_out(new_phone, machine, pack_at(places, RADIUS_M, name="nj", seed=1), track)

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
    new_phone: Callable[..., Phone], machine: Machine, clean_database: None
) -> None:
    """7,222 km/h for a second, and a second jump after it: a stop beside where it landed, and two on the way after."""
    track = recorded("gothenburg_walk_mtk.gpx", 4, 220)
    landed = track[6].position
    beside = destination(landed, EAST, 300)
    places = [beside, track[90].position, track[200].position]
    walker = set_out(new_phone, machine, pack_at(places, RADIUS_M, name="gothenburg", seed=1), track)
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
    new_phone: Callable[..., Phone], machine: Machine, clean_database: None
) -> None:
    """The first stop lies where the car was fastest, the second where it stood for a minute."""
    track = recorded("visnjan_by_car.gpx", 0, 73)
    fastest, stood = 32, 72
    places = [track[fastest].position, track[stood].position]
    walker = set_out(new_phone, machine, pack_at(places, RADIUS_M, name="visnjan", seed=1), track)
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
    new_phone: Callable[..., Phone], machine: Machine, clean_database: None
) -> None:
    """On skis in Oslo's forest, some 20 km/h: fast, and no car."""
    track = recorded("oslo_oregon700.gpx", 0, 260)
    places = [track[number].position for number in (50, 150, 250)]
    walker = set_out(new_phone, machine, pack_at(places, RADIUS_M, name="oslo", seed=1), track)

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
