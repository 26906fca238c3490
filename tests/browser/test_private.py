"""What is left of somebody: on a shared phone nothing, and in addresses and logs not where they stood."""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import psycopg
from playwright.sync_api import expect

from geo.positions import destination
from tests.browser import quests
from tests.browser.machine import Machine
from tests.browser.phone import Phone
from tests.media.hostile import photo, saved

TRAIL = quests.trail().sheet.code
BEFORE = destination(quests.SHORE, 180, 90)

#: Everything that a page of ours can keep on a phone.
EVERYTHING = """async () => {
  const found = { local: { ...localStorage }, session: { ...sessionStorage }, cookies: document.cookie, state: history.state };
  found.databases = {};
  for (const { name } of await indexedDB.databases()) {
    const opened = await new Promise((yes, no) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => yes(asked.result);
      asked.onerror = () => no(asked.error);
    });
    const stores = (found.databases[name] = {});
    for (const store of opened.objectStoreNames) {
      stores[store] = await new Promise((yes, no) => {
        const asked = opened.transaction(store).objectStore(store).getAll();
        asked.onsuccess = () => yes(JSON.parse(JSON.stringify(asked.result)));
        asked.onerror = () => no(asked.error);
      });
    }
    opened.close();
  }
  found.caches = {};
  for (const name of await caches.keys())
    found.caches[name] = (await (await caches.open(name)).keys()).map((one) => one.url);
  return found;
}"""


def everything(phone: Phone) -> dict[str, Any]:
    found: dict[str, Any] = phone.page.evaluate(EVERYTHING)
    return found


def shared_phone(new_phone: Callable[..., Phone]) -> Phone:
    phone = new_phone(at=BEFORE)
    wishes = {"languages": ["en"], "age": "grown", "position": "wanted"}
    phone.context.add_init_script(
        "if (!localStorage.getItem('begun')) {"
        "  localStorage.setItem('begun', '1'); localStorage.setItem('rotfaste.is-shared', '1');"
        f"  localStorage.setItem('rotfaste-shared.settings', JSON.stringify({json.dumps(wishes)})); }}"
    )
    return phone


def feel(phone: Phone) -> None:
    phone.page.get_by_role("button", name=phone.says("feeling.proud")).tap()
    phone.page.get_by_role("group").get_by_role("button").nth(2).tap()
    expect(phone.button("app.feeling.done")).to_be_visible()


def use(phone: Phone) -> str:
    """Somebody plays, says how a place feels, looks at the map and takes a quest along. The journey's id."""
    phone.settled()
    journey = phone.begin(TRAIL)
    phone.open(f"/q/{quests.EVERY_KIND}")
    phone.tap("app.taken.take")
    expect(phone.shows("app.taken.mark")).to_be_visible(timeout=60_000)
    phone.open("/feeling")
    feel(phone)
    phone.open("/map")
    phone.at_rest()
    return journey


def test_of_whoever_is_done_nothing_is_left_on_a_shared_phone(new_phone: Callable[..., Phone]) -> None:
    phone = shared_phone(new_phone)
    phone.open()
    journey = use(phone)
    (identity,) = (row["value"] for row in phone.kept("notes", "rotfaste-shared") if row["key"] == "identity")
    before = everything(phone)
    assert before["databases"]["rotfaste-shared"]["places"]
    assert (
        any(TRAIL in url for name, urls in before["caches"].items() for url in urls)
        or "seen" in before["caches"]
    )

    other = phone.new_page()
    other.goto("/mine")
    expect(other.locator("h1").first).to_be_visible()
    phone.page.bring_to_front()

    phone.tap("app.shared.done")
    phone.page.wait_for_url(phone.address + "/")
    other.wait_for_url(phone.address + "/")
    for page in (phone.page, other):
        expect(page.get_by_role("navigation")).to_have_count(
            0
        )  # the first start, where one chooses a language
        expect(page.locator("h1").first).to_be_visible()

    after = everything(phone)
    written = json.dumps(after)
    for secret in (
        identity["player"],
        identity["device"],
        identity["token"],
        journey,
        TRAIL,
        quests.EVERY_KIND,
    ):
        assert secret not in written
    assert re.search(r"63\.\d\d", written) is None
    assert {key for key in after["local"] if key not in {"begun", "rotfaste.is-shared"}} <= {
        "rotfaste-shared.touched"
    }
    assert after["session"] == {}
    assert after["cookies"] == ""
    assert {name.partition("-precache")[0] for name in after["caches"]} <= {"workbox", "later"}
    assert all(
        "/media/" not in url and "/tiles/" not in url for urls in after["caches"].values() for url in urls
    )
    kept = after["databases"].get("rotfaste-shared", {})
    assert not any(rows for store, rows in kept.items() if store not in {"notes", "remembered"})


def test_no_address_and_no_line_of_the_log_says_where_somebody_stands(
    new_phone: Callable[..., Phone], machine: Machine
) -> None:
    phone = new_phone(settings={}, at=BEFORE)
    asked: list[str] = []
    referrers: list[str] = []
    phone.page.on("request", lambda one: asked.append(unquote(one.url)))
    phone.page.on("request", lambda one: referrers.append(one.headers.get("referer", "")))
    for path in ("/", "/find", "/feeling"):
        phone.open(path)
        phone.at_rest()
    feel(phone)
    phone.begin(TRAIL)
    phone.at_rest()

    near = [url for url in asked if "lon=" in url]
    assert near, asked
    for url in near:
        for number in re.findall(r"(?:lon|lat)=([\d.]+)", url):
            assert len(number.partition(".")[2]) <= 3, url
    exactly = re.compile(rf"{BEFORE.lat:.5f}"[:-1] + "|" + rf"{BEFORE.lon:.5f}"[:-1])
    assert not [url for url in asked if exactly.search(url)]
    assert {one for one in referrers if one} == set()


def test_somebodys_own_picture_is_kept_in_no_cache_of_the_app(
    new_phone: Callable[..., Phone], machine: Machine
) -> None:
    phone = new_phone(settings={})
    phone.begin(TRAIL)
    phone.settled()
    phone.page.reload()  # from here on the service worker answers
    phone.wait_until(lambda: any(row["value"].get("registered") for row in identities(phone)))
    (row,) = identities(phone)
    who = row["value"]
    medium, content, sha256 = str(uuid4()), str(uuid4()), uuid4().hex * 2
    shown = machine.settings.media_folder / "players" / who["player"] / content / "320.webp"
    shown.parent.mkdir(parents=True)
    shown.write_bytes(saved(photo(32, 24), "WEBP"))
    file = {
        "name": "320.webp",
        "type": "image/webp",
        "bytes": shown.stat().st_size,
        "width": 32,
        "height": 24,
    }
    with psycopg.connect(machine.database_url) as connection:
        connection.execute(
            "INSERT INTO game.media_contents (player_id, sha256, id, type, bytes, received, pieces, state, made,"
            " touched_at, tries) VALUES (%s, %s, %s, 'image/webp', 9, 9, 1, 'ready', %s, now(), 0)",
            [who["player"], sha256, content, json.dumps({"files": [file]})],
        )
        connection.execute(
            "INSERT INTO game.media (player_id, id, sha256, created_at) VALUES (%s, %s, %s, now())",
            [who["player"], medium, sha256],
        )

    fetched = phone.page.evaluate(
        """async ([medium, token]) => {
          const told = await (await fetch(`/api/v1/media/${medium}`, { headers: { Authorization: `Bearer ${token}` } })).json();
          const picture = await fetch(told.files[0].url);
          const tile = await fetch("/tiles/municipalities/5/17/8.mvt");
          await new Promise((next) => setTimeout(next, 500));
          return [told.files[0].url, picture.status, (await picture.blob()).size, tile.status];
        }""",
        [medium, f"{who['player']}.{who['token']}"],
    )

    assert fetched[1:] == [200, file["bytes"], 200]
    assert "/media/private/" in fetched[0]
    kept = [url for urls in everything(phone)["caches"].values() for url in urls]
    assert any("/tiles/municipalities/5/17/8" in url for url in kept)
    assert [url for url in kept if "private" in url or content in url or "/api/v1/me" in url] == []


def identities(phone: Phone) -> list[Any]:
    return [row for row in phone.kept("notes") if row["key"] == "identity"]
