"""A stage was reported: whoever looks after it says what becomes of it. The subject is the quest's id and the stage's key."""

from datetime import datetime

from psycopg import Connection

from server.stores import reports
from server.stores.cases import Case
from server.stores.database import Row
from server.use_cases import stages
from server.use_cases.cases.kinds import Card, CaseKind, Decision
from server.use_cases.sign_in import Person

NAME = "stage"
WORDS_MOST = 20
#: What players are told of a stage that a person lets rest without any report that says more.
CLOSED = "closed"


def see(connection: Connection[Row], case: Case) -> Card:
    """Its name, and what players wrote; who wrote it is known to nobody."""
    quest_id, key = _parts(case.subject)
    waiting = reports.waiting(connection, quest_id, key, WORDS_MOST)
    words = tuple((None, note) for _, _, note in waiting.words if note)
    quest = stages.played(connection, quest_id)
    if quest is None:
        return Card(case.subject, words)
    titles = {
        tag: f"{texts.title}: {texts.stages[key].title}"
        for tag, texts in quest.texts.items()
        if key in texts.stages
    }
    return Card(titles or key, words, f"/studio/trails/{quest_id}")


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
        reasons = reports.waiting(connection, quest_id, key, 0).reasons
        reason = (
            stages.SERIOUS
            if stages.SERIOUS in reasons
            else max(reasons, key=reasons.__getitem__, default=CLOSED)
        )
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
