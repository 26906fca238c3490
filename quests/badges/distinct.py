"""At least so many different values of one attribute."""

from collections import defaultdict
from collections.abc import Collection, Hashable
from itertools import product
from typing import Annotated, Literal

import msgspec

from quests.badges.rule import Rule
from quests.deeds import Deed


class Distinct(Rule, frozen=True, tag="distinct", kw_only=True):
    """With `same`, within the deeds that agree in it: two seasons in one quest, say, whichever quest it is.

    What a quest may be made for in several ways at once (`setting`, `company`) is no attribute here: one quest
    would be several values.
    """

    of: Literal["task_kind", "quest", "quest_kind", "season", "light", "municipality"]
    least: Annotated[int, msgspec.Meta(ge=1, le=8)]
    same: Literal["quest", "municipality", "season"] | None = None

    def holds(self, deeds: Collection[Deed]) -> bool:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for deed in deeds:
            for group in self._groups(deed):
                found[group].update(deed.values(self.of))
        return any(len(values) >= self.least for values in found.values())

    def tells(self, deed: Deed) -> frozenset[Hashable]:
        return frozenset(product(self._groups(deed), deed.values(self.of)))

    def _groups(self, deed: Deed) -> tuple[str, ...]:
        return ("",) if self.same is None else deed.values(self.same)
