"""What people may do to a story: its maker everything, and others look at what they are asked about."""

from collections.abc import Mapping

from server.policy.rights import GUIDES, MODERATORS, Act, Who
from server.policy.steps import STATES

KIND = "story"
MAKER = frozenset({Who.MAKER})
#: Who looks at a story before it is shown, and at what is said of it then.
LOOKERS = MODERATORS | GUIDES
_SEES: Mapping[str, frozenset[Who]] = dict.fromkeys(STATES, MAKER | LOOKERS) | dict.fromkeys(
    ("draft", "withdrawn"), MAKER
)

#: Which step leads from which state to which.
STEPS: Mapping[str, Mapping[str, str]] = {
    "ask": {"draft": "asked"},
    "rest": {"published": "resting"},
    "return": {"asked": "draft", "resting": "published", "published": "draft", "withdrawn": "draft"},
    "withdraw": dict.fromkeys(("asked", "published", "resting"), "withdrawn"),
}
_WHY: Mapping[str, str] = {
    "ask": "nobody else says for its maker that it may be shown",
    "rest": "its maker shows it or does not, and needs no reason",
    "return": "who took it away brings it back",
    "withdraw": "its maker keeps control over what they gave",
}

ACTS: Mapping[str, Act] = {
    "read-story": Act(
        KIND, _SEES, _SEES, "its maker; and who looks at it, what they were asked about", strong=True
    ),
    "change-story": Act(KIND, {"draft": MAKER}, _SEES, "what others look at stays as it was asked"),
    "remove-story": Act(
        KIND, dict.fromkeys(STATES, MAKER), _SEES, "its maker takes it away for good, whatever became of it"
    ),
} | {
    f"{name}-story": Act(KIND, dict.fromkeys(leads, MAKER), _SEES, _WHY[name])
    for name, leads in STEPS.items()
}
