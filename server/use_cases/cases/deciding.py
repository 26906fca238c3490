"""Cases are decided, by one person or by two."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from babel.lists import format_list
from psycopg import Connection

from server.policy import Who
from server.policy.acts.cases import KINDS as LOOKS
from server.stores import cases
from server.stores.cases import Case
from server.stores.database import Database, Row
from server.use_cases.cases import KINDS
from server.use_cases.cases.asking import is_for_somebody_else, locked, open_decisions, reads_it, write_down
from server.use_cases.cases.inbox import Seen, whole
from server.use_cases.cases.kinds import Decision, Say, Voice
from server.use_cases.cases.opening import base
from server.use_cases.cases.reasons import REASONS
from server.use_cases.cases.telling import tell
from server.use_cases.problem import Problem
from server.use_cases.rights import Ties, ties
from server.use_cases.sign_in import Person

#: How long words wait for somebody who reads their language, before they are decided on without.
WAITS_FOR_A_READER = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Decided:
    """`waited_s`: from opening to decision; None before a second look. [s]"""

    seen: Seen
    waited_s: float | None


def decide_case(
    database: Database,
    person: Person,
    case_id: str,
    decision: str,
    reason_code: str,
    words: str,
    voice: Voice,
    now: datetime,
) -> Decided:
    """Raises Problem: unknown-case, not-yours, not-now, sign-in-stronger, for-somebody-else, unknown-decision, reason-missing."""
    with database.transaction() as connection:
        person_is = ties(connection, person)
        case = locked(connection, "decide-case", person, person_is, case_id, now)
        case = decide_locked(connection, person, person_is, case, decision, reason_code, words, voice, now)
        seen = whole(connection, person, person_is, case, voice.languages, now)
    waited = None if case.decided_at is None else (case.decided_at - case.opened_at).total_seconds()
    return Decided(seen, waited)


def decide_locked(
    connection: Connection[Row],
    person: Person,
    person_is: Ties,
    case: Case,
    decision: str,
    reason_code: str,
    words: str,
    voice: Voice,
    now: datetime,
) -> Case:
    """The one place in which a case is decided by a person, who may decide it.

    Raises Problem: for-somebody-else, unknown-decision, reason-missing.
    """
    if is_for_somebody_else(connection, person, person_is, case):
        raise Problem("for-somebody-else", who=who_decides(case.kind, voice.say, voice.languages))
    chosen = next((one for one in open_decisions(case) if one.key == decision), None)
    if chosen is None or reason_code not in {"", *REASONS}:
        raise Problem("unknown-decision", pointer="/decision" if chosen is None else "/reason_code")
    words = words.strip()
    if chosen.reason and not words and reason_code in {"", "other"}:
        raise Problem("reason-missing", pointer="/words")
    if case.state == "second-look":
        return _look_again(connection, person, case, decision, words, voice, now)
    if case.language is not None and reads_it(person_is, case):
        cases.add_reading(connection, case.kind, case.subject, case.language, "", person.id, now)
    if chosen.four_eyes:
        proposed = replace(
            case,
            state="second-look",
            first_by=person.id,
            outcome=decision,
            reason_code=reason_code,
            words=words,
        )
        cases.change(connection, proposed)
        KINDS[case.kind].propose(connection, proposed, now)
        write_down(connection, person, proposed, f"propose-{decision}", words, now)
        return proposed
    return _settle(connection, person, case, chosen, reason_code, words, voice, now)


def who_decides(kind: str, say: Say, languages: tuple[str, ...]) -> str:
    """In words, everybody who decides cases of that kind: "guide or administrator"."""
    told = [say(f"case.who.{who}", {}, languages) for who in Who if who in LOOKS[kind].decide]
    return format_list([words for words, _ in told], style="or", locale=base(told[0][1]))


def read_for_others(database: Database, person: Person, case_id: str, words: str, now: datetime) -> None:
    """A language helper says in short what the words say; then it is decided on as others are.

    Raises Problem: unknown-case, not-yours, not-now, not-your-language.
    """
    with database.transaction() as connection:
        person_is = ties(connection, person)
        case = locked(connection, "read-for-others", person, person_is, case_id, now)
        if case.language is None or not reads_it(person_is, case):
            raise Problem("not-your-language")
        cases.add_reading(connection, case.kind, case.subject, case.language, words.strip(), person.id, now)
        cases.change(connection, replace(case, state="open"))
        write_down(connection, person, case, "read-for-others", "", now)


def wake(database: Database, now: datetime) -> int:
    """Cases whose words nobody has read go on without; how many."""
    with database.transaction() as connection:
        return cases.open_waiting_to_be_read(connection, now - WAITS_FOR_A_READER)


def _look_again(
    connection: Connection[Row],
    person: Person,
    case: Case,
    answer: str,
    words: str,
    voice: Voice,
    now: datetime,
) -> Case:
    if answer == "decline":
        again = replace(case, state="open", first_by=None, outcome="", reason_code="", words="")
        cases.change(connection, again)
        write_down(connection, person, case, f"decline-{case.outcome}", words, now)
        return again
    proposed = KINDS[case.kind].decision(case.outcome)
    if proposed is None:
        raise Problem("not-now")
    return _settle(connection, person, case, proposed, case.reason_code, case.words, voice, now)


def _settle(
    connection: Connection[Row],
    person: Person,
    case: Case,
    decision: Decision,
    reason_code: str,
    words: str,
    voice: Voice,
    now: datetime,
) -> Case:
    card = KINDS[case.kind].see(connection, case)
    KINDS[case.kind].carry_out(connection, person, case, decision.key, reason_code, words, now)
    decided = replace(
        case,
        state="decided",
        outcome=decision.key,
        reason_code=reason_code,
        words=words,
        decided_by=person.id,
        decided_at=now,
    )
    cases.change(connection, decided)
    write_down(connection, person, decided, f"{decision.key}-{case.kind}", words, now)
    tell(connection, decided, decision, card, voice, now)
    return decided
