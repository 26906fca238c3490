"""Letting a publication rest: its body does, and whoever keeps people safe decides it for that body."""

from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection

from server.policy import Who
from server.policy.rights import MEMBERS
from server.stores import bodies, cases, publications
from server.stores.database import Database, Row
from server.stores.publications import Publication
from server.use_cases.cases.deciding import decide_locked
from server.use_cases.cases.kinds import Voice
from server.use_cases.cases.opening import NewCase, open_case
from server.use_cases.cases.reasons import REASONS
from server.use_cases.problem import Problem
from server.use_cases.publications.acting import may_take, take_locked
from server.use_cases.publications.seeing import View, view
from server.use_cases.rights import ties
from server.use_cases.sign_in import Person

STEP = "rest"
URGENCY = 3


@dataclass(frozen=True, slots=True)
class Why:
    """`code`: one of `REASONS`, or empty. `voice`: others are told it."""

    words: str
    code: str
    voice: Voice


def rest(
    database: Database, person: Person, publication_id: str, version: int, why: Why, now: datetime
) -> View:
    """Raises Problem: unknown-trail, changed-meanwhile, reason-missing, unknown-reason, and what `ask` raises."""
    if why.code not in {"", *REASONS}:
        raise Problem("unknown-reason", pointer="/reason_code")
    with database.transaction() as connection:
        before, who = may_take(connection, person, publication_id, STEP, version, why.words, now)
        if who & MEMBERS:
            return take_locked(connection, person, before, who, STEP, why.words, now)
        return _decided(connection, person, before, who, why, now)


def _decided(
    connection: Connection[Row],
    person: Person,
    before: Publication,
    who: frozenset[Who],
    why: Why,
    now: datetime,
) -> View:
    """As in the inbox: its body is told why, and may appeal to somebody else (DSA art. 17 and 20)."""
    body = bodies.find(connection, before.body)
    municipality = "" if body is None else body.municipality
    new = NewCase(before.kind, before.id, before.body, municipality, URGENCY)
    case = cases.find(connection, open_case(connection, new, now), lock=True)
    if case is None:
        raise LookupError(before.id)  # it was opened in this transaction
    person_is = ties(connection, person)
    decide_locked(connection, person, person_is, case, STEP, why.code, why.words, why.voice, now)
    after = publications.find(connection, before.id)
    if after is None:
        raise LookupError(before.id)  # it is locked
    return view(connection, after, person, who, now)
