"""Whoever has a case open is named to the others who could decide it. It keeps nobody from deciding."""

from datetime import datetime, timedelta

from server.stores import cases, looks
from server.stores.database import Database
from server.use_cases.cases.asking import ask_about
from server.use_cases.problem import Problem
from server.use_cases.rights import ties
from server.use_cases.sign_in import Person

#: Then others are told no more that somebody looks: a phone was put away, or somebody was called to the door.
LOOKS_FOR = timedelta(minutes=10)


def look(database: Database, person: Person, case_id: str, now: datetime) -> str | None:
    """None where it is this person's to look at now; else what the other one is called, which may be empty.

    Raises Problem: unknown-case, not-yours, not-now, sign-in-stronger.
    """
    with database.transaction() as connection:
        case = cases.find(connection, case_id)
        ask_about("look-at-case", person, ties(connection, person), case, now)
        if case is None:
            raise Problem("unknown-case")
        if looks.take(connection, case.id, person.id, now + LOOKS_FOR, now):
            return None
        return looks.of_others(connection, [case.id], person.id, now).get(case.id, "")


def leave(database: Database, person: Person, case_id: str) -> None:
    """Somebody else may begin with it. A repetition changes nothing."""
    with database.transaction() as connection:
        looks.leave(connection, case_id, person.id)
