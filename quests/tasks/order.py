"""Put things in order."""

from typing import Annotated

import msgspec

from quests.conditions import OptionKey
from quests.tasks.kind import AnswerBits, Body, Checked, Scene, Verdict, elsewhere

Items = Annotated[tuple[OptionKey, ...], msgspec.Meta(min_length=3, max_length=7)]


class OrderBody(Body, frozen=True, tag="order", kw_only=True):
    items: Annotated[Items, msgspec.Meta(description="All of them, the first one first.")]


class Order(Checked, frozen=True, tag="order", kw_only=True):
    """Things and the order they belong in. Without a right order every order is one's own, and right.

    An order is compared as its keys with a space between them.
    """

    Body = OrderBody

    items: Items
    accepted: Annotated[tuple[AnswerBits, ...], msgspec.Meta(max_length=20)] = ()

    @property
    def named(self) -> tuple[str, ...]:
        return self.items

    def given(self, body: OrderBody) -> str | None:
        return " ".join(body.items)

    def form(self, listed: str) -> str | None:
        keys = listed.split()
        return " ".join(keys) if sorted(keys) == sorted(self.items) else None

    def misfit(self, listed: str) -> tuple[str, dict[str, str]] | None:
        if self.form(listed) is None:
            return "answer-not-an-order", {"found": listed, "listed": " ".join(self.items)}
        return None

    def judge(self, body: OrderBody, scene: Scene) -> Verdict:
        if sorted(body.items) != sorted(self.items):
            return Verdict("unknown-option")
        return elsewhere(self, body, scene.presence) or self.weighed(" ".join(body.items), scene)

    def done_with(self, words: str) -> OrderBody:
        return OrderBody(items=tuple(words.split()) if self.form(words) is not None else self.items)
