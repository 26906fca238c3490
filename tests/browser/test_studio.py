"""The studio: coming in, and how a body is applied for, approved and handed over, with an authenticator and mails."""

from collections.abc import Callable

from playwright.sync_api import expect

from server.stores.database import Database
from tests.browser.desk import Desk, mailed_code


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
