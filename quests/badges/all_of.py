"""Each part holds."""

from collections.abc import Collection, Hashable
from typing import Annotated

import msgspec

from quests import badges
from quests.badges.rule import Rule
from quests.deeds import Deed


class AllOf(Rule, frozen=True, tag="all", kw_only=True):
    of: Annotated[tuple["badges.AnyRule", ...], msgspec.Meta(min_length=1, max_length=20)]

    def holds(self, deeds: Collection[Deed]) -> bool:
        return all(part.holds(deeds) for part in self.of)

    def tells(self, deed: Deed) -> frozenset[Hashable]:
        return frozenset((at, told) for at, part in enumerate(self.of) for told in part.tells(deed))

    @property
    def parts(self) -> tuple[Rule, ...]:
        return self.of
