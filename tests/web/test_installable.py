"""What a phone needs to install the app: a manifest whose files are there, and icons that no mask cuts."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

WEB = Path(__file__).parents[2] / "web"
MANIFEST: dict[str, Any] = json.loads((WEB / "public/app.webmanifest").read_text())
TOKENS = (WEB / "src/styles/tokens.css").read_text()
PAGE = (WEB / "index.html").read_text()
ICONS = [icon for icon in MANIFEST["icons"] if icon["type"] == "image/png"]
#: What every mask leaves: a circle of two fifths of the width about the middle. Source: W3C, Web App Manifest.
SAFE = 0.4


def test_it_says_what_browsers_ask_for() -> None:
    assert {"name", "short_name", "start_url", "display", "icons", "id", "scope", "lang"} <= MANIFEST.keys()
    assert MANIFEST["display"] == "standalone"
    assert {(icon["sizes"], icon["purpose"]) for icon in ICONS} >= {
        ("192x192", "any"),
        ("512x512", "any"),
        ("192x192", "maskable"),
        ("512x512", "maskable"),
    }


def test_a_phone_may_be_held_as_one_likes() -> None:
    """WCAG 1.3.4: somebody's phone is fixed to a wheelchair."""
    assert MANIFEST.get("orientation", "any") in {"any", "natural"}


@pytest.mark.parametrize("icon", ICONS, ids=lambda icon: f"{icon['sizes']} {icon['purpose']}")
def test_icons_are_as_large_as_they_say_and_full(icon: dict[str, str]) -> None:
    with Image.open(WEB / "public" / icon["src"].removeprefix("/")) as opened:
        picture = opened.convert("RGBA")

    assert f"{picture.width}x{picture.height}" == icon["sizes"]
    assert picture.getchannel("A").getextrema() == (255, 255), "iOS makes black of what is clear"


@pytest.mark.parametrize(
    "icon", [icon for icon in ICONS if icon["purpose"] == "maskable"], ids=lambda icon: str(icon["sizes"])
)
def test_a_mask_cuts_nothing_off(icon: dict[str, str]) -> None:
    with Image.open(WEB / "public" / icon["src"].removeprefix("/")) as opened:
        picture = opened.convert("RGB")
    middle, ground = picture.width / 2, picture.getpixel((0, 0))

    farthest = max(
        ((x + 0.5 - middle) ** 2 + (y + 0.5 - middle) ** 2) ** 0.5
        for x in range(picture.width)
        for y in range(picture.height)
        if picture.getpixel((x, y)) != ground
    )

    assert farthest <= SAFE * picture.width


def test_what_is_shown_before_installing_are_screens_as_they_were_taken_and_of_one_size() -> None:
    """Browsers show none where they differ, or are longer than 2.3 times their width."""
    shown = MANIFEST["screenshots"]
    config = (WEB / "vite.config.ts").read_text()
    built = re.findall(r'"([a-z-]+)"', config.split("const SHOWN = [")[1].split("]")[0])

    assert [one["src"] for one in shown] == [f"/shown-{name}.webp" for name in built]
    assert len({one["sizes"] for one in shown}) == 1
    for name, one in zip(built, shown, strict=True):
        with Image.open(WEB.parent / f"docs/screens/{name}.webp") as picture:
            assert one["sizes"] == f"{picture.width}x{picture.height}", name
            assert picture.height <= 2.3 * picture.width


def test_shortcuts_lead_to_screens() -> None:
    router = (WEB / "src/app/router.svelte.ts").read_text()
    (screens,) = re.findall(r'PLAIN = new Set\(\s*"([^"]+)"', router)

    for shortcut in MANIFEST["shortcuts"]:
        assert shortcut["url"].removeprefix("/") in screens.split()


def test_every_theme_has_its_bar_and_the_page_has_that_of_day_and_dark() -> None:
    bars = re.findall(r"--bar: (#[0-9a-f]{6});", TOKENS)

    assert len(bars) == len(set(re.findall(r'\[data-theme="([a-z]+)"\]', TOKENS)))
    assert re.findall(r'name="theme-color" content="(#[0-9a-f]{6})"', PAGE) == [bars[0], bars[-1]]
    assert MANIFEST["theme_color"] == bars[0]
