"""A language of a trail that nobody has read: until somebody who reads it has, the trail is not listed in it.

The subject is the trail's id and the language, with a slash between.
"""

from datetime import datetime

from psycopg import Connection

from server.stores import duties
from server.stores.cases import Case
from server.stores.database import Row
from server.use_cases.cases import first_look
from server.use_cases.cases.kinds import Card, CaseKind, Decision, own
from server.use_cases.cases.opening import reads
from server.use_cases.problem import Problem
from server.use_cases.publications import decided, seeing
from server.use_cases.sign_in import Person

NAME = "text"


def see(connection: Connection[Row], case: Case) -> Card:
    title, texts = seeing.told(connection, _trail(case.subject), written=False)
    return Card(
        title,
        own(text for text in texts if text[0] == case.language),
        f"/studio/trails/{_trail(case.subject)}",
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
    """Raises Problem: not-your-language, not-now."""
    del code, words
    read = {tag for duty in duties.of_account(connection, person.id) for tag in duty.languages}
    if case.language is None or not reads(read, case.language):
        raise Problem("not-your-language")
    if decision == "list":
        decided.list_in(connection, _trail(case.subject), case.language, now)


def lock(connection: Connection[Row], subject: str) -> None:
    first_look.lock(connection, _trail(subject))


def _trail(subject: str) -> str:
    return subject.partition("/")[0]


KIND = CaseKind(
    NAME,
    (Decision("list"), Decision("mend", reason=True, against=frozenset({"body"}))),
    see,
    carry_out,
    lock=lock,
)
