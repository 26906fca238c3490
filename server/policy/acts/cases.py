"""What people may do to a case: by kind of case, a line for each. Its state is the kind and how far it has come."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from server.policy.rights import GUIDES, MODERATORS, NOBODY, OWNERS, Act, Who

KIND = "case"
PHASES = ("unread", "open", "second-look", "decided")
HELPERS = frozenset({Who.LANGUAGE_HELPER})


@dataclass(frozen=True, slots=True)
class Looks:
    """`decide`: who looks at it and decides. `told`: who sees what was decided, too. `appeal`: who may appeal then."""

    decide: frozenset[Who]
    told: frozenset[Who] = OWNERS
    appeal: frozenset[Who] = NOBODY


#: Who looks at which kind.
KINDS: Mapping[str, Looks] = {
    "application": Looks(GUIDES, appeal=OWNERS),
    "appeal": Looks(MODERATORS),
}
STATES = tuple(f"{kind} {phase}" for kind in KINDS for phase in PHASES)


def _by_state(who: Callable[[Looks, str], frozenset[Who]]) -> Mapping[str, frozenset[Who]]:
    return {f"{kind} {phase}": who(looks, phase) for kind, looks in KINDS.items() for phase in PHASES}


def _sees(looks: Looks, phase: str) -> frozenset[Who]:
    return looks.decide | {"unread": HELPERS, "decided": looks.told}.get(phase, NOBODY)


_SEEN = _by_state(_sees)

ACTS: Mapping[str, Act] = {
    "read-case": Act(
        KIND, _SEEN, _SEEN, "who decides sees it; who reads its language; then whose thing it is", strong=True
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
}
