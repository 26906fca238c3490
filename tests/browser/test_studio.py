"""The studio: coming in, and how a body is applied for, approved and handed over, with an authenticator and mails."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from server.stores import accounts
from server.stores.database import Database
from tests.browser import quests
from tests.browser.desk import WIDE, Desk, World, mailed_code, make_body, make_person
from tests.browser.phone import NARROW, Phone
from tests.browser.screens import STUDIO, studio_pages, studio_walked_through
from tests.browser.test_for_everybody import (
    BEYOND,
    COLOURS,
    GLOVE_PX,
    RULES,
    SMALL,
    nameless,
    violations,
    wear,
)

#: A mouse is finer than a glove.
MOUSE_PX = 44
CODE = "main .code"


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
    expect(desk.field("studio.sign-in.code")).to_be_visible()  # until then the newest mail is the one before
    desk.field("studio.sign-in.code").fill(mailed_code(database, "asta@example.se", desk))
    desk.tap("studio.sign-in.enter")
    expect(desk.page.get_by_role("heading", level=1)).to_have_text(desk.says("studio.account.title"))

    desk.tap("studio.passkey.make")
    expect(desk.shows("studio.account.passkey.remove", name="Min lösennyckel")).to_be_visible()
    desk.tap("studio.sign-out")

    # The browser offers the passkey by itself where an address is asked for, and this one's owner takes it at once.
    expect(desk.shows("studio.home.bodies")).to_be_visible()
    desk.open("/studio/account")
    expect(desk.shows("studio.account.session.here")).to_be_visible()
    assert desk.page.evaluate(
        "fetch('/api/v1/account').then((one) => one.json()).then((one) => one.is_strong)"
    )


def test_an_association_applies_and_is_approved(
    new_desk: Callable[..., Desk], new_phone: Callable[..., Phone], database: Database
) -> None:
    newcomer = new_desk(language="en")
    newcomer.open("/studio/apply")
    newcomer.signs_in(database, "byalaget@example.se", "studio.apply.title")
    newcomer.tap("studio.apply.send")
    expect(newcomer.field("studio.body.name")).to_have_attribute("aria-invalid", "true")
    newcomer.field("studio.body.name").fill("Hammerdals byalag")
    newcomer.field("studio.body.municipality").select_option("2313")
    newcomer.field("studio.body.phone").fill("0644-123 45")
    newcomer.field("studio.body.about").fill("We keep the lights on.")
    newcomer.tap("studio.apply.send")
    expect(newcomer.shows("studio.body.state.asked")).to_be_visible()
    body = newcomer.page.url.rpartition("/")[2]

    guide = new_desk(language="sv")
    guide.has_an_authenticator()
    guide.is_signed_in(database, make_person(database, "Gun", guide="2313"))
    guide.open(f"/studio/bodies/{body}")
    guide.tap("studio.body.approve")
    guide.tap("studio.passkey.make")  # what is decided for others asks for one, and goes on
    expect(guide.shows("studio.body.decide")).to_be_hidden()

    anybody = new_phone(settings={}, language="en", worker=False)
    anybody.open(f"/o/{body}")
    expect(anybody.page.get_by_role("heading", level=1)).to_have_text("Hammerdals byalag")
    expect(anybody.page.get_by_role("link", name="0644-123 45")).to_have_attribute("href", "tel:064412345")
    expect(anybody.page.get_by_text("We keep the lights on.")).to_be_visible()


def test_who_one_is_at_a_provider_stands_on_the_account_page_and_is_taken_away_there(
    new_desk: Callable[..., Desk], database: Database
) -> None:
    person = make_person(database, "Åsa")
    with database.transaction() as connection:
        accounts.set_address(connection, person, "asa@example.se", datetime.now(UTC))
        accounts.add_identity(connection, "https://id.example.se", "asa", person, datetime.now(UTC))
    desk = new_desk(language="ar")
    desk.is_signed_in(database, person, how="passkey")

    desk.open("/studio/account#identity-taken")
    expect(desk.shows("studio.account.provider.taken")).to_be_visible()
    assert desk.page.url.endswith("/studio/account")
    assert violations(desk, RULES) == []
    for _ in range(2):  # once more, to be sure
        desk.tap(desk.page.get_by_role("button", name="https://id.example.se"))

    expect(desk.page.get_by_text("https://id.example.se")).to_have_count(0)
    with database.transaction() as connection:
        assert accounts.identities(connection, person) == []


def test_a_body_is_handed_over(new_desk: Callable[..., Desk], database: Database) -> None:
    person = make_person(database, "Elsa")
    body = make_body(database, "Elsas förening", person)
    first, second = new_desk(language="sv"), new_desk(language="uk")
    first.is_signed_in(database, person, how="passkey")
    first.open(f"/studio/bodies/{body}")
    first.tap("studio.members.leave")
    first.tap("studio.members.leave")
    expect(first.shows("problem.last-owner")).to_be_visible()
    first.tap("studio.invite.make")
    code = first.page.locator(CODE).inner_text()

    second.open(f"/studio/invitation#{code}")
    second.signs_in(database, "olha@example.se", "studio.invitation.title")
    assert "#" not in second.page.url
    second.tap("studio.sign-in.enter")
    expect(second.page.get_by_role("heading", level=1)).to_have_text("Elsas förening")

    first.page.reload()
    other = first.field("studio.members.role", name=first.words("studio.members.nameless"))
    other.select_option("owner")
    first.tap(first.page.locator("li", has=other).locator("button.first"))
    expect(first.page.locator("li", has=other).locator("button.first")).to_be_hidden()
    first.tap("studio.members.leave")
    first.tap("studio.members.leave")
    expect(first.shows("studio.home.no-body")).to_be_visible()

    second.page.reload()
    expect(second.shows("studio.members.you", name=second.words("studio.members.nameless"))).to_be_visible()
    expect(second.page.get_by_text("Elsa", exact=True)).to_be_hidden()
    expect(second.shows("studio.invite.title")).to_be_visible()


def test_a_new_phone_plays_on_as_the_player_of_an_account(
    new_desk: Callable[..., Desk], database: Database
) -> None:
    person = make_person(database, "Ali")
    old, new = new_desk(language="en"), new_desk(language="en")
    old.begin(quests.EVERY_KIND)
    for desk in (old, new):
        desk.is_signed_in(database, person)
    old.open("/studio/account")
    old.tap("studio.account.player.claim")
    expect(old.shows("studio.account.device.here")).to_be_visible()

    new.open("/studio/account")
    new.tap("studio.account.player.play-on")
    new.tap("studio.account.player.play-on")
    expect(new.shows("studio.account.device.here")).to_be_visible()

    before, now = (
        next(note["value"] for note in desk.kept("notes") if note["key"] == "identity") for desk in (old, new)
    )
    assert now["player"] == before["player"]
    assert now["device"] != before["device"]
    bearer = f"Bearer {now['player']}.{now['token']}"
    status = (
        "(bearer) => fetch('/api/v1/me', {headers: {Authorization: bearer}}).then((answer) => answer.status)"
    )
    assert new.page.evaluate(status, bearer) == 200
    old.page.reload()
    old.tap("studio.account.device.out")
    old.tap("studio.account.device.out")
    expect(old.shows("studio.account.device.out")).to_be_hidden()
    assert new.page.evaluate(status, bearer) == 401


def test_a_phone_that_was_shut_out_says_so_and_comes_in_again(
    new_desk: Callable[..., Desk], database: Database
) -> None:
    person = make_person(database, "Ali")
    old, new = new_desk(language="en"), new_desk(language="en")
    old.begin(quests.EVERY_KIND)
    old.open("/")
    old.wait_until(lambda: all(journey["known"] for journey in old.kept("journeys")))
    for desk in (old, new):
        desk.is_signed_in(database, person)
        desk.open("/studio/account")
    old.tap("studio.account.player.claim")
    expect(old.shows("studio.account.device.here")).to_be_visible()
    new.page.reload()
    new.tap("studio.account.player.play-on")
    new.tap("studio.account.player.play-on")
    expect(new.shows("studio.account.device.here")).to_be_visible()
    new.open("/journeys")
    expect(new.shows("app.journeys.elsewhere")).to_be_visible()
    new.open("/studio/account")
    new.tap("studio.account.device.out")
    new.tap("studio.account.device.out")
    expect(new.button("studio.account.device.out")).to_be_hidden()

    old.open("/feeling")
    for _ in ("which", "how strong"):
        old.tap(old.page.locator("main [role=group] button").nth(3))
    expect(old.button("app.shut-out")).to_be_visible(timeout=40_000)
    old.tap("app.shut-out")
    old.tap("app.shut-out.do")
    old.tap("studio.account.player.play-on")
    old.tap("studio.account.player.play-on")
    expect(old.shows("studio.account.device.here")).to_be_visible()

    old.open("/outbox")
    old.sent()
    expect(old.button("app.shut-out")).to_be_hidden()
    assert [move["outcome"]["outcome"] for move in old.kept("moves")] == ["accepted"]


def test_a_code_is_still_asked_for_when_the_phone_forgot_the_page(
    new_desk: Callable[..., Desk], database: Database
) -> None:
    """As old phones do while their owner looks into their mail."""
    desk = new_desk(language="uk")
    desk.open("/studio/account")
    desk.field("studio.sign-in.address").fill("amina@example.se")
    desk.tap("studio.sign-in.send")
    expect(desk.field("studio.sign-in.code")).to_be_visible()
    code = mailed_code(database, "amina@example.se", desk)

    desk.page.reload()
    desk.at_rest()
    desk.field("studio.sign-in.code").fill(code)
    desk.tap("studio.sign-in.enter")

    expect(desk.page.get_by_role("heading", level=1)).to_have_text(desk.says("studio.account.title"))
    assert "amina@example.se" not in desk.page.evaluate("JSON.stringify(localStorage)")


def test_who_saves_second_sees_what_the_first_one_wrote(
    new_desk: Callable[..., Desk], database: Database
) -> None:
    person = make_person(database, "Elsa")
    body = make_body(database, "Byalaget", person)
    desks = [new_desk(language="en"), new_desk(language="en")]
    for desk in desks:
        desk.is_signed_in(database, person)
        desk.open(f"/studio/bodies/{body}")
        expect(desk.field("studio.body.name")).to_have_value("Byalaget")
    first, second = desks

    first.field("studio.body.name").fill("Byalaget i Gåxsjö")
    first.tap("studio.save")
    expect(first.shows("studio.saved")).to_be_visible()
    second.field("studio.body.phone").fill("0670-1")
    second.tap("studio.save")

    expect(second.shows("studio.body.now-says", words="Byalaget i Gåxsjö")).to_be_visible()
    expect(second.field("studio.body.phone")).to_have_value("0670-1")
    second.tap("studio.save")
    expect(second.shows("studio.saved")).to_be_visible()
    second.page.reload()
    expect(second.page.get_by_role("heading", level=1)).to_have_text("Byalaget")
    expect(second.field("studio.body.phone")).to_have_value("0670-1")


def test_every_page_of_the_studio_is_among_those_that_are_looked_at() -> None:
    assert {screen.page for screen in STUDIO} == studio_pages()


@pytest.mark.parametrize("language", ["sv", "ar"])
def test_every_page_of_the_studio_is_for_everybody(
    language: str, new_desk: Callable[..., Desk], database: Database, world: World
) -> None:
    """With room and on a narrow phone, by day and in the dark, read aloud, by mouse and with gloves on."""
    found = []
    for screen, desk in studio_walked_through(new_desk, database, world, language=language):
        page = desk.page
        seen = {
            "day": violations(desk, RULES),
            "read aloud": nameless(desk),
            "small for a mouse": page.evaluate(SMALL, MOUSE_PX),
        }
        wear(desk, "dark")
        seen["dark"] = violations(desk, COLOURS)
        wear(desk, "day")
        page.set_viewport_size(NARROW)
        seen["narrow"] = page.evaluate(BEYOND)
        seen["small for gloves"] = page.evaluate(SMALL, GLOVE_PX)
        seen["direction"] = (
            [] if page.evaluate("document.dir") == ("rtl" if language == "ar" else "ltr") else ["wrong"]
        )
        seen["title"] = [] if "·" in page.title() else [page.title()]
        page.set_viewport_size(WIDE)
        found += [f"{screen.name}, {how}: {one}" for how, several in seen.items() for one in several]

    assert not found, "\n".join(found)
