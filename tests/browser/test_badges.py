"""A badge on the phone: it waits for a calm screen, and nothing that one may do lies under it."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser import quests
from tests.browser.phone import Phone
from tests.browser.test_journeys import BEFORE, finish

#: Whether a finger on the middle of a button meets the button.
MET = """(button) => {
  button.scrollIntoView({ block: "center" });
  const at = button.getBoundingClientRect();
  return button.contains(document.elementFromPoint(at.x + at.width / 2, at.y + at.height / 2));
}"""


def test_a_badge_waits_for_a_calm_screen_and_covers_nothing_that_is_to_be_done(
    new_phone: Callable[..., Phone],
) -> None:
    phone = new_phone(settings={}, at=BEFORE)
    thanks = phone.page.get_by_role("button", name=phone.says("app.badges.thanks"))
    phone.begin(quests.trail().sheet.code)
    finish(phone)
    phone.wait_until(lambda: bool(phone.kept("awards")), 40_000)
    earned = len(phone.kept("awards"))

    expect(thanks).to_be_hidden()
    phone.tap("app.play.finished.on")
    expect(thanks).to_be_visible()
    first = phone.page.locator(".button.first:visible")
    expect(phone.button("app.quest.begin")).to_be_visible()
    for number in range(first.count()):
        assert first.nth(number).evaluate(MET)
    phone.tap(thanks)
    expect(thanks).to_be_hidden()
    assert len([row for row in phone.kept("awards") if not row["seen"]]) == earned - 1

    phone.open(f"/q/{quests.EVERY_KIND}")
    phone.at_rest()
    expect(thanks).to_be_hidden()
    phone.tap("app.quest.begin")
    phone.page.wait_for_url("**/play/**")
