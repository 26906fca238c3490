"""Ground is closed under a published trail: who keeps the trail looks at it. The subject is `<quest id>/<closure id>`.

What it says is worked out anew whenever it is looked at, since a closure changes.
"""

from datetime import datetime, timedelta

from psycopg import Connection

from quests.closures import DEFAULT_SEASON
from quests.region import SWEDEN
from server.stores import closures, quests, reports
from server.stores.cases import Case
from server.stores.database import Row
from server.use_cases import closed_trails, stages
from server.use_cases.cases.kinds import Card, CaseKind, Decision, Text
from server.use_cases.sign_in import Person

NAME = "closure"
RESTS_FOR = "closed"
MOMENT = timedelta(microseconds=1)


def see(connection: Connection[Row], case: Case) -> Card:
    """Since when and until when, who closed it, and which stages; the sentences are the trail's own."""
    quest_id, _, closure_id = case.subject.partition("/")
    closure, hit = closures.find(connection, closure_id), _hit(connection, case.subject)
    if closure is None or hit is None:
        return Card(case.subject)
    by_default = closure.authority == DEFAULT_SEASON
    first = closure.starts.astimezone(SWEDEN).date()
    last = (closure.ends - MOMENT).astimezone(SWEDEN).date()
    titles = {tag: texts.title for tag, texts in hit.quest.texts.items()}
    own = hit.quest.languages[0]
    stages_told = " · ".join(closed_trails.titles(hit, hit.touched, (own,)))
    when = f"{first} – {last}{'' if by_default else f': {closure.authority}'}"
    return Card(
        titles,
        (Text("fact", None, when), Text("fact", None, stages_told)),
        f"/studio/trails/{quest_id}",
        (f"closure.{DEFAULT_SEASON}",) if by_default else (),
    )


def carry_out(
    connection: Connection[Row],
    person: Person,
    case: Case,
    decision: str,
    code: str,
    words: str,
    now: datetime,
) -> None:
    """`rest`: the stages on that ground rest until somebody mends them."""
    del person, code, words
    hit = _hit(connection, case.subject)
    if decision == "rest" and hit is not None:
        for stage in hit.touched:
            stages.keep_resting(connection, hit.quest.id, stage, RESTS_FOR, now)


def lock(connection: Connection[Row], subject: str) -> None:
    hit = _hit(connection, subject)
    if hit is not None:
        for stage in sorted(hit.touched):
            reports.lock(connection, hit.quest.id, stage)
        quests.lock_publishing(connection)  # as a trail that is published, which may change the case then


def _hit(connection: Connection[Row], subject: str) -> "closed_trails.Hit | None":
    """None where the closure touches the quest as it is now no more, or is over."""
    quest_id, _, closure_id = subject.partition("/")
    closure = closures.find(connection, closure_id)
    standing = quests.find(connection, quest_id)
    if closure is None or standing is None:
        return None
    (quest,) = quests.played(connection, [(standing.id, standing.version)]).values()
    return closed_trails.hit(quest, closure)


KIND = CaseKind(NAME, (Decision("seen"), Decision("rest")), see, carry_out, lock=lock)
