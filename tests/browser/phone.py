"""A phone as somebody holds it: what is tapped, where it stands, what it keeps."""

import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    ConsoleMessage,
    Geolocation,
    Locator,
    Page,
    Playwright,
    Request,
    ViewportSize,
    expect,
)

from content.languages import Languages, read_languages
from geo.positions import Position, bearing_deg, destination, distance_m
from quests.languages import chain
from server.config import CHECKOUT
from tests.browser import quests

FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
OWN_SIZE = ViewportSize(width=412, height=839)
NARROW = ViewportSize(width=360, height=740)
STRIDE_M = 22.0
ACCURACY_M = 12.0
WITHIN_MS = 20_000
LOOK_MS, QUIET_LOOKS = 40, 3
#: What a browser says of a network that tests took away.
EXPECTED = re.compile(
    r"net::ERR_|Failed to load resource|AbortError|TimeoutError|GPU stall|WebGL|blocked by Playwright"
)

KEPT = """async ([store, name]) => {
  const opened = await new Promise((yes, no) => {
    const asked = indexedDB.open(name);
    asked.onsuccess = () => yes(asked.result);
    asked.onerror = () => no(asked.error);
  });
  try {
    return await new Promise((yes, no) => {
      const asked = opened.transaction(store).objectStore(store).getAll();
      asked.onsuccess = () => yes(JSON.parse(JSON.stringify(asked.result)));
      asked.onerror = () => no(asked.error);
    });
  } finally { opened.close(); }
}"""


@cache
def languages() -> Languages:
    folder = CHECKOUT / "seed_data/languages"
    return read_languages({file.name: file.read_bytes() for file in folder.glob("*.json")})


class Phone:
    """`settings`: what its owner has chosen, as the app keeps it; None is a phone that was never used."""

    def __init__(
        self,
        playwright: Playwright,
        browser: Browser | None,
        *,
        address: str,
        settings: Mapping[str, Any] | None = None,
        language: str = "en",
        at: Position | None = None,
        profile: Path | None = None,
        worker: bool = True,
        size: ViewportSize = OWN_SIZE,
        **more: Any,
    ) -> None:
        device = dict(playwright.devices["Pixel 7"])
        device.pop("default_browser_type")
        self.language = language
        self.taps = 0
        self.troubles: list[str] = []
        self.address = address
        wishes: dict[str, Any] = {
            **device,
            "base_url": address,
            "viewport": size,
            "locale": "en-GB",
            "timezone_id": "Europe/Stockholm",
            "service_workers": "allow" if worker else "block",
            **({"permissions": ["geolocation"]} if at else {}),
            **({"geolocation": _geolocation(at)} if at else {}),
            **more,
        }
        self.at = at
        self._asking: set[Request] = set()
        self._devtools: tuple[Page, CDPSession] | None = None
        if profile is not None:
            self.context: BrowserContext = playwright.chromium.launch_persistent_context(
                profile, executable_path=chromium(), args=FLAGS, **wishes
            )
        else:
            assert browser is not None
            self.context = browser.new_context(**wishes)
        self.context.set_default_timeout(WITHIN_MS)
        if settings is not None:
            usual = {"languages": [language], "age": "grown", "position": "wanted" if at else "unwanted"}
            self._settle({**usual, **settings})
        self.page = self.new_page()

    # ------------------------------------------------------------ the app

    def new_page(self) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.troubles.append(f"{page.url}: {error}"))
        page.on("console", self._heard)
        # Playwright marks its handlers, and methods of built-in types cannot be marked.
        page.on("request", lambda one: self._asking.add(one))  # noqa: PLW0108
        page.on("requestfinished", lambda one: self._asking.discard(one))  # noqa: PLW0108
        page.on("requestfailed", lambda one: self._asking.discard(one))  # noqa: PLW0108
        return page

    def _heard(self, said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"} and not EXPECTED.search(said.text):
            self.troubles.append(f"{said.type}: {said.text}")

    def _settle(self, settings: Mapping[str, Any]) -> None:
        self.context.add_init_script(
            "if (!localStorage.getItem('rotfaste.settings'))"
            f" localStorage.setItem('rotfaste.settings', JSON.stringify({json.dumps(settings)}))"
        )

    def open(self, path: str = "/") -> None:
        self.page.goto(path)
        expect(self.page.locator("h1").first).to_be_visible()

    def close(self) -> None:
        self.context.close()

    def at_rest(self) -> None:
        """Nothing has been asked for a little while, and what was answered is shown."""
        quiet = 0
        for _ in range(WITHIN_MS // LOOK_MS):
            self.page.wait_for_timeout(LOOK_MS)
            quiet = 0 if self._asking else quiet + 1
            if quiet == QUIET_LOOKS:
                return
        raise AssertionError(f"still waiting for {[one.url for one in self._asking]}")

    def devtools(self) -> CDPSession:
        if self._devtools is None or self._devtools[0] is not self.page:
            self._devtools = self.page, self.context.new_cdp_session(self.page)
        return self._devtools[1]

    def settled(self) -> None:
        """The app is on the phone, and works without a network."""
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    # ------------------------------------------------------------ what it says

    def says(self, key: str, **details: str) -> re.Pattern[str]:
        """The sentence of a key, in this phone's language; any form of a plural, anything for what is not given."""
        for tag in chain([self.language]):
            sentences = languages().by_tag[tag].sentences if tag in languages().by_tag else {}
            forms = [text for name, text in sentences.items() if name == key or name.startswith(f"{key}#")]
            if forms:
                return re.compile("|".join(f"^\\s*{_pattern(text, details)}\\s*$" for text in forms))
        raise KeyError(key)

    def shows(self, key: str, **details: str) -> Locator:
        return self.page.get_by_text(self.says(key, **details)).first

    def button(self, key: str, **details: str) -> Locator:
        """What can be pressed and is called so: a button or a link."""
        name = self.says(key, **details)
        shown = self.page.locator(":visible")
        return (
            self.page.get_by_role("button", name=name)
            .or_(self.page.get_by_role("link", name=name))
            .and_(shown)
            .first
        )

    def field(self, key: str, **details: str) -> Locator:
        return self.page.get_by_label(self.says(key, **details)).first

    # ------------------------------------------------------------ what one does

    def tap(self, what: str | Locator) -> None:
        (self.button(what) if isinstance(what, str) else what).tap()
        self.taps += 1

    def stand(self, at: Position, accuracy_m: float = ACCURACY_M) -> None:
        self.at = at
        self.context.set_geolocation(_geolocation(at, accuracy_m))

    def walk(self, track: Iterable[Position], until: Callable[[], bool] = lambda: False) -> None:
        """Along the points, a stride at a time; ends early when `until` says so."""
        for point in track:
            assert self.at is not None
            while (left_m := distance_m(self.at, point)) > 1:
                self.stand(destination(self.at, bearing_deg(self.at, point), min(STRIDE_M, left_m)))
                self.page.wait_for_timeout(60)
                if until():
                    return

    def begin(self, code: str) -> str:
        """Begins a quest from its page. The journey's id."""
        self.open(f"/q/{code}")
        self.tap("app.quest.begin")
        self.page.wait_for_url(re.compile(r"/play/"))
        return self.page.url.rpartition("/")[2]

    def open_stage(self, key: str) -> None:
        """The stage of that name in the quest with every kind, from the list of all stops."""
        title = re.escape(quests.TASKS[key].title(self.language))
        self.page.get_by_role("button", name=self.says("app.play.more")).tap()
        self.button("app.play.sheet.stages").tap()
        self.page.get_by_role("button", name=re.compile(f"^{title}")).tap()

    def open_by_tab(self, name: str) -> None:
        self.page.get_by_role("navigation").get_by_role("link", name=self.says(f"app.tab.{name}")).tap()

    # ------------------------------------------------------------ what it keeps

    def kept(self, store: str, name: str = "rotfaste") -> list[Any]:
        return self.page.evaluate(KEPT, [store, name])

    def pending(self) -> list[Any]:
        return [row for row in self.kept("moves") if row["pending"]]

    def wait_until(self, done: Callable[[], bool], within_ms: int = WITHIN_MS) -> None:
        for _ in range(within_ms // 200):
            if done():
                return
            self.page.wait_for_timeout(200)
        raise AssertionError("it did not come to that")

    def sent(self, within_ms: int = 40_000) -> None:
        """Everything that was made has been told an outcome."""
        self.wait_until(lambda: not self.pending(), within_ms)

    def slow_down(self, times: int) -> None:
        """The processor, as that of an old phone."""
        self.devtools().send("Emulation.setCPUThrottlingRate", {"rate": times})


def chromium() -> str | None:
    return shutil.which(os.environ.get("CHROMIUM", "chromium"))


def _geolocation(at: Position, accuracy_m: float = ACCURACY_M) -> Geolocation:
    return Geolocation(longitude=at.lon, latitude=at.lat, accuracy=accuracy_m)


def _pattern(sentence: str, details: Mapping[str, str]) -> str:
    parts = re.split(r"\{(\w+)\}", sentence)
    return "".join(
        re.escape(part) if number % 2 == 0 else re.escape(details[part]) if part in details else ".+"
        for number, part in enumerate(parts)
    )
