"""Giving notice of something public, without an account, and looking at what became of it."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.dates import format_date
from psycopg import Connection

from server.stores import bodies, cases, notices
from server.stores.cases import Case
from server.stores.database import Database, Row
from server.stores.notices import Kept, Notice
from server.use_cases.cases import notice
from server.use_cases.cases.appealing import may_appeal, open_appeal
from server.use_cases.cases.asking import ask_about
from server.use_cases.cases.kinds import Say
from server.use_cases.cases.opening import NewCase, base, open_case
from server.use_cases.cases.public import KINDS as PUBLIC
from server.use_cases.cases.public import PublicThing
from server.use_cases.cases.reasons import REASONS
from server.use_cases.cases.telling import in_languages, whose, written_to
from server.use_cases.problem import Problem
from server.use_cases.rights import ties
from server.use_cases.sign_in import Person, hashed, new_token, post, read_address

#: So many receipts go to one address in a day: whoever types another's address must not fill that one's inbox.
RECEIPTS_A_DAY = 5


@dataclass(frozen=True, slots=True)
class Given:
    """`what` and `name_of_it`: as `quest` and a code. `language`: of the words, and of the answer."""

    what: str
    name_of_it: str
    reason_code: str
    words: str
    name: str
    address: str
    language: str
    good_faith: bool


@dataclass(frozen=True, slots=True)
class Receipt:
    """`code`: told once. `read_on`: the day on which it is looked at; None where somebody is on duty, or nobody has said when."""

    id: str
    code: str
    hidden: bool
    read_on: date | None
    said: str


@dataclass(frozen=True, slots=True)
class Became:
    """What became of a notice."""

    given: Notice
    case: Case
    title: str
    may_appeal: bool


def give(database: Database, given: Given, public_address: str, say: Say, now: datetime) -> Receipt:
    """Opens a case or joins one. What must not wait is hidden at once.

    Raises Problem: unknown-thing, unknown-reason, good-faith-missing, name-missing, bad-address, reason-missing.
    """
    address = _checked(given)
    kind, reason = PUBLIC[given.what], REASONS[given.reason_code]
    code = new_token()
    with database.transaction() as connection:
        thing = kind.find(connection, given.name_of_it)
        if thing is None:
            raise Problem("unknown-thing", pointer="/id")
        kind.lock(connection, thing.id)
        hides = reason.hides or (thing.meets and reason.urgency == 0)
        case = _opened(connection, given, thing, 0 if hides else reason.urgency, now)
        hidden = hides and notice.hide_at_once(connection, case, now)
        one = Notice(
            str(uuid.uuid4()), case.id, given.reason_code, given.words.strip(), given.name.strip(), address, given.language, now
        )  # fmt: skip
        may_mail = address is not None and (
            notices.count_of_address(connection, address, now - timedelta(days=1)) < RECEIPTS_A_DAY
        )
        notices.add(connection, one, hashed(code))
        bodies.write_down(connection, now, None, case.body_id, "notice", f"case {case.id}", given.reason_code)
        if hidden:
            bodies.write_down(connection, now, None, case.body_id, "hide-at-once", f"case {case.id}")
            _tell_owners(connection, case, thing, given.reason_code, say, now)
        said = _said(case.read_on, given.language, say)
        if address is not None and may_mail:
            title = in_languages(thing.title, (given.language,))
            facts = {"title": title, "said": said, "link": f"{public_address}/notice#{one.id}.{code}"}
            subject, body = (
                say(f"mail.notice.{part}", facts, (given.language,))[0] for part in ("subject", "body")
            )
            post(connection, address, subject, body, now)
    return Receipt(one.id, code, hidden, case.read_on, said)


def became(
    database: Database, notice_id: str, code: str, languages: tuple[str, ...], now: datetime
) -> Became:
    """For whoever has the receipt. Raises Problem: unknown-notice."""
    with database.transaction() as connection:
        return _became(connection, notice_id, code, languages, now)


def appeal(database: Database, notice_id: str, code: str, words: str, now: datetime) -> None:
    """Somebody else looks. Raises Problem: unknown-notice, not-now, appeal-over, reason-missing."""
    with database.transaction() as connection:
        found = _became(connection, notice_id, code, (), now)
        open_appeal(connection, found.case, "asker", words, found.given.language, None, now, found.given.id)


def read_quarantine(database: Database, person: Person, case_id: str, now: datetime) -> Kept:
    """What was removed for good in this case, for six months; each reading is written down.

    Raises Problem: unknown-case, not-yours, not-now, sign-in-stronger, nothing-kept.
    """
    with database.transaction() as connection:
        case = cases.find(connection, case_id)
        ask_about("read-quarantine", person, ties(connection, person), case, now)
        if case is None:
            raise Problem("unknown-case")
        kept = notices.in_quarantine(connection, case_id)
        if not kept:
            raise Problem("nothing-kept")
        bodies.write_down(connection, now, person.id, case.body_id, "read-quarantine", f"case {case.id}")
        return kept[0]


def wrong(given: Given) -> Iterator[Problem]:
    """Everything that keeps it from being given, each at its field; that the thing is public is looked up later."""
    reason = REASONS.get(given.reason_code)
    if given.what not in PUBLIC:
        yield Problem("unknown-reason", pointer="/what")
    if reason is None:
        yield Problem("unknown-reason", pointer="/reason_code")
    if not given.good_faith:
        yield Problem("good-faith-missing", pointer="/good_faith")
    if not given.words.strip():
        yield Problem("reason-missing", pointer="/words")
    if reason is None or not reason.nameless:
        for value, pointer in ((given.name, "/name"), (given.address, "/address")):
            if not value.strip():
                yield Problem("name-missing", pointer=pointer)
    if given.address.strip():
        try:
            read_address(given.address)
        except Problem as problem:
            yield Problem(problem.code, pointer="/address")


def _checked(given: Given) -> str | None:
    """The address. Raises Problem: the first of what is wrong."""
    for problem in wrong(given):
        raise problem
    return read_address(given.address) if given.address.strip() else None


def title_of(database: Database, what: str, name_of_it: str, languages: tuple[str, ...]) -> str | None:
    """What a public thing is called; None where there is none."""
    with database.transaction() as connection:
        thing = PUBLIC[what].find(connection, name_of_it) if what in PUBLIC else None
    return None if thing is None else in_languages(thing.title, languages)


def _opened(
    connection: Connection[Row], given: Given, thing: PublicThing, urgency: int, now: datetime
) -> Case:
    new = NewCase(
        notice.NAME,
        notice.subject_of(given.what, thing),
        thing.body_id,
        thing.municipality,
        urgency,
        given.language,
        {"reasons": [given.reason_code]},
        maker=thing.maker,
    )
    case = cases.find(connection, open_case(connection, new, now), lock=True)
    if case is None:
        raise LookupError(given.what)  # it was opened in this transaction
    return case


def _tell_owners(
    connection: Connection[Row], case: Case, thing: PublicThing, reason_code: str, say: Say, now: datetime
) -> None:
    """That it is hidden, why, and that nobody has judged it yet."""
    for _, address, language in written_to(connection, whose(connection, case)):
        facts = {
            "title": in_languages(thing.title, (language,)),
            "reason": say(f"case.reason.{reason_code}", {}, (language,))[0],
        }
        subject, body = (say(f"mail.hidden.{part}", facts, (language,))[0] for part in ("subject", "body"))
        post(connection, address, subject, body, now)


def _said(read_on: date | None, language: str, say: Say) -> str:
    """When it is looked at, such as "read on Tuesday"."""
    if read_on is None:
        return say("notice.soon", {}, (language,))[0]
    _, tag = say("notice.on", {"day": ""}, (language,))
    return say("notice.on", {"day": format_date(read_on, "EEEE d MMMM", locale=base(tag))}, (tag,))[0]


def _became(
    connection: Connection[Row], notice_id: str, code: str, languages: tuple[str, ...], now: datetime
) -> Became:
    given = notices.find(connection, notice_id, hashed(code))
    case = None if given is None else cases.find(connection, given.case_id)
    if given is None or case is None:
        raise Problem("unknown-notice")
    title = in_languages(notice.KIND.see(connection, case).title, (*languages, given.language))
    return Became(given, case, title, may_appeal(connection, case, "asker", now, given.id))
