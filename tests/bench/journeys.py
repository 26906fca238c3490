"""Moves acknowledged a second: batches over HTTP, each safe on the disk before it is answered."""

import base64
import hashlib
import http.client
import secrets
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from queue import Empty, SimpleQueue

import msgspec

from quests.model import Quest
from quests.moves import Move
from quests.secrets import Secrets
from server.api.journeys import Heard
from server.stores.database import Database
from server.stores.players import Device, Player
from server.stores.quests import Version
from server.use_cases import journeys, players, publish
from server.use_cases.journeys import MOVES_IN_A_JOURNEY
from server.use_cases.players import TOKEN_BYTES, Caller
from tests.bench.figures import Rounds, percentile, table
from tests.bench.load import LoadError
from tests.bench.rig import Rig, Serving, our_server
from tests.quests.road import moves, twenty_stages
from tests.strategies import START

IN_A_BATCH = 50
CLIENTS = 4
#: How many moves the journey has before the batch that is timed.
HISTORIES = (0, 500, 1_000, MOVES_IN_A_JOURNEY - IN_A_BATCH)


@dataclass(frozen=True, slots=True)
class Batch:
    """One request, ready to be sent."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Sent:
    """How long each batch took to be acknowledged [ms], and all of them together [s].

    `server_ms`, `database_ms`: processor time a batch cost there.
    """

    times_ms: list[float]
    seconds: float
    server_ms: float
    database_ms: float

    @property
    def moves_per_second(self) -> float:
        return IN_A_BATCH * len(self.times_ms) / self.seconds


def measure(rig: Rig, *, quick: bool) -> None:
    count = 4 if quick else 40
    rounds = 1 if quick else 3
    histories = (HISTORIES[0], HISTORIES[-1]) if quick else HISTORIES
    durable = _durable(rig)
    database = Database(rig.database_url, size=CLIENTS)
    try:
        quest = twenty_stages()
        publish.publish_version(database, Version(quest, Secrets()), b"", datetime.now(UTC))
        with our_server(rig) as serving:
            _send(rig, serving, [batch for walk in _walks(database, quest, CLIENTS) for batch in walk[:2]])
            measured: dict[int, list[Sent]] = {history: [] for history in histories}
            for _ in range(rounds):
                walks = _walks(database, quest, count)
                at = 0
                for history in histories:
                    # What lies between is sent too, and not timed.
                    _send(
                        rig, serving, [batch for walk in walks for batch in walk[at : history // IN_A_BATCH]]
                    )
                    measured[history].append(
                        _send(rig, serving, [walk[history // IN_A_BATCH] for walk in walks])
                    )
                    at = history // IN_A_BATCH + 1
    finally:
        database.close()
    table(
        f"Moves acknowledged a second: batches of {IN_A_BATCH} on a trail of 20 stages, {CLIENTS} phones at a time, "
        f"2 workers; {durable}",
        (
            "moves in the journey before",
            "moves/s (span)",
            "ms a batch p50",
            "p99",
            "server ms",
            "database ms",
        ),
        [
            (
                f"{history:,}",
                Rounds.of([sent.moves_per_second for sent in all_sent]).text(),
                *(
                    f"{percentile([ms for sent in all_sent for ms in sent.times_ms], part):.1f}"
                    for part in (0.5, 0.99)
                ),
                Rounds.of([sent.server_ms for sent in all_sent]).text(1),
                Rounds.of([sent.database_ms for sent in all_sent]).text(1),
            )
            for history, all_sent in measured.items()
        ],
    )


def _durable(rig: Rig) -> str:
    told = {}
    with rig.connect() as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            row = connection.execute(f"SHOW {name}").fetchone()
            told[name] = row and row[0]
    if set(told.values()) != {"on"}:
        raise LoadError(f"what is acknowledged would not be safe: {told}")
    return ", ".join(f"{name} {value}" for name, value in told.items())


def _walks(database: Database, quest: Quest, count: int) -> list[list[Batch]]:
    """A new player's whole journey each, cut into batches."""
    return [_walk(database, quest, datetime.now(UTC)) for _ in range(count)]


def _walk(database: Database, quest: Quest, now: datetime) -> list[Batch]:
    caller = Caller(str(uuid.uuid4()), str(uuid.uuid4()))
    token = secrets.token_bytes(TOKEN_BYTES)
    device = Device(caller.device, hashlib.sha256(token).digest())
    players.register(database, Player(caller.player, None), device, now)
    journey = str(uuid.uuid4())
    journeys.put(
        database,
        caller,
        journey,
        quest=quest.id,
        quest_version=quest.version,
        players=[caller.player],
        started_at=now,
        now=now,
    )
    shown_token = base64.urlsafe_b64encode(token).rstrip(b"=").decode()
    headers = {"Authorization": f"Bearer {caller.player}.{shown_token}", "Content-Type": "application/json"}
    walked = [_by(caller, move, now) for move in moves(quest, MOVES_IN_A_JOURNEY)]
    return [
        Batch(
            f"/api/v1/journeys/{journey}/moves?lang=sv",
            headers,
            msgspec.json.encode({"moves": walked[at : at + IN_A_BATCH]}),
        )
        for at in range(0, len(walked), IN_A_BATCH)
    ]


def _by(caller: Caller, move: Move, now: datetime) -> Move:
    """The same move, made by this player in the last hour."""
    made_at = now - timedelta(hours=1) + (move.made_at - START)
    return msgspec.structs.replace(
        move,
        id=str(uuid.uuid4()),
        by=(caller.player,),
        device=caller.device,
        made_at=made_at,
        fixes=tuple(msgspec.structs.replace(fix, at=made_at) for fix in move.fixes),
    )


def _send(rig: Rig, serving: Serving, batches: Sequence[Batch]) -> Sent:
    """By several clients at once, each with one connection; every move must be accepted."""
    waiting: SimpleQueue[Batch] = SimpleQueue()
    for batch in batches:
        waiting.put(batch)
    answers: list[tuple[float, int, bytes]] = []

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", serving.port, timeout=60)
        try:
            while True:
                batch = waiting.get_nowait()
                began = time.perf_counter()
                connection.request("POST", batch.path, batch.body, batch.headers)
                answer = connection.getresponse()
                body = answer.read()
                answers.append(((time.perf_counter() - began) * 1000, answer.status, body))
        except Empty:
            pass
        finally:
            connection.close()

    clients = [threading.Thread(target=client) for _ in range(CLIENTS)]
    server_before, database_before = serving.processor_seconds(), rig.processor_seconds()
    began = time.perf_counter()
    for one in clients:
        one.start()
    for one in clients:
        one.join()
    seconds = time.perf_counter() - began
    if len(answers) != len(batches):
        raise LoadError("a batch was not answered")
    for _, status, body in answers:
        _refuse_what_was_not_heard(status, body)
    each = 1000 / max(1, len(batches))
    return Sent(
        times_ms=[ms for ms, _, _ in answers],
        seconds=seconds,
        server_ms=(serving.processor_seconds() - server_before) * each,
        database_ms=(rig.processor_seconds() - database_before) * each,
    )


def _refuse_what_was_not_heard(status: int, body: bytes) -> None:
    if status != HTTPStatus.OK:
        raise LoadError(f"a batch was answered by {status}: {body[:300]!r}")
    heard = msgspec.json.decode(body, type=Heard)
    if [told.outcome.value for told in heard.outcomes] != ["accepted"] * IN_A_BATCH:
        raise LoadError(f"not every move was accepted: {body[:300]!r}")
