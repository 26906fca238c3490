"""What people may do to a closure, and to ground that is closed every year.

What a body may close at all is in `policy/authority.py`; here it is who acts for it. A closure of nobody's (a file
brought it, and named no body) is the operator's.
"""

from collections.abc import Mapping

from server.policy.rights import ADMINISTRATORS, EDITORS, EVERYBODY, GUIDES, MEMBERS, NOBODY, Act, Who

KIND = "closure"
STATES = ("new", "announced", "in-force", "over")
_CLOSE = EDITORS | ADMINISTRATORS
_INSIDE = MEMBERS | GUIDES
#: A new one is asked of the body that will have it, and which bodies there are is known to everybody.
_SEEN: Mapping[str, frozenset[Who]] = {
    "new": EVERYBODY,
    "announced": EVERYBODY,
    "in-force": EVERYBODY,
    "over": _INSIDE,
}

ACTS: Mapping[str, Act] = {
    "close-ground": Act(
        KIND,
        {"new": _CLOSE, "announced": _CLOSE, "in-force": _CLOSE},
        _SEEN,
        "its editors close ground in the body's name, or the operator does when they ring; what is over stays as it was",
        strong=True,
    ),
    "open-ground": Act(
        KIND,
        {"announced": _CLOSE, "in-force": _CLOSE},
        {**_SEEN, "new": NOBODY},
        "who may close ground may open it again",
        strong=True,
    ),
}
