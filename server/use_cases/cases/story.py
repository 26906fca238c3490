"""A story that somebody tells is looked at before everybody reads it. The subject is the story's id."""

from datetime import datetime

from psycopg import Connection

from server.stores import stories
from server.stores.cases import Case
from server.stores.database import Row
from server.use_cases import removed
from server.use_cases import stories as telling_stories
from server.use_cases.cases.kinds import Card, CaseKind, Decision, own
from server.use_cases.cases.opening import BY_ITSELF
from server.use_cases.cases.public import story as public
from server.use_cases.problem import Problem
from server.use_cases.sign_in import Person

NAME = stories.KIND


def see(connection: Connection[Row], case: Case) -> Card:
    """What was asked about; nothing of what its maker took back, or has written since."""
    title, known = str(case.facts.get(telling_stories.TITLE, case.kind)), removed.known(case.facts)
    story = stories.find(connection, case.subject)
    if (
        story is None
        or case.reason_code == BY_ITSELF
        or not _is_as_asked(case, telling_stories.content_of(story))
    ):
        return Card(title, known=known)
    thing = public.thing(story)
    return Card(title, own(thing.texts), thing.link, known, thing.pictures)


def _is_as_asked(case: Case, content: str) -> bool:
    return case.facts.get(telling_stories.CONTENT) == content


def carry_out(
    connection: Connection[Row],
    person: Person,
    case: Case,
    decision: str,
    code: str,
    words: str,
    now: datetime,
) -> None:
    """Raises Problem: not-now."""
    del person
    content = str(case.facts.get(telling_stories.CONTENT))
    if decision == "publish":
        telling_stories.publish(connection, case.subject, content, "asked", now)
    else:
        telling_stories.send_back(connection, case.subject, content, words or code, now)


def undo(connection: Connection[Row], person: Person, case: Case, now: datetime) -> None:
    """It is shown after all. Raises Problem: not-now, where its maker has changed it since."""
    del person
    if case.outcome != "send-back":
        raise Problem("not-now")
    content = str(case.facts.get(telling_stories.CONTENT))
    telling_stories.publish(connection, case.subject, content, "draft", now)


def lock(connection: Connection[Row], subject: str) -> None:
    telling_stories.locked(connection, subject)


KIND = CaseKind(
    NAME,
    # Its maker asks, and it is the maker's own: whoever it is sent back to is both.
    (Decision("publish"), Decision("send-back", reason=True, against=frozenset({"asker", "body"}))),
    see,
    carry_out,
    lock=lock,
    undo=undo,
)
