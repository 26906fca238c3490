"""Looking at cases and deciding them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from babel.lists import format_list
from psycopg import Connection

from server.policy import ACTS, Verdict, Who, decide
from server.policy.acts.cases import KINDS as LOOKS
from server.policy.rights import MEMBERS
from server.stores import accounts, bodies, cases, notices
from server.stores.cases import Case, Reading, Step
from server.stores.database import Database, Row
from server.use_cases.cases import KINDS, appeal
from server.use_cases.cases.kinds import Card, Decision, Say, Voice
from server.use_cases.cases.opening import BY_ITSELF, NewCase, base, open_case, reads
from server.use_cases.cases.reasons import REASONS
from server.use_cases.problem import Problem
from server.use_cases.rights import Ties, ask, ties
from server.use_cases.sign_in import Person, post

LISTED_MOST = 100
APPEALS_FOR = timedelta(days=183)
#: How long words wait for somebody who reads their language, before they are decided on without.
WAITS_FOR_A_READER = timedelta(days=2)
_SECOND_LOOK = (Decision("confirm"), Decision("decline", reason=True))


@dataclass(frozen=True, slots=True)
class Seen:
    """A case as one person sees it. `decisions`: none where it is for somebody else, or was decided.

    `kept_until`: what was removed for good can be read by this person so long.
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
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Inbox:
    """`more`: how many there are beyond those listed. `locked`: how many ask for a stronger sign-in."""

    seen: tuple[Seen, ...]
    more: int
    locked: int


@dataclass(frozen=True, slots=True)
class Decided:
    """`waited_s`: from opening to decision; None before a second look. [s]"""

    seen: Seen
    waited_s: float | None


def inbox(database: Database, person: Person, languages: Iterable[str], now: datetime) -> Inbox:
    """What this person may look at: the most urgent first, of those the oldest."""
    wanted = tuple(languages)
    with database.transaction() as connection:
        person_is = ties(connection, person)
        if not person_is.duties and not person_is.memberships and not person_is.looks_after:
            return Inbox((), 0, 0)
        return _listed(connection, person, person_is, cases.all_open(connection), wanted, now)


def decided(database: Database, person: Person, languages: Iterable[str], now: datetime) -> Inbox:
    """What was decided of late, of what this person may see: as long as it can be appealed. The newest first."""
    wanted = tuple(languages)
    with database.transaction() as connection:
        person_is = ties(connection, person)
        if not person_is.duties and not person_is.memberships and not person_is.looks_after:
            return Inbox((), 0, 0)
        found = cases.decided_since(connection, now - APPEALS_FOR, BY_ITSELF)
        return _listed(connection, person, person_is, found, wanted, now)


def read(database: Database, person: Person, case_id: str, languages: Iterable[str], now: datetime) -> Seen:
    """Raises Problem: unknown-case, sign-in-stronger."""
    with database.transaction() as connection:
        case = cases.find(connection, case_id)
        person_is = ties(connection, person)
        ask_about("read-case", person, person_is, case, now)
        if case is None:
            raise Problem("unknown-case")
        return _whole(connection, person, person_is, case, tuple(languages), now)


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
        case = _locked(connection, "decide-case", person, person_is, case_id, now)
        case = decide_locked(connection, person, person_is, case, decision, reason_code, words, voice, now)
        seen = _whole(connection, person, person_is, case, voice.languages, now)
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
    if _is_for_somebody_else(connection, person, person_is, case):
        raise Problem("for-somebody-else", who=who_decides(case.kind, voice.say, voice.languages))
    chosen = next((one for one in _open_decisions(case) if one.key == decision), None)
    if chosen is None or reason_code not in {"", *REASONS}:
        raise Problem("unknown-decision", pointer="/decision" if chosen is None else "/reason_code")
    words = words.strip()
    if chosen.reason and not words and reason_code in {"", "other"}:
        raise Problem("reason-missing", pointer="/words")
    if case.state == "second-look":
        return _look_again(connection, person, case, decision, words, voice, now)
    if case.language is not None and _reads(person_is, case):
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
        _write_down(connection, person, proposed, f"propose-{decision}", words, now)
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
        case = _locked(connection, "read-for-others", person, person_is, case_id, now)
        if case.language is None or not _reads(person_is, case):
            raise Problem("not-your-language")
        cases.add_reading(connection, case.kind, case.subject, case.language, words.strip(), person.id, now)
        cases.change(connection, replace(case, state="open"))
        _write_down(connection, person, case, "read-for-others", "", now)


def appeal_as_owner(database: Database, person: Person, case_id: str, words: str, now: datetime) -> str:
    """The id of the new case. Raises Problem: unknown-case, not-yours, not-now, appeal-over, reason-missing."""
    with database.transaction() as connection:
        case = _locked(connection, "appeal-case", person, ties(connection, person), case_id, now)
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
    )
    opened = open_case(connection, new, now)
    bodies.write_down(connection, now, account_id, case.body_id, "appeal", f"case {case.id}")
    return opened


def times(database: Database, person: Person, now: datetime) -> list[cases.Times]:
    """How long cases waited that were decided within a year, by kind, for who decides. Raises Problem: not-yours."""
    with database.transaction() as connection:
        duties = {duty.duty for duty in ties(connection, person).duties}
        if not duties & {"moderator", "administrator"}:
            raise Problem("not-yours")
        return cases.times(connection, now - timedelta(days=365))


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
        _write_down(connection, person, case, f"decline-{case.outcome}", words, now)
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
    _write_down(connection, person, decided, f"{decision.key}-{case.kind}", words, now)
    _tell(connection, decided, decision, card, voice, now)
    return decided


def _tell(
    connection: Connection[Row], case: Case, decision: Decision, card: Card, voice: Voice, now: datetime
) -> None:
    """Mails whoever asked, and the owners of the body that it was decided against, each in their own language.

    An address at which nobody is any more bounces quietly: what was decided stands all the same.
    """
    told = {case.asked_by} if case.asked_by is not None else set()
    if "body" in KINDS[case.kind].against(case, decision) and case.body_id is not None:
        told |= set(bodies.owners(connection, case.body_id))
    for asker, language in KINDS[case.kind].askers(connection, case):
        subject, body = told_in(case, decision, card, voice.say, (language,), against="asker")
        post(connection, asker, subject, body, now)
    for account_id in sorted(told):
        account, address = (
            accounts.find(connection, account_id),
            accounts.address_of(connection, account_id),
        )
        if account is not None and address is not None:
            wanted = ("sv",) if account.language is None else (account.language,)
            against = "asker" if account_id == case.asked_by else "body"
            subject, body = told_in(case, decision, card, voice.say, wanted, against=against)
            if voice.home:
                link = f"{voice.home}/studio/inbox/{case.id}"
                body = f"{body}\n\n{voice.say('mail.case.link', {'link': link}, wanted)[0]}"
            post(connection, address, subject, body, now)


def told_in(
    case: Case,
    decision: Decision,
    card: Card,
    say: Say,
    languages: tuple[str, ...],
    *,
    against: str,
) -> tuple[str, str]:
    """Subject and body of the mail that says what was decided and why: a statement of reasons (DSA art. 17)."""

    def said(key: str, **facts: str) -> str:
        return say(key, facts, languages)[0]

    title = in_languages(card.title, languages)
    what = said(f"case.decision.{case.kind}.{decision.key}")
    lines = [said("mail.case.body", title=title, decision=what)]
    if case.reason_code:
        reason = said(f"case.reason.{case.reason_code}")
        lines.append(
            said(
                "mail.case.reason",
                reason=reason,
                ground=said(f"case.ground.{REASONS[case.reason_code].ground}"),
            )
        )
    if case.words:
        lines.append(case.words)
    lines.append(said("mail.case.person"))
    if against in decision.against and LOOKS[case.kind].appeal:
        lines.append(said("mail.case.appeal"))
    return said("mail.case.subject", title=title), "\n\n".join(lines)


def in_languages(title: object, languages: Iterable[str]) -> str:
    """A card's title in the first of the languages that it has."""
    if not isinstance(title, dict):
        return str(title)
    by_tag = {str(tag): str(words) for tag, words in title.items()}
    for tag in (*languages, "sv", "en"):
        if tag in by_tag:
            return by_tag[tag]
    return next((by_tag[tag] for tag in sorted(by_tag)), "")


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
        who = person_is.to(case.body_id, case.municipality, case.subject)
        verdict = decide(ACTS["read-case"], who, _state(case), strong=person.is_strong(now))
        if verdict is Verdict.ALLOWED:
            mine.append(case)
        locked += verdict is Verdict.SIGN_IN_STRONGER
    seen = tuple(_seen(connection, person, person_is, case, languages, now) for case in mine[:LISTED_MOST])
    return Inbox(seen, max(0, len(mine) - LISTED_MOST), locked)


def _state(case: Case) -> str:
    return f"{case.kind} {case.state}"


def ask_about(act: str, person: Person, person_is: Ties, case: Case | None, now: datetime) -> None:
    """Raises Problem: unknown-case, not-yours, not-now, sign-in-stronger."""
    if case is None or case.kind not in KINDS:
        raise Problem("unknown-case")
    who = person_is.to(case.body_id, case.municipality, case.subject)
    ask(act, who, _state(case), person, now, unknown="unknown-case")


def _locked(
    connection: Connection[Row], act: str, person: Person, person_is: Ties, case_id: str, now: datetime
) -> Case:
    """The thing is locked first and the case then, as by whoever changes the thing and so ends the case."""
    found = cases.find(connection, case_id)
    ask_about(act, person, person_is, found, now)
    if found is None:
        raise Problem("unknown-case")
    KINDS[found.kind].lock(connection, found.subject)
    case = cases.find(connection, case_id, lock=True)
    ask_about(act, person, person_is, case, now)
    if case is None:
        raise Problem("unknown-case")
    return case


def _is_for_somebody_else(connection: Connection[Row], person: Person, person_is: Ties, case: Case) -> bool:
    if case.state == "second-look" and person.id == case.first_by:
        return True
    if _is_partial(case, person_is.to(case.body_id, case.municipality, case.subject)):
        return True
    if LOOKS[case.kind].not_asker and person.id == case.asked_by:
        return True
    return person.id in KINDS[case.kind].not_by(connection, case)


def _is_partial(case: Case, who: frozenset[Who]) -> bool:
    """It is about a thing of the person's own body, and others decide."""
    return LOOKS[case.kind].impartial and bool(MEMBERS & who)


def _looks(case: Case, who: frozenset[Who]) -> bool:
    """Whether it is for such a person to read all of it."""
    return bool(LOOKS[case.kind].decide & who) and not _is_partial(case, who)


def _open_decisions(case: Case) -> tuple[Decision, ...]:
    return {"open": KINDS[case.kind].decisions, "second-look": _SECOND_LOOK}.get(case.state, ())


def _reads(person_is: Ties, case: Case) -> bool:
    return reads((tag for duty in person_is.duties for tag in duty.languages), case.language)


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


def _seen(
    connection: Connection[Row],
    person: Person,
    person_is: Ties,
    case: Case,
    languages: tuple[str, ...],
    now: datetime,
) -> Seen:
    who = person_is.to(case.body_id, case.municipality, case.subject)
    card = KINDS[case.kind].see(connection, case)
    elsewhere = _is_for_somebody_else(connection, person, person_is, case)
    may = decide(ACTS["decide-case"], who, _state(case), strong=person.is_strong(now)) is Verdict.ALLOWED
    if not _looks(case, who):  # whoever reads for others reads what was written, and not by whom
        unread = case.state == "unread" and not _is_partial(case, who)
        card = replace(card, texts=tuple(text for text in card.texts if unread and text[0] is not None))
    return Seen(
        case,
        card,
        in_languages(card.title, languages),
        _open_decisions(case) if may and not elsewhere else (),
        _reads(person_is, case),
        elsewhere,
        may_appeal=decide(ACTS["appeal-case"], who, _state(case), strong=person.is_strong(now))
        is Verdict.ALLOWED
        and may_appeal(connection, case, "body", now),
    )


def _whole(
    connection: Connection[Row],
    person: Person,
    person_is: Ties,
    case: Case,
    languages: tuple[str, ...],
    now: datetime,
) -> Seen:
    """With what was read and done; who did it is for those who look at such cases, and not for whose thing it is."""
    seen = _seen(connection, person, person_is, case, languages, now)
    steps = cases.steps(connection, case.id)
    who = person_is.to(case.body_id, case.municipality, case.subject)
    if LOOKS[case.kind].quarantine & who and case.state == "decided":
        seen = replace(seen, kept_until=notices.kept_until(connection, case.id))
    if not _looks(case, who):
        return replace(seen, steps=tuple(replace(step, name="") for step in steps))
    readings = cases.readings(connection, case.kind, case.subject)
    return replace(seen, readings=tuple(readings), steps=tuple(steps))


def _write_down(
    connection: Connection[Row], person: Person, case: Case, what: str, reason: str, now: datetime
) -> None:
    bodies.write_down(connection, now, person.id, case.body_id, what, f"case {case.id}", reason)
