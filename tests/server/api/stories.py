"""Stories, as people tell them."""

import uuid
from typing import Any

from werkzeug.test import TestResponse

from server.app import Server
from tests.media.hostile import photo, saved
from tests.server.api.notices import moderator
from tests.server.api.people import Browser

STORY: dict[str, Any] = {
    "title": "Hur jag hittade fallet",
    "words": "Jag hörde det innan jag såg det.\nSedan gick jag dit varje söndag.",
    "language": "sv",
    "by": "Amina",
    "municipality": "2309",
    "picture_alt": "Ett fall mellan granar, i snö.",
}
PICTURE = saved(photo(64, 48), "PNG")


def told(browser: Browser, **changed: Any) -> str:
    """The id of a draft."""
    story = str(uuid.uuid4())
    answer = browser.put(f"/stories/{story}", {**STORY, **changed})
    assert answer.status_code == 200, answer.text
    return story


def see(browser: Browser, story: str) -> dict[str, Any]:
    """As its maker sees it."""
    found: list[dict[str, Any]] = browser.get("/stories").get_json()["stories"]
    return next(one for one in found if one["id"] == story)


def change(browser: Browser, story: str, version: int | None = None, **changed: Any) -> TestResponse:
    version = see(browser, story)["version"] if version is None else version
    return browser.put(f"/stories/{story}", {**STORY, **changed}, If_Match=f'"{version}"')


def send(browser: Browser, story: str, picture: bytes = PICTURE) -> TestResponse:
    return browser.put(f"/stories/{story}/picture", picture, Content_Type="application/octet-stream")


def step(browser: Browser, story: str, name: str, version: int | None = None) -> TestResponse:
    """`name`: as the address ends; asking with consent."""
    version = see(browser, story)["version"] if version is None else version
    body = {"consent": True} if name == "asking" else None
    return browser.post(f"/stories/{story}/{name}", body, If_Match=f'"{version}"')


def asked(browser: Browser, **changed: Any) -> str:
    story = told(browser, **changed)
    assert step(browser, story, "asking").status_code == 200
    return story


def case_of(browser: Browser, story: str) -> dict[str, Any]:
    """The case about a story, whole, as who looks sees it."""
    (case,) = [one for one in browser.get("/cases").get_json()["cases"] if story in one["subject"]]
    found: dict[str, Any] = browser.get(f"/cases/{case['id']}").get_json()
    return found


def decided(browser: Browser, story: str, decision: str, words: str = "") -> TestResponse:
    case = case_of(browser, story)
    return browser.post(f"/cases/{case['id']}/decision", {"decision": decision, "words": words})


def published(server: Server, maker: Browser, *, picture: bool = False, **changed: Any) -> str:
    story = told(maker, **changed)
    if picture:
        assert send(maker, story).status_code == 200
    assert step(maker, story, "asking").status_code == 200
    answer = decided(moderator(server), story, "publish")
    assert answer.status_code == 200, answer.text
    return story


def public(server: Server, **query: str) -> list[dict[str, Any]]:
    answer = server.test_client().get("/api/v1/told-stories", query_string=query or {"municipality": "2309"})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()["stories"]
    return found
