"""A trail tells of a community, which says yes or no before it is shown. Nobody says it in their place.

The subject is the community's id and the trail's, with a slash between; the case is the community's.
"""

from datetime import datetime

from psycopg import Connection

from server.stores import publications
from server.stores.cases import Case
from server.stores.database import Row
from server.use_cases.cases.kinds import Card, CaseKind, Decision, Text, own
from server.use_cases.publications import decided, reviewing, seeing
from server.use_cases.sign_in import Person

NAME = "review"


def see(connection: Connection[Row], case: Case) -> Card:
    """All that players would read, and until when a yes is asked for."""
    then = reviewing.then_of(case.facts)
    title, texts = seeing.told(connection, _trail(case.subject), written=then == reviewing.PUBLISH)
    until = str(case.facts.get("until", ""))
    return Card(
        title,
        own(texts) if not until else (Text("fact", None, until), *own(texts)),
        known=("care.until",) if until else ("care.open",),
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
    decided.decide_review(
        connection,
        person,
        _trail(case.subject),
        case.subject.partition("/")[0],
        reviewing.then_of(case.facts),
        says_yes=decision == "yes",
        reason=words or code,
        now=now,
    )


def lock(connection: Connection[Row], subject: str) -> None:
    publications.find(connection, _trail(subject), lock=True)


def _trail(subject: str) -> str:
    return subject.partition("/")[2]


KIND = CaseKind(
    NAME,
    (Decision("yes"), Decision("no", reason=True, against=frozenset({"asker"}))),
    see,
    carry_out,
    lock=lock,
)
