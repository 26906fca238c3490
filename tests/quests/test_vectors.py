"""The cases that the phone runs too. Each row has a name and a why."""

import itertools
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from quests.judge import judge
from quests.model import read_quest
from quests.moves import Move, read_move
from quests.outcomes import Judged
from quests.play import advance, play
from quests.secrets import Heard
from quests.views import for_player

VECTORS = Path(__file__).parents[1] / "vectors"


def rows(name: str) -> list[Any]:
    cases = json.loads((VECTORS / f"{name}.json").read_text())
    return [pytest.param(cases["quests"][row["quest"]], row, id=row["name"]) for row in cases["rows"]]


@pytest.mark.parametrize("quest, row", rows("judge"))
def test_judging(quest: dict[str, Any], row: dict[str, Any]) -> None:
    move = read_move(row["move"])
    assert isinstance(move, Move)

    judged = msgspec.json.decode(
        msgspec.json.encode(judge(read_quest(quest), move, msgspec.convert(row["heard"], Heard)))
    )

    assert {name: judged[name] for name in row["expected"]} == row["expected"], row["why"]


@pytest.mark.parametrize("quest, row", rows("play"))
def test_playing(quest: Any, row: dict[str, Any]) -> None:
    quest = read_quest(quest)
    judged = msgspec.convert(row["judged"], tuple[Judged, ...])

    for order in itertools.permutations(judged):
        journey = play(quest, order)
        found = {
            "open": sorted(journey.open),
            "satisfied": sorted(journey.satisfied),
            "passed": sorted(journey.passed),
            "settled": sorted(journey.settled),
            "finished": journey.finished,
            "trust": dict(journey.trust),
        }
        if journey.facts.row is not None:
            found["right"] = journey.facts.row[1].right
        assert found == row["expected"], row["why"]

        advanced = play(quest, ())
        for one in order:
            advanced = advance(quest, advanced, one)
        assert advanced == journey, row["why"]


@pytest.mark.parametrize("quest, row", rows("views"))
def test_what_a_player_sees(quest: Any, row: dict[str, Any]) -> None:
    quest = read_quest(quest)
    judged = msgspec.convert(row["judged"], tuple[Judged, ...])

    seen = for_player(quest, play(quest, judged), row["languages"])

    assert msgspec.json.decode(msgspec.json.encode(seen)) == row["expected"], row["why"]
