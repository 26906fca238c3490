"""What people may do to things that belong to a body, by what they are to it and in which state it is.

The code asks `decide`, the docs print the table, and a test calls every route for every `Who` in every state.
Nothing here reads anything: whoever asks has looked up what the person is.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum


class Who(StrEnum):
    """What somebody who is signed in is to a thing. A person may be several."""

    STRANGER = "stranger"  # everybody who is signed in
    VIEWER = "viewer"
    AUTHOR = "author"
    EDITOR = "editor"
    OWNER = "owner"
    MEMBER_ELSEWHERE = "member-elsewhere"  # editor or owner of another active association
    GUIDE = "guide"  # of the municipality that the body is at home in
    MODERATOR = "moderator"
    MAKER = "maker"  # whose own it is, as a person's and not a body's: a guide's card
    STEWARD = "steward"  # of the stage, or of all stages of its quest
    LANGUAGE_HELPER = "language-helper"
    INSIGHTS = "insights"
    ADMINISTRATOR = "administrator"


class Verdict(StrEnum):
    ALLOWED = "allowed"
    NOTHING_THERE = "nothing-there"  # what somebody may not see is not told from what is not
    NOT_YOURS = "not-yours"
    NOT_NOW = "not-now"  # right person, wrong state
    SIGN_IN_STRONGER = "sign-in-stronger"


ROLES = (Who.VIEWER, Who.AUTHOR, Who.EDITOR, Who.OWNER)
MEMBERS = frozenset(ROLES)
EDITORS = frozenset({Who.EDITOR, Who.OWNER})
OWNERS = frozenset({Who.OWNER})
#: Whose thing it is: owners of the body that it belongs to, or the person whose own it is.
WHOSE = OWNERS | {Who.MAKER}
GUIDES = frozenset({Who.GUIDE, Who.ADMINISTRATOR})
ADMINISTRATORS = frozenset({Who.ADMINISTRATOR})
MODERATORS = frozenset({Who.MODERATOR, Who.ADMINISTRATOR})
EVERYBODY = frozenset({Who.STRANGER})
#: What people do for all: given on the server, or by a provider's word.
ALL_DUTIES = (Who.GUIDE, Who.MODERATOR, Who.LANGUAGE_HELPER, Who.INSIGHTS, Who.ADMINISTRATOR)
#: Those of them that decide: what is decided asks for a passkey or a provider, and not for a code alone.
DUTIES = frozenset({Who.GUIDE, Who.MODERATOR, Who.ADMINISTRATOR})
NOBODY: frozenset[Who] = frozenset()


@dataclass(frozen=True, slots=True)
class Act:
    """`may` and `sees`: by state of the thing. A state that is not named lets nobody.

    `strong`: who does it in a duty must have signed in with more than a code.
    """

    kind: str
    may: Mapping[str, frozenset[Who]]
    sees: Mapping[str, frozenset[Who]]
    why: str
    strong: bool = False


def decide(act: Act, who: AbstractSet[Who], state: str, *, strong: bool) -> Verdict:
    """`who`: everything the person is to the thing; being signed in makes a stranger of anybody.

    What a member may do as a member asks for no stronger sign-in; what only a duty allows does, where the act says so.
    """
    who = frozenset(who) | EVERYBODY
    able = who & act.may.get(state, NOBODY)
    if able:
        if act.strong and able <= DUTIES and not strong:
            return Verdict.SIGN_IN_STRONGER
        return Verdict.ALLOWED
    if not who & act.sees.get(state, NOBODY):
        return Verdict.NOTHING_THERE
    if any(who & others for others in act.may.values()):
        return Verdict.NOT_NOW
    return Verdict.NOT_YOURS
