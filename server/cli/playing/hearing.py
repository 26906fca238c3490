"""What the phone says of its moves and what the server says, side by side: the same offline and on, or it is told."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any

import msgspec

from quests.evidence import TRUST_CHECKED
from quests.judge import judge
from quests.languages import chain
from quests.model import Quest
from quests.outcomes import Judged, Outcome
from quests.play import Journey, play
from quests.secrets import Heard
from quests.views import for_player
from server.cli.playing.calls import Answered
from server.cli.playing.phone import NONE_KNOWN, KnownClosures, Made

MOVES_IN_A_BATCH = 500
SENT_TWICE = 0.2  # of an offline game, as after a lost answer
SHOWN_CHARACTERS = 120

Send = Callable[[list[dict[str, Any]]], Answered]


@dataclass(frozen=True, slots=True)
class Told:
    """What the server said of one move when it first heard it."""

    outcome: str
    code: str
    message: str
    trust: int | None


UNTOLD = Told("untold", "", "", None)


class Hearing:
    """Sends moves and compares, move by move and view by view. `differences`: every one there was."""

    def __init__(self, quest: Quest, language: str, send: Send, closures: KnownClosures = NONE_KNOWN) -> None:
        self.quest = quest
        self._closures = closures
        self.differences: list[str] = []
        self.told: dict[str, Told] = {}
        self.view: dict[str, Any] = {}
        self.requests = 0
        self._languages = chain((language,))
        self._send = send
        self._judged: dict[str, Judged] = {}

    @property
    def journey(self) -> Journey:
        """As the phone folds what has been heard."""
        return play(self.quest, self._judged.values())

    def hear(self, made: Sequence[Made]) -> None:
        """Sends them, if there are any; if there are none, asks where the journey stands."""
        for start in range(0, max(1, len(made)), MOVES_IN_A_BATCH):
            self._hear(made[start : start + MOVES_IN_A_BATCH])

    def expect(self, journey: Journey) -> None:
        """Compares where the phone thought it was, offline, with what came of the moves when they were heard."""
        if journey.progress != self.journey.progress:
            differing = sorted(journey.progress ^ self.journey.progress)
            self.differences.append(f"offline the phone came to another journey: {_shown(differing)}")

    def _hear(self, batch: Sequence[Made]) -> None:
        answered = self._send([one.raw for one in batch])
        self.requests += 1
        outcomes = [one for one in answered.value.get("outcomes") or () if isinstance(one, dict)]
        if [told.get("id") for told in outcomes] != [one.move.id for one in batch]:
            self.differences.append(f"{len(batch)} moves were sent, and the outcomes are not one for each")
        for one, told in zip(batch, outcomes, strict=False):
            self._compare(one, told, may_be_again=answered.tries > 1)
        for one in batch:
            self.told.setdefault(one.move.id, UNTOLD)
        self.view = answered.value.get("journey") or {}
        mine = json.loads(msgspec.json.encode(for_player(self.quest, self.journey, self._languages)))
        self.differences += _unlike(mine, self.view, "journey")

    def _compare(self, made: Made, told: dict[str, Any], *, may_be_again: bool) -> None:
        name = f"{made.move.stage or 'row'}/{made.move.task or 'hand-in'} ({made.move.id})"
        again = self.told.get(made.move.id, UNTOLD) is not UNTOLD
        is_duplicate = told.get("outcome") == Outcome.DUPLICATE
        if again != is_duplicate and not (may_be_again and is_duplicate):
            heard = "for the second time" if again else "for the first time"
            self.differences.append(f"{name}: sent {heard}, and told {told.get('outcome')}")
        stands = told.get("first") or told
        # The clock of hearing is the one thing that the phone must guess: a move may be late.
        closed = self._closures.closed_to(self.quest, made.move)
        mine = judge(self.quest, made.move, Heard(at=datetime.now(UTC), closed=closed))
        self._judged[made.move.id] = mine
        for what, phone, server in (
            ("outcome", mine.outcome.value, stands.get("outcome")),
            ("code", mine.code, stands.get("code")),
            ("details", mine.details, stands.get("details", {})),
        ):
            if phone != server:
                self.differences.append(
                    f"{name}: {what}: the phone says {_shown(phone)}, the server {_shown(server)}"
                )
        trust = stands.get("trust")
        if mine.outcome is Outcome.ACCEPTED and trust not in {mine.trust, mine.trust + TRUST_CHECKED}:
            self.differences.append(f"{name}: trust: the phone says {mine.trust}, the server {trust}")
        if not again:
            self.told[made.move.id] = Told(
                str(stands.get("outcome")), str(stands.get("code")), str(stands.get("message", "")), trust
            )


def offline_batches(made: Sequence[Made], batches: int, chance: Random) -> list[list[Made]]:
    """All moves of a game, shuffled, some of them twice."""
    again = chance.sample(list(made), k=round(len(made) * SENT_TWICE))
    sent = [*made, *again]
    chance.shuffle(sent)
    return [part for number in range(batches) if (part := sent[number::batches])]


def _unlike(mine: Any, theirs: Any, path: str) -> Iterator[str]:  # noqa: ANN401  any JSON value
    """Every place where two JSON values differ, but for what only the server knows and may only add."""
    if path.endswith("/tie_break_off_by"):
        return
    if path.endswith("/trust"):
        if (mine is None) != (theirs is None) or (theirs or 0) < (mine or 0):
            yield f"{path}: the phone says {mine}, the server {theirs}"
    elif isinstance(mine, dict) and isinstance(theirs, dict):
        for name in sorted(mine.keys() | theirs.keys()):
            yield from _unlike(mine.get(name), theirs.get(name), f"{path}/{name}")
    elif isinstance(mine, list) and isinstance(theirs, list) and len(mine) == len(theirs):
        for index, (one, other) in enumerate(zip(mine, theirs, strict=True)):
            yield from _unlike(one, other, f"{path}/{index}")
    elif mine != theirs:
        yield f"{path}: the phone says {_shown(mine)}, the server {_shown(theirs)}"


def _shown(value: Any) -> str:  # noqa: ANN401  any JSON value
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"
