"""PostgreSQL goes away, in between and in mid-request, and comes back."""

import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from server.app import Server
from server.cli.cluster import Cluster
from server.stores import journeys
from tests.server.api.conftest import Log
from tests.server.api.things import Phone, make_trail, outcomes, problem, publish_all

AT_ONCE_S = 2


@pytest.fixture
def own_log() -> Log:
    return Log()


@pytest.fixture
def own_server(make_server: Callable[..., Server], cluster: Cluster, own_log: Log) -> Server:
    return make_server(own_log, DATABASE_URL=cluster.url())


def test_without_a_database_everything_says_when_to_try_again_and_goes_on_by_itself(
    own_server: Server, cluster: Cluster, own_log: Log
) -> None:
    trail = make_trail()
    publish_all(own_server, trail)
    phone = Phone(own_server.test_client()).registered()
    journey = phone.begin(trail.quest)
    move = phone.answer(trail.quest)

    cluster.stop("immediate")
    began = time.perf_counter()
    gone = [
        phone.send(journey, [move]),
        phone.get("/api/v1/journeys"),
        phone.get("/api/v1/quests/nearby?lon=14.6&lat=63.2"),
        phone.get("/api/v1/quests"),
        phone.get(f"/api/v1/quests/{trail.quest.code}"),
        phone.get(f"/api/v1/quests/{trail.quest.code}/kit"),
        phone.get("/api/v1/municipalities"),
        phone.get("/readyz"),
        phone.register(),
    ]
    took_s = time.perf_counter() - began
    alive = phone.get("/healthz")
    cluster.start()
    back = phone.send(journey, [move])

    assert [(answer.status_code, problem(answer)) for answer in gone] == [(503, "database-gone")] * len(gone)
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in gone)
    assert took_s < AT_ONCE_S
    assert alive.status_code == 200
    assert outcomes(back) == [("accepted", "done")]
    assert phone.get("/readyz").status_code == 200
    assert phone.get("/api/v1/quests/nearby?lon=14.6&lat=63.2").status_code == 200
    assert {line["code"] for line in own_log.lines() if line["event"] == "broken"} == {"database-gone"}
    own_server.edge.database.close()


def test_a_connection_lost_in_mid_request_keeps_nothing_and_the_same_batch_is_heard_next_time(
    own_server: Server, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    trail = make_trail()
    publish_all(own_server, trail)
    phone = Phone(own_server.test_client()).registered()
    journey = phone.begin(trail.quest)
    batch = [phone.answer(trail.quest), phone.arrival(trail.quest)]
    add_moves = journeys.add_moves

    def add_and_lose(connection: psycopg.Connection, *given: Any) -> set[str]:
        added = add_moves(connection, *given)
        with psycopg.connect(cluster.url()) as killer:
            killer.execute("SELECT pg_terminate_backend(%s)", [connection.info.backend_pid])
        return added

    monkeypatch.setattr(journeys, "add_moves", add_and_lose)
    lost = phone.send(journey, batch)
    monkeypatch.undo()
    kept = own_server.edge.database.private.read("SELECT count(*) FROM game.moves")[0][0]
    heard = phone.send(journey, batch)

    assert (lost.status_code, problem(lost)) == (503, "database-gone")
    assert kept == 0
    assert outcomes(heard) == [("accepted", "done"), ("accepted", "done")]
    own_server.edge.database.close()


def test_all_connections_lost_at_once_are_noticed_by_nobody(own_server: Server, cluster: Cluster) -> None:
    phone = Phone(own_server.test_client()).registered()
    assert phone.get("/api/v1/quests").status_code == 200

    with psycopg.connect(cluster.url()) as killer:
        killer.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = 'quest'"
        )

    assert phone.get("/api/v1/quests").status_code == 200
    assert phone.get("/api/v1/journeys").status_code == 200
    own_server.edge.database.close()
