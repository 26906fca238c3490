"""Every property of a drift's draw, and for each a twin that breaks it and must be caught; and the pace."""

import json
import math
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quests.chance import rank
from quests.decks import Deck, Prompt, prompts_of
from quests.drift import AT_ONCE_S, WIDENINGS, Card, Circumstances, Drawn, Pace, draw, due, fits, is_safe
from tests.quests import drift_properties as the
from tests.twins import Property, caught, name_of

PROPERTIES: tuple[Property, ...] = (
    the.what_was_drawn_rests_for_thirty_days,
    the.a_pass_was_drawn_and_is_nothing_else,
    the.what_is_drawn_is_safe,
    the.something_is_drawn_while_anything_safe_is_left,
    the.nothing_is_widened_that_need_not_be,
    the.order_and_repetition_change_nothing,
    the.a_drift_asks_nothing_twice,
    the.another_prompt_that_is_there_changes_little,
)

Decks = Iterable[Deck]
Cards = Iterable[Card]


def draw_after_a_month_by_the_calendar(
    decks: Decks, seed: str, now: Circumstances, cards: Cards
) -> Drawn | None:
    """29 days and some."""
    return draw(decks, seed, msgspec.structs.replace(now, at=now.at + timedelta(days=1)), cards)


def draw_again_what_was_passed(decks: Decks, seed: str, now: Circumstances, cards: Cards) -> Drawn | None:
    return draw(decks, seed, now, [card for card in cards if not card.passed])


def draw_for_the_brave(decks: Decks, seed: str, now: Circumstances, cards: Cards) -> Drawn | None:
    """Nerve is widened when nothing is left."""
    brave = msgspec.structs.replace(now, nerve=3)
    return draw(decks, seed, now, cards) or draw(decks, seed, brave, cards)


def draw_by_any_light(decks: Decks, seed: str, now: Circumstances, cards: Cards) -> Drawn | None:
    other = msgspec.structs.replace(now, light="day" if now.light == "dark" else "dark")
    return draw(decks, seed, now, cards) or draw(decks, seed, other, cards)


def draw_on_foot(decks: Decks, seed: str, now: Circumstances, cards: Cards) -> Drawn | None:
    return draw(decks, seed, msgspec.structs.replace(now, mobility="walks"), cards)


def draw_as_if_in_company(decks: Decks, seed: str, now: Circumstances, cards: Cards) -> Drawn | None:
    return draw(decks, seed, msgspec.structs.replace(now, company="two"), cards)


def draw_into_the_dark_forest(decks: Decks, seed: str, now: Circumstances, cards: Cards) -> Drawn | None:
    elsewhere = msgspec.structs.replace(now, ground="forest")
    return draw(decks, seed, now, cards) or draw(decks, seed, elsewhere, cards)


def draw_only_what_fits(decks: Decks, seed: str, now: Circumstances, cards: Cards) -> Drawn | None:
    found = draw(decks, seed, now, cards)
    return None if found is None or found.widened else found


def draw_with_everything_widened(decks: Decks, seed: str, now: Circumstances, cards: Cards) -> Drawn | None:
    resting = {card.prompt for card in cards}
    left = {n: p for n, p in prompts_of(decks) if is_safe(p, now) and n not in resting}
    name = min(left, key=lambda name: rank(seed, name, 1), default=None)
    return None if name is None else Drawn(name, left[name], WIDENINGS)


def draw_the_first(decks: Decks, _seed: str, now: Circumstances, cards: Cards) -> Drawn | None:
    """In the order of the deck."""
    resting = {card.prompt for card in cards}
    for count in range(len(WIDENINGS) + 1):
        for name, prompt in prompts_of(decks):
            if name not in resting and is_safe(prompt, now) and fits(prompt, now, WIDENINGS[:count]):
                return Drawn(name, prompt, WIDENINGS[:count])
    return None


def draw_until_five(decks: Decks, seed: str, now: Circumstances, cards: Cards) -> Drawn | None:
    """Five prompts make a drift."""
    return draw(decks, seed, now, cards) if len({card.prompt for card in cards}) < 5 else None


def draw_by_number(decks: Decks, seed: str, now: Circumstances, cards: Cards) -> Drawn | None:
    """By place in the sorted list: one prompt more and everything is another."""
    first = draw(decks, seed, now, cards)
    if first is None:
        return None
    resting = {card.prompt for card in cards if now.at - card.at < timedelta(days=30)}
    fitting = sorted(
        (name, prompt)
        for name, prompt in prompts_of(decks)
        if name not in resting and is_safe(prompt, now) and fits(prompt, now, first.widened)
    )
    name, prompt = fitting[len(seed) * 7 % len(fitting)]
    return Drawn(name, prompt, first.widened)


TWINS = (
    (the.what_was_drawn_rests_for_thirty_days, draw_after_a_month_by_the_calendar),
    (the.a_pass_was_drawn_and_is_nothing_else, draw_again_what_was_passed),
    (the.what_is_drawn_is_safe, draw_for_the_brave),
    (the.what_is_drawn_is_safe, draw_by_any_light),
    (the.what_is_drawn_is_safe, draw_on_foot),
    (the.what_is_drawn_is_safe, draw_as_if_in_company),
    (the.what_is_drawn_is_safe, draw_into_the_dark_forest),
    (the.something_is_drawn_while_anything_safe_is_left, draw_only_what_fits),
    (the.nothing_is_widened_that_need_not_be, draw_with_everything_widened),
    (the.order_and_repetition_change_nothing, draw_the_first),
    (the.a_drift_asks_nothing_twice, draw_until_five),
    (the.another_prompt_that_is_there_changes_little, draw_by_number),
)


@pytest.mark.parametrize("holds", PROPERTIES, ids=name_of)
def test_the_draw_keeps(holds: Property) -> None:
    holds(draw)


@pytest.mark.parametrize("holds, twin", TWINS, ids=name_of)
def test_a_twin_that_breaks_it_is_caught(holds: Property, twin: Any) -> None:
    caught(holds, twin)


def test_every_property_has_a_twin() -> None:
    assert {holds for holds, _ in TWINS} == set(PROPERTIES)


VECTORS = json.loads((Path(__file__).parents[1] / "vectors/drift.json").read_text())


def decks_of(prompts: list[dict[str, Any]]) -> list[Deck]:
    """From prompts as a phone has them, by their names."""
    by_deck: dict[str, list[Prompt]] = {}
    for prompt in prompts:
        deck, _, key = prompt["name"].partition("/")
        rest = {name: value for name, value in prompt.items() if name != "name"}
        by_deck.setdefault(deck, []).append(
            msgspec.convert({**rest, "key": key, "texts": {"en": "Look."}}, Prompt)
        )
    return [Deck(key=key, version="", texts={}, prompts=tuple(found)) for key, found in by_deck.items()]


@pytest.mark.parametrize("row", [pytest.param(row, id=row["name"]) for row in VECTORS["draws"]])
def test_drawing(row: dict[str, Any]) -> None:
    now = msgspec.convert(row["now"], Circumstances)
    cards = msgspec.convert(row["cards"], tuple[Card, ...])

    drawn = draw(decks_of(VECTORS["prompts"][row["prompts"]]), row["seed"], now, cards)

    found = None if drawn is None else {"name": drawn.name, "widened": list(drawn.widened)}
    assert found == row["expected"], row["why"]


@pytest.mark.parametrize("row", [pytest.param(row, id=row["name"]) for row in VECTORS["paces"]])
def test_pace(row: dict[str, Any]) -> None:
    found = due(
        msgspec.convert(row["pace"], Pace),
        row["since_s"],
        row["away_m"],
        accuracy_m=row.get("accuracy_m", 0),
        speed_mps=row.get("speed_mps"),
    )

    assert {"now": found.now, "in_s": found.in_s, "in_m": found.in_m} == row["expected"], row["why"]


def test_every_prompt_of_the_vectors_is_one_that_a_deck_may_have() -> None:
    for prompts in VECTORS["prompts"].values():
        assert sum(len(deck.prompts) for deck in decks_of(prompts)) == len(prompts)
        assert len({prompt["name"] for prompt in prompts}) == len(prompts)


paces = st.builds(Pace, minutes=st.integers(2, 30), metres=st.integers(100, 2_000))
seconds = st.integers(0, 4_000)
metres = st.one_of(st.none(), st.floats(0, 5_000))


@given(paces, seconds, metres, st.integers(0, 600), st.floats(0, 1_000))
def test_what_is_due_stays_due_with_more_time_and_more_way(
    pace: Pace, since_s: int, away_m: float | None, later_s: int, farther_m: float
) -> None:
    further = None if away_m is None else away_m + farther_m

    assert not due(pace, since_s, away_m).now or due(pace, since_s + later_s, further).now


@given(paces, seconds, metres)
def test_what_is_left_is_the_time_until_it_is_due(pace: Pace, since_s: int, away_m: float | None) -> None:
    found = due(pace, since_s, away_m)

    assert due(pace, since_s + math.ceil(found.in_s), away_m).now
    if not found.now and found.in_m:
        assert due(pace, max(since_s, AT_ONCE_S), (away_m or 0) + found.in_m + 1e-6).now


@given(paces, seconds, metres, st.floats(6.95, 100))
def test_nobody_is_asked_anything_in_a_bus(
    pace: Pace, since_s: int, away_m: float | None, speed_mps: float
) -> None:
    assert not due(pace, since_s, away_m, speed_mps=speed_mps).now


@pytest.mark.parametrize("bad", [{"minutes": 0}, {"minutes": 31}, {"metres": 50}, {"metres": 5_000}])
def test_a_pace_that_hurries_or_forgets_is_none(bad: dict[str, int]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(bad, Pace)
