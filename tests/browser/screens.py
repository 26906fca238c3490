"""Every screen of the app, by name, and how a phone comes to it: what is looked at, listened to and measured."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from playwright.sync_api import expect

from server.config import CHECKOUT
from tests.browser import quests
from tests.browser.phone import Phone

Coming = Callable[[Phone], object]


@dataclass(frozen=True, slots=True)
class Screen:
    """`route`: its name in `web/src/app/router.svelte.ts`. `new`: as it is on a phone that was never used."""

    name: str
    route: str
    come: Coming
    new: bool = False


def at(path: str) -> Coming:
    return lambda phone: phone.open(path)


def _first_run(step: int) -> Coming:
    def come(phone: Phone) -> None:
        phone.open("/")
        if step > 0:
            phone.tap(phone.page.locator(f"[data-language='{phone.language}']"))
        if step > 1:
            phone.tap("app.first.age.older")

    return come


def _task(kind: str) -> Coming:
    def come(phone: Phone) -> None:
        _under_way(phone)
        phone.open_stage(kind)

    return come


def _sheet(key: str) -> Coming:
    def come(phone: Phone) -> None:
        _under_way(phone)
        phone.tap(phone.page.get_by_role("button", name=phone.says("app.play.more")))
        if key != "more":
            phone.tap(f"app.play.sheet.{key}")

    return come


def _under_way(phone: Phone) -> None:
    """In the quest with every kind; begun the first time, then gone back to."""
    if phone.page.url == "about:blank":
        phone.open("/")
    begun = phone.kept("journeys")
    if not begun:
        phone.begin(quests.EVERY_KIND)
    elif (
        not phone.page.url.endswith(f"/play/{begun[0]['id']}")
        or phone.page.get_by_role("dialog").is_visible()
    ):
        phone.open(f"/play/{begun[0]['id']}")
    expect(phone.page.locator("#stage")).to_be_attached()


def _pending(phone: Phone) -> None:
    """With moves that cannot be sent."""
    network = re.compile(r"/api/v1/(players|journeys)/")
    phone.page.route(network, lambda route: route.abort())
    _under_way(phone)
    for kind, key in (("reflect", "app.play.reflect.thought"), ("listen", "app.play.listen.otherwise")):
        phone.open_stage(kind)
        before = len(phone.kept("moves"))
        phone.tap(key)
        phone.wait_until(lambda known=before: len(phone.kept("moves")) > known)  # type: ignore[misc]
    phone.open("/outbox")
    expect(phone.page.locator("main li").nth(1)).to_be_visible()
    phone.page.unroute(network)


def _felt(phone: Phone) -> None:
    phone.open("/feeling")
    for _ in ("which", "how strong"):
        phone.tap(phone.page.locator("main [role=group] button").nth(3))
    expect(phone.page.locator("main [role=group]")).to_be_hidden()


def _drifting(phone: Phone) -> None:
    phone.open("/drift")
    phone.tap(phone.page.locator(".foot button.first"))
    expect(phone.page.locator("main .told, main .prompt").first).to_be_visible()


def _taken(phone: Phone) -> None:
    phone.open(f"/q/{quests.EVERY_KIND}")
    if not phone.shows("app.taken.mark").is_visible():
        phone.tap("app.taken.take")
    expect(phone.shows("app.taken.mark")).to_be_visible(timeout=60_000)
    phone.open("/taken")


SCREENS: tuple[Screen, ...] = (
    Screen("first-language", "today", _first_run(0), new=True),
    Screen("first-age", "today", _first_run(1), new=True),
    Screen("first-position", "today", _first_run(2), new=True),
    Screen("today", "today", at("/")),
    Screen("list", "find", at("/find")),
    Screen("map", "map", at("/map")),
    Screen("quest", "quest", at(f"/q/{quests.EVERY_KIND}")),
    *(Screen(f"task-{kind}", "play", _task(kind)) for kind in quests.TASKS),
    Screen("play-more", "play", _sheet("more")),
    Screen("play-emergency", "play", _sheet("emergency")),
    Screen("play-stages", "play", _sheet("stages")),
    Screen("outbox", "outbox", _pending),
    Screen("taken", "taken", _taken),
    Screen("journeys", "journeys", at("/journeys")),
    Screen("drift", "drift", at("/drift")),
    Screen("drift-prompt", "drift", _drifting),
    Screen("feeling", "feeling", at("/feeling")),
    Screen("felt", "feeling", _felt),
    Screen("mine", "mine", at("/mine")),
    Screen("me", "me", at("/me")),
    Screen("badges", "badges", at("/badges")),
    Screen("words", "words", at("/words")),
    Screen("stored", "stored", at("/stored")),
    Screen("scan", "scan", at("/scan")),
    Screen("nowhere", "nowhere", at("/q/nothing")),
)


def routes() -> set[str]:
    """The names of the screens that the app has."""
    written = (CHECKOUT / "web/src/app/router.svelte.ts").read_text("utf-8")
    return set(re.findall(r'readonly name: "([a-z]+)"', written))


def chosen(screens: Iterable[Screen], *, new: bool) -> list[Screen]:
    return [screen for screen in screens if screen.new is new]
