"""What is decided about others in the studio: by two, by somebody else, in a language that one does not read."""

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from babel.dates import format_date
from PIL import Image
from playwright.sync_api import expect

from quests.region import SWEDEN
from server.stores.database import Database
from tests.browser import quests
from tests.browser.desk import Desk, give_notice, make_body, make_person, make_trail
from tests.browser.phone import WITHIN_MS

AT_A_DESK = {"has_touch": False, "is_mobile": False}
#: `--here-fill` by day: the colour of "here" on a map.
CLOUDBERRY = (0xF2, 0xA3, 0x3A)
SAID = "Vi spårar varje lördag."


def middle_of_the_map(desk: Desk) -> tuple[int, ...]:
    """Of which colour it is. [red, green, blue]"""
    map_ = desk.page.get_by_role("region", name=desk.says("studio.case.map"))
    expect(map_).to_have_attribute("data-ready", "true", timeout=WITHIN_MS)
    seen = Image.open(io.BytesIO(map_.screenshot())).convert("RGB")
    return seen.getpixel((seen.width // 2, seen.height // 2))  # type: ignore[return-value]


def decide(desk: Desk, decision: str, words: str) -> None:
    """With words to whom it concerns."""
    desk.button(f"case.decision.{decision}").click()
    desk.field("studio.case.words").fill(words)
    desk.page.locator("form").get_by_role("button", name=desk.says(f"case.decision.{decision}")).click()


def test_what_two_removed_for_good_is_read_again_and_brought_back_by_a_third(
    new_desk: Callable[..., Desk], database: Database
) -> None:
    owner = make_person(database, "Elsa")
    body = make_body(database, "Skidlöparna", owner, about={"sv": SAID})
    mona, mats, maja = (make_person(database, name, moderator="") for name in ("Mona", "Mats", "Maja"))
    case = give_notice(database, body, "Bara reklam.")
    desk = new_desk(language="sv", **AT_A_DESK)

    desk.is_signed_in(database, mona, how="passkey")
    desk.open(f"/studio/inbox/{case}")
    desk.page.locator(".decisions").get_by_role("button", name=re.compile("gott")).click()
    desk.page.locator("form").get_by_role("button", name=desk.says("case.decision.notice.remove")).click()
    expect(desk.field("studio.case.words")).to_have_attribute("aria-invalid", "true")
    desk.field("studio.case.words").fill("Bara reklam.")
    desk.page.locator("form").get_by_role("button", name=desk.says("case.decision.notice.remove")).click()
    expect(desk.shows("studio.case.second-look")).to_be_visible()
    expect(desk.shows("studio.case.for-somebody-else")).to_be_visible()

    desk.is_signed_in(database, mats, how="passkey")
    desk.open(f"/studio/inbox/{case}")
    expect(desk.shows("studio.case.proposed")).to_be_visible()
    desk.button("case.decision.second-look.confirm").click()
    expect(desk.page.get_by_text(desk.words("case.decided.notice.remove")).first).to_be_visible()
    expect(desk.page.get_by_text(SAID)).to_be_hidden()
    desk.open("/studio/inbox")
    desk.button("studio.decided.title").click()
    removed = desk.page.get_by_role("link", name=re.compile("Skidlöparna"))
    expect(removed).to_contain_text(desk.words("case.decided.notice.remove"))
    removed.click()
    desk.button("studio.removed.read").click()
    expect(desk.page.get_by_text(SAID)).to_be_visible()
    expect(desk.shows("studio.removed.written-down")).to_be_visible()
    desk.page.reload()
    desk.page.get_by_text(desk.says("studio.case.history")).click()
    expect(desk.page.get_by_text(re.compile(desk.words("studio.deed.read-quarantine")))).to_be_visible()

    desk.is_signed_in(database, owner)
    desk.open("/studio/decided")
    desk.page.get_by_role("link", name=re.compile("Skidlöparna")).click()
    expect(desk.page.get_by_text("Ada")).to_be_hidden()
    desk.field("studio.case.appeal.words").fill("Det är vår egen förening.")
    desk.button("studio.case.appeal").click()
    expect(desk.shows("studio.case.appealed")).to_be_visible()

    (appeal,) = database.private.read(
        "SELECT id::text FROM people.cases WHERE kind = 'appeal' AND subject = %(of)s", {"of": case}
    )
    desk.is_signed_in(database, mona, how="passkey")
    desk.open(f"/studio/inbox/{appeal[0]}")
    expect(desk.shows("studio.case.for-somebody-else")).to_be_visible()
    desk.is_signed_in(database, maja, how="passkey")
    desk.open(f"/studio/inbox/{appeal[0]}")
    for of, words in (
        ("appeal", "Det är vår egen förening."),
        ("decided", "Bara reklam."),
        ("said", "Bara reklam."),
        ("own", "Skidlöparna"),
    ):
        part = desk.page.get_by_role("region", name=desk.says(f"studio.case.of.{of}"))
        expect(part.get_by_text(words, exact=True)).to_be_visible()
    desk.button("case.decision.appeal.change").click()
    expect(desk.shows("studio.case.decided")).to_be_visible()
    desk.button("studio.case.see").click()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("Skidlöparna")
    expect(desk.page.get_by_text(SAID)).to_be_visible()


def test_a_language_helper_says_what_a_notice_says_and_then_it_is_decided(
    new_desk: Callable[..., Desk], database: Database
) -> None:
    body = make_body(database, "Kafferasten")
    helper = make_person(database, "Joris", reads=("nl",), language_helper="")
    moderator = make_person(database, "Mona", moderator="")
    case = give_notice(database, body, "Dit is alleen reclame.", "nl")
    desk = new_desk(language="nl", **AT_A_DESK)

    desk.is_signed_in(database, helper)
    desk.open("/studio/inbox")
    desk.page.locator("nav button.one", has_text="Kafferasten").click()
    expect(desk.page.get_by_text("Dit is alleen reclame.")).to_be_visible()
    expect(desk.page.get_by_text("ada@example.se")).to_be_hidden()
    desk.button("studio.case.read.send").click()
    expect(desk.field("studio.case.read.words")).to_have_attribute("aria-invalid", "true")
    desk.field("studio.case.read.words").fill("Bara reklam, säger de.")
    desk.button("studio.case.read.send").click()
    expect(desk.shows("studio.case.read")).to_be_visible()

    desk.is_signed_in(database, moderator, how="passkey")
    desk.open(f"/studio/inbox/{case}")
    expect(desk.shows("studio.case.reading", name="Joris")).to_be_visible()
    expect(desk.page.get_by_text("Bara reklam, säger de.")).to_be_visible()
    decide(desk, "notice.dismiss", "De bjuder på kaffe.")
    expect(desk.shows("studio.case.decided")).to_be_visible()


def test_days_are_kept_and_whoever_applies_is_told_on_which_it_is_read(
    new_desk: Callable[..., Desk], database: Database
) -> None:
    desk = new_desk(language="sv", **AT_A_DESK)
    desk.is_signed_in(database, make_person(database, "Gun", guide="2321"))
    day = datetime.now(SWEDEN).date() + timedelta(days=3)
    named = format_date(day, "EEEE d MMMM", locale="sv")

    desk.open("/studio/duty")
    desk.page.get_by_label(named).check()
    desk.button("studio.calendar.keep").click()
    expect(desk.shows("studio.calendar.kept")).to_be_visible()
    desk.page.reload()
    expect(desk.page.get_by_label(named)).to_be_checked()

    desk.is_signed_in(database, make_person(database, "Ali"))
    desk.open("/studio/apply")
    desk.field("studio.body.name").fill("Fjällvännerna")
    desk.field("studio.body.phone").fill("ring mig")
    desk.button("studio.apply.send").click()
    expect(desk.field("studio.body.municipality")).to_have_attribute("aria-invalid", "true")
    desk.field("studio.body.municipality").select_option("2321")
    desk.button("studio.apply.send").click()
    expect(desk.shows("studio.field.phone")).to_be_visible()
    desk.field("studio.body.phone").fill("")
    desk.button("studio.apply.send").click()
    expect(desk.page.get_by_text(desk.words("studio.body.read-on").format(day=named))).to_be_visible()


def test_a_proposal_and_an_adoption_are_taken_up(new_desk: Callable[..., Desk], database: Database) -> None:
    editor, giver = make_person(database, "Karin"), make_person(database, "Nils")
    make_trail(database, make_body(database, "Strandens vänner", editor))
    desk = new_desk(language="sv", **AT_A_DESK)

    desk.is_signed_in(database, giver)
    desk.open("/studio/propose")
    desk.field("studio.propose.kind").select_option("stage")
    desk.field("studio.propose.name").fill("Den kluvna stenen")
    desk.field("studio.propose.words").fill("Barn kryper igenom den.")
    desk.field("studio.propose.where").fill("vid sjön")
    desk.field("studio.propose.quest").fill("JH1")
    desk.button("studio.propose.send").click()
    expect(desk.shows("studio.propose.where.wrong")).to_be_visible()
    desk.field("studio.propose.where").fill("63.18, 14.63")
    desk.button("studio.propose.send").click()
    expect(desk.shows("studio.field.quest")).to_be_visible()
    desk.field("studio.propose.quest").fill(quests.EVERY_KIND.lower())
    desk.page.get_by_label(desk.says("studio.propose.joins")).check()
    desk.button("studio.propose.send").click()
    expect(desk.shows("studio.propose.sent")).to_be_visible()

    desk.open("/studio/adopt")
    desk.field("studio.adopt.code").fill(quests.EVERY_KIND)
    desk.button("studio.adopt.find").click()
    desk.field("studio.adopt.stage").select_option("arrive")
    desk.button("studio.adopt.send").click()
    expect(desk.shows("studio.adopt.sent")).to_be_visible()

    desk.is_signed_in(database, editor)
    desk.open("/studio/inbox")
    for title in ("Den kluvna stenen", quests.TASKS["arrive"].title("sv")):
        waiting = desk.page.locator("nav button.one", has_text=title)
        waiting.click()
        expect(desk.page.locator("article h2")).to_have_text(title)
        if title == "Den kluvna stenen":
            assert middle_of_the_map(desk) == CLOUDBERRY
        desk.page.keyboard.press("1")
        expect(waiting).to_be_hidden()

    desk.is_signed_in(database, giver)
    desk.open("/studio/propose")
    expect(desk.page.get_by_text(desk.says("studio.propose.state.taken-up"))).to_have_count(2)
    desk.open("/studio")
    expect(desk.page.get_by_text("Strandens vänner")).to_be_visible()
    looks_after = database.private.read(
        "SELECT stage FROM people.stewards WHERE account_id = %(id)s", {"id": giver}
    )
    assert looks_after == [("arrive",)]


def test_a_trail_is_offered_kept_offered_again_and_taken(
    new_desk: Callable[..., Desk], database: Database
) -> None:
    giver, taker = make_person(database, "Karin"), make_person(database, "Nils")
    trail = make_trail(database, make_body(database, "De som flyttar", giver))
    taking = make_body(database, "De som stannar", taker)
    desk = new_desk(language="sv", **AT_A_DESK)

    def offer() -> None:
        desk.button("studio.give.open").click()
        desk.field("studio.give.to").select_option(taking)
        desk.button("studio.give.do").click()
        expect(desk.shows("studio.give.offered", name="De som stannar")).to_be_visible()

    desk.is_signed_in(database, giver)
    desk.open(f"/studio/trails/{trail}")
    offer()
    desk.button("studio.give.keep").click()
    offer()

    desk.is_signed_in(database, taker)
    desk.open("/studio")
    desk.button("studio.home.offered.do").click()
    expect(desk.shows("studio.give.to-you", name="De som flyttar")).to_be_visible()
    desk.button("studio.give.take").click()
    desk.page.get_by_role("link", name=re.compile(quests.EVERY_KIND)).click()
    expect(desk.shows("studio.health.title")).to_be_visible()
    expect(desk.page.get_by_text(re.compile(desk.words("studio.trail.did.take")))).to_be_visible()

    desk.is_signed_in(database, giver)
    desk.open("/studio/trails")
    expect(desk.shows("studio.trails.none")).to_be_visible()


def test_the_operator_makes_sure_of_a_sameby_that_is_told_to_wait_until_then(
    new_desk: Callable[..., Desk], database: Database
) -> None:
    person = make_person(database, "Sanna")
    body = make_body(database, "Handölsdalens sameby", person, kind="sameby")
    desk = new_desk(language="sv", **AT_A_DESK)

    desk.is_signed_in(database, person)
    desk.open(f"/studio/bodies/{body}")
    expect(desk.shows("studio.verify.waits")).to_be_visible()
    desk.is_signed_in(database, make_person(database, "Drift", administrator=""), how="passkey")
    desk.open(f"/studio/bodies/{body}")
    for _ in ("once", "and once more"):
        desk.button("studio.verify.do").click()

    expect(desk.shows("studio.body.verified")).to_be_visible()
    expect(desk.shows("studio.verify.title")).to_be_hidden()
    assert (
        datetime.now(UTC)
        > database.private.read("SELECT verified_at FROM people.bodies WHERE id = %(id)s", {"id": body})[0][0]
    )
