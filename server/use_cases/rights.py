"""What a person is to a thing, and whether that lets the person do what is asked: the table of rights, in use."""

from collections.abc import Set as AbstractSet
from datetime import datetime

from psycopg import Connection

from server.policy import ACTS, Verdict, Who, decide
from server.stores import bodies, duties
from server.stores.database import Row
from server.use_cases.problem import Problem
from server.use_cases.sign_in import Person

_SAYS = {
    Verdict.NOT_YOURS: "not-yours",
    Verdict.NOT_NOW: "not-now",
    Verdict.SIGN_IN_STRONGER: "sign-in-stronger",
}
_LEADING = frozenset({"editor", "owner"})


def who_is(
    connection: Connection[Row], person: Person, body_id: str | None, municipality: str
) -> frozenset[Who]:
    """Everything a person is to a thing of that body (None: of nobody's) in that municipality (empty: the region)."""
    found = set()
    for membership in bodies.memberships(connection, person.id):
        if membership.body.id == body_id:
            found.add(Who(membership.role))
        elif (
            membership.role in _LEADING
            and membership.body.state == "active"
            and membership.body.kind == "association"
        ):
            found.add(Who.MEMBER_ELSEWHERE)
    for duty in duties.of_account(connection, person.id):
        if duty.municipality in {"", municipality}:
            found.add(Who(duty.duty))
    return frozenset(found)


def ask(act: str, who: AbstractSet[Who], state: str, person: Person, now: datetime, *, unknown: str) -> None:
    """Raises Problem: `unknown` where nothing of it is to be seen; not-yours, not-now, sign-in-stronger."""
    verdict = decide(ACTS[act], who, state, strong=person.is_strong(now))
    if verdict is not Verdict.ALLOWED:
        raise Problem(_SAYS.get(verdict, unknown))
