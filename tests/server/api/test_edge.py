"""Headers, languages, limits and metrics: what every request meets."""

import json
import re
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from limits.errors import StorageError
from prometheus_client import values

from server.api.edge import languages
from server.api.limits import InMemory, Limits, Shared, counter, network
from server.api.metrics import FOLDER_VARIABLE
from server.app import Server
from server.config import SettingError
from server.problems import Refusal
from server.stores.quests import Version
from tests.server.api.things import Phone, make_trail, problem, publish_all

NOBODY = {"REMOTE_ADDR": "192.0.2.7"}


@pytest.mark.parametrize(
    "path", ["/healthz", "/api/v1/quests", "/nowhere", "/api/v1/journeys", "/api/v1/docs"]
)
def test_every_answer_carries_the_security_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    for sensor in ("accelerometer", "camera", "geolocation", "gyroscope", "magnetometer"):
        assert f"{sensor}=(self)" in headers["Permissions-Policy"]
    assert str(uuid.UUID(headers["X-Request-Id"])) == headers["X-Request-Id"]
    assert "Strict-Transport-Security" not in headers
    assert "Set-Cookie" not in headers


def test_https_is_kept_to_where_a_proxy_says_that_it_is_https(make_server: Callable[..., Server]) -> None:
    behind = make_server(ROTFASTE_TRUSTED_PROXIES="1").test_client()
    alone = make_server().test_client()
    https = {"X-Forwarded-Proto": "https"}

    assert "max-age=" in behind.get("/healthz", headers=https).headers["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in behind.get("/healthz").headers
    assert "Strict-Transport-Security" not in alone.get("/healthz", headers=https).headers
    # A certificate made for trying out, on localhost or in the own network: other things there may speak no HTTPS.
    assert "Strict-Transport-Security" not in alone.get("/healthz", base_url="https://localhost").headers


@pytest.mark.parametrize(
    "lang, accepted, first",
    [
        (None, "", ("en", "sv")),
        ("sv", "en", ("sv",)),
        ("sv-simple", "", ("sv-simple", "sv", "en")),
        (None, "sv-SE,sv;q=0.9,en;q=0.8", ("sv-se", "sv", "en")),
        (None, "en;q=0.1, uk;q=0.9", ("uk", "en")),
        (None, "en;q=0, sma", ("sma", "sv", "en")),
        ("SV", "", ("sv",)),
        (None, "*", ("en", "sv")),
        (None, "en\u00e5, ;;", ("en", "sv")),
    ],
)
def test_languages_are_tried_in_the_order_they_were_asked_for(
    lang: str | None, accepted: str, first: tuple[str, ...]
) -> None:
    assert languages(lang, accepted)[: len(first)] == first


def test_a_problem_is_told_in_the_language_asked_for(client: FlaskClient) -> None:
    swedish = client.get("/api/v1/quests/JH22222?lang=sv")
    easy = client.get("/api/v1/quests/JH22222", headers={"Accept-Language": "sv-simple"})
    english = client.get("/api/v1/quests/JH22222", headers={"Accept-Language": "fi"})
    broken = client.get("/api/v1/quests/nearby?lang=sv&lon=x")

    assert [one.headers["Content-Language"] for one in (swedish, easy, english, broken)] == [
        "sv",
        "sv-simple",
        "en",
        "sv",
    ]
    assert len({json.loads(one.data)["detail"] for one in (swedish, english)}) == 2
    assert len({json.loads(one.data)["title"] for one in (swedish, easy, english)}) == 1
    assert "Accept-Language" in english.headers["Vary"]


def test_a_token_has_its_own_limit_and_an_address_a_larger_one(
    make_server: Callable[..., Server], database: str
) -> None:
    server = make_server(ROTFASTE_LIMIT_PER_TOKEN="4", ROTFASTE_LIMIT_PER_ADDRESS="9")
    client = server.test_client()
    first, second = Phone(client).registered(), Phone(client).registered()

    busy = [first.get("/api/v1/journeys") for _ in range(5)]
    friend = second.get("/api/v1/journeys")
    everybody = [client.get("/api/v1/quests") for _ in range(3)]
    elsewhere = client.get("/api/v1/quests", environ_base=NOBODY)

    assert [answer.status_code for answer in busy] == [200, 200, 200, 200, 429]
    assert problem(busy[-1]) == "too-many-requests"
    assert 1 <= int(busy[-1].headers["Retry-After"]) <= 60
    assert friend.status_code == 200
    assert [answer.status_code for answer in everybody] == [200, 200, 429]
    assert elsewhere.status_code == 200
    server.edge.database.close()


def test_tokens_that_are_made_up_do_not_lift_the_limit_of_an_address(
    make_server: Callable[..., Server],
) -> None:
    server = make_server(ROTFASTE_LIMIT_PER_TOKEN="100", ROTFASTE_LIMIT_PER_ADDRESS="5")
    client = server.test_client()

    seen = [Phone(client).get("/healthz").status_code for _ in range(6)]

    assert seen == [200] * 5 + [429]


def test_players_from_one_address_are_counted_by_the_hour(
    make_server: Callable[..., Server], database: str
) -> None:
    server = make_server(ROTFASTE_LIMIT_NEW_PLAYERS="2")
    client = server.test_client()
    phone = Phone(client)

    seen = [
        phone.register(),
        Phone(client).register(),
        Phone(client).register(),
        phone.register(**phone.headers),
    ]

    # Somebody who shows a token makes nobody new.
    assert [answer.status_code for answer in seen] == [201, 201, 429, 200]
    assert client.get("/api/v1/quests").status_code == 200
    server.edge.database.close()


def test_a_window_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    counter = InMemory()
    monkeypatch.setattr(time, "time", lambda: 119.0)

    assert [counter.hit("a", 2, 60) for _ in range(3)] == [0, 0, 1]
    monkeypatch.setattr(time, "time", lambda: 120.0)
    assert counter.hit("a", 2, 60) == 0


def test_a_shared_counter_counts_as_the_one_in_memory() -> None:
    shared = Shared("memory://")

    hits = [shared.hit("a", 2, 60) for _ in range(3)]

    assert hits[:2] == [0, 0]
    assert 1 <= hits[2] <= 60
    assert shared.hit("b", 2, 60) == 0


class Gone:
    """A store that cannot be reached."""

    def hit(self, *_: object, cost: int) -> bool:
        raise StorageError(ConnectionError())


def test_nobody_is_turned_away_because_the_shared_counter_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = Shared("memory://")
    monkeypatch.setattr(shared, "_windows", Gone())

    assert [shared.hit("a", 2, 60) for _ in range(2)] == [0, 0]
    assert shared.hit("a", 2, 60) > 0


def test_a_counter_that_nothing_here_can_speak_to_is_named() -> None:
    with pytest.raises(SettingError, match="ROTFASTE_LIMITS_URL=nothing://quest:…@here"):
        counter("nothing://quest:hush@here")


def test_no_limit_is_no_limit_and_one_is_one() -> None:
    without = Limits(InMemory(), per_token=0, per_address=0, tiles=0, new_players=0)
    one = Limits(InMemory(), per_token=1, per_address=0, tiles=0, new_players=0)

    for _ in range(1_000):
        without.count("Bearer x", "192.0.2.7")
        without.count_new_player("192.0.2.7")
    one.count("Bearer x", "192.0.2.7")
    one.count("Bearer y", "192.0.2.7")

    with pytest.raises(Refusal, match="too-many-requests"):
        one.count("Bearer x", "192.0.2.8")


@pytest.mark.parametrize(
    "address, counted",
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("not:an:address", "not:an:address"),
        ("", ""),
    ],
)
def test_a_household_is_one_address(address: str, counted: str) -> None:
    assert network(address) == counted


def test_what_is_asked_and_what_is_heard_is_counted(
    make_server: Callable[..., Server], database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # Applications of other tests in this process would write to the same files: this one has its own.
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    monkeypatch.setattr(values, "ValueClass", values.MultiProcessValue())
    server = make_server()
    trail = make_trail()
    publish_all(server, trail)
    phone = Phone(server.test_client()).registered()
    journey = phone.begin(trail.quest)
    _play_a_little(phone, trail, journey)
    before = phone.client.get("/metrics").text
    _play_a_little(phone, trail, journey)
    after = phone.client.get("/metrics").text

    route = "/api/v1/journeys/<journey_id>/moves"
    for name, labels, more in (
        ("rotfaste_moves_total", {"outcome": "accepted"}, 1),
        ("rotfaste_moves_total", {"outcome": "missed"}, 1),
        ("rotfaste_moves_total", {"outcome": "unreadable"}, 1),
        ("rotfaste_request_seconds_count", {"method": "POST", "route": route, "status": "200"}, 1),
        ("rotfaste_request_seconds_count", {"method": "other", "route": "-", "status": "405"}, 1),
    ):
        assert _count(after, name, **labels) - _count(before, name, **labels) == more, name
    assert "BREW" not in after
    assert journey not in after
    server.edge.database.close()


def _play_a_little(phone: Phone, trail: Version, journey: str) -> None:
    phone.send(journey, [phone.answer(trail.quest), phone.answer(trail.quest, "åtta"), {}])
    phone.client.open("/healthz", method="BREW")


def _count(text: str, name: str, **labels: str) -> float:
    wanted = ",".join(f'{label}="{value}"' for label, value in sorted(labels.items()))
    found = re.search(rf"^{name}\{{{re.escape(wanted)}\}} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_ready_is_more_than_alive(
    server: Server, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = client.get("/readyz")
    server.edge.database.private.read("SELECT 1")
    with server.edge.database.transaction() as connection:
        version = connection.execute("SELECT version_num FROM game.alembic_version").fetchone()
        connection.execute("UPDATE game.alembic_version SET version_num = 'of-yesterday'")
    try:
        behind = client.get("/readyz")
    finally:
        with server.edge.database.transaction() as connection:
            connection.execute("UPDATE game.alembic_version SET version_num = %s", version)

    assert ready.status_code == 200
    assert (behind.status_code, problem(behind)) == (503, "not-ready")
    assert behind.headers["Retry-After"]
    assert client.get("/healthz").status_code == 200
