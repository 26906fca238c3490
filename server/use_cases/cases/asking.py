"""What a person is to a case: whether they may see it, decide it, or leave it to somebody else."""

from datetime import datetime

from psycopg import Connection

from server.policy import Who
from server.policy.acts.cases import KINDS as LOOKS
from server.policy.rights import MEMBERS
from server.stores import bodies, cases
from server.stores.cases import Case
from server.stores.database import Row
from server.use_cases.cases import KINDS
from server.use_cases.cases.kinds import Decision
from server.use_cases.cases.opening import reads
from server.use_cases.problem import Problem
from server.use_cases.rights import Ties, ask
from server.use_cases.sign_in import Person

_INVOLVED = MEMBERS | {Who.MAKER}
_SECOND_LOOK = (Decision("confirm"), Decision("decline", reason=True))


def ask_about(act: str, person: Person, person_is: Ties, case: Case | None, now: datetime) -> None:
    """Raises Problem: unknown-case, not-yours, not-now, sign-in-stronger."""
    if case is None or case.kind not in KINDS:
        raise Problem("unknown-case")
    ask(act, to_case(person_is, case), state_of(case), person, now, unknown="unknown-case")


def locked(
    connection: Connection[Row], act: str, person: Person, person_is: Ties, case_id: str, now: datetime
) -> Case:
    """The thing is locked first and the case then, as by whoever changes the thing and so ends the case."""
    found = cases.find(connection, case_id)
    ask_about(act, person, person_is, found, now)
    if found is None:
        raise Problem("unknown-case")
    KINDS[found.kind].lock(connection, found.subject)
    case = cases.find(connection, case_id, lock=True)
    ask_about(act, person, person_is, case, now)
    if case is None:
        raise Problem("unknown-case")
    return case


def to_case(person_is: Ties, case: Case) -> frozenset[Who]:
    """Everything that the person is to what the case is about."""
    return person_is.to(case.body_id, case.municipality, case.subject, case.maker)


def is_for_somebody_else(connection: Connection[Row], person: Person, person_is: Ties, case: Case) -> bool:
    if case.state == "second-look" and person.id == case.first_by:
        return True
    if is_partial(case, to_case(person_is, case)):
        return True
    if LOOKS[case.kind].not_asker and person.id == case.asked_by:
        return True
    return person.id in KINDS[case.kind].not_by(connection, case)


def is_partial(case: Case, who: frozenset[Who]) -> bool:
    """It is about a thing of the person's own, or of a body of theirs, and others decide."""
    return LOOKS[case.kind].impartial and bool(_INVOLVED & who)


def looks_at(case: Case, who: frozenset[Who]) -> bool:
    """Whether it is for such a person to read all of it."""
    return bool(LOOKS[case.kind].decide & who) and not is_partial(case, who)


def open_decisions(case: Case) -> tuple[Decision, ...]:
    return {"open": KINDS[case.kind].decisions, "second-look": _SECOND_LOOK}.get(case.state, ())


def reads_it(person_is: Ties, case: Case) -> bool:
    return reads((tag for duty in person_is.duties for tag in duty.languages), case.language)


def state_of(case: Case) -> str:
    return f"{case.kind} {case.state}"


def write_down(
    connection: Connection[Row], person: Person, case: Case, what: str, reason: str, now: datetime
) -> None:
    bodies.write_down(connection, now, person.id, case.body_id, what, f"case {case.id}", reason)
