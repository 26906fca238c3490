"""To whom a trail belongs, and who may give it away: its state here is whether anybody has it."""

from collections.abc import Mapping

from server.policy.rights import GUIDES, MEMBERS, OWNERS, Act, Who

KIND = "ownership"
#: owned: by a body that acts. left: its body is closed, or nobody is left in it. nobodys: it came with the release.
STATES = ("owned", "left", "nobodys")
_SEES: Mapping[str, frozenset[Who]] = {"owned": MEMBERS | GUIDES, "left": MEMBERS | GUIDES, "nobodys": GUIDES}

ACTS: Mapping[str, Act] = {
    "give-trail": Act(
        KIND,
        {"owned": OWNERS, "left": OWNERS | GUIDES, "nobodys": GUIDES},
        _SEES,
        "its owners give it away, to who says yes; what a body left behind a guide offers, and what came with the release is handed over",
        strong=True,
    ),
}
