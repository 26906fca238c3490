"""A guide's card on a phone: somebody says that it is wrong, it is hidden, and the guide asks somebody else to look."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from playwright.sync_api import expect

from server.stores import guides
from server.stores.database import Database
from server.stores.guides import Guide, Hours
from tests.browser.desk import Desk, make_body, make_person

AT_A_DESK = {"has_touch": False, "is_mobile": False}
WHERE = "2313"


def test_a_card_that_somebody_points_out_is_hidden_and_its_guide_appeals(
    new_desk: Callable[..., Desk], database: Database
) -> None:
    asa = make_person(database, "Åsa Berg", guide=WHERE)
    mona = make_person(database, "Mona", moderator="")
    body = make_body(database, "Byalaget", make_person(database, "Elsa"), municipality=WHERE)
    card = Guide(WHERE, asa, "Åsa Berg", "0640-161 23", (Hours(1, "09:00", "11:00"),), ("sv",))
    with database.transaction() as connection:
        guides.put(connection, card, datetime.now(UTC))

    newcomer = new_desk(language="sv")
    newcomer.open(f"/o/{body}")
    newcomer.button("app.guide.notice").click()
    expect(newcomer.page.get_by_text(re.compile("Åsa Berg"))).to_be_visible()
    newcomer.page.get_by_label(newcomer.words("case.reason.personal-data")).check()
    newcomer.field("app.notice.words").fill("Det är mitt privata nummer.")
    newcomer.field("app.notice.name").fill("Ada")
    newcomer.field("app.notice.address").fill("ada@example.se")
    newcomer.page.get_by_label(newcomer.words("app.notice.faith")).check()
    newcomer.button("app.notice.send").click()
    expect(newcomer.shows("app.notice.sent")).to_be_visible()

    desk = new_desk(language="sv", **AT_A_DESK)
    desk.is_signed_in(database, mona, how="passkey")
    ((case,),) = database.private.read("SELECT id::text FROM people.cases WHERE subject LIKE 'guide %'")
    desk.open(f"/studio/inbox/{case}")
    expect(desk.page.get_by_text("0640-161 23")).to_be_visible()
    desk.button("case.decision.notice.hide").click()
    desk.field("studio.case.words").fill("Numret är privat.")
    desk.page.locator("form").get_by_role("button", name=desk.says("case.decision.notice.hide")).click()
    expect(desk.shows("studio.case.decided")).to_be_visible()

    newcomer.open(f"/o/{body}")
    expect(newcomer.page.get_by_role("heading", name="Byalaget")).to_be_visible()
    expect(newcomer.page.get_by_text("0640-161 23")).to_be_hidden()

    desk.is_signed_in(database, asa, how="passkey")
    desk.open("/studio/guide")
    expect(desk.shows("studio.guide.hidden")).to_be_visible()
    desk.button("studio.decided.title").click()
    desk.page.get_by_role("link", name=re.compile("Åsa Berg")).click()
    expect(desk.page.get_by_text("Numret är privat.").first).to_be_visible()
    expect(desk.page.get_by_text("Ada")).to_be_hidden()
    desk.field("studio.case.appeal.words").fill("Det är min tjänstetelefon.")
    desk.button("studio.case.appeal").click()
    expect(desk.shows("studio.case.appealed")).to_be_visible()
