"""Whoever it was decided against has somebody else look: once, within six months."""

from datetime import datetime, timedelta

from psycopg import Connection

from server.stores import bodies, cases
from server.stores.cases import Case
from server.stores.database import Database, Row
from server.use_cases.cases import KINDS, appeal
from server.use_cases.cases.asking import locked
from server.use_cases.cases.opening import BY_ITSELF, NewCase, open_case
from server.use_cases.problem import Problem
from server.use_cases.rights import ties
from server.use_cases.sign_in import Person

APPEALS_FOR = timedelta(days=183)


def appeal_as_owner(database: Database, person: Person, case_id: str, words: str, now: datetime) -> str:
    """The id of the new case. Raises Problem: unknown-case, not-yours, not-now, appeal-over, reason-missing."""
    with database.transaction() as connection:
        case = locked(connection, "appeal-case", person, ties(connection, person), case_id, now)
        return open_appeal(connection, case, "body", words, None, person.id, now)


def open_appeal(
    connection: Connection[Row],
    case: Case,
    against: str,
    words: str,
    language: str | None,
    account_id: str | None,
    now: datetime,
    notice_id: str = "",
) -> str:
    """Once for each, within six months, by whom it was decided against. `notice_id`: of who gave notice.

    Raises Problem: not-now, appeal-over, reason-missing.
    """
    if not words.strip():
        raise Problem("reason-missing", pointer="/words")
    if not _appealable(connection, case, against, notice_id):
        raise Problem("not-now")
    if case.decided_at is None or now - case.decided_at > APPEALS_FOR:
        raise Problem("appeal-over")
    new = NewCase(
        appeal.NAME,
        appeal.subject_of(case, notice_id),
        case.body_id,
        case.municipality,
        appeal.URGENCY,
        language,
        {appeal.WORDS: words.strip(), "against": against},
        account_id,
        case.maker,
    )
    opened = open_case(connection, new, now)
    bodies.write_down(connection, now, account_id, case.body_id, "appeal", f"case {case.id}")
    return opened


def may_appeal(
    connection: Connection[Row], case: Case, against: str, now: datetime, notice_id: str = ""
) -> bool:
    """Whether `open_appeal` would open one."""
    return (
        _appealable(connection, case, against, notice_id)
        and case.decided_at is not None
        and now - case.decided_at <= APPEALS_FOR
    )


def _appealable(connection: Connection[Row], case: Case, against: str, notice_id: str) -> bool:
    """It was decided by a person, against them, they have not appealed yet, and nobody's appeal has changed it."""
    decision = KINDS[case.kind].decision(case.outcome)
    if case.state != "decided" or case.reason_code == BY_ITSELF or decision is None:
        return False
    if KINDS[case.kind].undo is None or against not in decision.against:
        return False
    if cases.any_of(connection, appeal.NAME, appeal.subject_of(case, notice_id)):
        return False
    return not cases.appeal_was_right(connection, case.id)
