"""Where there is no network: what lies on the phone is enough, and what it does not know it says kindly."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
from playwright.sync_api import expect

from content.packs.writing import write_members
from geo.positions import destination
from media.kinds import media_type
from server.cli.playing.laying import pack_at
from server.stores.database import Database
from server.use_cases import stages
from server.use_cases.publish import publish_pack
from tests.browser import quests
from tests.browser.machine import Machine
from tests.browser.phone import Phone
from tests.browser.walking import question

TRAIL = quests.trail().sheet.code
OLD_H = 73
MAKE_OLD = """async ([code, hours]) => {
  const opened = await new Promise((yes, no) => {
    const asked = indexedDB.open("rotfaste");
    asked.onsuccess = () => yes(asked.result);
    asked.onerror = () => no(asked.error);
  });
  const store = opened.transaction("kits", "readwrite").objectStore("kits");
  await new Promise((yes, no) => {
    const asked = store.get(code);
    asked.onerror = () => no(asked.error);
    asked.onsuccess = () => {
      const put = store.put({ ...asked.result, fetched_at: asked.result.fetched_at - hours * 3600 * 1000 });
      put.onsuccess = () => yes();
      put.onerror = () => no(put.error);
    };
  });
  opened.close();
}"""
CACHED = "caches.match({address}, {{ ignoreVary: true }}).then((one) => one !== undefined)"


def take_along(phone: Phone, code: str) -> None:
    phone.open(f"/q/{code}")
    phone.tap("app.taken.take")
    expect(phone.shows("app.taken.mark")).to_be_visible(timeout=60_000)


def open_anywhere(phone: Phone, most: int) -> list[str]:
    """Codes of short quests that can be begun right here and now."""
    asked = phone.context.request.get(
        f"{phone.address}/api/v1/offers?lon={quests.SHORE.lon}&lat={quests.SHORE.lat}&anywhere=60"
    )
    found = [one["quest"] for one in asked.json()["quests"] if one["distance_m"] is None and one["open"]]
    return [one["code"] for one in found if (one["minutes"] or 0) <= 20][:most]


def test_today_is_drawn_on_the_phone_where_there_is_no_network(new_phone: Callable[..., Phone]) -> None:
    phone = new_phone(settings={}, at=quests.SHORE)
    phone.open("/")
    phone.settled()
    codes = open_anywhere(phone, 2)
    for code in codes:
        take_along(phone, code)
    phone.context.set_offline(True)

    phone.open_by_tab("today")
    expect(phone.shows("app.today.on-phone")).to_be_visible()
    because = phone.shows("today.here.new")
    expect(because).to_be_visible()
    card = phone.page.locator("article a").first
    first = card.get_attribute("href")
    phone.tap("app.today.not-this")
    expect(card).not_to_have_attribute("href", first or "")
    second = card.get_attribute("href")
    phone.tap("app.today.not-this")
    expect(phone.shows("app.today.offline")).to_be_visible()

    assert {first, second} == {f"/q/{code}" for code in codes}
    phone.page.reload()  # another day begins with all of them, and it can be begun
    phone.tap("app.quest.begin")
    phone.page.wait_for_url("**/play/**")
    phone.context.set_offline(False)
    phone.sent()


def test_on_the_fell_an_old_kit_begins_nothing_and_leads_nowhere_and_what_is_done_there_counts(
    new_phone: Callable[..., Phone], machine: Machine
) -> None:
    pack = pack_at([destination(quests.SHORE, 300, 400)], 30, name="fell", seed=9)
    pack = replace(pack, sheet=msgspec.structs.replace(pack.sheet, setting=("fell",)))
    with closing(Database(machine.database_url, size=1)) as database:
        code = publish_pack(database, write_members(pack), media_type, datetime.now(UTC)).code
    phone = new_phone(settings={}, language="sv", at=quests.SHORE)
    take_along(phone, code)
    phone.settled()
    journey = phone.begin(code)
    way = phone.page.get_by_role("region", name=phone.says("app.play.way"))
    expect(way).to_be_visible()
    phone.sent()
    phone.context.set_offline(True)
    phone.page.evaluate(MAKE_OLD, [code, OLD_H])

    phone.open(f"/q/{code}")
    expect(phone.shows("app.quest.old-kit")).to_be_visible()
    expect(phone.button("app.quest.again")).to_be_disabled()
    phone.open(f"/play/{journey}")
    expect(phone.shows("app.play.ground.unknown")).to_be_visible()
    expect(way).to_be_hidden()
    phone.context.set_offline(False)
    expect(way).to_be_visible()  # with a network it knows again
    phone.context.set_offline(True)
    phone.page.evaluate(MAKE_OLD, [code, OLD_H])
    phone.page.reload()
    expect(phone.shows("app.play.ground.unknown")).to_be_visible()
    phone.stand(destination(quests.SHORE, 300, 400))
    expect(question(phone)).to_be_visible()

    assert [row["move"]["body"]["kind"] for row in phone.kept("moves")] == ["arrive"]
    phone.context.set_offline(False)
    phone.sent()
    assert {row["outcome"]["outcome"] for row in phone.kept("moves")} == {"accepted"}


def test_what_is_taken_along_brings_its_pictures_its_square_the_badges_and_the_reader(
    new_phone: Callable[..., Phone],
) -> None:
    phone = new_phone(settings={}, at=quests.SHORE)
    phone.open("/")
    phone.settled()
    take_along(phone, quests.EVERY_KIND)
    (kit,) = phone.kept("kits")
    badges = phone.context.request.get(f"{phone.address}/api/v1/badges").json()["badges"]
    wanted = [
        f"/q/{quests.EVERY_KIND}/qr.svg",
        *(f"/media/{medium['sha256']}" for medium in kit["kit"]["quest"]["media"]),
        *(f"{badge['picture']}?size=128" for badge in badges),
    ]

    assert len(wanted) > 10
    assert [one for one in wanted if not phone.page.evaluate(CACHED.format(address=repr(one)))] == []
    later = phone.page.evaluate(
        "caches.open('later').then((one) => one.keys()).then((all) => all.map(({ url }) => url))"
    )
    assert any(address.endswith(".wasm") for address in later)
    tiles = phone.page.evaluate(
        f"caches.open('taken {quests.EVERY_KIND}').then((one) => one.keys()).then((all) => all.length)"
    )
    assert tiles > 20


def test_a_scanned_link_opens_what_was_taken_along_and_an_unknown_code_is_kept_until_there_is_coverage(
    new_phone: Callable[..., Phone],
) -> None:
    phone = new_phone(settings={}, at=quests.SHORE)
    phone.open("/")
    phone.settled()
    take_along(phone, TRAIL)
    phone.context.set_offline(True)

    phone.open(f"/q/{TRAIL}#c=AAAAAAAAAAAAAAAAAAAAAA")
    expect(phone.button("app.quest.begin")).to_be_enabled()
    phone.open(f"/q/{quests.EVERY_KIND}")
    expect(phone.shows("app.quest.code-kept")).to_be_visible()
    phone.open("/scan")
    kept = phone.page.get_by_role("link", name=quests.EVERY_KIND)
    expect(kept).to_be_visible()
    phone.context.set_offline(False)
    phone.wait_until(lambda: quests.EVERY_KIND in {kit["code"] for kit in phone.kept("kits")})
    phone.context.set_offline(True)  # the coverage was short, and long enough
    phone.tap(kept)
    expect(phone.button("app.quest.begin")).to_be_enabled()
    phone.context.set_offline(False)
    phone.open("/scan")
    expect(phone.shows("app.scan.what")).to_be_visible()
    phone.wait_until(lambda: not phone.page.get_by_role("link", name=quests.EVERY_KIND).is_visible())


def test_a_stop_that_rests_is_said_and_gone_past_by_a_journey_under_way(
    new_phone: Callable[..., Phone], machine: Machine
) -> None:
    places = [destination(quests.SHORE, bearing, 300) for bearing in (100, 200)]
    pack = pack_at(places, 30, name="rests", seed=12)
    now = datetime.now(UTC)
    with closing(Database(machine.database_url, size=1)) as database:
        receipt = publish_pack(database, write_members(pack), media_type, now)
        phone = new_phone(settings={}, language="sv", at=quests.SHORE)
        take_along(phone, receipt.code)
        journey = phone.begin(receipt.code)
        phone.sent()
        with database.transaction() as connection:
            stages.keep_resting(connection, receipt.id, pack.sheet.stages[0].key, "not-safe", now)
    way = phone.page.get_by_role("region", name=phone.says("app.play.way"))
    expect(way).to_be_visible()
    phone.page.evaluate(MAKE_OLD, [receipt.code, 2])

    phone.open(f"/play/{journey}")
    expect(phone.shows("app.play.rests.not-safe")).to_be_visible()
    expect(way).to_be_hidden()
    phone.settled()
    phone.context.set_offline(True)  # learnt once, it is known out there too
    phone.page.reload()
    phone.tap("app.play.rests.on")

    expect(phone.shows("app.play.rests.not-safe")).to_be_hidden()
    phone.page.reload()
    expect(way).to_be_visible()  # to the next one
    phone.context.set_offline(False)
    phone.sent()
    phone.open(f"/q/{receipt.code}")
    expect(phone.shows("app.quest.rests")).to_be_visible()
    with closing(Database(machine.database_url, size=1)) as database:
        reports = database.private.read(
            "SELECT FROM game.stage_reports WHERE quest_id = %(id)s", {"id": receipt.id}
        )
    assert reports == []
