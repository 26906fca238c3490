"""For everybody: axe finds nothing, nothing runs out of a narrow screen, all is named, all is done by keyboard."""

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from geo.positions import destination
from server.config import CHECKOUT
from tests.browser import quests
from tests.browser.phone import NARROW, OWN_SIZE, Phone
from tests.browser.screens import SCREENS, Screen, chosen, routes

AXE = CHECKOUT / "web/node_modules/axe-core/axe.min.js"
RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
COLOURS = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast"]}}
#: More than half of a letter beyond the edge.
BEYOND = """() => {
  const wide = document.documentElement.clientWidth;
  const scrolls = (one) => {
    for (let up = one.parentElement; up; up = up.parentElement)
      if (/auto|scroll|hidden|clip/.test(getComputedStyle(up).overflowX)) return true;
    return false;
  };
  return [...document.querySelectorAll('body *')]
    .filter((one) => one.checkVisibility() && !one.closest('.unseen, .maplibregl-map, svg') && !scrolls(one))
    .map((one) => [one, one.getBoundingClientRect()])
    .filter(([one, box]) => box.width > 1 && (box.right > wide + 4 || box.left < -4)
      && ![...one.children].some((inner) => inner.getBoundingClientRect().width > wide))
    .map(([one, box]) => `${one.tagName} "${one.textContent.trim().slice(0, 30)}" ${Math.round(box.left)}–${Math.round(box.right)} of ${wide}`);
}"""
#: What can be pressed or filled in, and is smaller than a glove, or has no name.
SMALL = """(least) => [...document.querySelectorAll('main button, main a.button, .foot button, .foot a.button, nav a')]
  .filter((one) => one.checkVisibility())
  .map((one) => [one, one.getBoundingClientRect()])
  .filter(([, box]) => Math.min(box.width, box.height) < least - 0.5)
  .map(([one, box]) => `${one.textContent.trim() || one.ariaLabel} ${Math.round(box.width)}×${Math.round(box.height)}`)"""
NAMED = frozenset(
    {"button", "link", "textbox", "searchbox", "checkbox", "radio", "combobox", "slider", "dialog", "img"}
)
GLOVE_PX = 56
HERE = destination(quests.SHORE, 150, 90)


@cache
def axe() -> str:
    return AXE.read_text("utf-8")


def violations(phone: Phone, rules: dict[str, Any]) -> list[str]:
    if not phone.page.evaluate("!!window.axe"):
        phone.page.evaluate(axe())
    found = phone.page.evaluate(f"axe.run(document, {json.dumps(rules)}).then((found) => found.violations)")
    return [
        f"{one['id']}: {node['target']} {node['html'][:120]} {node['failureSummary'][-160:]}"
        for one in found
        for node in one["nodes"][:3]
    ]


def wear(phone: Phone, theme: str) -> None:
    phone.page.evaluate(
        """(theme) => new Promise((done) => {
          document.documentElement.dataset.theme = theme;
          requestAnimationFrame(() => requestAnimationFrame(done));
        })""",
        theme,
    )


def write_at(phone: Phone, scale: float) -> None:
    phone.page.evaluate(
        "(scale) => document.documentElement.style.setProperty('--text-scale', scale)", str(scale)
    )


def nameless(phone: Phone) -> list[str]:
    """What listeners would hear as "button" and no more."""
    nodes = phone.devtools().send("Accessibility.getFullAXTree")["nodes"]
    return [
        f"{node['role']['value']} without a name"
        for node in nodes
        if not node["ignored"]
        and node["role"].get("value") in NAMED
        and not node.get("name", {}).get("value", "").strip()
    ]


def walked_through(
    new_phone: Callable[..., Phone], *, wanted: tuple[Screen, ...] = SCREENS, **wishes: Any
) -> Iterator[tuple[Screen, Phone]]:
    """One phone for all that somebody sees who plays; a new one for each first step."""
    wishes = {"at": HERE, "reduced_motion": "reduce", **wishes}
    for screen in chosen(wanted, new=True):
        phone = new_phone(worker=False, **{**wishes, "settings": None})
        screen.come(phone)
        phone.at_rest()
        yield screen, phone
        phone.page.close()
    phone = new_phone(worker=False, **{"settings": {}, **wishes})
    for screen in chosen(wanted, new=False):
        screen.come(phone)
        phone.at_rest()
        yield screen, phone


def test_every_screen_of_the_app_is_among_those_that_are_looked_at() -> None:
    assert {screen.route for screen in SCREENS} == routes()


@pytest.mark.parametrize("language", ["sv", "en", "ar"])
def test_every_screen_is_for_everybody(language: str, new_phone: Callable[..., Phone]) -> None:
    """In all themes, on a narrow phone, with text at double size, read aloud, and with gloves on.

    Colours are the same in every language, and so is what is built, but for its direction.
    """
    found = []
    for screen, phone in walked_through(new_phone, language=language):
        page = phone.page
        seen = {"read aloud": nameless(phone)}
        if language in {"sv", "ar"}:
            seen["day"] = violations(phone, RULES)
        if language == "sv":
            for theme in ("dark", "sun"):
                wear(phone, theme)
                seen[theme] = violations(phone, COLOURS)
            wear(phone, "day")
        page.set_viewport_size(NARROW)
        seen["narrow"] = page.evaluate(BEYOND)
        seen["too small"] = page.evaluate(SMALL, GLOVE_PX)
        write_at(phone, 2)
        seen["double size"] = page.evaluate(BEYOND) + (violations(phone, RULES) if language == "sv" else [])
        write_at(phone, 1)
        page.set_viewport_size(OWN_SIZE)
        if screen.name != "first-language":
            seen["direction"] = (
                [] if page.evaluate("document.dir") == ("rtl" if language == "ar" else "ltr") else ["wrong"]
            )
            seen["title"] = [] if "·" in page.title() else [page.title()]
        found += [f"{screen.name}, {how}: {one}" for how, several in seen.items() for one in several]

    assert not found, "\n".join(found)


def test_a_challenge_is_played_by_keyboard_alone(new_phone: Callable[..., Phone]) -> None:
    phone = new_phone(settings={}, language="sv", has_touch=False)
    phone.open(f"/q/{quests.EVERY_KIND}")
    expect(phone.button("app.quest.begin")).to_be_visible()
    press = Keys(phone)

    press.until("app.quest.begin", "Enter")
    expect(phone.page.locator("#stage")).to_be_attached()
    press.until("app.play.more", "Enter")
    press.until("app.play.sheet.stages", "Enter")
    press.until_named(quests.TASKS["choice"].title("sv"), "Enter")
    expect(phone.page.get_by_role("dialog")).to_be_hidden()
    press.until_named(quests.OPTIONS["choice"]["sv"]["x"], "Space")
    expect(phone.page.locator(".last")).to_be_visible()
    press.until("app.undo", "Enter")
    phone.wait_until(lambda: phone.kept("moves") == [])
    press.until_named(quests.OPTIONS["choice"]["sv"]["x"], "Space")

    phone.wait_until(lambda: len(phone.kept("moves")) == 1)
    (move,) = phone.kept("moves")
    assert move["move"]["body"] == {"kind": "choice", "option": "x"} | {
        name: move["move"]["body"][name] for name in move["move"]["body"] if name not in {"kind", "option"}
    }


def test_the_focus_goes_to_what_came_in_place_of_what_was_pressed(new_phone: Callable[..., Phone]) -> None:
    phone = new_phone(settings={}, language="sv", worker=False)
    phone.begin(quests.EVERY_KIND)
    focused = "document.activeElement === document.body ? '' : document.activeElement.innerText.trim()"

    def press(what: Locator) -> None:
        what.focus()
        phone.page.keyboard.press("Enter")

    phone.open_stage("feel")
    feeling = phone.page.locator("main [role=group] button").nth(2)
    name = feeling.inner_text().strip()
    press(feeling)
    phone.wait_until(lambda: phone.page.evaluate(focused) == name)
    press(phone.page.locator("main [role=group] button").first)
    phone.wait_until(lambda: len(phone.kept("moves")) == 1)
    phone.wait_until(lambda: phone.page.evaluate(focused) != "")

    phone.open_stage("order")
    last = quests.OPTIONS["order"]["sv"]["road"]
    up = phone.button("app.play.order.up", what=last)
    press(up)
    expect(up).to_be_focused()


class Keys:
    """Tab until what is wanted has the focus, which must be seen; then a key."""

    MOST = 60

    def __init__(self, phone: Phone) -> None:
        self._phone = phone

    def until(self, key: str, press: str) -> None:
        pattern = self._phone.says(key)
        self._until(lambda name: bool(pattern.search(name)), key, press)

    def until_named(self, name: str, press: str) -> None:
        self._until(lambda found: name in found, name, press)

    def _until(self, wanted: Callable[[str], bool], what: str, press: str) -> None:
        page = self._phone.page
        seen = []
        for _ in range(self.MOST):
            page.keyboard.press("Tab")
            name, outlined = page.evaluate(
                """() => {
                  const one = document.activeElement;
                  const style = getComputedStyle(one);
                  return [one.ariaLabel ?? one.innerText ?? '', style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2];
                }"""
            )
            seen.append(name.strip())
            if wanted(name.strip()):
                assert outlined, f"nobody sees that {name} has the focus"
                page.keyboard.press(press)
                return
        raise AssertionError(f"{what} is not reached by Tab: {seen}")


def test_what_happens_is_said_where_listeners_hear_it(new_phone: Callable[..., Phone]) -> None:
    phone = new_phone(settings={}, language="en", worker=False)
    phone.begin(quests.EVERY_KIND)
    phone.open_stage("reflect")

    phone.tap("app.play.reflect.thought")

    live = phone.page.locator("[aria-live=polite]:visible, [role=status]:visible")
    expect(
        live.filter(has_text=phone.says("app.undo")).or_(live.filter(has_text="Undo")).first
    ).to_be_visible()
    assert phone.page.evaluate("document.activeElement?.tagName") is not None
