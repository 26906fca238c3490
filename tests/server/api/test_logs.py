"""What is written down, and what never is."""

import json
import logging
import uuid
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from geo.positions import Position
from server.app import Server
from server.stores.quests import Version
from tests.server.api.conftest import Log
from tests.server.api.things import NOW, Phone, outcomes

# Values that cannot come about by chance; the place is one that nobody else in the tests goes to.
LON, LAT = 15.123457, 63.765431
TEXT = "hemligt-svar-7421"
CANARIES = (
    str(LON),
    str(LAT),
    "15.12",
    "63.76",
    TEXT,
    "canary-query",
    "canary-app",
    "canary-agent",
    "198.51.100.77",
)


def say_everything(phone: Phone, trail: Version) -> list[str]:
    """Every route with a canary in each place; what else must not be seen."""
    phone.client.environ_base["REMOTE_ADDR"] = "198.51.100.77"
    phone.client.environ_base["HTTP_USER_AGENT"] = "canary-agent"
    journey = phone.begin(trail.quest)
    at = Position(LON, LAT)
    moves = [
        phone.arrival(trail.quest, at=at, app="canary-app"),
        phone.answer(trail.quest, TEXT),
        {**phone.answer(trail.quest), "seq": TEXT},
        {"id": TEXT},
    ]
    assert len(outcomes(phone.send(journey, moves))) == 4
    for path in (
        f"/api/v1/quests/nearby?lon={LON}&lat={LAT}",
        f"/api/v1/quests/nearby?lon={LAT}&lat={LON}&canary-query=1",
        f"/api/v1/quests?q={TEXT}&bbox={LON},{LAT},{LON + 1},{LAT + 1}",
        f"/api/v1/quests/{TEXT}",
        f"/{TEXT}?canary-query",
        "/api/v1/journeys",
        f"/api/v1/quests/{trail.quest.code}/kit",
    ):
        phone.get(path)
    phone.send_bytes(journey, f'{{"moves": [{TEXT}'.encode())
    phone.put(f"/api/v1/journeys/{TEXT}", {TEXT: TEXT})
    token = phone.bearer.rpartition(".")[2]
    return [
        *CANARIES,
        token,
        phone.hash,
        phone.player,
        phone.device,
        journey,
        *(move["id"] for move in moves[:3]),
    ]


def test_no_position_query_token_body_or_name_is_ever_written_down(
    phone: Phone, trail: Version, log: Log
) -> None:
    canaries = say_everything(phone, trail)

    written = log.getvalue().decode()
    assert len(log.lines()) >= 10
    assert [canary for canary in canaries if canary in written] == []


def test_nor_when_everything_breaks(
    phone: Phone, trail: Version, log: Log, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    journey = phone.begin(trail.quest)

    def break_with_it(*given: Any, **named: Any) -> None:
        raise psycopg.errors.CheckViolation(f"Failing row contains ({given}, {named}, {LON} {LAT}).")

    monkeypatch.setattr("server.stores.journeys.add_moves", break_with_it)
    monkeypatch.setattr("server.stores.shown.nearby", break_with_it)
    monkeypatch.setattr("server.stores.shown.search", break_with_it)

    answers = [
        phone.send(journey, [phone.answer(trail.quest, TEXT)]),
        phone.get(f"/api/v1/quests/nearby?lon={LON}&lat={LAT}"),
        phone.get(f"/api/v1/quests?q={TEXT}"),
    ]

    assert [answer.status_code for answer in answers] == [500, 500, 500]
    broken = [line for line in log.lines() if line["event"] == "broken"]
    assert [line["error"][0] for line in broken] == ["CheckViolation"] * 3
    assert broken[0]["sqlstate"] == "23514"
    assert any("journeys.py" in place and "submit_moves" in place for place in broken[0]["where"])
    written = log.getvalue().decode() + caplog.text
    for canary in (TEXT, str(LON), str(LAT), phone.player, journey, "Failing row"):
        assert canary not in written
        assert all(canary not in answer.text for answer in answers)
    log.forget()  # it was broken on purpose


def test_one_line_says_what_was_asked_and_how_it_went(phone: Phone, trail: Version, log: Log) -> None:
    log.forget()
    answer = phone.get(f"/api/v1/quests/nearby?lon={LON}&lat={LAT}")

    (line,) = log.lines()
    assert set(line) == {"event", "level", "at", "id", "method", "route", "status", "ms"}
    assert line["event"] == "request"
    assert line["id"] == answer.headers["X-Request-Id"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "/api/v1/quests/nearby", 200)
    assert 0 < line["ms"] < 10_000
    assert line["at"][:10] >= NOW.date().isoformat()


def test_a_problem_names_the_line_it_has_in_the_log(phone: Phone, log: Log) -> None:
    answer = phone.get(f"/api/v1/quests/{uuid.uuid4()}")

    assert log.lines()[-1]["id"] == json.loads(answer.data)["instance"].removeprefix("urn:uuid:")


def test_what_libraries_warn_of_is_written_in_the_same_form_without_what_they_quote(
    make_server: Callable[..., Server],
) -> None:
    log = Log()
    make_server(log)

    logging.getLogger("some.library").warning("cannot read %s", TEXT)

    assert TEXT not in log.getvalue().decode()
    (line,) = [line for line in log.lines() if line["event"] == "library"]
    assert (line["logger"], line["message"]) == ("some.library", "cannot read %s")
