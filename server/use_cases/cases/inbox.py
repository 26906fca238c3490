"""What a person finds in the inbox, and what was decided of late."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from psycopg import Connection

from server.policy import ACTS, Verdict, decide
from server.policy.acts.cases import KINDS as LOOKS
from server.stores import cases, looks, notices
from server.stores.cases import Case, Reading, Step
from server.stores.database import Database, Row
from server.use_cases.cases import KINDS
from server.use_cases.cases.appealing import APPEALS_FOR, may_appeal
from server.use_cases.cases.asking import (
    ask_about,
    is_for_somebody_else,
    is_partial,
    looks_at,
    open_decisions,
    reads_it,
    state_of,
    to_case,
)
from server.use_cases.cases.kinds import Card, Decision
from server.use_cases.cases.opening import BY_ITSELF
from server.use_cases.cases.telling import in_languages
from server.use_cases.problem import Problem
from server.use_cases.rights import Ties, leads_association, ties
from server.use_cases.sign_in import Person

LISTED_MOST = 100


@dataclass(frozen=True, slots=True)
class Seen:
    """A case as one person sees it. `decisions`: none where it is for somebody else, or was decided.

    `kept_until`: what was removed for good can be read by this person so long. `looked_at_by`: what somebody else who has
    it open is called, where this person could decide it.
    """

    case: Case
    card: Card
    title: str
    decisions: tuple[Decision, ...]
    in_my_languages: bool
    for_somebody_else: bool
    may_appeal: bool = False
    kept_until: datetime | None = None
    readings: tuple[Reading, ...] = ()
    looked_at_by: str | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Inbox:
    """`more`: how many there are beyond those listed. `locked`: how many ask for a stronger sign-in."""

    seen: tuple[Seen, ...]
    more: int
    locked: int


def inbox(database: Database, person: Person, languages: Iterable[str], now: datetime) -> Inbox:
    """What this person may look at: the most urgent first, of those the oldest."""
    wanted = tuple(languages)
    with database.transaction() as connection:
        person_is = ties(connection, person)
        return _listed(
            connection, person, person_is, cases.open_within(connection, _reach(person_is)), wanted, now
        )


def decided(database: Database, person: Person, languages: Iterable[str], now: datetime) -> Inbox:
    """What was decided of late, of what this person may see: as long as it can be appealed. The newest first."""
    wanted = tuple(languages)
    with database.transaction() as connection:
        person_is = ties(connection, person)
        found = cases.decided_since(connection, _reach(person_is), now - APPEALS_FOR, BY_ITSELF)
        return _listed(connection, person, person_is, found, wanted, now)


def read(database: Database, person: Person, case_id: str, languages: Iterable[str], now: datetime) -> Seen:
    """Raises Problem: unknown-case, sign-in-stronger."""
    with database.transaction() as connection:
        case = cases.find(connection, case_id)
        person_is = ties(connection, person)
        ask_about("read-case", person, person_is, case, now)
        if case is None:
            raise Problem("unknown-case")
        return whole(connection, person, person_is, case, tuple(languages), now)


def times(database: Database, person: Person, now: datetime) -> list[cases.Times]:
    """How long cases waited that were decided within a year, by kind, for who decides. Raises Problem: not-yours."""
    with database.transaction() as connection:
        duties = {duty.duty for duty in ties(connection, person).duties}
        if not duties & {"moderator", "administrator"}:
            raise Problem("not-yours")
        return cases.times(connection, now - timedelta(days=365))


def _reach(person_is: Ties) -> cases.Reach:
    """Whoever leads an association looks at first trails of others, wherever they are."""
    municipalities = frozenset(duty.municipality for duty in person_is.duties)
    return cases.Reach(
        account=person_is.account,
        everywhere="" in municipalities or any(leads_association(one) for one in person_is.memberships),
        municipalities=municipalities,
        bodies=frozenset(one.body.id for one in person_is.memberships),
        stages=person_is.looks_after,
    )


def _listed(
    connection: Connection[Row],
    person: Person,
    person_is: Ties,
    found: Iterable[Case],
    languages: tuple[str, ...],
    now: datetime,
) -> Inbox:
    """Those of the cases that the person may see, in their order."""
    mine, locked = [], 0
    for case in found:
        who = to_case(person_is, case)
        verdict = decide(ACTS["read-case"], who, state_of(case), strong=person.is_strong(now))
        if verdict is Verdict.ALLOWED:
            mine.append(case)
        locked += verdict is Verdict.SIGN_IN_STRONGER
    listed = mine[:LISTED_MOST]
    others = looks.of_others(connection, [case.id for case in listed], person.id, now)
    seen = tuple(_seen(connection, person, person_is, case, languages, others, now) for case in listed)
    return Inbox(seen, max(0, len(mine) - LISTED_MOST), locked)


def _seen(
    connection: Connection[Row],
    person: Person,
    person_is: Ties,
    case: Case,
    languages: tuple[str, ...],
    others: Mapping[str, str],
    now: datetime,
) -> Seen:
    who = to_case(person_is, case)
    card = KINDS[case.kind].see(connection, case)
    elsewhere = is_for_somebody_else(connection, person, person_is, case)
    may = decide(ACTS["decide-case"], who, state_of(case), strong=person.is_strong(now)) is Verdict.ALLOWED
    decides = may and not elsewhere
    if not looks_at(case, who):  # whoever reads for others reads what was written, and not by whom
        unread = case.state == "unread" and not is_partial(case, who)
        said = tuple(one for one in card.texts if unread and one.language is not None)
        card = replace(card, texts=said, pictures=(), at=None)
    return Seen(
        case,
        card,
        in_languages(card.title, languages),
        open_decisions(case) if decides else (),
        reads_it(person_is, case),
        elsewhere,
        may_appeal=decide(ACTS["appeal-case"], who, state_of(case), strong=person.is_strong(now))
        is Verdict.ALLOWED
        and may_appeal(connection, case, "body", now),
        looked_at_by=others.get(case.id) if decides else None,
    )


def whole(
    connection: Connection[Row],
    person: Person,
    person_is: Ties,
    case: Case,
    languages: tuple[str, ...],
    now: datetime,
) -> Seen:
    """With what was read and done; who did it is for those who look at such cases, and not for whose thing it is."""
    others = looks.of_others(connection, [case.id], person.id, now)
    seen = _seen(connection, person, person_is, case, languages, others, now)
    steps = cases.steps(connection, case.id)
    who = to_case(person_is, case)
    if LOOKS[case.kind].quarantine & who and case.state == "decided":
        seen = replace(seen, kept_until=notices.kept_until(connection, case.id))
    if not looks_at(case, who):
        return replace(seen, steps=tuple(replace(step, name="") for step in steps))
    readings = cases.readings(connection, case.kind, case.subject)
    return replace(seen, readings=tuple(readings), steps=tuple(steps))
