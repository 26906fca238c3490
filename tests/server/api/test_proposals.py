"""Proposals: who plays becomes who gives, and the places that people name are seen by those who answer alone."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from server.app import Server
from server.use_cases import mails
from tests.server.api.inbox import decide, inbox
from tests.server.api.people import Browser, make_body, older, person, put_into
from tests.server.api.rights.trails import put_down, put_out
from tests.server.api.things import problem
from tests.server.api.trails import case_code, trusted

PLACE: dict[str, Any] = {
    "kind": "place",
    "name": "Källan bakom kyrkan",
    "words": "Kallt vatten hela sommaren.\nStå stilla och lyssna.",
    "language": "sv",
    "at": {"lon": 14.63211, "lat": 63.17892},
}


def proposed(browser: Browser, **changed: Any) -> str:
    proposal = str(uuid.uuid4())
    answer = browser.put(f"/proposals/{proposal}", {**PLACE, **changed})
    assert answer.status_code == 200, answer.text
    return proposal


def test_a_place_is_taken_up_by_an_association_and_its_maker_writes_along(server: Server) -> None:
    newcomer, (body, editor) = person(server, name="Amina"), trusted(server, "editor")
    proposed(newcomer, joins=True)

    assert decide(editor, "place", "take-up").status_code == 200

    (mine,) = newcomer.get("/proposals").get_json()["proposals"]
    assert mine["state"] == "taken-up"
    assert [(one["body"], one["role"]) for one in newcomer.see()["bodies"]] == [(body.id, "author")]


def test_who_is_in_the_association_already_keeps_the_role(server: Server) -> None:
    body, editor = trusted(server, "editor")
    owner = put_into(server, body, person(server), "owner")
    proposed(owner, joins=True)

    assert decide(editor, "place", "take-up").status_code == 200

    assert [one["role"] for one in owner.see()["bodies"]] == ["owner"]


def test_who_did_not_wish_to_write_along_is_taken_in_nowhere(server: Server) -> None:
    newcomer, (_, editor) = person(server), trusted(server, "editor")
    proposed(newcomer)
    decide(editor, "place", "take-up")

    assert newcomer.see()["bodies"] == []


def test_a_stage_for_a_trail_is_answered_by_its_body_alone(server: Server) -> None:
    body = make_body(server)
    trail_id = put_down(server, body, "published")
    owner, newcomer = put_into(server, body, person(server), "owner"), person(server)
    author, (_, elsewhere) = put_into(server, body, person(server), "author"), trusted(server)
    guide = person(server, how="passkey", guide="2309")

    proposed(newcomer, kind="stage", quest=case_code(server, trail_id))

    assert [inbox(one) for one in (author, elsewhere, guide)] == [[], [], []]
    (case,) = inbox(owner)
    card = owner.get(f"/cases/{case['id']}")
    assert "Kallt vatten" in card.text
    assert "63.17892, 14.63211" in card.text
    assert card.get_json()["at"] == PLACE["at"]
    assert problem(decide(owner, "proposal", "decline")) == "reason-missing"
    assert decide(owner, "proposal", "decline", "Tack. Vi har redan en där.").status_code == 200
    assert newcomer.get("/proposals").get_json()["proposals"][0]["state"] == "declined"


def test_the_place_stands_in_no_case_no_log_and_no_answer_but_to_who_decides(server: Server) -> None:
    newcomer, (_, editor) = person(server), trusted(server)
    proposed(newcomer)
    decide(editor, "place", "take-up")

    kept = server.edge.database.private.read(
        "SELECT (SELECT json_agg(c)::text FROM people.cases c) || (SELECT json_agg(d)::text FROM people.deeds d)"
        " || (SELECT json_agg(m)::text FROM people.mails m)"
    )
    assert "63.17" not in str(kept)
    assert "63.17" not in newcomer.get("/proposals").text


def test_it_is_forgotten_90_days_after_the_answer_and_after_a_year(server: Server) -> None:
    newcomer, (_, editor) = person(server), trusted(server)
    answered, waiting = proposed(newcomer), None
    decide(editor, "place", "take-up")
    waiting = proposed(newcomer)
    older(server, "proposals", "decided_at", timedelta(days=91))
    mails.forget(server.edge.database, datetime.now(UTC))
    assert [one["id"] for one in newcomer.get("/proposals").get_json()["proposals"]] == [waiting]
    assert answered != waiting

    older(server, "proposals", "made_at", timedelta(days=366))
    mails.forget(server.edge.database, datetime.now(UTC))
    assert newcomer.get("/proposals").get_json()["proposals"] == []


def test_it_is_taken_back_by_who_made_it_alone(server: Server) -> None:
    newcomer, other, (_, editor) = person(server), person(server), trusted(server)
    proposal = proposed(newcomer)

    assert problem(other.delete(f"/proposals/{proposal}")) == "unknown-proposal"
    assert problem(other.put(f"/proposals/{proposal}", PLACE)) == "proposal-taken"
    assert newcomer.delete(f"/proposals/{proposal}").status_code == 204
    assert inbox(editor) == []


def test_sent_twice_it_is_one_and_nobody_floods_others(server: Server) -> None:
    newcomer = person(server)
    proposal = proposed(newcomer)
    assert (
        newcomer.put(f"/proposals/{proposal}", {**PLACE, "name": "Annat"}).get_json()["name"]
        == (PLACE["name"])
    )
    for _ in range(9):
        proposed(newcomer)

    assert problem(newcomer.put(f"/proposals/{uuid.uuid4()}", PLACE)) == "proposals-full"


def test_nobody_answers_their_own_by_a_field(server: Server) -> None:
    for field, value in {"state": "taken-up", "account": "x", "decided_at": None}.items():
        answer = person(server).put(f"/proposals/{uuid.uuid4()}", {**PLACE, field: value})
        assert problem(answer) == "invalid-body"


def test_who_adopts_a_stage_looks_after_it_when_its_body_says_yes(server: Server) -> None:
    body = make_body(server)
    trail_id = put_down(server, body, "published")
    owner, newcomer = put_into(server, body, person(server), "owner"), person(server, name="Amina")
    path = f"/trails/{trail_id}/stages/one/adoption"

    asked = newcomer.put(path)
    assert (asked.status_code, asked.get_json()["kind"]) == (200, "adoption")
    assert [one["title"] for one in newcomer.get("/proposals").get_json()["proposals"]] == ["Ett"]
    assert newcomer.put(path).get_json()["id"] == asked.get_json()["id"]
    assert problem(newcomer.put(f"/trails/{trail_id}/stages/nowhere/adoption")) == "unknown-stage"
    (case,) = inbox(owner)
    assert case["title"] == "Ett"
    assert decide(owner, "proposal", "take-up").status_code == 200

    stewards = owner.get(f"/trails/{trail_id}/stages/one/stewards").get_json()["stewards"]
    assert [one["name"] for one in stewards] == ["Amina"]


def test_a_stage_of_a_trail_that_is_nobodys_is_given_by_the_guide(server: Server) -> None:
    trail_id = str(uuid.uuid4())
    put_out(server, trail_id, "published")
    newcomer, guide = person(server), person(server, how="passkey", guide="2309")

    assert newcomer.put(f"/trails/{trail_id}/stages/one/adoption").status_code == 200

    assert inbox(person(server, how="passkey", guide="2380")) == []
    assert decide(guide, "place", "take-up").status_code == 200
