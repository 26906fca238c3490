"""Every screen of the app, by name, and how a phone comes to it: what is looked at, listened to and measured."""

import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass

from playwright.sync_api import expect

from server.config import CHECKOUT
from server.stores.database import Database
from tests.browser import quests
from tests.browser.desk import STORY, Desk, World, fill_in_ground
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


def _resting(phone: Phone) -> None:
    phone.begin(quests.resting().sheet.code)
    expect(phone.shows("app.play.rests")).to_be_visible()


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


def _no_body(phone: Phone) -> None:
    phone.open(f"/o/{uuid.uuid4()}")
    expect(phone.shows("app.body.none")).to_be_visible()


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
    Screen("play-rests", "play", _resting),
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
    Screen("notice", "notice", at(f"/notice#quest:{quests.EVERY_KIND}")),
    Screen("scan", "scan", at("/scan")),
    Screen("body-away", "body", _no_body),
    Screen("story", "story", at(f"/story/{STORY}")),
    Screen("nowhere", "nowhere", at("/q/nothing")),
)


def routes() -> set[str]:
    """The names of the screens that the app has."""
    written = (CHECKOUT / "web/src/app/router.svelte.ts").read_text("utf-8")
    return set(re.findall(r'readonly name: "([a-z]+)"', written))


def chosen(screens: Iterable[Screen], *, new: bool) -> list[Screen]:
    return [screen for screen in screens if screen.new is new]


@dataclass(frozen=True, slots=True)
class StudioScreen:
    """`page`: its file in `web/src/studio/pages`. `path`: with what of the world it is about. `look`: what is waited for."""

    name: str
    page: str
    path: str
    look: Callable[[Desk], object] = lambda _: None
    signed_in: bool = True


def _code_sent(desk: Desk) -> None:
    desk.field("studio.sign-in.address").fill("somebody@example.se")
    desk.tap("studio.sign-in.send")
    expect(desk.field("studio.sign-in.code")).to_be_visible()


def _invited(desk: Desk) -> None:
    desk.tap("studio.invite.make")
    expect(desk.page.locator("main .code")).to_be_visible()
    desk.tap("studio.invite.open")
    desk.tap("studio.deeds.show")


def _adopting(desk: Desk) -> None:
    desk.field("studio.adopt.code").fill(quests.EVERY_KIND)
    desk.button("studio.adopt.find").click()
    expect(desk.field("studio.adopt.stage")).to_be_visible()


def _giving(desk: Desk) -> None:
    desk.button("studio.give.open").click()
    expect(desk.field("studio.give.to")).to_be_visible()


def _removed(desk: Desk) -> None:
    desk.button("studio.removed.read").click()
    expect(desk.shows("studio.removed.written-down")).to_be_visible()


def _card(desk: Desk) -> None:
    expect(desk.page.locator("main a.card").first).to_be_visible()


def _shows(key: str) -> Callable[[Desk], object]:
    return lambda desk: expect(desk.shows(key)).to_be_visible()


STUDIO: tuple[StudioScreen, ...] = (
    StudioScreen("studio-sign-in", "SignIn", "/studio/sign-in", signed_in=False),
    StudioScreen("studio-code", "SignIn", "/studio/sign-in", _code_sent, signed_in=False),
    StudioScreen("studio", "Home", "/studio"),
    StudioScreen(
        "studio-inbox",
        "Inbox",
        "/studio/inbox",
        lambda desk: expect(desk.page.locator("article h2")).to_be_visible(),
    ),
    StudioScreen(
        "studio-case",
        "Case",
        "/studio/inbox/{case}",
        lambda desk: desk.page.locator(".decisions button").nth(1).click(),
    ),
    StudioScreen("studio-decided", "Decided", "/studio/decided", _card),
    StudioScreen("studio-removed", "Case", "/studio/inbox/{removed}", _removed),
    StudioScreen("studio-duty", "Duty", "/studio/duty", _shows("studio.calendar.mine")),
    StudioScreen(
        "studio-trails",
        "Trails",
        "/studio/trails",
        _card,
    ),
    StudioScreen("studio-trail", "Trail", "/studio/trails/{trail}", _shows("studio.health.title")),
    StudioScreen("studio-give", "Trail", "/studio/trails/{trail}", _giving),
    StudioScreen("studio-closures", "Closures", "/studio/closures"),
    StudioScreen("studio-close", "Closures", "/studio/closures", fill_in_ground),
    StudioScreen("studio-propose", "Propose", "/studio/propose"),
    StudioScreen("studio-adopt", "Adopt", "/studio/adopt", _adopting),
    StudioScreen("studio-stories", "Stories", "/studio/stories", _card),
    StudioScreen(
        "studio-story",
        "Story",
        "/studio/story/{story}",
        lambda desk: expect(desk.field("studio.story.words")).to_be_visible(),
    ),
    StudioScreen(
        "studio-story-told", "Story", "/studio/story/{told}", _shows("studio.story.state.published.is")
    ),
    StudioScreen("studio-apply", "Apply", "/studio/apply"),
    StudioScreen("studio-invitation", "Invitation", "/studio/invitation"),
    StudioScreen("studio-body", "Body", "/studio/bodies/{body}", _shows("studio.members.title")),
    StudioScreen("studio-invited", "Body", "/studio/bodies/{body}", _invited),
    StudioScreen("studio-guide", "Guide", "/studio/guide", lambda desk: desk.tap("studio.guide.hours.add")),
    StudioScreen("studio-account", "Account", "/studio/account"),
    StudioScreen("studio-nowhere", "Nowhere", "/studio/nothing"),
)


def studio_pages() -> set[str]:
    """The pages that the studio has: those of its table, and what is shown where there is none."""
    written = (CHECKOUT / "web/src/studio/pages.ts").read_text("utf-8")
    return {*re.findall(r'page: "([A-Za-z]+)"', written), "Nowhere"}


def studio_walked_through(
    new_desk: Callable[..., Desk], database: Database, world: World, **wishes: object
) -> Iterator[tuple[StudioScreen, Desk]]:
    """One desk for whoever is not in yet, one for somebody with a passkey and much to do."""
    wishes = {"reduced_motion": "reduce", "has_touch": False, "is_mobile": False, **wishes}
    outside, inside = new_desk(**wishes), new_desk(**wishes)
    inside.is_signed_in(database, world.person, how="passkey")
    for screen in STUDIO:
        desk = inside if screen.signed_in else outside
        desk.open(screen.path.format(**asdict(world)))
        screen.look(desk)
        desk.at_rest()
        yield screen, desk
