"""A stage was reported: whoever looks after it says what becomes of it. The subject is the quest's id and the stage's key."""

from collections.abc import Mapping
from datetime import datetime

from psycopg import Connection

from server.stores import reports
from server.stores.cases import Case
from server.stores.database import Row
from server.use_cases import stages
from server.use_cases.cases.kinds import Card, CaseKind, Decision, Text
from server.use_cases.sign_in import Person

NAME = "stage"
WORDS_MOST = 20
#: What players are told of a stage that a person lets rest without any report that says more.
CLOSED = "closed"


def see(connection: Connection[Row], case: Case) -> Card:
    """Its name, and what players wrote; who wrote it is known to nobody."""
    quest_id, key = _parts(case.subject)
    waiting = reports.waiting(connection, quest_id, key, WORDS_MOST)
    words = tuple(Text("said", None, note) for _, _, note in waiting.words if note)
    known = tuple(f"reason.{reason}" for reason in _by_weight(waiting.reasons))
    quest = stages.played(connection, quest_id)
    if quest is None:
        return Card(case.subject, words, known=known)
    titles = {
        tag: f"{texts.title}: {texts.stages[key].title}"
        for tag, texts in quest.texts.items()
        if key in texts.stages
    }
    return Card(titles or key, words, f"/studio/trails/{quest_id}", known)


def _by_weight(reasons: Mapping[str, int]) -> list[str]:
    """What is not safe first, then what was said most often."""
    return sorted(reasons, key=lambda one: (one != stages.SERIOUS, -reasons[one], one))


def carry_out(
    connection: Connection[Row],
    person: Person,
    case: Case,
    decision: str,
    code: str,
    words: str,
    now: datetime,
) -> None:
    del person, code, words
    quest_id, key = _parts(case.subject)
    if decision == "rest":
        reasons = _by_weight(reports.waiting(connection, quest_id, key, 0).reasons)
        reason = next(iter(reasons), CLOSED)
        stages.keep_resting(connection, quest_id, key, reason, now)
    else:
        stages.answer(connection, quest_id, key, "mended" if decision == "mended" else "not-so", now)


def lock(connection: Connection[Row], subject: str) -> None:
    reports.lock(connection, *_parts(subject))


def _parts(subject: str) -> tuple[str, str]:
    quest_id, _, key = subject.partition("/")
    return quest_id, key


KIND = CaseKind(
    NAME,
    (Decision("mended"), Decision("rest", reason=True), Decision("not-so", reason=True)),
    see,
    carry_out,
    lock=lock,
)
