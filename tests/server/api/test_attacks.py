"""Attacks that were tried, each with what it must come to. None may cost another player anything."""

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from server.app import Server
from server.stores.quests import Version
from tests.server.api.things import Phone, outcomes, pointers, problem

# Python's `$` also matches before a line break at the end; PostgreSQL takes no such UUID.
LINE_BREAK = "\n"
MEDIUM: dict[str, Any] = {"id": str(uuid.UUID(int=7)), "sha256": "0" * 64, "bytes": 1, "type": "image/png"}


@pytest.fixture
def journey(phone: Phone, trail: Version) -> str:
    return phone.begin(trail.quest)


@pytest.mark.parametrize(
    "changed, pointer",
    [
        ({"by": ["{player}", f"{uuid.UUID(int=9)}{LINE_BREAK}"]}, "/by/1"),
        ({"device": f"{uuid.UUID(int=9)}{LINE_BREAK}"}, "/device"),
        ({"quest_version": "0" * 64 + LINE_BREAK}, "/quest_version"),
        ({"media": [{**MEDIUM, "id": MEDIUM["id"] + LINE_BREAK}]}, "/media/0/id"),
        ({"media": [{**MEDIUM, "sha256": MEDIUM["sha256"] + LINE_BREAK}]}, "/media/0/sha256"),
        ({"media": [{**MEDIUM, "type": MEDIUM["type"] + LINE_BREAK}]}, "/media/0/type"),
    ],
)
def test_a_line_break_after_an_id_is_that_moves_outcome_and_not_the_batchs_end(
    phone: Phone, trail: Version, journey: str, changed: dict[str, Any], pointer: str
) -> None:
    changed = json.loads(json.dumps(changed).replace("{player}", phone.player))
    move, good = phone.answer(trail.quest, **changed), phone.answer(trail.quest)

    answer = phone.send(journey, [move, good])

    assert outcomes(answer) == [("unreadable", "unreadable"), ("accepted", "done")]
    assert json.loads(answer.data)["outcomes"][0]["pointer"] == pointer


@pytest.mark.parametrize(
    "changed",
    [
        {"device": f"{uuid.UUID(int=9)}{LINE_BREAK}"},
        {"token_sha256": "0" * 64 + LINE_BREAK},
        {"language": f"sv{LINE_BREAK}"},
        {"language": "sv" + "-abcdefgh" * 1_000},
    ],
    ids=["device", "token", "language", "long-language"],
)
def test_a_player_with_an_odd_ending_is_not_registered(client: FlaskClient, changed: dict[str, str]) -> None:
    phone = Phone(client)

    answer = phone.put(f"/api/v1/players/{phone.player}", {**phone.registration(), **changed}, headers={})

    assert (answer.status_code, problem(answer), pointers(answer)) == (
        400,
        "invalid-body",
        [f"/{next(iter(changed))}"],
    )


def test_a_line_break_after_an_id_in_an_address_is_no_address(
    phone: Phone, trail: Version, journey: str
) -> None:
    answers = [
        phone.put(f"/api/v1/players/{uuid.uuid4()}%0A", phone.registration()),
        phone.put(f"/api/v1/journeys/{uuid.uuid4()}%0A", phone.beginning(trail.quest)),
        phone.post(f"/api/v1/journeys/{journey}%0A/moves", {"moves": []}),
    ]

    assert [(answer.status_code, problem(answer)) for answer in answers] == [(400, "invalid-path")] * 3


def test_a_line_break_after_a_fellow_players_id_begins_no_journey(phone: Phone, trail: Version) -> None:
    players = [phone.player, f"{uuid.uuid4()}{LINE_BREAK}"]

    answer = phone.put(f"/api/v1/journeys/{uuid.uuid4()}", phone.beginning(trail.quest, players=players))

    assert (answer.status_code, pointers(answer)) == (400, ["/players/1"])


@pytest.mark.parametrize("value", [b"[]", b"{}", b"1", b'"a"', b'{"a":1}', b"[" * 150 + b"]" * 150])
def test_a_body_of_more_values_than_any_batch_has_is_not_decoded(
    phone: Phone, journey: str, value: bytes
) -> None:
    # Ten megabytes of "[]" are three million lists: half a minute, and eight hundred megabytes.
    filled = b",".join([value] * (9_000_000 // (len(value) + 1)))

    began = time.process_time()
    answer = phone.send_bytes(journey, b'{"moves":[{"a":[' + filled + b"]}]}")

    assert (answer.status_code, problem(answer)) == (413, "too-large")
    assert time.process_time() - began < 1


def test_a_batch_of_the_fullest_moves_is_decoded(phone: Phone, trail: Version, journey: str) -> None:
    full = {
        "by": [phone.player, *(str(uuid.uuid4()) for _ in range(29))],
        "fixes": [
            {
                "lon": 14.6,
                "lat": 63.1,
                "accuracy_m": 5,
                "at": "2026-01-01T00:00:00Z",
                "altitude_m": 300,
                "heading_deg": 1,
                "speed_mps": 1,
            }
        ]
        * 5,
        "media": [MEDIUM] * 10,
    }
    row = {f"q{number}": "x" for number in range(200)}
    moves = [phone.move(trail.quest, None, None, {"kind": "hand-in", "row": row}, **full) for _ in range(500)]

    answer = phone.send(journey, moves)

    assert set(outcomes(answer)) == {("refused", "no-row")}


def test_no_coordinate_is_told_or_kept_of_what_was_swapped(
    server: Server, phone: Phone, trail: Version, journey: str
) -> None:
    fix = {"lon": 63.216543, "lat": 14.635661, "accuracy_m": 5, "at": "2026-01-01T00:00:00Z"}

    moved = phone.send(journey, [phone.arrival(trail.quest) | {"fixes": [fix]}])
    searched = phone.get("/api/v1/quests/nearby?lon=63.216543&lat=14.635661")
    kept = server.edge.database.private.read("SELECT judged::text FROM game.moves")[0][0]

    for text in (moved.text, searched.text, kept):
        assert "63.2" in text  # a tenth of a degree, eleven kilometres, is enough to ask what was meant
        assert "63.21" not in text


def test_a_token_spelled_in_other_ways_has_no_limit_of_its_own(
    make_server: Callable[..., Server], phone: Phone
) -> None:
    limited = make_server(ROTFASTE_LIMIT_PER_TOKEN="3")
    client = limited.test_client()
    token = phone.bearer.removeprefix("Bearer ")
    spellings = [
        f"Bearer {token}",
        f"bearer {token}",
        f"BEARER   {token}",
        f"Bearer {token} ",
        f"beaReR  {token}",
    ]

    answers = [client.get("/api/v1/journeys", headers={"Authorization": one}) for one in spellings]
    limited.edge.database.close()

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]


def test_a_token_has_one_spelling(phone: Phone) -> None:
    # 43 letters of base64 hold two bits more than 32 bytes.
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = letters.index(phone.bearer[-1])
    others = [phone.bearer[:-1] + letters[last + more] for more in (1, 2, 3)]

    answers = [phone.client.get("/api/v1/journeys", headers={"Authorization": one}) for one in others]

    assert [(answer.status_code, problem(answer)) for answer in answers] == [(401, "unknown-token")] * 3


def test_no_shared_cache_may_give_one_language_for_another(client: FlaskClient, trail: Version) -> None:
    paths = ("quests", f"quests/{trail.quest.code}", "quests/nearby?lon=14.6&lat=63.2")

    for path in paths:
        answer = client.get(f"/api/v1/{path}", headers={"Accept-Language": "sv"})
        kept = "no-store" not in answer.headers["Cache-Control"]
        assert not kept or "Accept-Language" in answer.headers.get("Vary", ""), path


def test_a_batch_that_names_thousands_of_invented_players_is_heard_and_gives_no_company(
    phone: Phone, trail: Version
) -> None:
    journey = phone.begin(trail.quest)
    moves = [
        phone.arrival(trail.quest, by=[phone.player, *(str(uuid.uuid4()) for _ in range(29))])
        for _ in range(499)
    ]

    answer = phone.send(journey, [*moves, phone.answer(trail.quest, by=moves[0]["by"])])

    assert outcomes(answer) == [("accepted", "done")] * 500
    awards = json.loads(phone.get("/api/v1/awards").data)["awards"]
    earned = {one["key"] for one in awards}
    assert "first-step" in earned
    assert "together" not in earned
