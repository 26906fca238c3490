"""The studio: coming in, and how a body is applied for, approved and handed over, with an authenticator and mails."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Playwright, expect

from server.stores.database import Database
from tests.browser.desk import WIDE, Desk, mailed_code
from tests.browser.machine import Machine


@pytest.fixture(scope="module")
def database(seeded_url: str) -> Iterator[Database]:
    with closing(Database(seeded_url, size=2)) as database:
        yield database


@pytest.fixture
def new_desk(playwright: Playwright, browser: Browser, machine: Machine) -> Iterator[Callable[..., Desk]]:
    """What went wrong inside of them fails the test."""
    desks: list[Desk] = []

    def make(**wishes: object) -> Desk:
        usual = {"address": machine.address, "size": WIDE, "settings": {}, "worker": False}
        desks.append(Desk(playwright, browser, **{**usual, **wishes}))  # type: ignore[arg-type]
        return desks[-1]

    yield make
    troubles = [trouble for desk in desks for trouble in desk.troubles]
    for desk in desks:
        desk.close()
    assert troubles == []


def test_somebody_comes_in_by_mail_and_then_by_a_passkey_and_is_where_they_wanted_to_be(
    new_desk: Callable[..., Desk], database: Database
) -> None:
    desk = new_desk(language="sv")
    desk.has_an_authenticator()
    desk.open("/studio/account")
    desk.field("studio.sign-in.address").fill("asta@example.se")
    desk.tap("studio.sign-in.send")
    wrong = desk.field("studio.sign-in.code")
    wrong.fill("000 000")
    desk.tap("studio.sign-in.enter")
    expect(wrong).to_have_attribute("aria-invalid", "true")

    desk.tap("studio.sign-in.anew")
    desk.field("studio.sign-in.address").fill("asta@example.se")
    desk.tap("studio.sign-in.send")
    desk.field("studio.sign-in.code").fill(mailed_code(database, "asta@example.se", desk))
    desk.tap("studio.sign-in.enter")
    expect(desk.page.get_by_role("heading", level=1)).to_have_text(desk.says("studio.account.title"))

    desk.tap("studio.passkey.make")
    expect(desk.shows("studio.account.passkey.remove", name="Min lösennyckel")).to_be_visible()
    desk.tap("studio.sign-out")
    expect(desk.page.get_by_role("heading", level=1)).to_have_text(desk.says("studio.sign-in.title"))
    desk.tap("studio.passkey.use")

    expect(desk.shows("studio.home.bodies")).to_be_visible()
