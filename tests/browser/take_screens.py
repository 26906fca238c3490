"""`make screens`: every screen to docs/screens/, in day; the main ones in the dark and in Arabic too."""

import io
from collections.abc import Callable

import pytest
from PIL import Image

from geo.positions import destination
from server.config import CHECKOUT
from tests.browser import quests
from tests.browser.phone import OWN_SIZE, Phone
from tests.browser.screens import SCREENS, Screen
from tests.browser.test_for_everybody import walked_through

OUT = CHECKOUT / "docs/screens"
WIDE_PX = 412
HIGH_MOST_PX = 1500
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
    "drift-prompt",
    "felt",
    "mine",
    "badges",
    "me",
}
HERE = destination(quests.SHORE, 140, 60)


def save(screen: Screen, phone: Phone, suffix: str = "") -> None:
    """As high as the screen needs, so that what stands at its foot stays there."""
    drawn = screen.route in {"map", "mine"}
    high = OWN_SIZE["height"] if drawn else phone.page.evaluate("document.documentElement.scrollHeight")
    phone.page.set_viewport_size(
        {"width": WIDE_PX, "height": min(HIGH_MOST_PX, max(OWN_SIZE["height"], high))}
    )
    phone.page.wait_for_timeout(1_500 if drawn else 300)
    shot = Image.open(io.BytesIO(phone.page.screenshot())).convert("RGB")
    phone.page.set_viewport_size(OWN_SIZE)
    shot = shot.resize((WIDE_PX, round(shot.height * WIDE_PX / shot.width)), Image.Resampling.LANCZOS)
    shot.save(OUT / f"{screen.name}{suffix}.webp", quality=QUALITY, method=6)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    "language, theme, suffix", [("sv", "day", ""), ("sv", "dark", "-dark"), ("ar", "day", "-ar")]
)
def test_every_screen_is_taken(
    language: str, theme: str, suffix: str, new_phone: Callable[..., Phone]
) -> None:
    OUT.mkdir(exist_ok=True)
    wanted = tuple(one for one in SCREENS if not suffix or one.name in MAIN)
    settings = {"theme": theme}
    for screen, phone in walked_through(
        new_phone, wanted=wanted, language=language, at=HERE, settings=settings
    ):
        save(screen, phone, suffix)
