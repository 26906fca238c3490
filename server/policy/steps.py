"""How what a body publishes changes its state: who takes which step from where, as data.

draft → asked → published → resting → withdrawn. The same for every kind of thing that is published: a kind gives its
name to `acts_of` in a file of `acts/`, and everything that is done to it asks this table.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from server.policy.rights import EDITORS, EVERYBODY, GUIDES, MEMBERS, OWNERS, Act, Who

STATES = ("draft", "asked", "published", "resting", "withdrawn")
AUTHORS = frozenset({Who.AUTHOR, Who.EDITOR, Who.OWNER})
WATCH = GUIDES | {Who.MODERATOR}
#: What is read by everybody, or would be if it did not rest.
PUBLIC = frozenset({"published", "resting"})


@dataclass(frozen=True, slots=True)
class Step:
    """`leads`: from which state to which. `may`: from which state by whom; who else moves it decides a case.

    `needs_reason`: something is taken away. `shows`: something new becomes public by it.
    """

    leads: Mapping[str, str]
    may: Mapping[str, frozenset[Who]]
    why: str
    needs_reason: bool = False
    shows: bool = False

    def makes_public(self, state: str) -> bool:
        return self.shows or (state != "published" and self.leads.get(state) == "published")


#: What people do to a thing of their own, and moderators and guides to anybody's.
STEPS: Mapping[str, Step] = {
    "ask": Step(
        {"draft": "asked"},
        {"draft": EDITORS},
        "editors ask others to look at it before it is shown",
        shows=True,
    ),
    "publish": Step(
        {"draft": "published", "published": "published", "resting": "resting"},
        {"draft": EDITORS, "published": EDITORS, "resting": EDITORS},
        "editors answer for what is shown",
        shows=True,
    ),
    "rest": Step(
        {"published": "resting"},
        {"published": EDITORS | WATCH},
        "editors know when it cannot be done; moderators and guides keep people safe",
        needs_reason=True,
    ),
    "return": Step(
        {"asked": "draft", "resting": "published", "withdrawn": "draft"},
        {"asked": AUTHORS, "resting": EDITORS | WATCH, "withdrawn": OWNERS | WATCH},
        "who took it away brings it back",
    ),
    "withdraw": Step(
        {"draft": "withdrawn", "asked": "withdrawn", "published": "withdrawn", "resting": "withdrawn"},
        dict.fromkeys(("draft", "asked", "published", "resting"), OWNERS),
        "its owners take it away; others rest it, and decide about it in the inbox",
        needs_reason=True,
    ),
}

#: What others decide about a thing of somebody else's, in the inbox.
DECISIONS: Mapping[str, Mapping[str, str]] = {
    "publish": {"asked": "published"},
    "send-back": {"asked": "draft"},
    "fine": {"published": "published", "resting": "published"},
    "rest": {"published": "resting"},
    "withdraw": {"published": "withdrawn", "resting": "withdrawn"},
    "restore": {"resting": "published", "withdrawn": "published"},  # when an appeal was right
}

#: Those of them that its body does not lift.
HOLD = frozenset({"rest", "withdraw"})

#: Who sees what is written, and not only what is out.
LOOKING = MEMBERS | WATCH | {Who.MEMBER_ELSEWHERE}
_LOOKING = MEMBERS | WATCH
_SEES: Mapping[str, frozenset[Who]] = {
    "draft": MEMBERS,
    "asked": LOOKING,
    "published": EVERYBODY,
    "resting": EVERYBODY,
    "withdrawn": _LOOKING,
}


def acts_of(kind: str) -> dict[str, Act]:
    """Everything that is done to a thing of that kind, by the name of the act."""
    acts = {
        f"read-{kind}": Act(
            kind,
            {**_SEES, **dict.fromkeys(PUBLIC, _LOOKING | {Who.STEWARD})},
            _SEES,
            "members see how far it has come; before it is shown nobody else does but who is asked; a steward what is out",
        ),
        f"read-{kind}-pack": Act(
            kind,
            dict.fromkeys(STATES, MEMBERS),
            _SEES,
            "answers, codes and names of who said yes are its body's",
        ),
        f"change-{kind}": Act(
            kind,
            dict.fromkeys(("draft", "published", "resting"), AUTHORS),
            _SEES,
            "authors write; what others look at stays as it was asked",
        ),
    }
    return acts | {
        f"{name}-{kind}": Act(kind, step.may, _SEES, step.why, strong=True) for name, step in STEPS.items()
    }
