"""Whole journeys: on foot, with the network cut, half-dead, the app closed, renewed in the middle, the phone full."""

import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from PIL import Image
from playwright.sync_api import Playwright, Route, expect

from geo.positions import destination
from geo.tracks import moved
from server.cli.playing.laying import pack_at
from server.readers.gpx import read_gpx_file
from tests.browser import quests
from tests.browser.machine import BUILT, IN_EARNEST, OTHERWISE, Machine
from tests.browser.phone import Phone
from tests.browser.recorder import LYON, set_out
from tests.browser.walking import answer_question, question, recorded, shown

TRAIL = quests.trail().sheet.code
STAGES = len(quests.TRAIL)
BEFORE = destination(quests.SHORE, 180, 90)
SETTINGS: dict[str, Any] = {}


def heard(machine: Machine, journey: str) -> list[str]:
    """Ids of the moves that the server has of a journey, each as often as it has it."""
    with psycopg.connect(machine.database_url) as connection:
        rows = connection.execute("SELECT id FROM game.moves WHERE journey_id = %s ORDER BY id", [journey])
        return [str(row[0]) for row in rows]


def made(phone: Phone) -> list[str]:
    return sorted(row["id"] for row in phone.kept("moves"))


def finish(
    phone: Phone, *, stages: int = STAGES, before_stage: Callable[[int], None] = lambda _: None
) -> None:
    """Walks the trail from where the phone stands, and answers at each stop."""
    for number in range(STAGES - stages, STAGES):
        before_stage(number)
        phone.walk(recorded([quests.TRAIL[number]]), until=question(phone).is_visible)
        answer_question(phone)
    expect(phone.shows("app.play.finished")).to_be_visible()


def test_a_trail_is_walked_to_its_end_and_the_server_has_it_all(
    new_phone: Callable[..., Phone], machine: Machine
) -> None:
    phone = new_phone(settings=SETTINGS, at=BEFORE)
    journey = phone.begin(TRAIL)

    finish(phone)
    expect(phone.button("app.play.finished.tell")).to_have_attribute(
        "href", re.compile(rf"^/studio/story/[0-9a-f-]{{36}}/{TRAIL}$")
    )
    phone.sent()

    assert heard(machine, journey) == made(phone)
    assert len(made(phone)) == 2 * STAGES
    outcomes = {row["outcome"]["outcome"] for row in phone.kept("moves")}
    trusts = [
        row["outcome"].get("trust") for row in phone.kept("moves") if row["move"]["body"]["kind"] == "arrive"
    ]
    assert outcomes == {"accepted"}
    assert min(trusts) >= 2, "being there was seen, not said"


def test_a_recorded_run_comes_to_each_stop_as_it_is_passed_and_to_no_other(
    new_phone: Callable[..., Phone], machine: Machine
) -> None:
    """A recorder's own readings, moved to Östersund; the second stop lies beside the way, and is given up."""
    track = moved(read_gpx_file(LYON).track, quests.SHORE).points
    passed = [track[number].position for number in (60, 250, 380)]
    beside = destination(track[150].position, 0, 150)
    walker = set_out(
        new_phone, machine, pack_at([passed[0], beside, *passed[1:]], 25, name="run", seed=4), track
    )

    walker.walk(200)
    walker.cannot()
    walker.walk(len(track))
    expect(walker.phone.shows("app.play.finished")).to_be_visible()
    walker.at_home()

    assert [stage for stage, _ in walker.arrivals] == ["001", "003", "004"]
    assert walker.arrived() == walker.expected()
    assert heard(machine, walker.journey) == made(walker.phone)


def test_without_a_network_the_trail_goes_on_and_is_sent_once_it_is_back(
    new_phone: Callable[..., Phone], machine: Machine
) -> None:
    phone = new_phone(settings=SETTINGS, at=BEFORE)
    journey = phone.begin(TRAIL)

    def cut(number: int) -> None:
        if number == 1:
            phone.context.set_offline(True)

    finish(phone, before_stage=cut)
    phone.page.wait_for_timeout(11_000)  # what could be undone is tried now, and kept
    assert len(phone.pending()) >= 2 * (STAGES - 1)
    expect(phone.page.get_by_role("status").get_by_text(phone.says("app.outbox.saved"))).to_be_visible()
    phone.context.set_offline(False)
    phone.sent()

    assert heard(machine, journey) == made(phone)
    assert len(set(made(phone))) == 2 * STAGES


class HalfDead:
    """A network that swallows, answers a sign-in page, answers too late, and loses the answer on its way back."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.ways: list[str] = ["swallow", "portal", "broken", "lose"]

    def __call__(self, route: Route) -> None:
        if not self.ways:
            route.continue_()
            return
        way = self.ways.pop(0)
        self.seen.append(way)
        if way == "swallow":
            return  # never answered: the phone gives up by itself
        if way == "portal":
            route.fulfill(status=200, content_type="text/html", body="<title>Please sign in</title>")
        elif way == "broken":
            route.fulfill(status=502, content_type="text/html", body="<h1>Bad gateway</h1>")
        else:
            route.fetch()  # the server has heard it, and the phone does not know
            route.abort("connectionreset")


def test_a_half_dead_network_loses_nothing_and_doubles_nothing(
    new_phone: Callable[..., Phone], machine: Machine
) -> None:
    phone = new_phone(settings=SETTINGS, at=quests.TRAIL[0], worker=False)
    network = HalfDead()
    phone.page.route(re.compile(r"/api/v1/(players|journeys)/"), network)
    phone.page.clock.install()
    # The kit needs a player: the first knocks come while it is begun.
    network.ways = []
    journey = phone.begin(TRAIL)
    network.ways = ["swallow", "portal", "broken", "lose"]
    answer_question(phone)

    phone.page.clock.fast_forward(11_000)
    give_up_at = time.monotonic() + 90
    while phone.pending():
        assert time.monotonic() < give_up_at
        phone.page.wait_for_timeout(1_000)
        phone.page.clock.fast_forward(300_000)  # as long as the phone waits at most before it tries again

    assert network.seen == ["swallow", "portal", "broken", "lose"]
    assert heard(machine, journey) == made(phone)
    assert len(made(phone)) == 2


def test_a_phone_that_was_switched_off_goes_on_where_it_was(
    playwright: Playwright, machine: Machine, profile: Path
) -> None:
    wishes: dict[str, Any] = {
        "address": machine.address,
        "settings": SETTINGS,
        "at": quests.TRAIL[0],
        "profile": profile,
    }
    phone = Phone(playwright, None, **wishes)
    journey = phone.begin(TRAIL)
    expect(question(phone)).to_be_visible()
    phone.settled()
    phone.context.set_offline(True)
    answer_question(phone)
    before = made(phone)
    assert len(phone.pending()) == 2
    phone.close()

    phone = Phone(playwright, None, **wishes)
    phone.context.set_offline(True)  # also the app itself comes from the phone
    phone.open("/")
    phone.tap(phone.shows("app.today.go-on"))
    assert made(phone) == before
    assert phone.page.url.endswith(journey)
    phone.context.set_offline(False)
    finish(phone, stages=STAGES - 1)
    phone.sent()
    troubles = phone.troubles
    kept = made(phone)
    phone.close()

    assert heard(machine, journey) == kept
    assert set(before) < set(kept)
    assert troubles == []


@pytest.fixture
def next_build(tmp_path: Path) -> Path:
    """The app of tomorrow: the same with a mark in its first page, and a service worker that says so."""
    folder = tmp_path / "dist"
    shutil.copytree(BUILT, folder)
    page, worker = folder / "index.html", folder / "sw.js"
    page.write_text(
        page.read_text("utf-8").replace("<head>", '<head><meta name="build" content="next">'), "utf-8"
    )
    listed = re.compile(r'"revision":"[0-9a-f]{32}","url":"index\.html"')
    said, times = listed.subn(f'"revision":"{"0" * 32}","url":"index.html"', worker.read_text("utf-8"))
    assert times == 1
    worker.write_text(said, "utf-8")
    return folder


def test_a_new_version_takes_over_between_two_things_and_never_in_the_middle(
    new_phone: Callable[..., Phone], another_machine: Machine, next_build: Path
) -> None:
    machine = another_machine
    machine.serve(IN_EARNEST)
    phone = new_phone(address=machine.address, settings=SETTINGS, at=quests.TRAIL[0])
    journey = phone.begin(TRAIL)
    phone.settled()
    build = "document.querySelector('meta[name=build]')?.content ?? 'first'"
    machine.stop()
    machine.serve(OTHERWISE, {"ROTFASTE_TEST_APP": str(next_build)})

    phone.page.reload()
    phone.page.evaluate(
        "navigator.serviceWorker.getRegistration().then((one) => one.update()).then(() => {})"
    )
    waits = "navigator.serviceWorker.getRegistration().then((one) => !!one?.waiting)"
    phone.wait_until(lambda: phone.page.evaluate(waits), 120_000)
    answer_question(phone)
    phone.page.wait_for_timeout(1_000)
    in_the_middle = phone.page.evaluate(build)
    before = made(phone)
    phone.tap("app.back")
    expect(phone.page.locator("h1")).to_have_text(phone.says("app.today.title"))
    # Phones stop a worker that has nothing to do, and the next one begins. One that is watched by tests never idles.
    phone.page.wait_for_timeout(500)
    phone.devtools().send("ServiceWorker.enable")
    phone.devtools().send("ServiceWorker.stopAllWorkers")
    expect(phone.page.locator("meta[name=build]")).to_be_attached(timeout=30_000)
    phone.tap(phone.shows("app.today.go-on"))
    finish(phone, stages=STAGES - 1)
    phone.sent()

    assert in_the_middle == "first"
    assert set(before) < set(made(phone))
    assert heard(machine, journey) == made(phone)


FILL = """async (name) => {
  const opened = await new Promise((yes, no) => {
    const asked = indexedDB.open(name);
    asked.onupgradeneeded = () => asked.result.createObjectStore('s', { autoIncrement: true });
    asked.onsuccess = () => yes(asked.result);
    asked.onerror = () => no(asked.error);
  });
  const fits = (bytes) => new Promise((yes) => {
    const doing = opened.transaction('s', 'readwrite');
    doing.objectStore('s').add(crypto.getRandomValues(new Uint8Array(Math.min(bytes, 65536))));
    doing.oncomplete = () => yes(true);
    doing.onabort = () => yes(false);
  });
  let kept = 0;
  for (const bytes of [65536, 8192, 512, 64]) while (kept < 4000 && (await fits(bytes))) kept += 1;
  opened.close();
  return kept;
}"""
FULL_AT_BYTES = 3_000_000


def test_on_a_full_phone_what_was_done_is_kept_and_sent_and_the_phone_says_so(
    new_phone: Callable[..., Phone], machine: Machine
) -> None:
    phone = new_phone(settings=SETTINGS, at=quests.TRAIL[0], worker=False)
    devtools = phone.context.new_cdp_session(phone.page)
    devtools.send("Storage.overrideQuotaForOrigin", {"origin": machine.address, "quotaSize": FULL_AT_BYTES})
    journey = phone.begin(TRAIL)
    expect(question(phone)).to_be_visible()
    (arrival,) = made(phone)
    assert phone.page.evaluate(FILL, "films") > 10
    spilled = "JSON.parse(localStorage.getItem('rotfaste.spilled') ?? '[]').map((one) => one.id)"
    network = re.compile(r"/api/")
    phone.page.route(network, lambda route: route.abort())

    answer_question(phone)
    expect(phone.page.get_by_text(phone.says("app.outbox.full"))).to_be_visible()
    (answer,) = phone.page.evaluate(spilled)
    assert made(phone) == [arrival]
    phone.page.reload()
    expect(phone.page.locator("#stage")).to_be_attached()
    stage_after = shown(phone)
    assert phone.page.evaluate(spilled) == [answer]
    phone.page.evaluate("indexedDB.deleteDatabase('films')")
    phone.page.unroute(network)
    phone.page.evaluate("window.dispatchEvent(new Event('online'))")
    phone.wait_until(lambda: len(heard(machine, journey)) == 2, 40_000)

    assert stage_after == "2", "what lies beside the full storage counts in the journey"
    assert heard(machine, journey) == sorted([arrival, answer])
    phone.wait_until(lambda: made(phone) == sorted([arrival, answer]))


def test_undo_within_ten_seconds_takes_it_back_and_nobody_ever_hears_of_it(
    new_phone: Callable[..., Phone], machine: Machine
) -> None:
    phone = new_phone(settings=SETTINGS, at=quests.TRAIL[0])
    journey = phone.begin(TRAIL)
    expect(question(phone)).to_be_visible()
    (arrival,) = made(phone)
    answer_question(phone)
    expect(phone.button("app.undo")).to_be_visible()
    taken_back = (set(made(phone)) - {arrival}).pop()

    phone.tap("app.undo")
    expect(question(phone)).to_be_visible()
    phone.sent()

    assert made(phone) == [arrival]
    assert heard(machine, journey) == [arrival]
    assert taken_back not in heard(machine, journey)


def test_who_keeps_the_position_to_themselves_plays_to_the_end(
    new_phone: Callable[..., Phone], machine: Machine
) -> None:
    phone = new_phone(settings={"position": "wanted"}, permissions=[])
    journey = phone.begin(TRAIL)
    expect(phone.shows("app.position.refused")).to_be_visible()

    for _ in range(STAGES):
        phone.tap("app.play.here-by-word")
        expect(question(phone)).to_be_visible()
        answer_question(phone)
    expect(phone.shows("app.play.finished")).to_be_visible()
    phone.sent()

    assert heard(machine, journey) == made(phone)
    assert all(not row["move"]["fixes"] for row in phone.kept("moves"))


def test_a_picture_goes_from_the_task_to_the_server_and_is_ready_there(
    new_phone: Callable[..., Phone], another_machine: Machine, tmp_path: Path
) -> None:
    machine = another_machine
    machine.serve(IN_EARNEST)
    machine.work()
    picture = tmp_path / "view.jpg"
    Image.effect_noise((1200, 900), 80).convert("RGB").save(picture, "JPEG", quality=90)
    phone = new_phone(address=machine.address, settings=SETTINGS)
    phone.begin(quests.EVERY_KIND)
    phone.open_stage("photo")

    phone.page.locator("input[type=file]").set_input_files(picture)
    expect(phone.page.get_by_alt_text(phone.says("app.play.photo.yours"))).to_be_visible()
    phone.tap("app.play.keep")
    phone.sent()

    def state() -> str | None:
        with psycopg.connect(machine.database_url) as connection:
            (medium,) = phone.kept("media")
            row = connection.execute(
                "SELECT state FROM game.media JOIN game.media_contents USING (player_id, sha256) WHERE media.id = %s",
                [medium["id"]],
            ).fetchone()
            return None if row is None else str(row[0])

    phone.wait_until(lambda: state() == "ready", 60_000)
    (medium,) = phone.kept("media")
    assert medium["pending"] == 0
