"""A body's first trail is looked at by the guide of its municipality, or another association, before it is shown.

The subject is the trail's id.
"""

from datetime import UTC, datetime

from psycopg import Connection

from server.stores import publications
from server.stores.cases import Case
from server.stores.database import Row
from server.use_cases.cases.kinds import Card, CaseKind, Decision, Picture, own
from server.use_cases.publications import decided, reviewing, seeing
from server.use_cases.sign_in import Person

NAME = "first-look"


def see(connection: Connection[Row], case: Case) -> Card:
    title, texts = seeing.told(connection, case.subject, written=True)
    known = reviewing.sentences_about(connection, case.subject, datetime.now(UTC))
    shows = tuple(Picture(*one) for one in seeing.pictures(connection, case.subject, written=True))
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


def lock(connection: Connection[Row], subject: str) -> None:
    publications.find(connection, subject, lock=True)


KIND = CaseKind(
    NAME,
    (Decision("publish"), Decision("send-back", reason=True, against=frozenset({"body"}))),
    see,
    carry_out,
    lock=lock,
)
