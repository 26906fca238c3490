"""When a stage opens and when a quest is finished: and, or and count over positive facts.

There is no *not*, *first*, *at most* or *for all*: with only these forms a condition that holds for a
set of facts holds for every larger set, and hearing one more move can never take progress away.
"""

from collections.abc import Set as AbstractSet
from typing import Annotated, Protocol

import msgspec

StageKey = Annotated[
    str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$", description="Permanent within a quest.")
]
TaskKey = Annotated[
    str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$", description="Permanent within a stage.")
]
OptionKey = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,19}$")]


class Counted(Protocol):
    """The positive facts a condition may look at: those of stages whose turn has come."""

    @property
    def satisfied(self) -> AbstractSet[str]: ...
    @property
    def settled(self) -> AbstractSet[str]: ...
    @property
    def chosen(self) -> AbstractSet[tuple[str, str, str]]: ...


class Settled(msgspec.Struct, frozen=True, tag_field="is", tag="settled", forbid_unknown_fields=True):
    """The stage is satisfied, or passed because it could not be done."""

    stage: StageKey

    def holds(self, facts: Counted) -> bool:
        return self.stage in facts.settled


class Satisfied(msgspec.Struct, frozen=True, tag_field="is", tag="satisfied", forbid_unknown_fields=True):
    """The stage is satisfied; passing it is not enough."""

    stage: StageKey

    def holds(self, facts: Counted) -> bool:
        return self.stage in facts.satisfied


class Chose(msgspec.Struct, frozen=True, tag_field="is", tag="chose", forbid_unknown_fields=True):
    """That option was ever chosen there: every branch whose answer was given is open."""

    stage: StageKey
    task: TaskKey
    option: OptionKey

    def holds(self, facts: Counted) -> bool:
        return (self.stage, self.task, self.option) in facts.chosen


class AllOf(msgspec.Struct, frozen=True, tag_field="is", tag="all", forbid_unknown_fields=True):
    of: Annotated[tuple["Condition", ...], msgspec.Meta(min_length=1, max_length=100)]

    def holds(self, facts: Counted) -> bool:
        return all(part.holds(facts) for part in self.of)


class AnyOf(msgspec.Struct, frozen=True, tag_field="is", tag="any", forbid_unknown_fields=True):
    of: Annotated[tuple["Condition", ...], msgspec.Meta(min_length=1, max_length=100)]

    def holds(self, facts: Counted) -> bool:
        return any(part.holds(facts) for part in self.of)


class AtLeast(msgspec.Struct, frozen=True, tag_field="is", tag="at_least", forbid_unknown_fields=True):
    """At least `count` of the parts hold."""

    count: Annotated[int, msgspec.Meta(ge=1, le=200)]
    of: Annotated[tuple["Condition", ...], msgspec.Meta(min_length=1, max_length=200)]

    def holds(self, facts: Counted) -> bool:
        return sum(part.holds(facts) for part in self.of) >= self.count


Condition = Settled | Satisfied | Chose | AllOf | AnyOf | AtLeast


def atoms(condition: Condition) -> tuple[Settled | Satisfied | Chose, ...]:
    """The facts a condition looks at, in reading order."""
    if isinstance(condition, AllOf | AnyOf | AtLeast):
        return tuple(atom for part in condition.of for atom in atoms(part))
    return (condition,)
