"""The inbox, as whoever looks into it sees it."""

from typing import Any

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
