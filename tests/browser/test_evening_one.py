"""Evening 1: a newcomer and her child, Hammerdal, 15 December 16:10, −18 °C, dark, an old phone, gloves on."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from geo.positions import Position
from tests.browser.machine import OTHERWISE, Machine
from tests.browser.phone import Phone

HAMMERDAL = Position(15.3518, 63.5852)
EVENING = "2026-12-15T16:10:00+01:00"
TAPS_MOST = 6
SECONDS_MOST = 90
OLD_PHONE = 4
WORDS_A_SECOND = 2.0  # who reads a new language slowly: 120 words a minute
SECONDS_A_TAP = 1.5  # finding it, and hitting it with a glove
GLOVE_PX = 56


@pytest.fixture(scope="module")
def evening(seeded_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    machine = Machine(seeded_url, tmp_path_factory.mktemp("evening"))
    machine.serve(OTHERWISE, {"ROTFASTE_TEST_NOW": EVENING})
    yield machine
    machine.stop()


class Reader:
    """Reads what is on the screen, each sentence once."""

    def __init__(self) -> None:
        self._read: set[str] = set()
        self.words = 0

    def read(self, page: Page) -> None:
        for line in page.locator("h1, main, .foot").all_inner_texts():
            for sentence in line.splitlines():
                if sentence not in self._read:
                    self._read.add(sentence)
                    self.words += len(sentence.split())


@pytest.mark.parametrize("language", ["uk", "sv-simple"])
def test_a_stage_is_finished_within_six_taps_and_ninety_seconds(
    language: str,
    evening: Machine,
    new_phone: Callable[..., Phone],
    figure: Callable[[str], None],
) -> None:
    phone = new_phone(address=evening.address, language=language, at=HAMMERDAL, locale="uk-UA")
    phone.page.clock.install(time=EVENING)
    phone.slow_down(OLD_PHONE)
    reader = Reader()
    began = time.monotonic()

    def tap(what: str) -> None:
        button = phone.button(what)
        expect(button).to_be_visible()
        reader.read(phone.page)
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= GLOVE_PX, what
        phone.tap(button)

    phone.open("/")
    phone.tap(phone.page.locator(f"[data-language='{language}']"))
    tap("app.first.age.younger")
    tap("app.first.position.yes")
    tap("app.quest.begin")
    first = phone.page.locator("main section button.first, main section .stack button").first
    expect(first).to_be_visible()
    reader.read(phone.page)
    phone.tap(first)
    done = phone.page.locator("main").get_by_text(phone.says("app.play.finished"))
    on = phone.button("app.play.on")
    expect(done.or_(on).first).to_be_visible()
    machine_s = time.monotonic() - began

    person_s = reader.words / WORDS_A_SECOND + phone.taps * SECONDS_A_TAP
    quest = phone.page.locator("h1").inner_text()
    figure(
        f"evening 1, {language}: {phone.taps} taps; {machine_s:.1f} s of the phone at 1/{OLD_PHONE} speed"
        f" + {person_s:.0f} s to read {reader.words} words and tap = {machine_s + person_s:.0f} s ({quest})"
    )
    assert phone.taps <= TAPS_MOST
    assert machine_s + person_s <= SECONDS_MOST
    assert re.search(r"\w", quest)
