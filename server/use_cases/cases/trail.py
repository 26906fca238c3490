"""A trail that was published at once is checked afterwards. The subject is the trail's id."""

from datetime import UTC, datetime

from psycopg import Connection

from server.stores.cases import Case
from server.stores.database import Row
from server.use_cases.cases.first_look import lock
from server.use_cases.cases.kinds import Card, CaseKind, Decision, Picture, own
from server.use_cases.publications import decided, reviewing, seeing
from server.use_cases.sign_in import Person

NAME = "trail"


def see(connection: Connection[Row], case: Case) -> Card:
    title, texts = seeing.told(connection, case.subject, written=False)
    known = reviewing.sentences_about(connection, case.subject, datetime.now(UTC))
    shows = tuple(Picture(*one) for one in seeing.pictures(connection, case.subject, written=False))
    return Card(title, own(texts), f"/studio/trails/{case.subject}", known, shows)


def carry_out(
    connection: Connection[Row],
    person: Person,
    case: Case,
    decision: str,
    code: str,
    words: str,
    now: datetime,
) -> None:
    decided.decide_about(connection, person, case.subject, decision, words or code, now)


def undo(connection: Connection[Row], person: Person, case: Case, now: datetime) -> None:
    decided.decide_about(connection, person, case.subject, "restore", "", now)


KIND = CaseKind(
    NAME,
    (
        Decision("fine"),
        Decision("rest", reason=True, against=frozenset({"body"})),
        Decision("withdraw", reason=True, against=frozenset({"body"})),
    ),
    see,
    carry_out,
    lock=lock,
    undo=undo,
)
