"""What people may do to a body."""

from collections.abc import Mapping

from server.policy.rights import ADMINISTRATORS, EVERYBODY, GUIDES, MEMBERS, OWNERS, Act, Who

KIND = "body"
STATES = ("asked", "active", "refused", "closed")
_SEEN: Mapping[str, frozenset[Who]] = {
    "asked": MEMBERS | GUIDES,
    "active": EVERYBODY,
    "refused": MEMBERS | GUIDES,
    "closed": MEMBERS | GUIDES,
}


def _body(
    why: str, *, strong: bool = False, sees: Mapping[str, frozenset[Who]] | None = None, **may: frozenset[Who]
) -> Act:
    return Act(KIND, may, sees or _SEEN, why, strong)


_INSIDE: Mapping[str, frozenset[Who]] = dict.fromkeys(STATES, MEMBERS | GUIDES)

ACTS: Mapping[str, Act] = {
    "read-body": Act(
        KIND,
        _SEEN,
        _SEEN,
        "an active body has a start page; before that only those who decide see it",
    ),
    "change-body": _body(
        "its owners say who it is", asked=OWNERS, active=OWNERS | ADMINISTRATORS, strong=True
    ),
    "close-body": _body("its owners close it, or the operator", active=OWNERS | ADMINISTRATORS, strong=True),
    "verify-body": _body(
        "the operator makes sure that it is who it says", active=ADMINISTRATORS, strong=True
    ),
    "read-members": _body(
        "members know each other, and the guide knows whom to ring",
        sees=_INSIDE,
        asked=MEMBERS | GUIDES,
        active=MEMBERS | GUIDES,
        closed=MEMBERS | GUIDES,
    ),
    "change-members": _body(
        "owners decide who acts in their name; the operator adopts a body that nobody is left in",
        sees=_INSIDE,
        strong=True,
        active=OWNERS | ADMINISTRATORS,
    ),
    "read-closures": _body(
        "members see what their body closed and will close, and the guide knows of it",
        sees=_INSIDE,
        active=MEMBERS | GUIDES,
        closed=MEMBERS | GUIDES,
    ),
    "read-reviews": _body(
        "members see what their body has said yes to",
        sees=_INSIDE,
        active=MEMBERS,
        closed=MEMBERS,
    ),
    "read-season-grounds": _body(
        "members see which ground their body closes every year, and the guide knows of it",
        sees=_INSIDE,
        active=MEMBERS | GUIDES,
        closed=MEMBERS | GUIDES,
    ),
    "invite": _body("owners decide who comes in", sees=_INSIDE, active=OWNERS | ADMINISTRATORS, strong=True),
    "read-deeds": _body(
        "owners see what was done in their name", sees=_INSIDE, active=OWNERS | GUIDES, closed=OWNERS | GUIDES
    ),
}
