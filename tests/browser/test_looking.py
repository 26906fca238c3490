"""Two moderators at once: each begins with another case, and sees what the other has open."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from server.stores.database import Database
from tests.browser.desk import Desk, give_notice, make_body, make_person

#: No other test has cases there.
WHERE = "2303"
AT_A_DESK = {"has_touch": False, "is_mobile": False}


def test_the_second_begins_with_what_the_first_does_not_have_open(
    new_desk: Callable[..., Desk], database: Database
) -> None:
    names = ("Skidlöparna", "Fiskarna")
    for name in names:
        body = make_body(database, name, make_person(database, "Elsa"), municipality=WHERE)
        give_notice(database, body, "Bara reklam.")
    mona, mats = (new_desk(language="sv", **AT_A_DESK) for _ in range(2))
    mona.is_signed_in(database, make_person(database, "Mona", moderator=WHERE), how="passkey")
    mats.is_signed_in(database, make_person(database, "Mats", moderator=WHERE), how="passkey")

    with mona.page.expect_response(re.compile("/look$")):
        mona.open("/studio/inbox")
    expect(mona.page.get_by_role("heading", name=names[0])).to_be_visible()
    mats.open("/studio/inbox")
    expect(mats.page.get_by_role("heading", name=names[1])).to_be_visible()
    mats.page.get_by_role("button", name=re.compile(names[0])).click()
    expect(mats.page.get_by_role("status").filter(has_text="Mona")).to_be_visible()

    with mona.page.expect_response(lambda came: came.request.method == "DELETE"):
        mona.page.get_by_role("link", name=mona.says("studio.menu.account")).click()
    mats.page.reload()
    expect(mats.page.get_by_role("heading", name=names[0])).to_be_visible()
    expect(mats.page.get_by_label(re.compile("Mona"))).to_have_count(0)
