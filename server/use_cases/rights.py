"""What a person is to a thing, and whether that lets the person do what is asked: the table of rights, in use."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection

from server.policy import ACTS, Verdict, Who, decide
from server.policy.rights import DUTIES, EDITORS, MEMBERS
from server.stores import bodies, duties, stewards
from server.stores.bodies import Membership
from server.stores.database import Row
from server.stores.duties import Duty
from server.use_cases.problem import Problem
from server.use_cases.sign_in import Person

_SAYS = {
    Verdict.NOT_YOURS: "not-yours",
    Verdict.NOT_NOW: "not-now",
    Verdict.SIGN_IN_STRONGER: "sign-in-stronger",
}


@dataclass(frozen=True, slots=True)
class Ties:
    """Everything that a person is to anything, looked up once. `account`: who it is."""

    account: str
    memberships: tuple[Membership, ...]
    duties: tuple[Duty, ...]
    looks_after: frozenset[str] = frozenset()

    def to(
        self, body_id: str | None, municipality: str, stage: str = "", maker: str | None = None
    ) -> frozenset[Who]:
        """What the person is to a thing of that body (None: of nobody's) in that municipality (empty: the region).

        `stage`: where the thing is one, its quest's id and its key, as `<quest>/<key>`. `maker`: whose own it is.
        """
        found = set()
        for membership in self.memberships:
            if membership.body.id == body_id:
                found.add(Who(membership.role))
            elif leads_association(membership):
                found.add(Who.MEMBER_ELSEWHERE)
        for duty in self.duties:
            if duty.municipality in {"", municipality}:
                found.add(Who(duty.duty))
        quest, parted, _ = stage.partition("/")
        if parted and self.looks_after & {stage, f"{quest}/{stewards.ALL}"}:
            found.add(Who.STEWARD)
        if maker == self.account:
            found.add(Who.MAKER)
        return frozenset(found)


def ties(connection: Connection[Row], person: Person) -> Ties:
    return Ties(
        person.id,
        tuple(bodies.memberships(connection, person.id)),
        tuple(duties.of_account(connection, person.id)),
        frozenset(stewards.of_account(connection, person.id)),
    )


def who_is(
    connection: Connection[Row],
    person: Person,
    body_id: str | None,
    municipality: str,
    maker: str | None = None,
) -> frozenset[Who]:
    """As `Ties.to`, of what is no stage."""
    return ties(connection, person).to(body_id, municipality, maker=maker)


def leads_association(membership: Membership) -> bool:
    """As an editor or owner of one that acts: who looks at others' first trails, and takes up what is proposed."""
    body = membership.body
    return membership.role in EDITORS and body.state == "active" and body.kind == "association"


def sees_hidden(who: AbstractSet[Who]) -> bool:
    """Whose it is and who looks after what is public see it while it is hidden from everybody else."""
    return bool(who & (MEMBERS | DUTIES))


def ask(act: str, who: AbstractSet[Who], state: str, person: Person, now: datetime, *, unknown: str) -> None:
    """Raises Problem: `unknown` where nothing of it is to be seen; not-yours, not-now, sign-in-stronger."""
    verdict = decide(ACTS[act], who, state, strong=person.is_strong(now))
    if verdict is not Verdict.ALLOWED:
        raise Problem(_SAYS.get(verdict, unknown))
