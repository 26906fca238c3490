"""Players and devices over HTTP."""

import json
import uuid

from flask.testing import FlaskClient

from server.app import Server
from tests.server.api.things import Phone, pointers, problem


def test_a_player_is_new_once_and_a_repetition_has_the_same_body(client: FlaskClient) -> None:
    phone = Phone(client)

    first, again = phone.register(), phone.register()

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.data == again.data
    assert json.loads(first.data) == {"id": phone.player, "device": phone.device, "language": None}


def test_the_token_itself_is_nowhere_in_the_database(server: Server, phone: Phone) -> None:
    rows = server.edge.database.private.read("SELECT token_sha256 FROM game.devices")

    assert rows == [(bytes.fromhex(phone.hash),)]


def test_somebody_else_cannot_take_a_player_and_learns_nothing(client: FlaskClient, phone: Phone) -> None:
    thief = Phone(client, player=phone.player)
    same_device = Phone(client, player=phone.player, device=phone.device)

    answers = [thief.register(), same_device.register(), thief.register(**Phone(client).registered().headers)]

    assert [(answer.status_code, problem(answer)) for answer in answers] == [(409, "player-taken")] * 3
    assert len({json.dumps(_without_name(answer.data)) for answer in answers}) == 1


def test_a_device_is_added_with_the_token_of_another(client: FlaskClient, phone: Phone) -> None:
    second = Phone(client, player=phone.player)

    added = second.register(**phone.headers)
    again = second.register()

    assert added.status_code == 200
    assert added.data == again.data
    assert second.get("/api/v1/journeys").status_code == 200
    assert phone.get("/api/v1/journeys").status_code == 200


def test_a_token_that_is_no_token_of_ours_is_asked_for_again(client: FlaskClient, phone: Phone) -> None:
    other = Phone(client)
    wrong = [
        "",
        "Bearer",
        "Basic " + phone.bearer.removeprefix("Bearer "),
        phone.bearer[:-1],
        phone.bearer + "A",
        phone.bearer.replace(phone.player, other.player),
        other.bearer.replace(other.player, phone.player),
        phone.bearer.upper(),
        "Bearer " + "\u00e5" * 80,
        "Bearer " + "x" * 10_000,
    ]

    for bearer in wrong:
        answer = client.get("/api/v1/journeys", headers={"Authorization": bearer})
        assert (answer.status_code, problem(answer)) == (401, "unknown-token"), bearer
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_that_is_shown_must_be_right_also_where_none_is_needed(
    client: FlaskClient, phone: Phone
) -> None:
    stranger = Phone(client)

    answers = [phone.register(**stranger.headers), stranger.register(**stranger.headers)]

    assert [(answer.status_code, problem(answer)) for answer in answers] == [(401, "unknown-token")] * 2


def test_every_field_that_is_wrong_is_named(client: FlaskClient) -> None:
    body = {"device": "x", "token_sha256": 7, "language": "!", "name": "Kim"}

    answer = Phone(client).put("/api/v1/players/nobody", body, headers={})
    second = Phone(client).put(f"/api/v1/players/{uuid.uuid4()}", body, headers={})

    assert (problem(answer), pointers(answer)) == ("invalid-path", ["/player_id"])
    assert (problem(second), pointers(second)) == (
        "invalid-body",
        ["/name", "/device", "/token_sha256", "/language"],
    )


def _without_name(body: bytes) -> dict[str, object]:
    told = json.loads(body)
    del told["instance"]
    return dict(told)
