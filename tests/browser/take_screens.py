"""`make screens`: every screen and page to docs/screens/, in day, in the dark and in Arabic, with a page that shows them."""

import io
from collections.abc import Callable, Iterable

import pytest
from PIL import Image

from geo.positions import destination
from server.config import CHECKOUT
from server.stores.database import Database
from tests.browser import quests
from tests.browser.desk import WIDE, Desk, World
from tests.browser.phone import OWN_SIZE, Phone
from tests.browser.screens import SCREENS, STUDIO, Screen, StudioScreen, studio_walked_through
from tests.browser.test_for_everybody import walked_through, wear

OUT = CHECKOUT / "docs/screens"
WIDE_PX = 412
HIGH_MOST_PX = 1500
#: What is so little longer than a phone is shown as a phone shows it.
NEARLY_ONE_PX = 24
QUALITY = 78
#: How each screen is worn: the end of its picture's name, and what is chosen on the phone.
LOOKS = {"": ("sv", "day"), "-dark": ("sv", "dark"), "-ar": ("ar", "day")}
SHOWN_PX, STUDIO_SHOWN_PX = 240, 320
PAGE = """# Every screen of the phone's app

`make screens` takes them all anew and writes this page. Swedish by day, Swedish in the dark, Arabic; a phone 412
pixels wide, as high as the screen needs. `tests/browser/screens.py` says how a phone comes to each. The texts of the
quest under way are in Swedish and English alone: whoever reads Arabic is told so, and then reads English.

"""
STUDIO_PAGE = """
# Every page of the studio

At a desk, 1280 pixels wide; each is a phone's too.

"""
HEAD = "| | day | dark | Arabic |\n|---|---|---|---|\n"
HERE = destination(quests.SHORE, 140, 60)


def save(screen: Screen, phone: Phone, suffix: str = "") -> None:
    """As high as the screen needs, so that what stands at its foot stays there."""
    drawn = screen.route in {"map", "mine"}
    high = phone.page.evaluate("document.documentElement.scrollHeight")
    if drawn or high < OWN_SIZE["height"] + NEARLY_ONE_PX:
        high = OWN_SIZE["height"]
    phone.page.set_viewport_size(
        {"width": WIDE_PX, "height": min(HIGH_MOST_PX, max(OWN_SIZE["height"], high))}
    )
    phone.page.wait_for_timeout(1_500 if drawn else 300)
    shot = Image.open(io.BytesIO(phone.page.screenshot())).convert("RGB")
    phone.page.set_viewport_size(OWN_SIZE)
    shot = shot.resize((WIDE_PX, round(shot.height * WIDE_PX / shot.width)), Image.Resampling.LANCZOS)
    shot.save(OUT / f"{screen.name}{suffix}.webp", quality=QUALITY, method=6)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("suffix", LOOKS)
def test_every_screen_is_taken(suffix: str, new_phone: Callable[..., Phone]) -> None:
    OUT.mkdir(exist_ok=True)
    language, theme = LOOKS[suffix]
    for old in OUT.glob("*.webp"):
        worn_so = old.stem.endswith(("-dark", "-ar")) == bool(suffix) and old.stem.endswith(suffix)
        if worn_so and not old.stem.startswith("studio"):
            old.unlink()
    for screen, phone in walked_through(new_phone, language=language, at=HERE, settings={"theme": theme}):
        wear(phone, theme)  # a new phone has no settings yet
        save(screen, phone, suffix)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("suffix", LOOKS)
def test_every_page_of_the_studio_is_taken(
    suffix: str, new_desk: Callable[..., Desk], database: Database, world: World
) -> None:
    OUT.mkdir(exist_ok=True)
    language, theme = LOOKS[suffix]
    taken = studio_walked_through(new_desk, database, world, language=language, settings={"theme": theme})
    for screen, desk in taken:
        high = desk.page.evaluate("document.documentElement.scrollHeight")
        desk.page.set_viewport_size({**WIDE, "height": min(HIGH_MOST_PX, max(WIDE["height"], high))})
        shot = Image.open(io.BytesIO(desk.page.screenshot(scale="css"))).convert("RGB")
        shot.save(OUT / f"{screen.name}{suffix}.webp", quality=QUALITY, method=6)
        desk.page.set_viewport_size(WIDE)


def test_a_page_shows_them() -> None:
    OUT.mkdir(exist_ok=True)
    (OUT / "README.md").write_text(
        PAGE + _table(SCREENS, SHOWN_PX) + STUDIO_PAGE + _table(STUDIO, STUDIO_SHOWN_PX), "utf-8"
    )


def _table(screens: Iterable[Screen | StudioScreen], wide_px: int) -> str:
    rows = (
        "| " + " | ".join([screen.name, *(_picture(screen, suffix, wide_px) for suffix in LOOKS)]) + " |"
        for screen in screens
    )
    return HEAD + "\n".join(rows) + "\n"


def _picture(screen: Screen | StudioScreen, suffix: str, wide_px: int) -> str:
    return f'<img src="{screen.name}{suffix}.webp" alt="" width="{wide_px}">'
