"""What is said of a place outside of any quest, over HTTP."""

import json
import uuid
from typing import Any

import pytest
from psycopg import connect

from server.app import Server
from server.stores.quests import Version
from tests.server.api.things import NOW, Phone, problem

PATH = "/api/v1/moves"


def feeling(phone: Phone, **changed: Any) -> dict[str, Any]:
    return {
        "v": 1,
        "id": str(uuid.uuid4()),
        "by": [phone.player],
        "device": phone.device,
        "made_at": NOW.isoformat(),
        "body": {"kind": "feel", "feeling": "welcome", "strength": 4},
        "fixes": [{"lon": 14.6, "lat": 63.2, "accuracy_m": 12.0, "at": NOW.isoformat()}],
        **changed,
    }


def told(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = json.loads(answer.data)["outcomes"]
    return found


def test_a_feeling_and_a_thought_are_accepted_anywhere(phone: Phone) -> None:
    thought = feeling(phone, body={"kind": "reflect", "text": "Här luktar det tjära."}, fixes=[])

    outcomes = told(phone.post(PATH, {"moves": [feeling(phone), thought]}))

    assert [(one["outcome"], one["code"]) for one in outcomes] == [("accepted", "done")] * 2


def test_a_repetition_is_a_duplicate_and_other_bytes_under_its_id_are_refused(phone: Phone) -> None:
    first = feeling(phone)
    other = {**first, "body": {"kind": "feel", "feeling": "lonely", "strength": 1}}
    phone.post(PATH, {"moves": [first]})

    again, changed = told(phone.post(PATH, {"moves": [first, other]}))

    assert (again["outcome"], again["first"]["outcome"]) == ("duplicate", "accepted")
    assert (changed["outcome"], changed["code"]) == ("refused", "id-reused")


def test_an_id_that_a_journey_has_is_taken(phone: Phone, trail: Version) -> None:
    journey = phone.begin(trail.quest)
    arrival = phone.arrival(trail.quest)
    phone.send(journey, [arrival])

    (outcome,) = told(phone.post(PATH, {"moves": [feeling(phone, id=arrival["id"])]}))

    assert outcome["code"] == "id-reused"


@pytest.mark.parametrize(
    "changed, pointer",
    [
        ({"body": {"kind": "feel", "feeling": "okay", "strength": 4}}, "/body/feeling"),
        ({"body": {"kind": "feel", "feeling": "calm", "strength": 6}}, "/body/strength"),
        ({"body": {"kind": "arrive"}}, "/body/kind"),
        ({"stage": "bridge"}, "/stage"),
        ({"by": ["6f9619ff-8b86-4d01-b42d-00cf4fc964ff"]}, "/by"),
    ],
)
def test_what_is_wrong_with_one_is_that_ones_outcome(
    phone: Phone, changed: dict[str, Any], pointer: str
) -> None:
    bad, good = told(phone.post(PATH, {"moves": [feeling(phone, **changed), feeling(phone)]}))

    assert (bad["outcome"], bad["pointer"]) == ("unreadable", pointer)
    assert good["outcome"] == "accepted"


def test_nobody_says_anything_without_a_token(phone: Phone) -> None:
    answer = phone.client.post(PATH, json={"moves": [feeling(phone)]})

    assert (answer.status_code, problem(answer)) == (401, "unknown-token")


def test_it_belongs_to_no_journey_and_goes_with_its_player(phone: Phone, server: Server) -> None:
    phone.post(PATH, {"moves": [feeling(phone)]})

    with connect(server.edge.settings.database_url) as connection:
        rows = connection.execute(
            "SELECT journey_id, judged -> 'facts' -> 0 ->> 'kind', judged::text FROM game.moves"
        ).fetchall()
    assert [(journey, kind) for journey, kind, _ in rows] == [(None, "feel")]
    assert "63.2" not in rows[0][2]


@pytest.mark.parametrize("made_at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_clock_at_either_end_of_time_is_heard(phone: Phone, made_at: str) -> None:
    outcomes = told(phone.post(PATH, {"moves": [feeling(phone, made_at=made_at), feeling(phone)]}))

    assert [one["outcome"] for one in outcomes] == ["accepted"] * 2
