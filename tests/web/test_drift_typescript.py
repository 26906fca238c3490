"""The phone's draw agrees with the server's over the decks of the release."""

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import msgspec

from quests.decks import GROUNDS, MOBILITIES, Light, Season, Together, prompts_of
from quests.drift import RESTS, Card, Circumstances, Pace, draw, due
from server.wiring import open_decks
from tests.web.test_typescript import copy, run

__all__ = ["copy"]


def test_both_languages_draw_the_same_from_the_decks_of_the_release(copy: Path) -> None:
    chance = random.Random(24)
    decks = open_decks()
    prompts = [{**msgspec.to_builtins(prompt), "name": name} for name, prompt in prompts_of(decks)]
    names = [prompt["name"] for prompt in prompts]
    draws: list[dict[str, Any]] = []
    for number in range(400):
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(525_600))
        now = Circumstances(
            at=at,
            ground=chance.choice(GROUNDS),
            season=chance.choice(get_args(Season)),
            light=chance.choice(get_args(Light)),
            company=chance.choice(get_args(Together)),
            mobility=chance.choice(MOBILITIES),
            nerve=chance.randint(1, 3),
        )
        left_over = chance.choice((0, 2, 6, 30, len(names)))
        cards = [
            Card(
                prompt=name, at=at - chance.choice((0.5, 0.999) if left_over < 30 else (0.5, 1, 1.5)) * RESTS
            )
            for name in chance.sample(names, len(names) - left_over)
        ]
        seed = f"drift {number}"
        drawn = draw(decks, seed, now, cards)
        draws.append(
            {
                "name": str(number),
                "why": "by chance",
                "prompts": "all",
                "seed": seed,
                "now": msgspec.to_builtins(now),
                "cards": msgspec.to_builtins(cards),
                "expected": drawn and {"name": drawn.name, "widened": drawn.widened},
            }
        )
    paces = []
    for number in range(400):
        pace = Pace(minutes=chance.randint(2, 30), metres=chance.randint(100, 2_000))
        since_s, away_m = chance.randrange(2_000), chance.choice((None, chance.uniform(0, 3_000)))
        accuracy_m, speed_mps = chance.uniform(0, 100), chance.choice((None, chance.uniform(0, 9)))
        left = due(pace, since_s, away_m, accuracy_m=accuracy_m, speed_mps=speed_mps)
        paces.append(
            {
                "name": str(number),
                "why": "by chance",
                "pace": msgspec.to_builtins(pace),
                "since_s": since_s,
                "away_m": away_m,
                "accuracy_m": accuracy_m,
                "speed_mps": speed_mps,
                "expected": {"now": left.now, "in_s": left.in_s, "in_m": left.in_m},
            }
        )
    # Company alone is hardly ever what is missing in these decks; the vectors have that.
    assert {len(row["expected"]["widened"]) for row in draws if row["expected"]} >= {0, 1, 3, 4}
    assert any(row["expected"] is None for row in draws)
    (copy / "tests/vectors/drift.json").write_text(
        json.dumps({"prompts": {"all": prompts}, "draws": draws, "paces": paces}), "utf-8"
    )

    passed, said = run(copy / "web", "tests/drift.test.ts")

    assert passed, said
