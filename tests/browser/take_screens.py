"""`make screens`: every screen to docs/screens/, in day; the main ones in the dark and in Arabic too."""

import io
from collections.abc import Callable

import pytest
from PIL import Image

from geo.positions import destination
from server.config import CHECKOUT
from tests.browser import quests
from tests.browser.phone import Phone
from tests.browser.screens import SCREENS, Screen
from tests.browser.test_for_everybody import walked_through, wear

OUT = CHECKOUT / "docs/screens"
WIDE_PX = 412
HIGH_MOST_PX = 1400
QUALITY = 78
MAIN = {
    "today",
    "list",
    "map",
    "quest",
    "task-arrive",
    "task-choice",
    "outbox",
    "taken",
    "drift",
    "mine",
    "badges",
    "me",
}
HERE = destination(quests.SHORE, 140, 60)


def save(screen: Screen, phone: Phone, suffix: str = "") -> None:
    phone.page.wait_for_timeout(1_500 if screen.route == "map" else 300)
    shot = Image.open(io.BytesIO(phone.page.screenshot(full_page=screen.route != "map"))).convert("RGB")
    shot = shot.resize((WIDE_PX, round(shot.height * WIDE_PX / shot.width)), Image.Resampling.LANCZOS)
    shot = shot.crop((0, 0, WIDE_PX, min(shot.height, HIGH_MOST_PX)))
    shot.save(OUT / f"{screen.name}{suffix}.webp", quality=QUALITY, method=6)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("language, suffix", [("sv", ""), ("ar", "-ar")])
def test_every_screen_is_taken(language: str, suffix: str, new_phone: Callable[..., Phone]) -> None:
    OUT.mkdir(exist_ok=True)
    wanted = tuple(one for one in SCREENS if not suffix or one.name in MAIN or one.new)
    for screen, phone in walked_through(new_phone, wanted=wanted, language=language, at=HERE):
        save(screen, phone, suffix)
        if not suffix and screen.name in MAIN:
            wear(phone, "dark")
            save(screen, phone, "-dark")
            wear(phone, "day")
