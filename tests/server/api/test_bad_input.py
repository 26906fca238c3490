"""What must never break the server, or do half of something."""

import gzip
import json
import time
import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient

from server.api.forms import BODY_MOST_BYTES, DEPTH_MOST
from server.app import Server
from server.stores.quests import Version
from tests.server.api.things import Phone, outcomes, pointers, problem

LONE_SURROGATE = "\\ud800"


def kept(server: Server) -> int:
    count: int = server.edge.database.private.read("SELECT count(*) FROM game.moves")[0][0]
    return count


@pytest.fixture
def journey(phone: Phone, trail: Version) -> str:
    return phone.begin(trail.quest)


class NeverRead:
    """A body that says how much of it was asked for."""

    def __init__(self) -> None:
        self.asked = 0

    def read(self, size: int = -1) -> bytes:
        given = size if size >= 0 else 65_536
        self.asked += given
        return b" " * given

    def readline(self, size: int = -1) -> bytes:
        return self.read(size)


def test_a_body_over_ten_megabytes_is_refused_before_it_is_read(phone: Phone, journey: str) -> None:
    body = NeverRead()

    answer = phone.client.post(
        f"/api/v1/journeys/{journey}/moves",
        content_type="application/json",
        headers=phone.headers,
        environ_overrides={"wsgi.input": body, "CONTENT_LENGTH": str(BODY_MOST_BYTES + 1)},
    )

    assert (answer.status_code, problem(answer)) == (413, "too-large")
    assert body.asked == 0


def test_a_body_of_unknown_length_is_cut_off_at_ten_megabytes(phone: Phone, journey: str) -> None:
    body = NeverRead()

    answer = phone.client.post(
        f"/api/v1/journeys/{journey}/moves",
        content_type="application/json",
        headers={**phone.headers, "Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input": body, "wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )

    assert (answer.status_code, problem(answer)) == (413, "too-large")
    assert body.asked <= 2 * BODY_MOST_BYTES


def test_a_body_of_ten_megabytes_is_read_and_its_move_judged(
    server: Server, phone: Phone, journey: str
) -> None:
    huge = {"id": str(uuid.uuid4()), "note": "x" * (BODY_MOST_BYTES - 200)}

    answer = phone.send(journey, [huge])

    assert outcomes(answer) == [("unreadable", "too-large")]
    assert server.edge.database.private.read("SELECT max(length(raw)) FROM game.moves")[0][0] <= 16_000


def test_other_bodies_may_be_a_hundred_kilobytes(phone: Phone) -> None:
    answer = phone.put(f"/api/v1/journeys/{uuid.uuid4()}", {"quest": "x" * 100_001})

    assert (answer.status_code, problem(answer)) == (413, "too-large")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"moves",
        b'{"moves": [}',
        b'{"moves": []} []',
        b"\xff\xfe\xfd",
        b'{"moves": ["' + b"\xff" * 10 + b'"]}',
        b"[" * 100_000,
        b'{"moves": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"moves": ' + b"[" * (DEPTH_MOST + 1) + b"]" * (DEPTH_MOST + 1) + b"}",
    ],
    ids=[
        "empty",
        "word",
        "broken",
        "two",
        "no-utf8",
        "no-utf8-inside",
        "open",
        "deep",
        "deep-objects",
        "deeper",
    ],
)
def test_what_is_no_json_is_refused_as_a_whole(phone: Phone, journey: str, body: bytes) -> None:
    answer = phone.send_bytes(journey, body)

    assert (answer.status_code, problem(answer)) == (400, "not-json")


@pytest.mark.parametrize(
    "body, pointer",
    [
        (b"[]", ""),
        (b"null", ""),
        (b'"moves"', ""),
        (b"{}", "/moves"),
        (b'{"moves": {}}', "/moves"),
        (b'{"moves": null}', "/moves"),
        (b'{"moves": [], "moves": []}', "/moves"),
        (b'{"moves": [], "more": 1}', "/more"),
        (b'{"moves": [], "\\ud800": 1}', "/?"),
        (b'{"moves": "\\ud800"}', "/moves"),
        (b'{"moves": [], "a/b~c": 1}', "/a~1b~0c"),
        (b'{"moves": [' + b"1," * 500 + b"1]}", "/moves"),
    ],
)
def test_an_envelope_that_does_not_fit_is_refused_as_a_whole(
    server: Server, phone: Phone, journey: str, body: bytes, pointer: str
) -> None:
    answer = phone.send_bytes(journey, body)

    assert (answer.status_code, problem(answer), pointers(answer)) == (400, "invalid-body", [pointer])
    assert kept(server) == 0


def test_one_broken_move_among_499_good_ones_is_that_moves_outcome(
    server: Server, phone: Phone, trail: Version, journey: str
) -> None:
    moves = [phone.answer(trail.quest) for _ in range(500)]
    moves[250]["fixes"] = [{"lon": "here"}]

    answer = phone.send(journey, moves)

    assert (
        outcomes(answer)
        == [("accepted", "done")] * 250 + [("unreadable", "unreadable")] + [("accepted", "done")] * 249
    )
    assert json.loads(answer.data)["outcomes"][250]["pointer"] == "/fixes/0/lon"
    assert kept(server) == 500


BROKEN: dict[str, tuple[dict[str, Any], str, str]] = {
    "unknown field": ({"colour": "red"}, "unreadable", "/colour"),
    "wrong type": ({"seq": "one"}, "unreadable", "/seq"),
    "negative": ({"seq": -1}, "unreadable", "/seq"),
    "far too many": ({"seq": 10**30}, "unreadable", "/seq"),
    "fraction": ({"seq": 1.5}, "unreadable", "/seq"),
    "no zone": ({"made_at": "2026-01-01T12:00:00"}, "unreadable", "/made_at"),
    "no day": ({"made_at": "2026-02-30T12:00:00Z"}, "unreadable", "/made_at"),
    "before time": ({"made_at": "0001-01-01T00:00:00+14:00"}, "unreadable", "/made_at"),
    "unknown form": ({"v": 2}, "unknown-form", "/v"),
    "no form": ({"v": None}, "unknown-form", "/v"),
    "huge form": ({"v": 10**300}, "unknown-form", "/v"),
    "unknown kind": ({"body": {"kind": "dance"}}, "unreadable", "/body/kind"),
    "nobody": ({"by": []}, "unreadable", "/by"),
    "somebody else": ({"by": [str(uuid.UUID(int=9))]}, "unreadable", "/by"),
    "six fixes": (
        {"fixes": [{"lon": 14.6, "lat": 63.2, "accuracy_m": 5, "at": "2026-01-01T00:00:00Z"}] * 6},
        "unreadable",
        "/fixes",
    ),
    "north of the pole": (
        {"fixes": [{"lon": 14.6, "lat": 163.2, "accuracy_m": 5, "at": "2026-01-01T00:00:00Z"}]},
        "unreadable",
        "/fixes/0/lat",
    ),
    "swapped": (
        {"fixes": [{"lon": 63.2, "lat": 14.6, "accuracy_m": 5, "at": "2026-01-01T00:00:00Z"}]},
        "swapped",
        "/fixes/0/lon",
    ),
    "NUL": ({"body": {"kind": "answer", "text": "a\0b"}}, "unreadable", "/body/text"),
    "long": ({"app": "x" * 20_000}, "too-large", ""),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_with_a_move_is_its_outcome_and_is_kept_as_it_came(
    server: Server, phone: Phone, trail: Version, journey: str, name: str
) -> None:
    changed, code, pointer = BROKEN[name]
    move, good = {**phone.answer(trail.quest), **changed}, phone.answer(trail.quest)

    answer = phone.send(journey, [move, good])
    again = phone.send(journey, [move, good])

    told = json.loads(answer.data)["outcomes"]
    assert outcomes(answer) == [("unreadable", code), ("accepted", "done")]
    assert (told[0]["id"], told[0].get("pointer")) == (move["id"], pointer)
    assert outcomes(again) == [("duplicate", code), ("duplicate", "done")]
    assert (
        server.edge.database.private.read("SELECT count(*) FROM game.moves WHERE raw IS NOT NULL")[0][0] == 1
    )


@pytest.mark.parametrize(
    "broken, code, pointer",
    [
        ('"seq": NaN', "unreadable", "/seq"),
        ('"seq": Infinity', "unreadable", "/seq"),
        ('"seq": 1e999', "unreadable", "/seq"),
        ('"seq": ' + "9" * 5_000, "unreadable", "/seq"),
        ('"seq": 1, "seq": 2', "duplicate-key", "/seq"),
        (
            '"fixes": [{"lon": 14, "lat": NaN, "accuracy_m": 1, "at": "2026-01-01T00:00:00Z"}]',
            "unreadable",
            "/fixes/0/lat",
        ),
        (f'"app": "{LONE_SURROGATE}"', "unreadable", "/app"),
        ('"a": ' + "[" * 150 + "]" * 150, "unreadable", "/a"),
        ('"app": "\\u0000"', "unreadable", "/app"),
    ],
)
def test_what_strict_json_would_hide_is_that_moves_outcome(
    phone: Phone, trail: Version, journey: str, broken: str, code: str, pointer: str
) -> None:
    move, good = phone.answer(trail.quest), phone.answer(trail.quest)
    del move["seq"]
    text = json.dumps(move)[:-1] + f", {broken}}}"

    answer = phone.send_bytes(journey, f'{{"moves": [{text}, {json.dumps(good)}]}}'.encode())

    assert outcomes(answer) == [("unreadable", code), ("accepted", "done")]
    assert json.loads(answer.data)["outcomes"][0]["pointer"] == pointer


@pytest.mark.parametrize(
    "move", [None, 7, "move", [], {}, {"id": 7}, {"id": "x" * 36}, {"id": str(uuid.uuid4()).upper()}]
)
def test_a_move_without_an_id_is_told_by_its_place_and_not_kept(
    server: Server, phone: Phone, trail: Version, journey: str, move: object
) -> None:
    answer = phone.send(journey, [phone.answer(trail.quest), move])

    told = json.loads(answer.data)["outcomes"][1]
    assert (told["outcome"], told["id"], told["index"]) == ("unreadable", None, 1)
    assert kept(server) == 1


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""]
)
def test_another_media_type_is_refused(phone: Phone, journey: str, media_type: str) -> None:
    answer = phone.send_bytes(journey, b'{"moves": []}', **{"Content-Type": media_type})

    assert (answer.status_code, problem(answer)) == (415, "unsupported-media-type")


def test_a_compressed_body_is_not_unpacked(phone: Phone, journey: str) -> None:
    bomb = gzip.compress(b'{"moves": [' + b" " * 50_000_000 + b"]}")

    began = time.perf_counter()
    answer = phone.send_bytes(journey, bomb, **{"Content-Encoding": "gzip"})

    assert (answer.status_code, problem(answer)) == (415, "unsupported-encoding")
    assert time.perf_counter() - began < 1


def test_names_that_stand_twice_in_a_small_body_are_refused(client: FlaskClient) -> None:
    phone = Phone(client)
    body = json.dumps(phone.registration())[:-1] + f', "device": "{uuid.uuid4()}"}}'

    answer = client.put(f"/api/v1/players/{phone.player}", data=body, content_type="application/json")

    assert (answer.status_code, problem(answer), pointers(answer)) == (400, "invalid-body", ["/device"])


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept-Language": "sv," * 5_000},
        {"Accept-Language": "sv;q=x, ;;;, en;q=9, \u00e5"},
        {"Accept-Language": "*"},
        {"If-None-Match": '"' * 9_001},
        {"Cookie": "a=b;" * 5_000},
        {"X-Forwarded-For": "1.2.3.4," * 2_000},
        {"Range": "bytes=0-1"},
        {"Host": "elsewhere.example"},
        {f"X-Flood-{number}": "x" * 100 for number in range(500)},
    ],
    ids=["languages", "odd-languages", "any", "tags", "cookies", "forwarded", "range", "host", "flood"],
)
def test_odd_headers_change_nothing(client: FlaskClient, trail: Version, headers: dict[str, str]) -> None:
    answer = client.get(f"/api/v1/quests/{trail.quest.code}", headers=headers)

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/v1/",
        "/api/v1/quests/",
        "//api/v1/quests",
        "/api/v1//quests",
        "/api/v1/quests/../journeys",
        "/api/v1/%2e%2e/",
        "/api/v1/journeys/x/moves/1",
        "/\u0000",
        "/" + "x" * 20_000,
        "/api/v1/docs/../framework.py",
        "/api/v1/docs/docs.html",
    ],
)
def test_an_address_of_nothing_is_not_found_by_everybody(client: FlaskClient, path: str) -> None:
    answer = client.get(path)

    assert (answer.status_code, problem(answer)) in {(404, "not-found"), (400, "invalid-path")}


@pytest.mark.parametrize(
    "query",
    ["a=" * 100, "&" * 1_000 + "x=1", "%", "%ff=%ff", "lang=\u00e5", "[]=1", "lang[]=sv", "x" * 10_000],
)
def test_an_odd_query_is_refused_and_named(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/api/v1/quests?{query}")

    assert (answer.status_code, problem(answer)) == (400, "invalid-query")


def test_a_parameter_is_not_known_where_there_are_none(client: FlaskClient, phone: Phone) -> None:
    for path in ("/healthz?x=1", "/api/v1/municipalities?lang=sv", "/api/v1/openapi.json?v=3"):
        assert problem(client.get(path)) == "invalid-query"
    answer = phone.put(f"/api/v1/players/{phone.player}?force=1", phone.registration())
    assert pointers(answer) == ["/force"]
