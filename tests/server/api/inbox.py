"""The inbox, as whoever looks into it sees it."""

from typing import Any

from server.app import Server
from tests.server.api.people import Browser


def inbox(browser: Browser) -> list[dict[str, Any]]:
    answer = browser.get("/cases")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()["cases"]
    return found


def decide(browser: Browser, kind: str, decision: str, words: str = "") -> Any:
    """What is answered to a decision on the one case of that kind."""
    (case,) = [one for one in inbox(browser) if one["kind"] == kind]
    return browser.post(f"/cases/{case['id']}/decision", {"decision": decision, "words": words})


def mailed_to(server: Server, address: str) -> list[str]:
    rows = server.edge.database.private.read(
        "SELECT subject || chr(10) || body FROM people.mails WHERE address = %(to)s ORDER BY id",
        {"to": address},
    )
    return [row[0] for row in rows]
