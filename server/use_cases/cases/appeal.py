"""Somebody asks that another person looks at what was decided. The subject is the id of the case that was decided."""

from collections.abc import Iterable
from datetime import datetime

from psycopg import Connection

from server.stores import cases
from server.stores.cases import Case
from server.stores.database import Row
from server.use_cases import cases as all_cases
from server.use_cases.cases.kinds import Card, CaseKind, Decision
from server.use_cases.problem import Problem
from server.use_cases.sign_in import Person

NAME = "appeal"
URGENCY = 2
#: The words with which somebody appeals, among the facts of the case.
WORDS = "words"


def see(connection: Connection[Row], case: Case) -> Card:
    """What was decided on, with what was decided and what is said against it."""
    appealed = cases.find(connection, case.subject)
    said = str(case.facts.get(WORDS, ""))
    if appealed is None:
        return Card(case.subject, ((case.language, said),))
    about = all_cases.KINDS[appealed.kind].see(connection, appealed)
    texts = ((case.language, said), (None, appealed.words), *about.texts)
    return Card(about.title, tuple(text for text in texts if text[1]), about.link)


def carry_out(
    connection: Connection[Row],
    person: Person,
    case: Case,
    decision: str,
    code: str,
    words: str,
    now: datetime,
) -> None:
    """Raises Problem: not-now, where what was decided cannot be taken back any more."""
    del code, words
    if decision == "keep":
        return
    appealed = cases.find(connection, case.subject, lock=True)
    undo = None if appealed is None else all_cases.KINDS[appealed.kind].undo
    if appealed is None or undo is None:
        raise Problem("not-now")
    undo(connection, person, appealed, now)


def lock(connection: Connection[Row], subject: str) -> None:
    appealed = cases.find(connection, subject)
    if appealed is not None:
        all_cases.KINDS[appealed.kind].lock(connection, appealed.subject)


def not_by(connection: Connection[Row], case: Case) -> frozenset[str]:
    """Those who decided what is appealed."""
    appealed = cases.find(connection, case.subject)
    if appealed is None:
        return frozenset()
    return frozenset(one for one in (appealed.first_by, appealed.decided_by) if one is not None)


def askers(connection: Connection[Row], case: Case) -> Iterable[tuple[str, str]]:
    """Those who gave the notice, where one of them appealed."""
    appealed = cases.find(connection, case.subject)
    if appealed is None or case.facts.get("against") != "asker":
        return ()
    return all_cases.KINDS[appealed.kind].askers(connection, appealed)


KIND = CaseKind(
    NAME,
    (Decision("change"), Decision("keep", reason=True, against=frozenset({"asker"}))),
    see,
    carry_out,
    lock=lock,
    not_by=not_by,
    askers=askers,
    impartial=True,
)
