"""How fast the engine is on one core: reading, judging, folding. No database, no network."""

import time
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import msgspec

from quests.judge import judge
from quests.model import Quest
from quests.moves import Move, decode_json, read_move
from quests.outcomes import Judged
from quests.play import Journey, advance, play
from tests.bench.figures import Rounds, table
from tests.quests.road import moves, twenty_stages

AIM_FOLDED = 50_000  # moves a second, on one core
HISTORIES = (5, 500, 5_000, 50_000)
WALKED = 50_000


def measure(*, quick: bool) -> None:
    rounds = 3 if quick else 7
    walked = 10_000 if quick else WALKED
    quest = twenty_stages()
    sample = moves(quest, 2_000)
    wire = [decode_json(msgspec.json.encode(move)) for move in sample]
    if unread := next((raw for raw in wire if not isinstance(read_move(raw), Move)), None):
        raise AssertionError(unread)
    judged = [judge(quest, move) for move in moves(quest, walked)]
    if not play(quest, judged).finished:
        raise AssertionError("the walk that is timed does not finish its quest")

    folded = _rate(lambda: play(quest, judged), walked, rounds)
    rows = [
        ("fold (play)", folded.text(), f"at least {AIM_FOLDED:,}"),
        ("judge", _rate(lambda: [judge(quest, move) for move in sample], len(sample), rounds).text(), ""),
        ("read (read_move)", _rate(lambda: [read_move(raw) for raw in wire], len(sample), rounds).text(), ""),
    ]
    table("The engine on one core, a trail of 20 stages: moves a second", ("", "median (span)", "aim"), rows)
    _measure_advance(rounds, walked)


def _measure_advance(rounds: int, longest: int) -> None:
    """One move more, after histories of different lengths: news that changes the journey, and no news."""
    quest = twenty_stages()
    histories = [length for length in HISTORIES if length <= longest]
    walked = [judge(quest, move) for move in moves(quest, longest)]
    costs: dict[int, tuple[Rounds, Rounds]] = {}
    for length in histories:
        journey = play(quest, walked[:length])
        newest = walked[length - 1].made_at
        # Choosing again, later: the journey changes by it, however much of it there is.
        news = [_chosen_at(walked, newest + timedelta(seconds=1 + number)) for number in range(300)]
        costs[length] = (
            _cost_us(partial(_advance_each, quest, journey, news), len(news), rounds),
            _cost_us(partial(_advance_each, quest, journey, walked[:5]), 5, rounds),
        )
    least = costs[histories[0]][0].median
    rows = [
        (f"{length:,} moves", changed.text(1), known.text(1), f"{changed.median / least:.2f}")
        for length, (changed, known) in costs.items()
    ]
    table(
        "One more move (advance), after a history: µs of one core",
        ("history", "it changes something", "it was known", "changing, to the first row"),
        rows,
    )


def _advance_each(quest: Quest, journey: Journey, judged: Sequence[Judged]) -> None:
    for one in judged:
        advance(quest, journey, one)


def _chosen_at(walked: list[Judged], made_at: datetime) -> Judged:
    return msgspec.structs.replace(walked[1], move=str(uuid.uuid4()), made_at=made_at)


def _rate(work: Callable[[], object], count: int, rounds: int) -> Rounds:
    return Rounds.of([count / seconds for seconds in _processor_seconds(work, rounds)])


def _cost_us(work: Callable[[], object], count: int, rounds: int) -> Rounds:
    repeated = max(1, 1_000 // count)

    def often() -> None:
        for _ in range(repeated):
            work()

    return Rounds.of(
        [seconds / count / repeated * 1_000_000 for seconds in _processor_seconds(often, rounds)]
    )


def _processor_seconds(work: Callable[[], object], rounds: int) -> list[float]:
    """Of this process alone, so that others on the machine count for less."""
    work()
    taken = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return taken
