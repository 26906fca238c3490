"""The studio beside the app: what somebody does at a desk reaches those who play, and what they say reaches the desk."""

import json
import re
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from playwright.sync_api import FilePayload, expect

from content.packs.writing import zip_members
from geo.positions import destination
from server.stores.database import Database
from server.use_cases.cases.opening import NewCase, open_case
from tests.browser import quests
from tests.browser.desk import Desk, make_body, make_person, make_trail
from tests.browser.phone import WITHIN_MS, Phone
from tests.server.api.rights.trails import members

HERE = destination(quests.SHORE, 150, 90)
ITEMS = 10
#: North-west, north-east, south-east and south-west of the shore.
AROUND = tuple(destination(quests.SHORE, bearing, 2_000) for bearing in (315, 45, 135, 225))


def test_a_sameby_closes_ground_and_a_kit_that_was_taken_along_learns_of_it(
    new_desk: Callable[..., Desk], new_phone: Callable[..., Phone], database: Database
) -> None:
    phone = new_phone(settings={}, language="en", at=HERE, worker=False)
    phone.begin(quests.EVERY_KIND)
    person = make_person(database, "Sanna")
    make_body(database, "Tåssåsens sameby", person, kind="sameby", verified_at=datetime.now(UTC))
    desk = new_desk(language="en")
    desk.is_signed_in(database, person)
    today = datetime.now(UTC).date()

    desk.open("/studio/closures")
    desk.tap("studio.closures.close")
    desk.page.get_by_text(desk.says("studio.ground.list")).click()
    desk.field("studio.ground.corners").fill(
        "\n".join(f"{corner.lat:.5f}, {corner.lon:.5f}" for corner in AROUND)
    )
    desk.field("studio.closures.from").fill(today.isoformat())
    desk.field("studio.closures.to").fill((today + timedelta(days=20)).isoformat())
    desk.tap("studio.closures.look")
    expect(desk.page.get_by_text(quests.every_kind().texts["en"].title, exact=True)).to_be_visible()
    desk.tap("studio.closures.close.now")
    expect(desk.shows("studio.closures.done")).to_be_visible()

    phone.page.clock.install(time=datetime.now(UTC) + timedelta(days=2))
    phone.page.reload()
    phone.open_stage("arrive")
    expect(phone.shows("app.play.ground.closed")).to_be_visible()


def test_a_stage_is_reported_rests_and_is_mended(
    new_desk: Callable[..., Desk], new_phone: Callable[..., Phone], database: Database
) -> None:
    title = quests.TASKS["look"].title("en")
    person = make_person(database, "Karin")
    make_trail(database, make_body(database, "Strandens vänner", person))
    phone = new_phone(settings={}, language="en", at=HERE, worker=False)
    journey = phone.begin(quests.EVERY_KIND)
    phone.open_stage("look")
    phone.context.set_offline(True)
    phone.tap("app.play.cannot")
    phone.tap("reason.not-safe")
    phone.wait_until(lambda: len(phone.pending()) == 1)
    phone.context.set_offline(False)
    phone.sent()

    other = new_phone(settings={}, language="en", at=HERE, worker=False)
    other.begin(quests.EVERY_KIND)
    other.open_stage("look")
    expect(other.shows("app.play.rests")).to_be_visible()

    desk = new_desk(language="en", has_touch=False, is_mobile=False)
    desk.is_signed_in(database, person)
    desk.open(f"/studio/trails/{quests.every_kind().sheet.id}")
    stop = desk.page.get_by_role("listitem").filter(has=desk.page.get_by_role("heading", name=title, level=3))
    expect(stop.get_by_text(desk.says("studio.health.rests.by-itself"))).to_be_visible()
    desk.open("/studio/inbox")
    expect(desk.page.locator("article h2")).to_contain_text(title)
    desk.page.keyboard.press("1")
    expect(desk.shows("studio.inbox.nothing")).to_be_visible()

    third = new_phone(settings={}, language="en", at=HERE, worker=False)
    third.begin(quests.EVERY_KIND)
    third.open_stage("look")
    expect(third.shows("app.play.cannot")).to_be_visible()
    expect(third.shows("app.play.rests")).to_be_hidden()
    assert journey


def test_somebody_says_without_an_account_that_something_is_wrong_and_sees_what_came_of_it(
    new_desk: Callable[..., Desk], new_phone: Callable[..., Phone], database: Database
) -> None:
    phone = new_phone(settings={}, language="uk", worker=False)
    phone.open(f"/q/{quests.EVERY_KIND}")
    phone.tap("app.quest.notice")
    expect(phone.shows("app.notice.about")).to_be_visible()
    phone.tap("app.notice.send")
    expect(phone.shows("app.notice.missing.reason")).to_be_visible()
    phone.page.get_by_text(phone.says("case.reason.land-owner")).tap()
    expect(phone.shows("app.notice.missing.reason")).to_be_hidden()
    phone.field("app.notice.words").fill("Це моя земля.")
    phone.field("app.notice.name").fill("Оля")
    phone.field("app.notice.address").fill("olya@example.se")
    phone.page.get_by_text(phone.says("app.notice.faith")).tap()
    phone.context.set_offline(True)
    phone.tap("app.notice.send")
    expect(phone.shows("app.notice.offline")).to_be_visible()
    phone.context.set_offline(False)
    phone.page.reload()
    expect(phone.field("app.notice.words")).to_have_value("Це моя земля.")
    phone.tap("app.notice.send")
    expect(phone.shows("app.notice.sent")).to_be_visible()
    expect(phone.shows("app.notice.state.open")).to_be_visible()

    desk = new_desk(language="sv", has_touch=False, is_mobile=False)
    desk.is_signed_in(database, make_person(database, "Mona", moderator=""), how="passkey")
    desk.open("/studio/inbox")
    desk.page.locator("nav button.one", has_text=quests.every_kind().texts["sv"].title).first.click()
    expect(desk.page.get_by_text("Це моя земля.")).to_be_visible()
    desk.page.keyboard.press("1")
    desk.field("studio.case.words").fill("Marken är kommunens.")
    desk.page.locator("form").get_by_role("button", name=desk.says("case.decision.notice.dismiss")).click()
    expect(desk.shows("studio.case.done", decision=desk.words("case.decided.notice.dismiss"))).to_be_visible()
    phone.page.reload()
    expect(phone.shows("case.decided.notice.dismiss")).to_be_visible()
    expect(phone.page.get_by_text("Marken är kommunens.")).to_be_visible()
    phone.open(f"/q/{quests.EVERY_KIND}")
    phone.tap("app.quest.notice")
    phone.tap("app.notice.before.see")
    expect(phone.page.get_by_text("Marken är kommunens.")).to_be_visible()


def test_what_is_drawn_on_the_map_stands_in_the_list_and_the_other_way_round(
    new_desk: Callable[..., Desk], database: Database
) -> None:
    person = make_person(database, "Sanna")
    make_body(database, "Bergs kommun", person, kind="municipality", verified_at=datetime.now(UTC))
    desk = new_desk(language="en", has_touch=False, is_mobile=False)
    desk.is_signed_in(database, person)
    desk.open("/studio/closures")
    desk.button("studio.closures.close").click()
    desk.page.get_by_text(desk.says("studio.ground.list")).click()
    listed = desk.field("studio.ground.corners")
    map_ = desk.page.get_by_role("region", name=desk.says("studio.ground.map"))
    expect(map_).to_have_attribute("data-ready", "true", timeout=WITHIN_MS)

    for x, y in ((300, 100), (450, 120), (400, 260), (300, 100)):
        map_.click(position={"x": x, "y": y})
    expect(listed).to_have_value(re.compile(r"^(\d\d\.\d+, \d\d\.\d+\n?){3}$"))
    drawn = listed.input_value()
    listed.fill(f"{drawn}\n\n63.1, 14.1\n63.2, 14.1\n63.2, 14.3")
    expect(desk.shows("studio.ground.size", corners="6")).to_be_visible()
    desk.button("studio.ground.clear").click()
    expect(listed).to_have_value("")

    ring = [[14.1, 63.1], [14.3, 63.1], [14.3, 63.2], [14.1, 63.1]]
    drawing = {"type": "Polygon", "coordinates": [ring]}
    file: FilePayload = {
        "name": "mark.geojson",
        "mimeType": "application/geo+json",
        "buffer": json.dumps(drawing).encode(),
    }
    for _ in ("once", "and the same file once more"):
        desk.field("studio.ground.file").set_input_files(file)
        expect(listed).to_have_value(re.compile(r"^63\.1\d*, 14\.1"))
        desk.button("studio.ground.clear").click()
        expect(listed).to_have_value("")


def test_a_moderator_clears_ten_items_by_keys_alone(
    new_desk: Callable[..., Desk], database: Database, figure: Callable[[str], None]
) -> None:
    names = [f"Byalaget {number}" for number in range(ITEMS)]
    with database.transaction() as connection:
        for minutes_ago, name in enumerate(reversed(names)):
            at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
            body = make_body(database, name, state="asked", municipality="2326")
            open_case(connection, NewCase("application", body, body, "2326", urgency=2), at)
    desk = new_desk(language="sv", has_touch=False, is_mobile=False)
    desk.is_signed_in(database, make_person(database, "Greta", guide="2326"), how="passkey")
    opened = desk.page.locator("article h2")

    desk.open("/studio/inbox")
    expect(opened).to_have_text(names[0])
    desk.page.keyboard.press("j")
    expect(opened).to_have_text(names[1])
    desk.page.keyboard.press("k")
    began = time.monotonic()
    for name in names:
        expect(opened).to_have_text(name)
        desk.page.keyboard.press("1")
    expect(desk.shows("studio.inbox.nothing")).to_be_visible()
    took_s = time.monotonic() - began

    figure(f"a moderator clears {ITEMS} items by keys alone: {took_s:.1f} s, {took_s / ITEMS:.2f} s each")
    decided = database.private.read(
        "SELECT count(*) FROM people.bodies WHERE municipality = '2326' AND state = 'active'", {}
    )
    assert decided == [(ITEMS,)]


def test_keys_decide_nothing_while_somebody_writes(new_desk: Callable[..., Desk], database: Database) -> None:
    body = make_body(database, "Byalaget", state="asked", municipality="2309")
    with database.transaction() as connection:
        new = NewCase("application", body, body, "2309", urgency=2, language="ar")
        open_case(connection, new, datetime.now(UTC))
    desk = new_desk(language="sv", has_touch=False, is_mobile=False)
    desk.is_signed_in(database, make_person(database, "Greta", guide="2309"), how="passkey")
    desk.open("/studio/inbox")
    expect(desk.page.locator("article h2")).to_have_text("Byalaget")
    expect(desk.page.get_by_text(desk.says("studio.case.not-my-language"))).to_be_visible()

    desk.page.keyboard.press("2")
    words = desk.field("studio.case.words")
    words.fill("Vi hittar er inte 1")
    words.press("1")
    desk.page.keyboard.press("Escape")
    desk.page.locator("form").get_by_role(
        "button", name=desk.says("case.decision.application.refuse")
    ).click()
    expect(desk.shows("studio.inbox.nothing")).to_be_visible()

    state = database.private.read("SELECT state FROM people.bodies WHERE id = %(id)s", {"id": body})
    assert state == [("refused",)]


def test_an_author_brings_a_trail_mends_it_and_asks_somebody_to_look(
    new_desk: Callable[..., Desk], database: Database
) -> None:
    trail, person = str(uuid.uuid4()), make_person(database, "Karin")
    make_body(database, "Hembygdsföreningen", person)
    good = members(trail)
    bad = {**good, "quest.toml": good["quest.toml"] + b'\n[colour]\nis = "red"\n'}
    desk = new_desk(language="sv", has_touch=False, is_mobile=False)
    desk.is_signed_in(database, person, how="passkey")

    desk.open("/studio/trails")
    desk.field("studio.trails.new").set_input_files(zip_of(bad))
    expect(desk.page.get_by_role("heading", level=2, name=desk.says("studio.trail.findings"))).to_be_visible()
    expect(desk.page.get_by_text(re.compile(r"^quest\.toml:\d+"))).to_be_visible()
    desk.field("studio.trail.upload").set_input_files(zip_of(good))
    expect(desk.shows("studio.trail.findings")).to_be_hidden()
    expect(desk.button("studio.trail.step.publish")).to_be_hidden()
    desk.button("studio.trail.step.ask").click()

    expect(desk.shows("studio.trail.state.asked.is")).to_be_visible()
    desk.open("/studio/trails")
    expect(desk.shows("studio.trail.state.asked")).to_be_visible()


def zip_of(files: Mapping[str, bytes]) -> FilePayload:
    return {"name": "trail.zip", "mimeType": "application/zip", "buffer": zip_members(files)}
