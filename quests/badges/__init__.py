"""What earns a badge: and, or, count, distinct, where and within over positive facts.

There is no *not*, *first*, *at most* or *for all*, and nothing of minutes, ranks or attempts: with only these
forms what somebody has earned cannot be lost by doing more. A new rule is one file beside this one, one name
in `AnyRule` and a badge that uses it; its key (the tag) stands in badge files: never renamed, never reused.
"""

from collections.abc import Iterator
from typing import get_args

from quests.badges.all_of import AllOf
from quests.badges.any_of import AnyOf
from quests.badges.count import Count
from quests.badges.distinct import Distinct
from quests.badges.rule import Rule
from quests.badges.where import Where
from quests.badges.within import Within
from quests.tasks import TASK_KINDS

AnyRule = AllOf | AnyOf | Count | Distinct | Where | Within

BADGE_RULES: tuple[type[Rule], ...] = get_args(AnyRule)


def rules_in(rule: Rule) -> Iterator[Rule]:
    """The rule and all that it is made of."""
    yield rule
    for part in rule.parts:
        yield from rules_in(part)


def task_kinds_in(rule: Rule) -> frozenset[str]:
    return frozenset(kind for part in rules_in(rule) if isinstance(part, Where) for kind in part.task_kind)


def quests_in(rule: Rule) -> frozenset[str]:
    return frozenset(quest for part in rules_in(rule) if isinstance(part, Where) for quest in part.quest)


def known_task_kinds() -> frozenset[str]:
    return frozenset(str(kind.__struct_config__.tag) for kind in TASK_KINDS)


__all__ = ["BADGE_RULES", "AnyRule", "Rule", "known_task_kinds", "quests_in", "rules_in", "task_kinds_in"]
