"""Stages that rest: nobody is led to them, and a quest is offered by what is left of it.

A rest is an overlay and no version: journeys under way go on past the stage as past any that cannot be done, and
what was done there stays done.
"""

from collections.abc import Collection, Mapping

import msgspec

from quests.conditions import AllOf, AnyOf, AtLeast, Condition, Settled
from quests.model import Quest


def without(quest: Quest, resting: Collection[str]) -> Quest | None:
    """The quest for whoever passes these stages; None where it rests as a whole.

    That is where no stage is left, none with a place where it had some, or where its end asks that a resting stage is
    done: whoever set out would not come to it. Only for offering: nothing is judged by it.
    """
    left = [stage for stage in quest.stages if stage.key not in resting]
    if len(left) == len(quest.stages):
        return quest
    opening = dict(quest.opening)
    gone: set[str] = set()
    while True:
        known = _Known(opening, frozenset(resting), frozenset(gone))
        opens = {stage.key: known.opens(stage.key) for stage in left}
        out_of_reach = {key for key, condition in opens.items() if condition is False}
        if out_of_reach <= gone:
            break
        gone |= out_of_reach
    left = [stage for stage in left if stage.key not in gone]
    finish = known.of(quest.finishing, frozenset())
    placed = any(stage.place is not None for stage in quest.stages)
    if finish is False or not left or (placed and all(stage.place is None for stage in left)):
        return None
    if finish is True:  # passing is enough for its end: then something to do must be left
        finish = AnyOf(tuple(Settled(stage.key) for stage in left[:100]))
    asked = {key: None if isinstance(condition, bool) else condition for key, condition in opens.items()}
    stages = tuple(msgspec.structs.replace(stage, opens=asked[stage.key]) for stage in left)
    return msgspec.structs.replace(quest, stages=stages, order="any", finish=finish, done_at=None)


class _Known:
    """Conditions, when whoever plays passes what rests as soon as it opens. True and False: nothing is left to ask."""

    def __init__(
        self, opening: Mapping[str, Condition | None], resting: frozenset[str], gone: frozenset[str]
    ) -> None:
        self._opening, self._resting, self._gone = opening, resting, gone

    def opens(self, key: str, seen: frozenset[str] = frozenset()) -> Condition | bool:
        condition = self._opening.get(key)
        return True if condition is None else self.of(condition, seen)

    def of(self, condition: Condition, seen: frozenset[str]) -> Condition | bool:
        """`seen`: the resting stages on the way here; one that waits for itself never opens."""
        if isinstance(condition, AllOf):
            return self._at_least(len(condition.of), condition.of, seen)
        if isinstance(condition, AnyOf):
            return self._at_least(1, condition.of, seen)
        if isinstance(condition, AtLeast):
            return self._at_least(condition.count, condition.of, seen)
        key = condition.stage
        if key in self._gone:
            return False
        if key not in self._resting:
            return condition
        if isinstance(condition, Settled) and key not in seen:
            return self.opens(key, seen | {key})
        return False

    def _at_least(self, count: int, parts: tuple[Condition, ...], seen: frozenset[str]) -> Condition | bool:
        known = [self.of(part, seen) for part in parts]
        count -= sum(part is True for part in known)
        asked = tuple(part for part in known if not isinstance(part, bool))
        if count <= 0:
            return True
        if count > len(asked):
            return False
        return asked[0] if len(asked) == 1 else AtLeast(count, asked)
