"""An acknowledged move survives kill -9 of the application and of PostgreSQL, and is there once.

The application runs as it does in production, on a database of its own that is written to disk. Phones send
their moves as phones do: a batch stays in the outbox until there is an answer, and is sent again as it was.
Meanwhile both are killed, in turn and at once, while requests are under way.
"""

import contextlib
import http.client
import json
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest

from quests.model import Quest
from quests.outcomes import Outcome
from quests.play import play
from quests.views import for_player
from server.cli.cluster import Cluster
from server.cli.migrate import migrate
from server.stores import journeys as kept
from server.stores.database import Database
from server.use_cases.journeys import MOVES_IN_A_JOURNEY
from tests.factories import NOON, MoveFactory, Phone, PhoneFactory, PlayerFactory, new_id, published
from tests.server.machine import Machine, kill_postgres

DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
KILLS = 60 if DEEP else 4
PHONES = 4
BATCH = 20
LOST_EVERY = 5  # a phone goes out of coverage between question and answer, too
AGAIN_AFTER_S = 0.15
GIVE_UP_AFTER_S = 90
# What a phone waits for and tries again. Any other answer, each 500 first of all, is a fault.
TRY_AGAIN = {503}
NO_LIMITS = dict.fromkeys(
    ("ROTFASTE_LIMIT_PER_TOKEN", "ROTFASTE_LIMIT_PER_ADDRESS", "ROTFASTE_LIMIT_NEW_PLAYERS"), "0"
)


@dataclass
class Walker:
    """A phone in somebody's hand: what was done waits in the outbox until the server has told what it came to."""

    port: int
    quest: Quest
    phone: Phone = field(default_factory=PhoneFactory.create)
    journeys: list[tuple[str, str]] = field(default_factory=list)  # player and id, the one being walked last
    told: dict[str, str] = field(default_factory=dict)
    answers: Counter[int] = field(default_factory=Counter)
    asked: int = 0
    unheard: int = 0
    again: int = 0

    @property
    def player(self) -> str:
        return self.journeys[-1][0]

    def walk(self, enough: threading.Event) -> None:
        while not enough.is_set():
            self.begin()
            for _ in range(MOVES_IN_A_JOURNEY // BATCH):
                if enough.is_set():
                    return
                self.go_on()
                time.sleep(0.01)

    def begin(self) -> None:
        self.journeys.append((PlayerFactory.create().id, new_id()))
        token = self.phone.stored.token_sha256.hex()
        player = {"device": self.phone.device, "token_sha256": token}
        journey = {
            "quest": self.quest.code,
            "quest_version": self.quest.version,
            "players": [self.player],
            "started_at": NOON.isoformat(),
        }
        self.send("PUT", f"players/{self.player}", player, {200, 201})
        self.send("PUT", f"journeys/{self.journeys[-1][1]}", journey, {200, 201})

    def go_on(self) -> None:
        batch = [self.move(number) for number in range(BATCH)]
        heard = self.send("POST", f"journeys/{self.journeys[-1][1]}/moves", {"moves": batch}, {200})
        for outcome in heard["outcomes"]:
            first = outcome.get("first") or outcome
            self.told[outcome["id"]] = first["outcome"]
            self.again += outcome["outcome"] == Outcome.DUPLICATE

    def move(self, number: int) -> dict[str, Any]:
        mine: dict[str, Any] = {
            "by": [self.player],
            "device": self.phone.device,
            "quest_version": self.quest.version,
        }
        if number % 2:
            mine |= {
                "stage": "middle",
                "task": "name",
                "body": {"kind": "answer", "text": f"gissning {number}"},
            }
        made: dict[str, Any] = MoveFactory.build(id=new_id(), **mine)
        return made

    def send(self, method: str, path: str, body: dict[str, Any], good: set[int]) -> dict[str, Any]:
        """Until there is an answer. Raises for one that a phone could do nothing with."""
        give_up_at = time.monotonic() + GIVE_UP_AFTER_S
        while time.monotonic() < give_up_at:
            try:
                status, said = self.ask(method, path, body)
            except (OSError, http.client.HTTPException):
                self.unheard += 1
                time.sleep(AGAIN_AFTER_S)
                continue
            self.answers[status] += 1
            if status in good:
                answer: dict[str, Any] = json.loads(said)
                return answer
            if status not in TRY_AGAIN:
                raise AssertionError(f"{method} {path}: {status} {said[:500]!r}")
            time.sleep(AGAIN_AFTER_S)
        raise AssertionError(f"{method} {path}: no answer in {GIVE_UP_AFTER_S} s")

    def ask(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Content-Type": "application/json"}
        if not path.startswith("players/"):  # nobody yet
            headers["Authorization"] = f"Bearer {self.phone.bearer(self.player)}"
        with contextlib.closing(connection):
            connection.request(method, f"/api/v1/{path}", json.dumps(body), headers)
            self.asked += 1
            if self.asked % LOST_EVERY == 0:
                raise ConnectionResetError("out of coverage before the answer came")
            response = connection.getresponse()
            return response.status, response.read()


@pytest.fixture
def machine(cluster: Cluster) -> Iterator[Machine]:
    machine = Machine(cluster, **NO_LIMITS)
    machine.start("serve")
    yield machine
    machine.kill()


@pytest.mark.timeout(600)
def test_no_acknowledged_move_is_lost_or_doubled_when_everything_is_killed(
    cluster: Cluster, machine: Machine
) -> None:
    migrate(cluster.url())
    with contextlib.closing(Database(cluster.url(), size=1)) as database:
        quest = published(database)
        walkers = [Walker(machine.port, quest) for _ in range(PHONES)]
        kill_while_they_walk(cluster, machine, walkers)
        for walker in walkers:
            assert_all_is_there(database, walker)


@pytest.mark.skipif(not DEEP, reason="shows that the test above can fail; only where there is time")
@pytest.mark.timeout(600)
def test_a_database_that_forgets_is_found_out(cluster: Cluster, machine: Machine) -> None:
    migrate(cluster.url())
    with contextlib.closing(Database(cluster.url(), size=1)) as database:
        with psycopg.connect(cluster.url(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET synchronous_commit = off")
            connection.execute("ALTER SYSTEM SET wal_writer_delay = '10s'")
            connection.execute("SELECT pg_reload_conf()")
        quest = published(database)
        walkers = [Walker(machine.port, quest) for _ in range(PHONES)]
        kill_while_they_walk(cluster, machine, walkers)

        lost = 0
        for walker in walkers:
            try:
                assert_all_is_there(database, walker)
            except AssertionError:
                lost += 1
        assert lost > 0


def kill_while_they_walk(cluster: Cluster, machine: Machine, walkers: list[Walker]) -> None:
    enough = threading.Event()
    faults: list[BaseException] = []

    def walk(walker: Walker) -> None:
        try:
            walker.walk(enough)
        except BaseException as fault:  # noqa: BLE001  whatever it was, the test says it
            faults.append(fault)

    threads = [threading.Thread(target=walk, args=[walker], daemon=True) for walker in walkers]
    for thread in threads:
        thread.start()
    for number in range(KILLS):
        wait_for_more(walkers, faults)
        time.sleep(0.007 * number)  # never at the same point of a request
        if number % 3 != 1:
            kill_postgres(cluster)
        if number % 3 != 0:
            machine.kill()
            machine.start("serve")
        cluster.start()
    wait_for_more(walkers, faults)
    enough.set()
    for thread in threads:
        thread.join(GIVE_UP_AFTER_S)

    print(  # noqa: T201  how hard it was tried, for whoever reads `pytest -rP`
        f"{sum(len(walker.told) for walker in walkers)} moves told,"
        f" {sum(walker.unheard for walker in walkers)} requests cut off,"
        f" {sum(walker.again for walker in walkers)} duplicates,"
        f" answers {dict(sum((walker.answers for walker in walkers), Counter()))}"
    )
    assert faults == []
    assert sum(walker.again for walker in walkers) > 0, "no answer was ever lost: the test shows nothing"


def assert_all_is_there(database: Database, walker: Walker) -> None:
    stands: dict[str, str] = dict(
        database.private.read(
            "SELECT id::text, judged ->> 'outcome' FROM game.moves WHERE owner_player_id = ANY(%(players)s::uuid[])",
            {"players": [player for player, _ in walker.journeys]},
        )
    )
    assert {move: stands.get(move) for move in walker.told} == walker.told
    assert stands.keys() == walker.told.keys(), "what had no answer was sent until it had one"

    for player, journey in walker.journeys:
        with database.transaction() as connection:
            judged = kept.judged(connection, player, journey)
        if judged:
            view = for_player(walker.quest, play(walker.quest, judged), ["sv"])
            assert view.stages[0].state == "satisfied"


def wait_for_more(walkers: list[Walker], faults: list[BaseException]) -> None:
    """Until every phone has been told of something new: the service is back, and requests are under way."""
    before = [len(walker.told) for walker in walkers]
    give_up_at = time.monotonic() + GIVE_UP_AFTER_S
    while any(len(walker.told) <= seen for walker, seen in zip(walkers, before, strict=True)):
        assert faults == []
        assert time.monotonic() < give_up_at, "the service did not come back"
        time.sleep(0.02)
