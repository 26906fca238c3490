"""Journeys and moves over HTTP."""

import json
import uuid

import pytest
from flask.testing import FlaskClient

from geo.positions import Position
from server.app import Server
from server.stores.quests import Version
from tests.server.api.things import (
    NOW,
    PRINTED,
    SQUARE,
    Phone,
    make_generic,
    make_tips,
    make_trail,
    outcomes,
    pointers,
    problem,
    publish_all,
)


def test_a_journey_is_new_once_and_a_repetition_has_the_same_body(phone: Phone, trail: Version) -> None:
    path = f"/api/v1/journeys/{uuid.uuid4()}"
    body = phone.beginning(trail.quest)

    first, again = phone.put(path, body), phone.put(path, body)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.data == again.data
    assert json.loads(first.data)["quest"] == trail.quest.id


def test_a_repetition_after_moves_has_still_the_same_body(phone: Phone, trail: Version) -> None:
    path = f"/api/v1/journeys/{uuid.uuid4()}"
    first = phone.put(path, phone.beginning(trail.quest))
    phone.send(path.rpartition("/")[2], [phone.arrival(trail.quest)])

    assert phone.put(path, phone.beginning(trail.quest)).data == first.data


def test_a_journey_is_begun_with_the_quests_id_as_well(phone: Phone, trail: Version) -> None:
    assert phone.begin(trail.quest, quest=trail.quest.id)


def test_the_same_journey_with_other_content_is_refused(phone: Phone, trail: Version) -> None:
    journey = phone.begin(trail.quest)
    later = phone.beginning(trail.quest, started_at="2026-01-01T12:00:00Z")

    answer = phone.put(f"/api/v1/journeys/{journey}", later)

    assert (answer.status_code, problem(answer)) == (409, "journey-differs")


@pytest.mark.parametrize(
    "changed, status, code, pointer",
    [
        ({"quest": "JH22222"}, 404, "unknown-quest-version", "/quest"),
        ({"quest_version": "f" * 64}, 404, "unknown-quest-version", "/quest_version"),
        ({"players": [str(uuid.UUID(int=7))]}, 422, "owner-missing", "/players"),
        ({"players": []}, 400, "invalid-body", "/players"),
        ({"started_at": "yesterday"}, 400, "invalid-body", "/started_at"),
        ({"started_at": "2026-01-01T12:00:00"}, 400, "invalid-body", "/started_at"),
        ({"started_at": "0001-01-01T00:00:00+14:00"}, 422, "bad-moment", "/started_at"),
        ({"quest": 7}, 400, "invalid-body", "/quest"),
        ({"name": "our first"}, 400, "invalid-body", "/name"),
    ],
)
def test_what_does_not_fit_is_named(
    phone: Phone, trail: Version, changed: dict[str, object], status: int, code: str, pointer: str
) -> None:
    answer = phone.put(f"/api/v1/journeys/{uuid.uuid4()}", phone.beginning(trail.quest, **changed))

    assert (answer.status_code, problem(answer), pointers(answer)) == (status, code, [pointer])


def test_a_trail_is_played_to_its_end(phone: Phone, trail: Version) -> None:
    journey = phone.begin(trail.quest)
    far = Position(SQUARE.lon, SQUARE.lat + 0.01)

    heard = phone.send(
        journey,
        [
            phone.arrival(trail.quest, at=far),
            phone.arrival(trail.quest),
            phone.answer(trail.quest, "åtta"),
            phone.answer(trail.quest, " Sju "),
            phone.move(trail.quest, "den", "post", {"kind": "scan", "code": PRINTED}),
        ],
    )

    told = json.loads(heard.data)
    assert outcomes(heard) == [
        ("missed", "too-far"),
        ("accepted", "done"),
        ("missed", "wrong-answer"),
        ("accepted", "done"),
        ("accepted", "done"),
    ]
    assert [one["index"] for one in told["outcomes"]] == [0, 1, 2, 3, 4]
    assert told["outcomes"][0]["details"]["away_m"] == pytest.approx(1114 - 30, abs=2)
    assert told["outcomes"][1]["trust"] >= 2
    assert all(one["message"] for one in told["outcomes"])
    assert told["journey"]["finished"] is True
    assert [stage["state"] for stage in told["journey"]["stages"]] == ["satisfied", "satisfied"]


def test_a_hidden_stage_is_not_told_before_it_opens(phone: Phone, trail: Version) -> None:
    journey = phone.begin(trail.quest)

    before = phone.send(journey, [])
    after = phone.send(journey, [phone.arrival(trail.quest), phone.answer(trail.quest)])

    assert outcomes(before) == []
    assert "spruce" not in before.text
    assert "spruce" in after.text
    assert json.loads(before.data)["journey"]["stages_in_all"] == 2


def test_a_lost_answer_costs_nothing(phone: Phone, trail: Version) -> None:
    journey = phone.begin(trail.quest)
    batch = [phone.arrival(trail.quest), phone.answer(trail.quest, "åtta")]

    first, again = phone.send(journey, batch), phone.send(journey, batch)

    assert outcomes(again) == [("duplicate", "done"), ("duplicate", "wrong-answer")]
    stood = [one["first"] for one in json.loads(again.data)["outcomes"]]
    assert stood == json.loads(first.data)["outcomes"]
    assert json.loads(again.data)["journey"] == json.loads(first.data)["journey"]


def test_the_same_id_with_other_bytes_is_refused_and_the_first_stands(phone: Phone, trail: Version) -> None:
    journey, other = phone.begin(trail.quest), phone.begin(trail.quest)
    first = phone.answer(trail.quest)
    phone.send(journey, [first])
    changed = {**first, "body": {"kind": "answer", "text": "åtta"}}
    fresh = phone.answer(trail.quest)

    here = phone.send(journey, [changed, first, fresh, {**fresh, "seq": 99}, fresh])
    elsewhere = phone.send(other, [first])

    assert outcomes(here) == [
        ("refused", "id-reused"),
        ("duplicate", "done"),
        ("accepted", "done"),
        ("refused", "id-reused"),
        ("duplicate", "done"),
    ]
    assert outcomes(elsewhere) == [("refused", "id-reused")]


def test_order_of_names_and_spelling_of_numbers_are_no_other_bytes(phone: Phone, trail: Version) -> None:
    journey = phone.begin(trail.quest)
    move = phone.answer(trail.quest)
    phone.send(journey, [move])

    again = phone.send_bytes(
        journey, json.dumps({"moves": [dict(reversed(move.items()))]}, indent=3).encode()
    )

    assert outcomes(again) == [("duplicate", "done")]


def test_a_row_is_handed_in_and_scored(server: Server, phone: Phone) -> None:
    tips = make_tips()
    publish_all(server, tips)
    journey = phone.begin(tips.quest)
    row = {"kind": "hand-in", "row": {"q1": "x"}, "tie_break": 10}

    marked = phone.send(journey, [phone.move(tips.quest, "q1", "mark", {"kind": "choice", "option": "1"})])
    handed_in = phone.send(journey, [phone.move(tips.quest, None, None, row)])

    assert outcomes(marked) == [("accepted", "kept")]
    assert json.loads(marked.data)["journey"]["score"] is None
    score = json.loads(handed_in.data)["journey"]["score"]
    assert (score["right"], score["of"], score["tie_break_off_by"]) == (1, 1, 2)


def test_somebody_elses_journey_is_not_there(client: FlaskClient, phone: Phone, trail: Version) -> None:
    journey = phone.begin(trail.quest)
    other = Phone(client).registered()

    theirs = other.send(journey, [other.arrival(trail.quest)])
    nobodys = other.send(str(uuid.uuid4()), [])

    assert (theirs.status_code, problem(theirs)) == (404, "unknown-journey")
    assert theirs.json is not None
    assert nobodys.json is not None
    assert {**theirs.json, "instance": ""} == {**nobodys.json, "instance": ""}


def test_own_journeys_are_listed_newest_first_and_nobody_elses(
    client: FlaskClient, phone: Phone, trail: Version
) -> None:
    begun = [phone.begin(trail.quest, started_at=f"2026-03-0{day}T10:00:00Z") for day in (1, 3, 2)]
    Phone(client).registered().begin(trail.quest)

    first = phone.get("/api/v1/journeys?limit=2").json
    assert first is not None
    rest = phone.get(f"/api/v1/journeys?limit=2&after={first['after']}").json
    assert rest is not None

    listed = [one["journey"]["id"] for one in (*first["journeys"], *rest["journeys"])]
    assert listed == [begun[1], begun[2], begun[0]]
    assert rest["after"] is None
    assert first["journeys"][0]["view"]["title"].startswith("Over the bridge")


def test_texts_come_in_the_language_asked_for(phone: Phone, trail: Version) -> None:
    journey = phone.begin(trail.quest)
    move = phone.arrival(trail.quest, at=Position(SQUARE.lon, SQUARE.lat + 0.01))

    swedish = phone.send(journey, [move], "?lang=sv")
    english = phone.client.post(
        f"/api/v1/journeys/{journey}/moves",
        json={"moves": [move]},
        headers={**phone.headers, "Accept-Language": "uk, en;q=0.5"},
    )

    assert swedish.headers["Content-Language"] == "sv"
    assert english.headers["Content-Language"] == "en"
    said = [json.loads(answer.data)["outcomes"][0]["message"] for answer in (swedish, english)]
    assert said[0] != said[1]


def test_a_stage_that_cannot_be_done_is_passed_and_reported_without_a_name(
    server: Server, phone: Phone, trail: Version
) -> None:
    journey = phone.begin(trail.quest)
    blocked = phone.move(
        trail.quest, "bridge", None, {"kind": "blocked", "reason": "closed", "note": "Bron är avspärrad."}
    )

    heard = phone.send(journey, [blocked])

    assert outcomes(heard) == [("accepted", "passed")]
    rows = server.edge.database.private.read("SELECT to_jsonb(r)::text FROM game.stage_reports r")
    assert len(rows) == 1
    assert "avsp" in rows[0][0]
    assert phone.player not in rows[0][0]


def test_a_full_journey_keeps_nothing_of_the_batch(
    server: Server, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.use_cases.journeys.MOVES_IN_A_JOURNEY", 3)
    quest = make_generic()
    publish_all(server, quest)
    journey = phone.begin(quest.quest)
    moves = [phone.move(quest.quest, "sound", "hear", {"kind": "answer", "text": "snö"}) for _ in range(4)]

    full = phone.send(journey, moves)

    assert (full.status_code, problem(full)) == (429, "journey-full")
    assert int(full.headers["Retry-After"]) > 0
    assert outcomes(phone.send(journey, moves[:3])) == [("accepted", "done")] * 3
    assert outcomes(phone.send(journey, moves[:3])) == [("duplicate", "done")] * 3


def test_a_device_that_has_sent_enough_for_a_day_is_told_when_to_go_on(
    server: Server, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.use_cases.hearing.MOVES_OF_A_DEVICE_IN_A_DAY", 2)
    quest = make_generic()
    publish_all(server, quest)
    journey = phone.begin(quest.quest)
    moves = [phone.move(quest.quest, "sound", "hear", {"kind": "answer", "text": "snö"}) for _ in range(3)]

    tired = phone.send(journey, moves)

    assert (tired.status_code, problem(tired)) == (429, "device-tired")
    assert 0 < int(tired.headers["Retry-After"]) <= 25 * 3600
    assert outcomes(phone.send(journey, moves[:2])) == [("accepted", "done")] * 2


def test_a_move_for_another_version_is_refused(server: Server, phone: Phone, trail: Version) -> None:
    journey = phone.begin(trail.quest)
    other = make_trail()

    heard = phone.send(journey, [phone.arrival(trail.quest, quest_version=other.quest.version)])

    assert outcomes(heard) == [("refused", "other-version")]


def test_the_moment_is_kept_to_the_millisecond_in_utc(phone: Phone, trail: Version) -> None:
    journey = str(uuid.uuid4())
    answer = phone.put(
        f"/api/v1/journeys/{journey}",
        phone.beginning(trail.quest, started_at="2026-02-01T12:00:00.123456+01:00"),
    )

    assert json.loads(answer.data)["started_at"] == "2026-02-01T11:00:00.123000Z"
    assert NOW.tzinfo is not None


def test_one_journey_is_seen_by_its_own_device(client: FlaskClient, phone: Phone, trail: Version) -> None:
    journey = phone.begin(trail.quest)
    told = json.loads(phone.send(journey, [phone.arrival(trail.quest)]).data)

    seen = client.get(f"/api/v1/journeys/{journey}", headers=phone.headers)

    assert seen.status_code == 200
    assert seen.json is not None
    assert seen.json["journey"]["id"] == journey
    assert seen.json["view"] == told["journey"]
    assert seen.headers["Content-Language"] == seen.json["view"]["language"]


def test_a_journey_that_nobody_began_is_not_there(client: FlaskClient, phone: Phone) -> None:
    answer = client.get(f"/api/v1/journeys/{uuid.uuid4()}", headers=phone.headers)

    assert (answer.status_code, problem(answer)) == (404, "unknown-journey")


def test_a_move_may_say_which_ones_text_it_replaces(phone: Phone, trail: Version) -> None:
    journey = phone.begin(trail.quest)
    first = phone.arrival(trail.quest)
    second = phone.arrival(trail.quest) | {"replaces": first["id"]}

    told = json.loads(phone.send(journey, [first, second]).data)["outcomes"]

    assert [one["outcome"] for one in told] == ["accepted", "accepted"]
