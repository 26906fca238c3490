"""Holds for what was done within so many days."""

from collections.abc import Collection, Hashable
from datetime import timedelta
from typing import Annotated

import msgspec

from quests import badges
from quests.badges.rule import Rule
from quests.deeds import Deed


class Within(Rule, frozen=True, tag="within", kw_only=True):
    """There are days in a row, so many of them, whose deeds are enough. Any such days will do, at any time.

    Only moves whose clock can be relied on. A week is the least, so that nobody has to hurry.
    """

    days: Annotated[int, msgspec.Meta(ge=7, le=800)]
    then: "badges.AnyRule"

    def holds(self, deeds: Collection[Deed]) -> bool:
        timed = [deed for deed in deeds if deed.on_time]
        length = timedelta(days=self.days)
        return any(
            self.then.holds([deed for deed in timed if first <= deed.when.day < first + length])
            for first in sorted({deed.when.day for deed in timed})
        )

    def tells(self, deed: Deed) -> frozenset[Hashable]:
        if not deed.on_time:
            return frozenset()
        return frozenset((deed.when.day, told) for told in self.then.tells(deed))

    @property
    def parts(self) -> tuple[Rule, ...]:
        return (self.then,)
