"""A case is opened, joins one that is open, or ends by itself."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from psycopg import Connection

from quests.region import SWEDEN
from server.policy.acts.cases import KINDS as LOOKS
from server.policy.rights import DUTIES, Who
from server.stores import cases
from server.stores.cases import Case
from server.stores.database import Row

#: With this reason a case says that nobody decided it.
BY_ITSELF = "by-itself"


@dataclass(frozen=True, slots=True)
class NewCase:
    """`subject`: in the kind's own form. `body_id`: whose thing it is. `municipality`: SCB's code; empty: the region.

    `urgency`: 0 at once, 1 today, 2 this week, 3 when there is time. `language`: of words that must be read, BCP 47.
    `facts`: small JSON that the card needs; no positions, no names of persons. `asked_by`: the account that waits.
    `maker`: that of the person whose own thing it is, where it is no body's.
    """

    kind: str
    subject: str
    body_id: str | None
    municipality: str
    urgency: int
    language: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    asked_by: str | None = None
    maker: str | None = None


def open_case(connection: Connection[Row], new: NewCase, now: datetime) -> str:
    """The id of the case, which may be one that was open already."""
    duties = _duties(new.kind)
    today = now.astimezone(SWEDEN).date()
    day = cases.next_day(connection, duties, new.municipality, today) if duties else None
    case = Case(
        str(uuid.uuid4()),
        new.kind,
        new.subject,
        new.body_id,
        new.municipality,
        new.urgency,
        new.language,
        new.facts,
        new.asked_by,
        now,
        1,
        None if day == today else day,
        _state(connection, new, duties, day),
        maker=new.maker,
    )
    return cases.add(connection, case)


def close_case(connection: Connection[Row], kind: str, subject: str, outcome: str, now: datetime) -> bool:
    """It ended by itself: mended, withdrawn, decided elsewhere. False where none was open."""
    return cases.end_by_itself(connection, kind, subject, outcome, BY_ITSELF, now) is not None


def base(language: str) -> str:
    """Who reads Swedish reads easy Swedish."""
    return language.partition("-")[0].lower()


def reads(languages: Iterable[str], language: str | None) -> bool:
    """Words of no known language are read by everybody."""
    return language is None or base(language) in {base(one) for one in languages}


def _duties(kind: str) -> list[str]:
    """The duties that decide it; none where members do as well, whose days are their own."""
    decide = LOOKS[kind].decide
    return sorted(decide) if decide <= DUTIES else []


def _state(connection: Connection[Row], new: NewCase, duties: list[str], day: date | None) -> str:
    """`unread` where nobody who may decide reads the language, and a language helper does; what cannot wait does not."""
    if new.urgency == 0 or new.language is None or not duties or "unread" not in LOOKS[new.kind].phases:
        return "open"
    if reads(cases.readers(connection, duties, new.municipality, day), new.language):
        return "open"
    helpers = cases.readers(connection, [Who.LANGUAGE_HELPER], new.municipality)
    return "unread" if reads(helpers, new.language) else "open"
