"""A batch of moves as it arrives, and what becomes of each: the same in a journey and outside of any."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

from psycopg import Connection

from quests.judge import unreadable
from quests.moves import MOVE_MAX_BYTES, Made, Unreadable, canonical_json, digest, read_id
from quests.outcomes import Judged, Outcome
from server.stores import journeys
from server.stores.database import Row
from server.stores.journeys import HeardMove, KeptMove
from server.use_cases.players import Caller
from server.use_cases.problem import Problem

MOVES_IN_A_BATCH = 500
MOVES_OF_A_DEVICE_IN_A_DAY = 5_000
# A pointer or a reason is said to developers; what a broken move puts there must not fill an answer.
SAYABLE_CHARACTERS = 300

AnyMove = TypeVar("AnyMove", bound=Made)


@dataclass(frozen=True, slots=True)
class MoveOutcome:
    """What became of one move of a batch.

    `id` is None where the move has none that can be read; then nothing was kept, and `index` tells which
    it was. `first`: for a duplicate, the outcome that stands; the code is that one's. The message for people
    is made at the edge from `code` and `details`; a key or number of `details`, never a player's text.
    """

    index: int
    id: str | None
    outcome: Outcome
    code: str
    details: Mapping[str, str | float | int]
    pointer: str | None = None
    trust: int | None = None
    first: "MoveOutcome | None" = None


@dataclass(frozen=True, slots=True)
class Arrived(Generic[AnyMove]):
    """A move of the batch before anything is known of it. `kept`: it can be, having an id and a digest."""

    index: int
    id: str | None
    move: AnyMove | Unreadable
    digest: bytes = b""
    raw: bytes = b""

    @property
    def kept(self) -> bool:
        return self.id is not None and self.digest != b""


def arrived(
    index: int, raw: object, owner: str, read: Callable[[object], AnyMove | Unreadable]
) -> Arrived[AnyMove]:
    move_id = read_id(raw)
    try:
        move = read(raw)
        mark = digest(raw)
        text = canonical_json(raw) if isinstance(move, Unreadable) else b""
    except RecursionError:
        return Arrived(index, move_id, Unreadable("unreadable", "", "nested too deep"))
    if isinstance(move, Made) and owner not in move.by:
        move = Unreadable("unreadable", "/by", "the journey's owner must be among the players")
        text = canonical_json(raw)
    if isinstance(move, Unreadable):
        move = Unreadable(move.code, _sayable(move.pointer), _sayable(move.reason))
    return Arrived(index, move_id, move, mark, text[:MOVE_MAX_BYTES])


def _sayable(text: str) -> str:
    """What UTF-8 and a database can hold, and not too much of it."""
    return text[:SAYABLE_CHARACTERS].replace("\0", "\ufffd").encode(errors="replace").decode()


def outcomes(
    arrived: Sequence[Arrived[AnyMove]],
    standing: Mapping[str, KeptMove],
    added: set[str],
    journey_id: str | None,
    now: datetime,
) -> tuple[MoveOutcome, ...]:
    """One for each move of the batch, in its order. `standing`: what is kept under their ids; `added`: just now."""
    told: set[str] = set()
    found = []
    for one in arrived:
        kept = standing.get(one.id or "")
        if one.id is None or kept is None:
            broken = one.move if isinstance(one.move, Unreadable) else Unreadable("unreadable", "/id", "")
            found.append(replace(_outcome(one.index, unreadable("", broken, now)), id=one.id))
        elif one.id in added and one.id not in told:
            found.append(_outcome(one.index, kept.judged))
        elif one.digest == kept.digest and kept.journey == journey_id:
            first = _outcome(one.index, kept.judged)
            found.append(replace(first, outcome=Outcome.DUPLICATE, first=first))
        else:
            found.append(MoveOutcome(one.index, one.id, Outcome.REFUSED, "id-reused", {}))
        told.add(one.id or "")
    return tuple(found)


def _outcome(index: int, judged: Judged) -> MoveOutcome:
    details = dict(judged.details)
    pointer = details.pop("pointer", None) if judged.outcome is Outcome.UNREADABLE else None
    return MoveOutcome(
        index=index,
        id=judged.move,
        outcome=judged.outcome,
        code=judged.code,
        details=details,
        pointer=None if pointer is None else str(pointer),
        trust=judged.trust if judged.outcome is Outcome.ACCEPTED else None,
    )


def who_is_named(news: Sequence[HeardMove]) -> set[str]:
    """Everybody whom the accepted ones name, their owner among them; nobody where none was accepted."""
    return {
        player
        for heard in news
        if heard.move is not None and heard.judged.outcome is Outcome.ACCEPTED
        for player in heard.move.by
    }


def refuse_too_many(connection: Connection[Row], caller: Caller, more: int, now: datetime) -> None:
    """Of a device in a day. Raises Problem: device-tired. Other batches of the device wait for this transaction."""
    journeys.lock_device(connection, caller.player, caller.device)
    today, day_ends_in_s = journeys.heard_today(connection, caller.player, caller.device, now)
    if today + more > MOVES_OF_A_DEVICE_IN_A_DAY:
        left = MOVES_OF_A_DEVICE_IN_A_DAY - today
        raise Problem("device-tired", retry_after_s=day_ends_in_s, most=MOVES_OF_A_DEVICE_IN_A_DAY, left=left)
