"""Somebody asks that another person looks at what was decided: each who gave notice of it for themselves, and the body.

The subject is the id of the case that was decided; where somebody appeals who gave notice, a slash and the notice's id.
"""

from collections.abc import Iterable
from datetime import datetime

from psycopg import Connection

from server.stores import cases, notices
from server.stores.cases import Case
from server.stores.database import Row
from server.use_cases import cases as all_cases
from server.use_cases.cases.kinds import Against, Card, CaseKind, Decision, Text
from server.use_cases.problem import Problem
from server.use_cases.sign_in import Person

NAME = "appeal"
URGENCY = 2
#: The words with which somebody appeals, among the facts of the case.
WORDS = "words"


def subject_of(case: Case, notice_id: str = "") -> str:
    return f"{case.id}/{notice_id}" if notice_id else case.id


def _appealed(connection: Connection[Row], subject: str, *, lock: bool = False) -> Case | None:
    return cases.find(connection, subject.partition("/")[0], lock=lock)


def see(connection: Connection[Row], case: Case) -> Card:
    """What was decided on, with what was decided and what is said against it."""
    appealed = _appealed(connection, case.subject)
    said = Text("appeal", case.language, str(case.facts.get(WORDS, "")))
    if appealed is None:
        return Card(case.subject, (said,))
    about = all_cases.KINDS[appealed.kind].see(connection, appealed)
    texts = (said, Text("decided", None, appealed.words), *about.texts)
    return Card(about.title, tuple(one for one in texts if one.text), about.link, pictures=about.pictures)


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
    appealed = _appealed(connection, case.subject, lock=True)
    undo = None if appealed is None else all_cases.KINDS[appealed.kind].undo
    if appealed is None or undo is None:
        raise Problem("not-now")
    undo(connection, person, appealed, now)
    cases.end_appeals(connection, appealed.id, case.id, now)


def lock(connection: Connection[Row], subject: str) -> None:
    appealed = _appealed(connection, subject)
    if appealed is not None:
        all_cases.KINDS[appealed.kind].lock(connection, appealed.subject)


def not_by(connection: Connection[Row], case: Case) -> frozenset[str]:
    """Those who decided what is appealed, and who asked for it."""
    appealed = _appealed(connection, case.subject)
    if appealed is None:
        return frozenset()
    involved = (appealed.first_by, appealed.decided_by, appealed.asked_by)
    return frozenset(one for one in involved if one is not None)


def askers(connection: Connection[Row], case: Case) -> Iterable[tuple[str, str]]:
    """Who appealed, of those who gave notice; of a decision that was changed all of them hear."""
    appealed = _appealed(connection, case.subject)
    if appealed is None or case.facts.get("against") != "asker":
        return ()
    if case.outcome == "change":
        return all_cases.KINDS[appealed.kind].askers(connection, appealed)
    notice_id = case.subject.partition("/")[2]
    return [
        (one.address, one.language)
        for one in notices.of_case(connection, appealed.id)
        if one.id == notice_id and one.address is not None
    ]


def against(case: Case, decision: Decision) -> frozenset[Against]:
    """A notice that was right after all takes something from the body whose thing it is."""
    if decision.key == "change" and case.facts.get("against") == "asker":
        return frozenset({"body"})
    return decision.against


KIND = CaseKind(
    NAME,
    (Decision("change"), Decision("keep", reason=True, against=frozenset({"asker"}))),
    see,
    carry_out,
    lock=lock,
    not_by=not_by,
    askers=askers,
    against=against,
)
