"""What somebody would like to give: a stage of a trail, or to look after one. Its body's editors answer.

The subject is the proposal's id.
"""

from datetime import datetime

from psycopg import Connection

from geo.positions import Position
from server.stores import proposals
from server.stores.cases import Case
from server.stores.database import Row
from server.use_cases import proposals as proposing
from server.use_cases.cases.kinds import Card, CaseKind, Decision, Text
from server.use_cases.sign_in import Person

NAME = "proposal"


def see(connection: Connection[Row], case: Case) -> Card:
    """Where it is, for those who answer: positions stand in no case."""
    found = proposals.find(connection, case.subject)
    if found is None:
        return Card(case.kind)
    at = None if found.lon is None or found.lat is None else Position(found.lon, found.lat)
    where = () if at is None else (Text("fact", None, f"{at.lat:.5f}, {at.lon:.5f}"),)
    words = (Text("said", found.language, found.words),) if found.words else ()
    title = found.name or proposing.title_of(connection, found)
    return Card(title, (*words, *where), at=at)


def carry_out(
    connection: Connection[Row],
    person: Person,
    case: Case,
    decision: str,
    code: str,
    words: str,
    now: datetime,
) -> None:
    del code, words
    proposing.answer(connection, person, case.subject, case.body_id, taken_up=decision == "take-up", now=now)


def lock(connection: Connection[Row], subject: str) -> None:
    proposals.find(connection, subject, lock=True)


DECISIONS = (Decision("take-up"), Decision("decline", reason=True, against=frozenset({"asker"})))
KIND = CaseKind(NAME, DECISIONS, see, carry_out, lock=lock)
