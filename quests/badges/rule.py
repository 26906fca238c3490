"""What every rule is. One file a rule, one name in `quests.badges.AnyRule`.

The law of them all: a rule that holds for a set of deeds holds for every larger set. `tests/quests/badge_properties.py`
holds each rule to it, so one that says *not*, *first* or *at most* does not pass.
"""

from collections.abc import Collection, Hashable

import msgspec

from quests.deeds import Deed


class Rule(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="is", forbid_unknown_fields=True, omit_defaults=True
):
    """The tag is the rule's key in badge files."""

    def holds(self, deeds: Collection[Deed]) -> bool:
        raise NotImplementedError

    def tells(self, deed: Deed) -> frozenset[Hashable]:
        """All that the rule takes from a deed: one that tells it nothing new changes nothing for it."""
        raise NotImplementedError

    @property
    def parts(self) -> "tuple[Rule, ...]":
        """The rules that it is made of."""
        return ()
