"""A body applies: the guide of its municipality, or an administrator, decides. The subject is the body's id."""

from dataclasses import replace
from datetime import datetime

from psycopg import Connection

from server.stores import bodies
from server.stores.cases import Case
from server.stores.database import Row
from server.use_cases import removed
from server.use_cases.cases.kinds import Card, CaseKind, Decision, own
from server.use_cases.problem import Problem
from server.use_cases.sign_in import Person

NAME = "application"
URGENCY = 2


def see(connection: Connection[Row], case: Case) -> Card:
    body = bodies.find(connection, case.subject)
    if body is None:
        return Card(case.subject)
    return Card(
        body.name, own(sorted(body.about.items())), f"/studio/bodies/{body.id}", removed.known(case.facts)
    )


def carry_out(
    connection: Connection[Row],
    person: Person,
    case: Case,
    decision: str,
    code: str,
    words: str,
    now: datetime,
) -> None:
    del person, code, words
    _set(connection, case.subject, "asked", "active" if decision == "approve" else "refused", now)


def undo(connection: Connection[Row], person: Person, case: Case, now: datetime) -> None:
    del person
    _set(connection, case.subject, "refused", "active", now)


def _set(connection: Connection[Row], body_id: str, before: str, state: str, now: datetime) -> None:
    """Raises Problem: not-now."""
    body = bodies.find(connection, body_id, lock=True)
    if body is None or body.state != before:
        raise Problem("not-now")
    bodies.change(connection, replace(body, state=state, decided_at=now, version=body.version + 1))


def lock(connection: Connection[Row], subject: str) -> None:
    bodies.find(connection, subject, lock=True)


KIND = CaseKind(
    NAME,
    (Decision("approve"), Decision("refuse", reason=True, against=frozenset({"body", "asker"}))),
    see,
    carry_out,
    lock=lock,
    undo=undo,
)
