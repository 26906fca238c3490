"""What somebody types in the studio is there after the page was loaded anew, until it is sent or not wanted any more."""

from collections.abc import Callable
from datetime import UTC, datetime

from playwright.sync_api import expect

from server.stores.database import Database
from tests.browser.desk import Desk, a_case, make_body, make_person
from tests.browser.phone import Phone

AT_A_DESK = {"has_touch": False, "is_mobile": False}
CORNERS = "63.1, 14.1\n63.2, 14.1\n63.2, 14.3"


def drafts(desk: Desk) -> str:
    return str(desk.page.evaluate("localStorage.getItem('rotfaste.drafts') ?? ''"))


def test_ground_that_is_about_to_be_closed(new_desk: Callable[..., Desk], database: Database) -> None:
    person = make_person(database, "Sanna")
    make_body(database, "Åre kommun", person, kind="municipality", verified_at=datetime.now(UTC))
    desk = new_desk(language="sv", **AT_A_DESK)
    desk.is_signed_in(database, person)

    def open_form() -> None:
        desk.open("/studio/closures")
        desk.button("studio.closures.close").click()
        desk.page.get_by_text(desk.says("studio.ground.list")).click()

    open_form()
    desk.field("studio.closures.why").select_option("hazard")
    desk.field("studio.ground.corners").fill(CORNERS)
    desk.field("studio.closures.from").fill("2031-05-02")
    desk.field("studio.closures.words").fill("Ras.")
    open_form()

    expect(desk.field("studio.closures.why")).to_have_value("hazard")
    expect(desk.field("studio.ground.corners")).to_have_value(CORNERS)
    expect(desk.field("studio.closures.from")).to_have_value("2031-05-02")
    expect(desk.field("studio.closures.words")).to_have_value("Ras.")
    desk.button("studio.closures.leave").click()
    open_form()
    expect(desk.field("studio.ground.corners")).to_have_value("")
    assert "Ras." not in drafts(desk)


def test_a_guides_card(new_desk: Callable[..., Desk], database: Database) -> None:
    desk = new_desk(language="sv", **AT_A_DESK)
    desk.is_signed_in(database, make_person(database, "Gun", guide="2303"), how="passkey")
    desk.open("/studio/guide")
    desk.field("studio.guide.phone").fill("0696-1")
    desk.page.get_by_role("checkbox", name="Українська").check()
    desk.button("studio.guide.hours.add").click()
    desk.field("studio.guide.ends").fill("15:30")

    for _ in ("as it was typed", "as it was saved"):
        desk.page.reload()
        expect(desk.field("studio.guide.phone")).to_have_value("0696-1")
        expect(desk.page.get_by_role("checkbox", name="Українська")).to_be_checked()
        expect(desk.field("studio.guide.ends")).to_have_value("15:30")
        desk.button("studio.save").click()
        expect(desk.shows("studio.saved")).to_be_visible()
        assert "0696-1" not in drafts(desk)


def test_what_a_body_says_of_itself_which_another_changes_meanwhile(
    new_desk: Callable[..., Desk], database: Database
) -> None:
    person = make_person(database, "Elsa")
    body = make_body(database, "Byalaget", person)
    first, second = (new_desk(language="sv", **AT_A_DESK) for _ in range(2))
    for desk in (first, second):
        desk.is_signed_in(database, person)
        desk.open(f"/studio/bodies/{body}")
    first.field("studio.body.about").fill("Vi bakar.")
    second.field("studio.body.name").fill("Byalaget i Laxsjö")
    second.button("studio.save").click()
    expect(second.shows("studio.saved")).to_be_visible()

    first.page.reload()

    expect(first.field("studio.body.about")).to_have_value("Vi bakar.")
    expect(first.shows("studio.body.changed-meanwhile")).to_be_visible()
    expect(first.shows("studio.body.now-says", words="Byalaget i Laxsjö")).to_be_visible()
    first.field("studio.body.name").fill("Byalaget i Laxsjö")
    first.button("studio.save").click()
    expect(first.shows("studio.saved")).to_be_visible()
    first.page.reload()
    expect(first.field("studio.body.about")).to_have_value("Vi bakar.")
    expect(first.shows("studio.body.changed-meanwhile")).to_be_hidden()
    assert "Vi bakar." not in drafts(first)


def test_why_an_application_is_refused(new_desk: Callable[..., Desk], database: Database) -> None:
    body = make_body(database, "Fiskarna", state="asked", municipality="2303")
    a_case(database, body, "2303")
    desk = new_desk(language="sv", **AT_A_DESK)
    desk.is_signed_in(database, make_person(database, "Greta", guide="2303"), how="passkey")
    desk.open(f"/studio/bodies/{body}")
    desk.button("studio.body.refuse").click()
    desk.field("studio.body.refuse.why").fill("Ni finns redan.")

    desk.page.reload()

    expect(desk.field("studio.body.refuse.why")).to_have_value("Ni finns redan.")
    desk.button("studio.body.refuse.do").click()
    expect(desk.shows("studio.body.state.refused")).to_be_visible()
    assert "Ni finns redan." not in drafts(desk)


def test_what_was_done_outdoors_is_sent_while_only_the_studio_is_open(
    new_phone: Callable[..., Phone],
) -> None:
    phone = new_phone(settings={}, language="sv", worker=False)
    phone.open("/feeling")
    for _ in ("which", "how strong"):
        phone.tap(phone.page.locator("main [role=group] button").nth(3))
    phone.wait_until(lambda: bool(phone.pending()))

    phone.open("/studio")

    phone.sent()
