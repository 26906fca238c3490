"""Who may do what, as a document: the tables of `server.policy` in words that people can check."""

from collections.abc import Iterable, Iterator
from typing import Final

from server.policy import ACTS, POLICY, STATES, Act, Row, Who
from server.policy.acts.cases import KIND as CASE
from server.policy.acts.cases import KINDS as LOOKS
from server.policy.rights import EVERYBODY

MADE: Final = "<!-- Made by ./rotfaste records from server/policy. Change that, and make it anew. -->\n"
#: Whom the tests let come to each door: nobody known, a device of the owner's, another's, and one that is being erased.
CALLERS: Final = 4
#: Whom the tests let do each act: everybody in the table and a guide from elsewhere; each signed in by a code, and by a
#: passkey.
PEOPLE: Final = 2 * (len(Who) + 1)


def rights_table() -> str:
    """Markdown, and the same for the same policy."""
    return MADE + "\n".join(_lines()) + "\n"


def cells_of_doors() -> int:
    """What `tests/server/api/test_policy.py` asserts by calling: HEAD beside each GET, OPTIONS for each address."""
    gets = sum(route.startswith("GET ") for route in POLICY)
    return CALLERS * (len(POLICY) + gets + len({route.partition(" ")[2] for route in POLICY}))


def cells_of_acts() -> int:
    """What `tests/server/api/test_rights.py` asserts by calling."""
    return PEOPLE * sum(len(STATES[ACTS[row.act].kind]) for row in POLICY.values() if row.act is not None)


def _lines() -> Iterator[str]:
    doors, acts = cells_of_doors(), cells_of_acts()
    yield "# Who may do what"
    yield ""
    yield (
        f"{len(POLICY)} routes and {len(ACTS)} acts on {len(STATES)} kinds of things. The tests call every route for"
        f" everybody: {doors} cells of doors and {acts} cells of acts, {doors + acts} in all. A route without a row does"
        " not start."
    )
    yield ""
    yield (
        "Of a thing that somebody may not see nothing is said: the answer is 404, as for one that is not there. Who sees"
        " it and may not do it meets 403; who may do it in another state, 409. **Strong**: who does it in a duty (guide,"
        " moderator, administrator) must have signed in by a passkey or at a provider within twelve hours; who has no"
        " passkey yet is told to make one."
    )
    for kind, states in STATES.items():
        yield from _kind(kind, states)
    yield ""
    yield "## Every route"
    yield ""
    yield "| Route | Asks for | Nobody known | Own device | Another device | Act | Why |"
    yield "|---|---|---|---|---|---|---|"
    for route, row in POLICY.items():
        yield _route(route, row)


def _kind(kind: str, states: Iterable[str]) -> Iterator[str]:
    yield ""
    yield f"## Acts on a {kind}"
    yield ""
    yield f"| Act | {' | '.join(states)} | Strong | Why |"
    yield "|---|" + "---|" * (len(tuple(states)) + 2)
    for name, act in ACTS.items():
        if act.kind == kind:
            may = " | ".join(_people(act, state) for state in states)
            yield f"| `{name}` | {may} | {'yes' if act.strong else ''} | {act.why} |"
    yield ""
    if kind == CASE:
        yield from _not_by()
    yield "Who sees one: " + "; ".join(f"*{state}*: {_seeing(kind, state)}" for state in states) + "."


def _not_by() -> Iterator[str]:
    """What hangs on the very case, and is asked beside the table."""
    inside = ", ".join(f"*{kind}*" for kind, looks in LOOKS.items() if looks.impartial)
    asker = ", ".join(f"*{kind}*" for kind, looks in LOOKS.items() if looks.not_asker)
    yield f"Who is in the body whose thing it is does not decide, in whatever duty: {inside}."
    yield (
        f"Nor does who asked for it: {asker}. Nor who decided before, where somebody else must look: a second look, and"
        " an *appeal*. Who meets this is told who may decide instead."
    )
    yield ""


def _people(act: Act, state: str) -> str:
    return _named(act.may.get(state, frozenset())) or "–"


def _seeing(kind: str, state: str) -> str:
    found = frozenset[Who]().union(
        *(act.sees.get(state, frozenset()) for act in ACTS.values() if act.kind == kind)
    )
    return _named(found) or "nobody"


def _named(who: frozenset[Who]) -> str:
    if who >= EVERYBODY:
        return "everybody"
    return ", ".join(one.value for one in Who if one in who)


def _route(route: str, row: Row) -> str:
    act = f"`{row.act}`" if row.act else ""
    return f"| `{route}` | {row.door} | {row.anonymous} | {row.own_device} | {row.other_device} | {act} | {row.why} |"
