"""Which ground a body may close, and whose stories are theirs to say yes to, by what it is: data."""

from collections.abc import Mapping

from quests.closures import Kind

#: Kinds of closures, by kind of body. A body that is not named closes nothing.
CLOSES: Mapping[str, frozenset[Kind]] = {
    "sameby": frozenset({"calving", "gathering", "moving", "other"}),
    "municipality": frozenset({"municipal", "hazard", "other"}),
    "region": frozenset({"calving", "gathering", "moving", "municipal", "reserve", "hazard", "other"}),
}
#: Kinds of bodies that may be a community which is asked before a story of theirs is shown, once they are verified.
REVIEWS: frozenset[str] = frozenset({"sameby", "association"})
#: Kinds of bodies that mark ground which is closed every year.
MARKS: frozenset[str] = frozenset({"sameby", "region"})
