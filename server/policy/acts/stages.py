"""What people may do to a stage of a quest that is played: to let it rest, to say that it is mended, to look after it."""

from collections.abc import Mapping

from server.policy.rights import EDITORS, GUIDES, MEMBERS, Act, Who

KIND = "stage"
STATES = ("played", "rests")
#: Who knows it and answers for it, and who keeps people safe.
LOOK_AFTER = EDITORS | GUIDES | {Who.STEWARD, Who.MODERATOR}
_INSIDE: Mapping[str, frozenset[Who]] = dict.fromkeys(STATES, MEMBERS | LOOK_AFTER)


def _stage(why: str, **may: frozenset[Who]) -> Act:
    return Act(KIND, may, _INSIDE, why, strong=True)


ACTS: Mapping[str, Act] = {
    "read-health": _stage("who looks after a trail sees how it is", **_INSIDE),
    "rest-stage": _stage("who finds it unsafe keeps others from it", played=LOOK_AFTER),
    "mend-stage": _stage("who has mended it says so", played=LOOK_AFTER, rests=LOOK_AFTER),
    "read-stewards": _stage("who is in it knows whom to ask, and a steward may stop", **_INSIDE),
    "change-stewards": _stage(
        "editors ask who looks after what; the guide does of what nobody owns",
        played=EDITORS | GUIDES,
        rests=EDITORS | GUIDES,
    ),
}
