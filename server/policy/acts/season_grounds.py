"""What people may do to ground that is closed every year."""

from collections.abc import Mapping

from server.policy.rights import ADMINISTRATORS, EDITORS, EVERYBODY, GUIDES, MEMBERS, NOBODY, Act, Who

KIND = "season-ground"
STATES = ("new", "marked", "ended")
_MARK = EDITORS | ADMINISTRATORS
_INSIDE: frozenset[Who] = MEMBERS | GUIDES
_SEEN: Mapping[str, frozenset[Who]] = {"new": EVERYBODY, "marked": _INSIDE, "ended": _INSIDE}

ACTS: Mapping[str, Act] = {
    "mark-season-ground": Act(
        KIND,
        {"new": _MARK, "marked": _MARK},
        _SEEN,
        "its editors say which ground is closed every year, or the operator does when they ring",
        strong=True,
    ),
    "end-season-ground": Act(
        KIND, {"marked": _MARK}, {**_SEEN, "new": NOBODY}, "who may mark ground may unmark it", strong=True
    ),
}
