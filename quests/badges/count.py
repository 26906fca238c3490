"""At least so many different things were done."""

from collections.abc import Collection, Hashable
from typing import Annotated

import msgspec

from quests.badges.rule import Rule
from quests.deeds import Deed

COUNT_MOST = 20  # whoever would have to do more would be collecting


class Count(Rule, frozen=True, tag="count", kw_only=True):
    """Doing the same thing again adds nothing: there is no reward for attempts."""

    least: Annotated[int, msgspec.Meta(ge=1, le=COUNT_MOST)]

    def holds(self, deeds: Collection[Deed]) -> bool:
        return len({deed.thing for deed in deeds}) >= self.least

    def tells(self, deed: Deed) -> frozenset[Hashable]:
        return frozenset({deed.thing})
