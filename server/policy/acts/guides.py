"""What people may do to the card of a municipality's guide."""

from collections.abc import Mapping

from server.policy.rights import EVERYBODY, GUIDES, MODERATORS, Act, Who

KIND = "guide"
STATES = ("shown",)
_SEEN = {"shown": EVERYBODY}

ACTS: Mapping[str, Act] = {
    "read-guide": Act(
        KIND,
        {"shown": GUIDES | MODERATORS},
        _SEEN,
        "who wrote it, and who looks at what was said of it, see it while it is hidden",
    ),
    "write-guide": Act(
        KIND,
        {"shown": frozenset({Who.GUIDE})},
        _SEEN,
        "who is the guide there says who they are, and nobody says it for them",
        strong=True,
    ),
    "remove-guide": Act(
        KIND, {"shown": GUIDES}, _SEEN, "the guide takes it away, or the operator", strong=True
    ),
}
