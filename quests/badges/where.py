"""Looks only at the deeds that are so."""

from collections.abc import Collection, Hashable
from typing import Annotated, Literal, TypeAlias, get_args

import msgspec

from quests import badges
from quests.badges.rule import Rule
from quests.deeds import Attribute, Deed, DeedKind, Ground, Light, Players, Season
from quests.model import Company, Setting

TaskKind = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z-]{0,29}$")]
QuestId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Municipality = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}$")]

Asked: TypeAlias = list[tuple[Attribute, frozenset[str]]]


class Where(Rule, frozen=True, tag="where", kw_only=True):
    """A deed is looked at when, of each attribute that is named, it has one of the values listed.

    Each is a list of what may be: nothing can be left out by name. `trust` is the least.
    """

    then: "badges.AnyRule"
    kind: tuple[DeedKind, ...] = ()
    task_kind: tuple[TaskKind, ...] = ()
    quest: tuple[QuestId, ...] = ()
    quest_kind: tuple[Literal["challenge", "trail"], ...] = ()
    season: tuple[Season, ...] = ()
    light: tuple[Light, ...] = ()
    ground: tuple[Ground, ...] = ()
    municipality: tuple[Municipality, ...] = ()
    setting: tuple[Setting, ...] = ()
    company: tuple[Company, ...] = ()
    players: tuple[Players, ...] = ()
    trust: Annotated[int, msgspec.Meta(ge=0, le=3)] = 0

    def holds(self, deeds: Collection[Deed]) -> bool:
        asked = self._asked()
        return self.then.holds([deed for deed in deeds if self._looks_at(deed, asked)])

    def tells(self, deed: Deed) -> frozenset[Hashable]:
        return self.then.tells(deed) if self._looks_at(deed, self._asked()) else frozenset()

    def _asked(self) -> Asked:
        return [
            (attribute, frozenset(values)) for attribute in ATTRIBUTES if (values := self.asks(attribute))
        ]

    def _looks_at(self, deed: Deed, asked: Asked) -> bool:
        return deed.trust >= self.trust and all(
            not allowed.isdisjoint(deed.values(attribute)) for attribute, allowed in asked
        )

    def asks(self, attribute: Attribute) -> tuple[str, ...]:
        """The values that may be; none where it does not matter."""
        values: tuple[str, ...] = getattr(self, attribute)
        return values

    @property
    def parts(self) -> tuple[Rule, ...]:
        return (self.then,)


ATTRIBUTES: tuple[Attribute, ...] = get_args(Attribute)
