"""Somebody, with or without an account, says that something public should not be. The subject is its kind and id."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from psycopg import Connection

from server.stores import cases, notices
from server.stores.cases import Case
from server.stores.database import Row
from server.use_cases import removed
from server.use_cases.cases.kinds import Card, CaseKind, Decision, Text, own
from server.use_cases.cases.public import KINDS as PUBLIC
from server.use_cases.cases.public import PublicKind, PublicThing
from server.use_cases.problem import Problem
from server.use_cases.sign_in import Person

NAME = "notice"
#: For so long after somebody looked and found nothing wrong, another notice hides nothing by itself.
LEFT_IN_PEACE = timedelta(days=30)

_NOTHING_WRONG, _HIDE, _REMOVE = (
    Decision("dismiss", reason=True, against=frozenset({"asker"})),
    Decision("hide", reason=True, against=frozenset({"body"})),
    Decision("remove", reason=True, four_eyes=True, against=frozenset({"body"})),
)


def subject_of(kind: str, thing: PublicThing) -> str:
    return f"{kind} {thing.id}"


def _about(subject: str) -> tuple[PublicKind, str]:
    kind, _, thing_id = subject.partition(" ")
    return PUBLIC[kind], thing_id


def see(connection: Connection[Row], case: Case) -> Card:
    """What was said of it and by whom, and then what it says itself."""
    kind, thing_id = _about(case.subject)
    thing = kind.see(connection, thing_id)
    said: list[Text] = []
    given = notices.of_case(connection, case.id)
    for one in given:
        said.append(Text("said", one.language, one.words))
        who = ", ".join(part for part in (one.name, one.address) if part)
        if who:
            said.append(Text("said", None, who))
    reasons = dict.fromkeys(f"case.reason.{one.reason_code}" for one in given)
    known = (*reasons, *removed.known(case.facts))
    if thing is None:
        return Card(case.subject, tuple(said), known=known)
    return Card(thing.title, (*said, *own(thing.texts)), thing.link, known, thing.pictures)


def hide_at_once(connection: Connection[Row], case: Case, now: datetime) -> bool:
    """Until somebody has looked. False where somebody has looked of late and found nothing wrong."""
    kind, thing_id = _about(case.subject)
    whole = f"quest {thing_id.partition('/')[0]}"
    if cases.found_right(connection, NAME, {case.subject, whole}, _NOTHING_WRONG.key, now - LEFT_IN_PEACE):
        return False
    kind.hide(connection, thing_id, case.id, now, False)
    return True


def propose(connection: Connection[Row], case: Case, now: datetime) -> None:
    """Nobody sees it while somebody else looks."""
    kind, thing_id = _about(case.subject)
    kind.hide(connection, thing_id, case.id, now, False)


def carry_out(
    connection: Connection[Row],
    person: Person,
    case: Case,
    decision: str,
    code: str,
    words: str,
    now: datetime,
) -> None:
    """Raises Problem: not-now, where it is not there any more."""
    del person, code, words
    kind, thing_id = _about(case.subject)
    if decision == _NOTHING_WRONG.key:
        kind.unhide(connection, thing_id, case.id, now)
        return
    if kind.see(connection, thing_id) is None:
        raise Problem("not-now")
    if decision == _HIDE.key:
        kind.hide(connection, thing_id, case.id, now, True)
    else:
        kind.remove(connection, thing_id, case.id, now)


def undo(connection: Connection[Row], person: Person, case: Case, now: datetime) -> None:
    """Raises Problem: not-now, where what was removed is forgotten."""
    del person
    kind, thing_id = _about(case.subject)
    if case.outcome == _NOTHING_WRONG.key:
        kind.hide(connection, thing_id, case.id, now, True)
    elif case.outcome == _HIDE.key:
        kind.unhide(connection, thing_id, case.id, now)
    elif not kind.restore(connection, thing_id, case.id, now):
        raise Problem("not-now")


def lock(connection: Connection[Row], subject: str) -> None:
    kind, thing_id = _about(subject)
    kind.lock(connection, thing_id)


def askers(connection: Connection[Row], case: Case) -> Iterable[tuple[str, str]]:
    """Each address once, however many notices came with it: anybody may type another's."""
    by_address = {
        one.address: one.language for one in notices.of_case(connection, case.id) if one.address is not None
    }
    return by_address.items()


KIND = CaseKind(
    NAME,
    (_NOTHING_WRONG, _HIDE, _REMOVE),
    see,
    carry_out,
    lock=lock,
    undo=undo,
    propose=propose,
    askers=askers,
)
