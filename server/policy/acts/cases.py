"""What people may do to a case: by kind of case, a line for each. Its state is the kind and how far it has come."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from server.policy.acts.stages import LOOK_AFTER
from server.policy.acts.stories import LOOKERS, MAKER
from server.policy.rights import EDITORS, GUIDES, MODERATORS, NOBODY, OWNERS, WHOSE, Act, Who
from server.policy.steps import WATCH

KIND = "case"
PHASES = ("unread", "open", "second-look", "decided")
HELPERS = frozenset({Who.LANGUAGE_HELPER})
ELSEWHERE = frozenset({Who.MEMBER_ELSEWHERE})
#: Of kinds that one person decides, and whose words are read by who decides.
AT_ONCE = ("open", "decided")


@dataclass(frozen=True, slots=True)
class Looks:
    """`decide`: who looks at it and decides. `told`: who sees what was decided, too. `appeal`: who may appeal then.

    `quarantine`: who reads what was removed for good. `impartial`: whose thing it is, in a body or as a person, decides nothing.
    `not_asker`: nor does whoever asked. `phases`: those that such a case can be in.
    """

    decide: frozenset[Who]
    told: frozenset[Who] = WHOSE
    appeal: frozenset[Who] = NOBODY
    quarantine: frozenset[Who] = NOBODY
    impartial: bool = False
    not_asker: bool = False
    phases: tuple[str, ...] = PHASES


#: Who looks at which kind.
KINDS: Mapping[str, Looks] = {
    "application": Looks(GUIDES, appeal=OWNERS, impartial=True, not_asker=True),
    "stage": Looks(LOOK_AFTER),
    "appeal": Looks(MODERATORS, impartial=True, not_asker=True),
    "notice": Looks(MODERATORS, appeal=WHOSE, quarantine=MODERATORS, impartial=True),
    "first-look": Looks(GUIDES | ELSEWHERE, EDITORS, impartial=True, phases=AT_ONCE),
    "trail": Looks(WATCH, EDITORS, appeal=OWNERS, impartial=True, phases=AT_ONCE),
    "text": Looks(HELPERS | MODERATORS, EDITORS, phases=AT_ONCE),
    "proposal": Looks(EDITORS, EDITORS, not_asker=True, phases=AT_ONCE),
    "place": Looks(ELSEWHERE | GUIDES, NOBODY, not_asker=True, phases=AT_ONCE),
    "closure": Looks(EDITORS | GUIDES),
    # The case is the community's own: no guide, moderator or administrator says yes in their place.
    "review": Looks(EDITORS, EDITORS, phases=AT_ONCE),
    "story": Looks(LOOKERS, MAKER, appeal=MAKER, impartial=True, phases=("unread", "open", "decided")),
}
STATES = tuple(f"{kind} {phase}" for kind, looks in KINDS.items() for phase in looks.phases)


def _by_state(who: Callable[[Looks, str], frozenset[Who]]) -> Mapping[str, frozenset[Who]]:
    return {f"{kind} {phase}": who(looks, phase) for kind, looks in KINDS.items() for phase in looks.phases}


def _sees(looks: Looks, phase: str) -> frozenset[Who]:
    return looks.decide | {"unread": HELPERS, "decided": looks.told}.get(phase, NOBODY)


_SEEN = _by_state(_sees)

ACTS: Mapping[str, Act] = {
    "read-case": Act(
        KIND, _SEEN, _SEEN, "who decides sees it; who reads its language; then whose thing it is", strong=True
    ),
    "look-at-case": Act(
        KIND,
        _by_state(lambda looks, phase: looks.decide if phase in {"open", "second-look"} else NOBODY),
        _SEEN,
        "who could decide says that they are looking, and the others begin with another",
        strong=True,
    ),
    "decide-case": Act(
        KIND,
        _by_state(lambda looks, phase: looks.decide if phase in {"open", "second-look"} else NOBODY),
        _SEEN,
        "one place decides",
        strong=True,
    ),
    "read-for-others": Act(
        KIND,
        _by_state(lambda _, phase: HELPERS if phase == "unread" else NOBODY),
        _SEEN,
        "a language helper says what it says",
    ),
    "appeal-case": Act(
        KIND,
        _by_state(lambda looks, phase: looks.appeal if phase == "decided" else NOBODY),
        _SEEN,
        "whose thing it is may ask somebody else",
    ),
    "read-quarantine": Act(
        KIND,
        _by_state(lambda looks, phase: looks.quarantine if phase == "decided" else NOBODY),
        _SEEN,
        "who answers for what was removed reads it again, and it is written down",
        strong=True,
    ),
}
