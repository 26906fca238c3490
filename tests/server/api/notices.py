"""Giving notice of a public thing, and a moderator who decides on the one case that there is."""

from typing import Any

from flask.testing import FlaskClient

from server.app import Server
from tests.server.api.people import Browser, person

ADA = {"name": "Ada", "address": "ada@example.se", "good_faith": True}
SPAM = {"reason_code": "spam", "words": "Det är reklam för en butik."}
CHILD = {"reason_code": "child", "words": "Barn kan fara illa här.", "good_faith": True}


def give(client: FlaskClient, what: str, which: str, /, **said: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/notices", json={"what": what, "id": which, **said})
    assert answer.status_code == 201, answer.text
    given: dict[str, Any] = answer.get_json()
    return given


def look(client: FlaskClient, receipt: dict[str, Any]) -> dict[str, Any]:
    headers = {"Notice-Code": receipt["code"]}
    found: dict[str, Any] = client.get(f"/api/v1/notices/{receipt['id']}", headers=headers).get_json()
    return found


def moderator(server: Server, name: str = "Moa") -> Browser:
    return person(server, how="passkey", name=name, moderator="")


def decide(browser: Browser, decision: str, words: str = "Vi har tittat.", **more: str) -> str:
    """The id of the one case that there is, decided."""
    (one,) = browser.get("/cases").get_json()["cases"]
    sent = {"decision": decision, "words": words, **more}
    answer = browser.post(f"/cases/{one['id']}/decision", sent)
    assert answer.status_code == 200, answer.text
    return str(one["id"])


def deeds(server: Server, what: str) -> int:
    rows = server.edge.database.private.read(
        "SELECT count(*) FROM people.deeds WHERE what = %(what)s", {"what": what}
    )
    return int(rows[0][0])
