"""The pages on privacy, terms and accessibility: for everybody, as they say, and found from the app."""

from collections.abc import Callable
from contextlib import closing

import pytest
from playwright.sync_api import Browser, expect

from server.pages.about import PAGES, Name, texts
from tests.browser.machine import Machine
from tests.browser.phone import NARROW, OWN_SIZE, Phone
from tests.browser.test_for_everybody import BEYOND, COLOURS, GLOVE_PX, RULES, SMALL, nameless, violations

CODE = "JHZQ9FX"  # of a challenge that comes with the release
DOUBLE = "document.documentElement.style.fontSize = '200%'"


@pytest.mark.parametrize("language", ["en", "sv", "sv-simple", "ar"])
def test_a_page_is_for_everybody(language: str, new_phone: Callable[..., Phone]) -> None:
    phone = new_phone(worker=False, settings={}, language=language)
    page = phone.page
    found = []
    for name in ("notice",) if language == "ar" else (*PAGES, "notice"):
        page.emulate_media(color_scheme="light")
        page.goto(f"/about/{name}?lang={language}")
        seen = {"day": violations(phone, RULES), "read aloud": nameless(phone)}
        page.emulate_media(color_scheme="dark")
        seen["dark"] = violations(phone, COLOURS)
        page.set_viewport_size(NARROW)
        seen["narrow"] = page.evaluate(BEYOND)
        seen["too small"] = page.evaluate(SMALL, GLOVE_PX)
        page.evaluate(DOUBLE)
        seen["double size"] = page.evaluate(BEYOND)
        page.set_viewport_size(OWN_SIZE)
        found += [f"{name}, {how}: {one}" for how, several in seen.items() for one in several]

    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", PAGES)
def test_it_is_found_from_the_app_also_where_the_app_is_kept_for_offline_use(
    name: Name, new_phone: Callable[..., Phone]
) -> None:
    phone = new_phone(settings={}, language="sv")
    phone.open("/me")
    phone.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.open("/me")

    phone.tap(f"app.me.about.{name}")

    expect(phone.page.get_by_role("heading", level=1)).to_have_text(texts()[name]["sv"].title)
    phone.page.locator("nav.pages a").last.click()
    expect(phone.page.get_by_role("heading", level=1)).to_have_text(phone.says("app.me.title"))


def test_a_notice_is_given_without_scripts(browser: Browser, machine: Machine) -> None:
    with closing(browser.new_context(java_script_enabled=False, viewport=NARROW, locale="sv")) as context:
        page = context.new_page()
        page.goto(f"{machine.address}/q/{CODE}")
        page.get_by_role("link", name="Säg till").click()
        expect(page.locator("#thing")).to_have_value(CODE)

        page.locator("input[value=spam]").check()
        page.locator("#words").fill("Det är reklam.\nFör en butik.")
        page.locator("#name").fill("Ada")
        page.locator("#address").fill("ada@localhost")
        page.locator("#faith").check()
        page.locator("#send").click()
        expect(page.locator("#address-wrong")).to_be_visible()
        expect(page.locator("#words")).to_have_value("Det är reklam.\nFör en butik.")

        page.locator("#address").fill("ada@example.se")
        page.locator("#send").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Tack. Det har kommit fram.")
