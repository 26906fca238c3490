"""Phones by the hundred, in one process: each keeps the rules of `web/src/data` (outbox, sending, client).

A move waits ten seconds, goes in batches of at most 200, and leaves the outbox only on an outcome. Where nobody
answers, the phone waits longer each time. What coverage does to requests is drawn for each phone.
"""

import asyncio
import itertools
import json
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from geo.positions import destination
from quests.model import Quest
from tests.factories import CENTRE, SECRET_ANSWER, SECRET_CODE, FixFactory, Phone

UNDO_S = 10.0
BATCH = 200
AGAIN_S = (5.0, 15.0, 60.0, 180.0)
PATIENCE_S = 20.0
#: As many phones share one address: a school class.
BEHIND_AN_ADDRESS = 20
MOVES_IN_A_VISIT = 8

FREE = "moves"


class UnreachableError(Exception):
    """No network, half a network, or a server that is not itself. `after_s`: when to try again, as it said."""

    def __init__(self, why: str, after_s: float | None = None) -> None:
        super().__init__(why)
        self.after_s = after_s


@dataclass(frozen=True, slots=True)
class Coverage:
    """When there is a network, as [from, to) in seconds of the run; and what becomes of a request in it.

    `home_s`: everybody is at home, looks at the phone, and has a network that works.
    """

    name: str
    windows: tuple[tuple[float, float], ...]
    answer_lost: float
    body_cut: float
    home_s: float

    def there(self, now_s: float) -> bool:
        return now_s >= self.home_s or any(start <= now_s < end for start, end in self.windows)

    def next_s(self, now_s: float) -> float:
        return min((start for start, _ in self.windows if start > now_s), default=self.home_s)


@dataclass(slots=True)
class Waiting:
    """A move in the outbox. `sent`: it was part of a request, and may be known there."""

    where: str
    move: dict[str, Any]
    ripe_s: float
    sent: bool = False


@dataclass
class Seen:
    """What all phones together met."""

    requests: int = 0
    tries_again: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    #: Of each batch that was answered: when [s], how long it took [ms], how many moves it brought.
    batches: list[tuple[float, float, int]] = field(default_factory=list)


class SimulatedPhone:
    """`pace`: 1 for the phone's own waiting times, less for a shorter run."""

    def __init__(
        self,
        number: int,
        port: int,
        quest: Quest,
        seen: Seen,
        *,
        moves: int,
        over_s: float,
        pace: float,
        clock: Callable[[], float],
        chance: Random,
    ) -> None:
        self.player, self.journey = str(_uuid(chance)), str(_uuid(chance))
        # Told once: a phone says the same however often it has to.
        self._started_at = _told(datetime.now(UTC).replace(minute=0, second=0, microsecond=0))
        self.phone = Phone(str(_uuid(chance)), chance.randbytes(32))
        self.coverage = _coverage(number, over_s, pace, chance)
        self.made: dict[str, tuple[str, dict[str, Any]]] = {}  # id: where it belongs, and the move
        self.told: dict[str, str] = {}
        self.told_as_new: Counter[str] = Counter()
        self.awards: set[str] = set()
        self._address = f"10.1.{number // BEHIND_AN_ADDRESS // 250}.{number // BEHIND_AN_ADDRESS % 250 + 1}"
        self._port, self._quest, self._seen = port, quest, seen
        self._pace, self._clock, self._chance = pace, clock, chance
        visits = -(-moves // MOVES_IN_A_VISIT)
        at = sorted(chance.uniform(0, 0.9 * over_s) for _ in range(visits))
        self._to_make = list(itertools.chain.from_iterable([visit] * MOVES_IN_A_VISIT for visit in at))[
            :moves
        ]
        self._outbox: dict[str, Waiting] = {}
        self._registered = self._known = False
        self._tries, self._next_try_s = 0, 0.0

    async def live(self) -> None:
        """Until everything that was made has its outcome."""
        was_there = was_home = False
        while self._to_make or self._outbox or not self._known:
            now = self._clock()
            while self._to_make and self._to_make[0] <= now:
                self._to_make.pop(0)
                self._make(now)
            there = self.coverage.there(now)
            home = now >= self.coverage.home_s
            if (there and not was_there) or (home and not was_home):
                self._next_try_s = (
                    now  # the browser says that there is a network again, or that somebody looks
                )
            was_there, was_home = there, home
            ripe = [one for one in self._outbox.values() if one.sent or one.ripe_s <= now]
            if there and now >= self._next_try_s and (ripe or not self._known):
                await self._try(ripe)
                continue
            wakes = [self._next_try_s if there else self.coverage.next_s(now)]
            wakes += self._to_make[:1]
            if not home:
                wakes.append(self.coverage.home_s)
            if there and not ripe:
                wakes = [one.ripe_s for one in self._outbox.values()][:1] + self._to_make[:1]
            await asyncio.sleep(max(0.01, min(wakes) - now) if wakes else 0.01)

    def _make(self, now_s: float) -> None:
        where, move = self._move()
        self.made[move["id"]] = (where, move)
        self._outbox[move["id"]] = Waiting(where, move, now_s + UNDO_S * self._pace)

    def _move(self) -> tuple[str, dict[str, Any]]:
        made_at = datetime.now(UTC)
        draw = self._chance.random()
        away_m = 0.0
        stage: str | None
        if draw < 0.1:
            stage, task, body = None, None, {"kind": "feel", "feeling": "calm", "strength": 3}
        elif draw < 0.3:
            stage, task, body = "start", "be-there", {"kind": "arrive"}
            away_m = self._chance.choice((0.0, 5.0, 3_000.0))
        elif draw < 0.7:
            stage, task = "middle", "name"
            body = {"kind": "answer", "text": f"gissning {self._chance.randrange(1000)}"}
            if self._chance.random() < 0.01:
                body["text"] = SECRET_ANSWER
        elif draw < 0.8:
            stage, task, body = "middle", "tip", {"kind": "choice", "option": self._chance.choice("1x2")}
        elif draw < 0.85:
            stage, task, body = "middle", "post", {"kind": "scan", "code": SECRET_CODE}
        elif draw < 0.95:
            stage, task, body = "end", "be-there", {"kind": "arrive"}
            away_m = self._chance.choice((800.0, 2_000.0))
        else:
            stage, task, body = "start", "be-there", {"kind": "fly"}  # of a newer phone, or broken
        move: dict[str, Any] = {
            "v": 1,
            "id": str(_uuid(self._chance)),
            "by": [self.player],
            "device": self.phone.device,
            "seq": len(self.made),
            "made_at": _told(made_at),
            "elapsed_ms": round(self._clock() * 1000),
            "body": body,
            "app": "simulated",
            "fixes": [
                FixFactory(
                    position=destination(CENTRE, 90, away_m), at=_told(made_at - timedelta(seconds=2 * ago))
                )
                for ago in range(self._chance.randrange(1, 4))
            ],
        }
        if stage is None:
            return FREE, move
        move |= {"quest_version": self._quest.version, "stage": stage, "task": task}
        return f"journeys/{self.journey}/moves", move

    async def _try(self, ripe: list[Waiting]) -> None:
        try:
            await self._send(ripe)
            self._tries = 0
        except UnreachableError as error:
            least = (
                AGAIN_S[min(self._tries, len(AGAIN_S) - 1)] / 2 if error.after_s is None else error.after_s
            )
            self._tries += 1
            self._seen.tries_again += 1
            # A thousand phones that lost the server at one moment would all come at once: each draws its own.
            self._next_try_s = self._clock() + least * (1 + self._chance.random()) * self._pace

    async def _send(self, ripe: list[Waiting]) -> None:
        if not self._registered:
            token = self.phone.stored.token_sha256.hex()
            body = {"device": self.phone.device, "token_sha256": token}
            await self._answered("PUT", f"players/{self.player}", body, known=False)
            self._registered = True
        if not self._known:
            journey = {
                "quest": self._quest.code,
                "quest_version": self._quest.version,
                "players": [self.player],
                "started_at": self._started_at,
            }
            await self._answered("PUT", f"journeys/{self.journey}", journey)
            self._known = True
        for where in {one.where: None for one in ripe}:
            there = [one for one in ripe if one.where == where]
            for start in range(0, len(there), BATCH):
                await self._send_batch(where, there[start : start + BATCH])

    async def _send_batch(self, where: str, batch: list[Waiting]) -> None:
        for one in batch:
            one.sent = True
        began = time.perf_counter()
        heard = await self._answered("POST", where, {"moves": [one.move for one in batch]})
        took_ms = (time.perf_counter() - began) * 1000
        self._seen.batches.append((self._clock(), took_ms, len(batch)))
        for outcome in heard["outcomes"]:
            move = batch[outcome["index"]].move["id"]
            assert outcome["id"] == move
            self.told[move] = (outcome.get("first") or outcome)["outcome"]
            if outcome["outcome"] != "duplicate":
                self.told_as_new[move] += 1
            del self._outbox[move]
        self.awards |= {award["key"] for award in heard.get("awards", ())}

    async def _answered(
        self, method: str, path: str, body: dict[str, Any], *, known: bool = True
    ) -> dict[str, Any]:
        """Raises UnreachableError for what is worth another try, and AssertionError for any other no."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                status, headers, said = await self._ask(method, path, json.dumps(body).encode(), known=known)
        except (OSError, asyncio.IncompleteReadError, TimeoutError, ValueError, IndexError) as error:
            raise UnreachableError(str(error)) from error
        self._seen.answers[status] += 1
        if status == 429 or status >= 500:
            after = headers.get("retry-after")
            raise UnreachableError(f"status {status}", float(after) if after else None)
        assert status in {200, 201}, f"{method} {path}: {status} {said[:500]!r}"
        answer: dict[str, Any] = json.loads(said)
        return answer

    async def _ask(
        self, method: str, path: str, body: bytes, *, known: bool
    ) -> tuple[int, dict[str, str], bytes]:
        self._seen.requests += 1
        head = [
            f"{method} /api/v1/{path} HTTP/1.1",
            "Host: rotfaste.test",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            f"X-Forwarded-For: {self._address}",
            "Connection: close",
        ]
        if known:
            head.append(f"Authorization: Bearer {self.phone.bearer(self.player)}")
        # At home nothing is cut off any more.
        draw = 1.0 if self._clock() >= self.coverage.home_s else self._chance.random()
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write("\r\n".join([*head, "", ""]).encode())
            if draw < self.coverage.body_cut:
                writer.write(body[: len(body) // 2])
                await writer.drain()
                raise ConnectionResetError("out of coverage in the middle of sending")
            writer.write(body)
            await writer.drain()
            if draw < self.coverage.body_cut + self.coverage.answer_lost:
                await asyncio.sleep(self._chance.uniform(0, 0.5) * self._pace)
                raise ConnectionResetError("out of coverage before the answer came")
            first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {
                name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
            }
            said = await reader.readexactly(int(headers["content-length"]))
            return int(first.split()[1]), headers, said
        except KeyError:
            raise UnreachableError("half an answer") from None
        finally:
            writer.transport.abort()

    async def view(self) -> dict[str, Any]:
        """The journey as the server shows it."""
        while True:
            try:
                return await self._answered("GET", f"journeys/{self.journey}?lang=sv", {})
            except UnreachableError:
                await asyncio.sleep(0.2)


def _coverage(number: int, over_s: float, pace: float, chance: Random) -> Coverage:
    """A quarter each: always, half dead, in and out, and not before they come out of the woods."""
    always = ((0.0, float("inf")),)
    match number % 4:
        case 0:
            return Coverage("always", always, answer_lost=0.02, body_cut=0.0, home_s=over_s)
        case 1:
            return Coverage("half dead", always, answer_lost=0.15, body_cut=0.1, home_s=over_s)
        case 2:
            at, windows = chance.uniform(0, 60) * pace, []
            while at < over_s:
                there_s, away_s = chance.uniform(5, 40) * pace, chance.uniform(20, 120) * pace
                windows.append((at, at + there_s))
                at += there_s + away_s
            return Coverage("in and out", tuple(windows), answer_lost=0.05, body_cut=0.02, home_s=over_s)
    out_s = chance.uniform(0.4, 0.97) * over_s
    return Coverage("woods", ((out_s, float("inf")),), answer_lost=0.05, body_cut=0.02, home_s=over_s)


def _uuid(chance: Random) -> uuid.UUID:
    return uuid.UUID(bytes=chance.randbytes(16), version=4)


def _told(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
