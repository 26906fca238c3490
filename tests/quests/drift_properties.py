"""What every draw of a drift must keep, each as a function of the implementation it holds to account.

`test_drift.py` runs each against the engine, and against a twin that is wrong in the way the property forbids.
"""

import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import get_args

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from quests.decks import GROUNDS, MOBILITIES, AnyLight, Deck, Light, Prompt, Season, Together, prompts_of
from quests.drift import RESTS, WIDENINGS, Card, Circumstances, Drawn, fits, is_safe

Draw = Callable[[Iterable[Deck], str, Circumstances, Iterable[Card]], Drawn | None]

NOW = datetime(2026, 12, 15, 15, 10, tzinfo=UTC)


def _some(values: Iterable[str], least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(list(values)), min_size=least, max_size=2, unique=True).map(tuple)


prompts = st.builds(
    Prompt,
    key=st.sampled_from([f"p{number}" for number in range(12)]),
    ground=_some(GROUNDS, 1),
    seasons=_some(get_args(Season)),
    light=st.sampled_from(get_args(AnyLight)),
    company=_some(get_args(Together)),
    mobility=st.sampled_from(MOBILITIES),
    nerve=st.integers(1, 3),
    texts=st.just({"en": "Look."}),
)
decks = st.lists(
    st.builds(
        Deck,
        key=st.sampled_from(("a", "b")),
        version=st.just(""),
        texts=st.just({}),
        prompts=st.lists(prompts, max_size=8, unique_by=lambda prompt: prompt.key).map(tuple),
    ),
    max_size=2,
    unique_by=lambda deck: deck.key,
)
circumstances = st.builds(
    Circumstances,
    at=st.just(NOW),
    ground=st.sampled_from(GROUNDS),
    season=st.sampled_from(get_args(Season)),
    light=st.sampled_from(get_args(Light)),
    company=st.sampled_from(get_args(Together)),
    mobility=st.sampled_from(MOBILITIES),
    nerve=st.integers(1, 3),
)
seeds = st.sampled_from(("one", "another", "å"))


def _cards(among: Iterable[Deck]) -> st.SearchStrategy[list[Card]]:
    names = [name for name, _ in prompts_of(among)] or ["a/gone"]
    ages = st.one_of(
        st.sampled_from((RESTS, RESTS - timedelta(milliseconds=1), -timedelta(days=1))),
        st.integers(0, 60).map(lambda days: timedelta(days=days)),
    )
    return st.lists(
        st.builds(
            Card,
            prompt=st.sampled_from(names),
            at=ages.map(lambda age: NOW - age),
            passed=st.booleans(),
        ),
        max_size=6,
    )


def what_was_drawn_rests_for_thirty_days(draw: Draw) -> None:
    @given(decks, seeds, circumstances, st.data())
    def holds(some: list[Deck], seed: str, now: Circumstances, data: st.DataObject) -> None:
        cards = data.draw(_cards(some))
        drawn = draw(some, seed, now, cards)
        if drawn is not None:
            assert all(now.at - card.at >= RESTS for card in cards if card.prompt == drawn.name)

    holds()


def a_pass_was_drawn_and_is_nothing_else(draw: Draw) -> None:
    @given(decks, seeds, circumstances, st.data())
    def holds(some: list[Deck], seed: str, now: Circumstances, data: st.DataObject) -> None:
        cards = data.draw(_cards(some))
        turned = [msgspec.structs.replace(card, passed=not card.passed) for card in cards]
        assert draw(some, seed, now, cards) == draw(some, seed, now, turned)

    holds()


def what_is_drawn_is_safe(draw: Draw) -> None:
    """Said once more in full, so that no change of `is_safe` passes unseen."""

    @given(decks, seeds, circumstances)
    def holds(some: list[Deck], seed: str, now: Circumstances) -> None:
        drawn = draw(some, seed, now, ())
        if drawn is None:
            return
        prompt = drawn.prompt
        assert prompt.nerve <= now.nerve
        assert prompt.light in ("any", now.light)
        assert {"sits": 0, "wheels": 1, "walks": 2}[prompt.mobility] <= MOBILITIES.index(now.mobility)
        if now.company == "alone":
            assert prompt.company == () or "alone" in prompt.company
        if now.light == "dark" and now.ground in {"town", "village", "indoors"}:
            assert set(prompt.ground) & {"town", "village", "indoors"}

    holds()


def something_is_drawn_while_anything_safe_is_left(draw: Draw) -> None:
    @given(decks, seeds, circumstances, st.data())
    def holds(some: list[Deck], seed: str, now: Circumstances, data: st.DataObject) -> None:
        cards = data.draw(_cards(some))
        resting = {card.prompt for card in cards if now.at - card.at < RESTS}
        left = [name for name, prompt in prompts_of(some) if is_safe(prompt, now) and name not in resting]
        assert (draw(some, seed, now, cards) is not None) == bool(left)

    holds()


def nothing_is_widened_that_need_not_be(draw: Draw) -> None:
    @given(decks, seeds, circumstances)
    def holds(some: list[Deck], seed: str, now: Circumstances) -> None:
        drawn = draw(some, seed, now, ())
        if drawn is None:
            return
        assert drawn.widened == WIDENINGS[: len(drawn.widened)]
        assert fits(drawn.prompt, now, drawn.widened)
        if drawn.widened:
            safe = [prompt for _, prompt in prompts_of(some) if is_safe(prompt, now)]
            assert not any(fits(prompt, now, drawn.widened[:-1]) for prompt in safe)

    holds()


def order_and_repetition_change_nothing(draw: Draw) -> None:
    @given(decks, seeds, circumstances, st.data(), st.randoms(use_true_random=False))
    def holds(
        some: list[Deck], seed: str, now: Circumstances, data: st.DataObject, chance: random.Random
    ) -> None:
        cards = data.draw(_cards(some))
        mixed = [*cards, *cards]
        chance.shuffle(mixed)
        other_way = [msgspec.structs.replace(deck, prompts=deck.prompts[::-1]) for deck in reversed(some)]
        assert draw(other_way, seed, now, mixed) == draw(some, seed, now, cards)

    holds()


def a_drift_asks_nothing_twice(draw: Draw) -> None:
    """Drawn to the end, one after the other: every safe prompt once, and then nothing."""

    @given(decks, seeds, circumstances)
    def holds(some: list[Deck], seed: str, now: Circumstances) -> None:
        cards: list[Card] = []
        while (drawn := draw(some, seed, now, cards)) is not None:
            assert drawn.name not in {card.prompt for card in cards}
            cards.append(Card(prompt=drawn.name, at=now.at, passed=len(cards) % 2 == 0))
        safe = {name for name, prompt in prompts_of(some) if is_safe(prompt, now)}
        assert {card.prompt for card in cards} == safe

    holds()


def another_prompt_that_is_there_changes_little(draw: Draw) -> None:
    """With one prompt more in a deck, it is drawn itself or nothing changes: two phones differ by one at most."""

    @given(decks, seeds, circumstances, prompts)
    def holds(some: list[Deck], seed: str, now: Circumstances, more: Prompt) -> None:
        before = draw(some, seed, now, ())
        added = Deck(key="z", version="", texts={}, prompts=(more,))
        after = draw([*some, added], seed, now, ())
        assert after == before or (after is not None and after.name == added.name_of(more))

    holds()
