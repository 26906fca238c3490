"""What is somebody's own: whoever else is signed in reaches none of it by its id.

The table of rights has no acts for it, so that no cell of it would find a route that forgets to ask whose a thing is.
"""

import uuid
from dataclasses import dataclass
from typing import Any

import pytest

from server.app import Server
from server.policy import POLICY, Door
from server.stores import accounts
from tests.server.api.people import Browser, add_passkey
from tests.server.api.things import NOW, Phone, problem

SIGNED_IN = {Door.PERSON, Door.PERSON_AND_DEVICE}
#: A door through which everybody goes to things that are nobody's own.
EVERYBODYS = {
    "PUT /api/v1/trails/<trail_id>/stages/<stage>/adoption",
    "POST /api/v1/account/providers/<key>",
    "DELETE /api/v1/cases/<case_id>/look",  # ends one's own alone: test_looking.py
}
PLACE = {
    "kind": "place",
    "name": "Källan",
    "words": "Kallt vatten.",
    "language": "sv",
    "at": {"lon": 14.63, "lat": 63.17},
}
BODY = {"kind": "association", "name": "Byalaget", "municipality": "2309", "phone": "0640-1", "about": {}}
HASH = {"token_sha256": "0" * 64}
#: By route: what is sent, and what whoever it does not belong to is told.
SAYS: dict[str, tuple[dict[str, Any] | None, str]] = {
    "DELETE /api/v1/account/passkeys/<credential>": (None, "unknown-passkey"),
    "DELETE /api/v1/account/identities/<identity>": (None, "unknown-identity"),
    "DELETE /api/v1/account/sessions/<session_id>": (None, "unknown-session"),
    "DELETE /api/v1/account/players/<player_id>": (None, "unknown-player"),
    "PUT /api/v1/account/players/<player_id>/devices/<device_id>": (HASH, "unknown-player"),
    "DELETE /api/v1/account/players/<player_id>/devices/<device_id>": (None, "unknown-player"),
    "PUT /api/v1/bodies/<body_id>": (BODY, "body-differs"),
    "PUT /api/v1/proposals/<proposal_id>": (PLACE, "proposal-taken"),
    "DELETE /api/v1/proposals/<proposal_id>": (None, "unknown-proposal"),
}


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody who has one of everything. `names`: what stands in paths for it."""

    browser: Browser
    names: dict[str, str]

    def everything(self) -> dict[str, object]:
        return self.browser.see() | {
            "proposals": self.browser.get("/proposals").get_json(),
            "body": self.browser.get(f"/bodies/{self.names['<body_id>']}").get_json(),
        }


@pytest.fixture
def owner(server: Server) -> Owner:
    browser, phone = Browser(server).sign_in(), Phone(server.test_client()).registered()
    add_passkey(browser)
    assert browser.put("/account/player", Authorization=phone.bearer).status_code == 204
    body, proposal = str(uuid.uuid4()), str(uuid.uuid4())
    answer = browser.put(f"/bodies/{body}", BODY)
    assert answer.status_code == 200, answer.text
    answer = browser.put(f"/proposals/{proposal}", PLACE)
    assert answer.status_code == 200, answer.text
    with server.edge.database.transaction() as connection:
        accounts.add_identity(connection, "https://id.example.se", "asa", browser.account, NOW)
    shown = browser.see()
    return Owner(
        browser,
        {
            "<credential>": shown["passkeys"][0]["id"],
            "<identity>": shown["providers"][0]["id"],
            "<session_id>": shown["sessions"][0]["id"],
            "<player_id>": phone.player,
            "<device_id>": phone.device,
            "<body_id>": body,
            "<proposal_id>": proposal,
        },
    )


def test_every_route_to_things_of_ones_own_is_tried() -> None:
    named = {
        route for route, row in POLICY.items() if row.door in SIGNED_IN and row.act is None and "<" in route
    }

    assert named == {*SAYS, *EVERYBODYS}


@pytest.mark.parametrize("route", SAYS)
def test_nobody_reaches_what_is_anothers(server: Server, owner: Owner, route: str) -> None:
    other = Browser(server).sign_in()
    add_passkey(other)
    before = owner.everything()
    method, _, path = route.partition(" /api/v1")
    for name, own in owner.names.items():
        path = path.replace(name, own)
    sent, says = SAYS[route]

    assert problem(other.ask(method, path, sent)) == says
    assert owner.everything() == before
