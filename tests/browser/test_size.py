"""What has to come before the first screen is there, and how soon a quest that was taken along opens."""

import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import quests
from tests.browser.machine import BUILT
from tests.browser.phone import Phone

FIRST_MOST_BYTES = 120_000
OPENS_WITHIN_MS = 300
OLD_PHONE = 4
TIMES = 5
BUSY = 4  # other work runs on machines that test: by so much the assertion is kinder than the figure


def chunks(manifest: dict[str, Any], name: str, seen: set[str]) -> Iterator[str]:
    """The scripts that a chunk needs before it can run, itself included."""
    chunk = manifest[name]
    if chunk["file"] not in seen:
        seen.add(chunk["file"])
        yield chunk["file"]
        for other in chunk.get("imports", ()):
            yield from chunks(manifest, other, seen)


@pytest.mark.parametrize("language", ["sv", "ar", "uk"])
def test_what_is_read_before_the_first_screen_is_small(language: str, figure: Callable[[str], None]) -> None:
    manifest = json.loads((BUILT / ".vite/manifest.json").read_text("utf-8"))
    seen: set[str] = set()
    first = [*chunks(manifest, "index.html", seen)]
    (spoken,) = (name for name in manifest if name.endswith(f"/{language}.json"))
    first += chunks(manifest, spoken, seen)

    weights = {file: len(gzip.compress((BUILT / file).read_bytes(), 6)) for file in first}

    figure(f"first JavaScript, {language}: {sum(weights.values()) / 1000:.1f} kB gzip in {len(first)} files")
    assert not any("maplibre" in file for file in first)
    assert manifest[spoken]["file"] in first
    assert sum(weights.values()) <= FIRST_MOST_BYTES, weights


def test_a_quest_that_was_taken_along_opens_at_once_and_without_a_network(
    new_phone: Callable[..., Phone], figure: Callable[[str], None]
) -> None:
    phone = new_phone(settings={}, language="sv")
    phone.open(f"/q/{quests.EVERY_KIND}")
    phone.settled()
    phone.tap("app.taken.take")
    expect(phone.shows("app.taken.mark")).to_be_visible(timeout=60_000)
    phone.open("/taken")
    phone.page.reload()  # from here on all comes from the service worker
    phone.context.set_offline(True)
    phone.slow_down(OLD_PHONE)
    title = quests.every_kind().texts["sv"].title

    took_ms = []
    for _ in range(TIMES):
        phone.open("/taken")
        link = phone.page.get_by_role("link").filter(has_text=title)
        expect(link).to_be_visible()
        phone.at_rest()
        took_ms.append(
            phone.page.evaluate(
                """async ([link, title]) => {
                  const began = performance.now();
                  link.click();
                  while (!document.querySelector('h1')?.textContent.includes(title)
                      || !document.querySelector('.foot button.first:not([disabled])'))
                    await new Promise((next) => requestAnimationFrame(next));
                  return performance.now() - began;
                }""",
                [link.element_handle(), title],
            )
        )

    took_ms.sort()
    figure(
        f"a taken-along quest opens, processor at 1/{OLD_PHONE}, no network:"
        f" {took_ms[len(took_ms) // 2]:.0f} ms (median of {TIMES}, {took_ms[0]:.0f} to {took_ms[-1]:.0f})"
    )
    assert took_ms[0] <= OPENS_WITHIN_MS * BUSY


def test_the_map_of_what_was_taken_along_is_there_without_a_network(new_phone: Callable[..., Phone]) -> None:
    phone = new_phone(settings={}, language="sv", at=quests.SHORE)
    phone.open("/map")
    phone.settled()
    phone.open(f"/q/{quests.EVERY_KIND}")
    phone.tap("app.taken.take")
    expect(phone.shows("app.taken.mark")).to_be_visible(timeout=60_000)
    kept = phone.page.evaluate(
        f"caches.open('taken {quests.EVERY_KIND}').then((one) => one.keys()).then((all) => all.map((one) => new URL(one.url).pathname))"
    )
    phone.page.reload()
    phone.context.set_offline(True)

    statuses = phone.page.evaluate(
        "(paths) => Promise.all(paths.map((path) => fetch(path).then((answer) => answer.status, () => 0)))",
        kept,
    )
    phone.open("/map")
    expect(phone.page.locator("canvas.maplibregl-canvas")).to_be_visible()

    assert len([path for path in kept if path.startswith("/tiles/")]) > 20
    assert [path for path in kept if path.startswith("/media/")]
    assert set(statuses) <= {200, 204}, "all that was taken along comes from the phone"
