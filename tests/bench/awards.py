"""What awarding adds to a batch, for players who have done little and much."""

import hashlib
import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from content.badges import Badge
from quests.codes import quest_code
from quests.model import Quest
from quests.moves import Move
from quests.outcomes import Outcome
from quests.secrets import Secrets
from server.stores.database import Database
from server.stores.players import Device, Player
from server.stores.quests import Version
from server.use_cases import journeys, players, publish
from server.use_cases.players import Caller
from server.wiring import open_badges
from tests.bench.figures import Rounds, table
from tests.bench.load import LoadError
from tests.bench.rig import Rig
from tests.quests.road import moves, twenty_stages

MOVES_A_JOURNEY = 40
IN_A_BATCH = 10
HISTORIES = (1, 10, 50)  # journeys
FIRST_DAY = datetime(2025, 3, 1, 8, tzinfo=UTC)


def measure(rig: Rig, *, quick: bool) -> None:
    batches = 4 if quick else 16
    database = Database(rig.database_url, size=1)
    badges = open_badges()
    try:
        trails = [_trail(number) for number in range(max(HISTORIES) + 2)]
        for trail in trails:
            publish.publish_version(database, Version(trail, Secrets()), b"", datetime.now(UTC))
        rows = []
        for history in HISTORIES:
            walker = _Walker(database)
            for trail in trails[:history]:
                walker.send(trail, range(MOVES_A_JOURNEY), badges)
            old, *fresh = trails[0], trails[-2], trails[-1]
            rows.append(
                (
                    f"{history} journeys, {history * MOVES_A_JOURNEY:,} moves",
                    *(walker.timed(old, batches, which) for which in (badges, ())),
                    *(
                        walker.timed(trail, 4, which)
                        for trail, which in zip(fresh, (badges, ()), strict=True)
                    ),
                )
            )
    finally:
        database.close()
    table(
        f"A batch of {IN_A_BATCH} moves, with {len(badges)} badges to earn and without any: ms (span)",
        ("history", "known stages", "without badges", "new stages", "without badges"),
        rows,
    )


def _trail(number: int) -> Quest:
    return msgspec.structs.replace(
        twenty_stages(), id=str(uuid.UUID(int=number + 1, version=4)), code=quest_code(b"bench", number)
    )


class _Walker:
    """Somebody with a phone: each trail a week after the one before, and half an hour between two moves."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.caller = Caller(str(uuid.uuid4()), str(uuid.uuid4()))
        self.begun: dict[str, tuple[str, datetime]] = {}
        self.sent = 0
        token_sha256 = hashlib.sha256(self.caller.device.encode()).digest()
        device = Device(self.caller.device, token_sha256)
        players.register(database, Player(self.caller.player, None), device, FIRST_DAY)

    def timed(self, trail: Quest, batches: int, badges: Sequence[Badge]) -> str:
        taken = []
        for number in range(batches):
            at = number * IN_A_BATCH % MOVES_A_JOURNEY
            began = time.perf_counter()
            self.send(trail, range(at, at + IN_A_BATCH), badges)
            taken.append((time.perf_counter() - began) * 1000)
        return Rounds.of(taken).text(1)

    def send(self, trail: Quest, which: Sequence[int], badges: Sequence[Badge]) -> None:
        journey, began = self.begun.get(trail.id) or self._begin(trail)
        walked = moves(trail, MOVES_A_JOURNEY)
        self.sent += 1
        raw = [
            msgspec.to_builtins(
                self._mine(walked[number], began + timedelta(minutes=30 * number + self.sent))
            )
            for number in which
        ]
        now = began + timedelta(days=2)
        heard = journeys.submit_moves(self.database, self.caller, journey, raw, ("sv",), now, badges)
        if {told.outcome for told in heard.outcomes} != {Outcome.ACCEPTED}:
            raise LoadError(f"not every move was accepted: {heard.outcomes[0]}")

    def _begin(self, trail: Quest) -> tuple[str, datetime]:
        journey, began = str(uuid.uuid4()), FIRST_DAY + timedelta(days=7 * len(self.begun))
        journeys.put(
            self.database,
            self.caller,
            journey,
            quest=trail.id,
            quest_version=trail.version,
            players=[self.caller.player],
            started_at=began,
            now=began,
        )
        self.begun[trail.id] = journey, began
        return self.begun[trail.id]

    def _mine(self, move: Move, made_at: datetime) -> Move:
        return msgspec.structs.replace(
            move,
            id=str(uuid.uuid4()),
            by=(self.caller.player,),
            device=self.caller.device,
            made_at=made_at,
            fixes=tuple(msgspec.structs.replace(fix, at=made_at) for fix in move.fixes),
        )
