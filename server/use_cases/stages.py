"""Stages that cannot be done: what players say of them, when they rest by themselves, and when they are mended.

A report says nothing of who made it. That three are of different players is decided when each is heard, from the
player's own moves, and only the yes or no of it is kept.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg import Connection

from quests.model import Quest
from server.policy import Who
from server.stores import bodies, quests, reports, rests, reviews, trails
from server.stores.database import Database, Row
from server.stores.rests import Rest
from server.use_cases import publish
from server.use_cases.cases.opening import NewCase, close_case, open_case
from server.use_cases.problem import Problem
from server.use_cases.rights import ask, ties
from server.use_cases.sign_in import Person

CASE = "stage"
#: What rests a stage at once, and what at the third report.
SERIOUS = "not-safe"
RESTS_AT = 3
COUNTED_FOR = timedelta(days=30)
#: For so long after somebody has found a stage fine, one player's word does not outweigh theirs: two must say that it is
#: not safe. Two weeks: a trail is walked most at weekends, so that there are two for a second one to see it too; longer
#: than that ice, water and storms have made it another place.
FOUND_FINE_FOR = timedelta(days=14)
UNSAFE_FOR_TWO = 2
#: Whoever has said it before somebody found the stage fine does not rest it alone again, for as long as reports are kept.
REMEMBERED_FOR = timedelta(days=365)
#: So many stages one player says to be not safe in a day and rests alone; who meets more than that has met a storm, of
#: which others tell too, or means harm.
ALONE_A_DAY = 3
DAY = timedelta(days=1)
#: A phone out of coverage passes by what no longer rests; so long that is no report.
LEARNT_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Told:
    """A move by which a player passed a stage that cannot be done. `reason`, `note`: as in the move's body."""

    move: str
    stage: str
    reason: str
    note: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the version that is played now. `municipality`: where it lies; empty: nowhere in particular."""

    quest: Quest
    key: str
    body: str | None
    municipality: str
    rests: Rest | None

    @property
    def subject(self) -> str:
        return subject(self.quest.id, self.key)

    @property
    def state(self) -> str:
        return "played" if self.rests is None else "rests"


def subject(quest_id: str, stage: str) -> str:
    """What a case about it is about."""
    return f"{quest_id}/{stage}"


def find(connection: Connection[Row], quest_id: str, stage: str) -> Stage | None:
    """None where nobody is led to it: the quest is withdrawn, or has no such stage any more."""
    return next((one for one in of_quest(connection, quest_id) if one.key == stage), None)


def of_quest(connection: Connection[Row], quest_id: str) -> list[Stage]:
    """In the quest's order; none where it is withdrawn or not known."""
    quest = played(connection, quest_id)
    if quest is None:
        return []
    body = trails.body_of(connection, quest_id)
    lies_in = quests.where(connection, quest_id)
    resting = {rest.stage: rest for rest in rests.standing(connection, quest_id)}
    belongs_in = next(iter(quest.municipalities), "")
    return [
        Stage(quest, one.key, body, lies_in.get(one.key, belongs_in), resting.get(one.key))
        for one in quest.stages
    ]


def played(connection: Connection[Row], quest_id: str) -> Quest | None:
    """The version that is played now; None where none is."""
    standing = quests.find(connection, quest_id)
    if standing is None or standing.state == "withdrawn":
        return None
    key = (standing.id, standing.version)
    return quests.played(connection, [key])[key]


def hear(
    connection: Connection[Row],
    owner: str,
    quest_id: str,
    quest_version: str,
    told: Sequence[Told],
    language: str | None,
    now: datetime,
) -> None:
    """Keeps what was said, lets stages rest, and asks for somebody who looks. `language`: of whoever wrote the notes."""
    moves = {one.move for one in told}
    counted: set[str] = set()
    if any(one.reason == SERIOUS for one in told):
        reports.lock_player(connection, owner)
    unsafe_today = reports.told_unsafe(connection, owner, now - DAY, moves)
    for one in sorted(told, key=lambda one: (one.stage, one.made_at, one.move)):
        reports.lock(connection, quest_id, one.stage)
        answers = reports.answered(connection, quest_id, one.stage)
        rested = rests.of_stage(connection, quest_id, one.stage)
        said_at = min(one.made_at, now)
        if _is_the_way_on(one, rested, said_at):
            continue
        ended = [*answers.values(), *(rest.ended_at for rest in rested if rest.ended_at is not None)]
        answered_at = max(ended, default=None)
        late = answered_at is not None and said_at <= answered_at
        since = max(now - COUNTED_FOR, answered_at or now - COUNTED_FOR)
        counts = (
            not late
            and said_at > now - COUNTED_FOR
            and one.stage not in counted
            and not reports.told_before(connection, owner, quest_id, one.stage, since, now, moves)
        )
        reports.add(
            connection,
            reports.StageReport(
                quest_id,
                quest_version,
                one.stage,
                one.reason,
                one.note,
                now.date(),
                counts,
                answered_at if late else None,
            ),
        )
        if late:
            continue
        if counts:
            counted.add(one.stage)
        stage = find(connection, quest_id, one.stage)
        if stage is None:
            continue
        serious = one.reason == SERIOUS
        alone = (
            serious
            and (stage.subject in unsafe_today or len(unsafe_today) < ALONE_A_DAY)
            and not _was_found_fine(connection, owner, stage, answered_at, moves, now)
        )
        if serious:
            unsafe_today.add(stage.subject)
        rests_now = stage.rests is not None or _rest_by_itself(connection, stage, now, alone=alone)
        _ask_for_a_look(connection, stage, one, language, now, serious=serious, rests_now=rests_now)


def _was_found_fine(
    connection: Connection[Row],
    owner: str,
    stage: Stage,
    at: datetime | None,
    moves: Collection[str],
    now: datetime,
) -> bool:
    """Somebody has looked, at that moment: of late, or after this very player had said something of it."""
    if at is None:
        return False
    if now - at < FOUND_FINE_FOR:
        return True
    return reports.told_before(connection, owner, stage.quest.id, stage.key, now - REMEMBERED_FOR, at, moves)


def _is_the_way_on(one: Told, rested: Sequence[Rest], said_at: datetime) -> bool:
    """Whoever passes by what rests says "closed", as the app has them say; that tells nothing new."""
    return (
        one.reason == "closed"
        and not one.note
        and any(
            rest.began_at <= said_at and (rest.ended_at is None or said_at <= rest.ended_at + LEARNT_WITHIN)
            for rest in rested
        )
    )


def _rest_by_itself(connection: Connection[Row], stage: Stage, now: datetime, *, alone: bool) -> bool:
    """`alone`: one player has said that it is not safe, and that is enough."""
    since = (now - COUNTED_FOR).date()
    counting = reports.counting(connection, stage.quest.id, stage.key, since)
    unsafe = alone or counting[SERIOUS] >= UNSAFE_FOR_TWO
    if not unsafe and counting.total() < RESTS_AT:
        return False
    reason = SERIOUS if unsafe else counting.most_common(1)[0][0]
    rests.begin(connection, stage.quest.id, stage.key, reason, now, by_itself=True)
    publish.show_quest_again(connection, stage.quest.id, now)
    return True


def _ask_for_a_look(
    connection: Connection[Row],
    stage: Stage,
    one: Told,
    language: str | None,
    now: datetime,
    *,
    serious: bool,
    rests_now: bool,
) -> None:
    open_case(
        connection,
        NewCase(
            kind=CASE,
            subject=stage.subject,
            body_id=stage.body,
            municipality=stage.municipality,
            urgency=0 if serious else 1 if rests_now else 2,
            language=language if one.note else None,
            facts={"reasons": reports.waiting(connection, stage.quest.id, stage.key, 0).reasons},
        ),
        now,
    )


def rest(
    database: Database, person: Person, quest_id: str, stage: str, reason: str, words: str, now: datetime
) -> Stage:
    """Nobody is led there from now on. Raises Problem: unknown-stage, not-yours, not-now, sign-in-stronger."""
    with database.transaction() as connection:
        found = locked(connection, person, "rest-stage", quest_id, stage, now)
        keep_resting(connection, quest_id, stage, reason, now)
        bodies.write_down(
            connection, now, person.id, found.body, "rest-stage", f"stage {found.subject}", words
        )
        return _again(connection, found)


def mend(database: Database, person: Person, quest_id: str, stage: str, words: str, now: datetime) -> Stage:
    """It can be done again, and what was said of it is answered. Raises Problem: as `rest` does."""
    with database.transaction() as connection:
        found = locked(connection, person, "mend-stage", quest_id, stage, now)
        answer(connection, quest_id, stage, "mended", now)
        close_case(connection, CASE, found.subject, "mended", now)
        bodies.write_down(
            connection, now, person.id, found.body, "mend-stage", f"stage {found.subject}", words
        )
        return _again(connection, found)


def answer(
    connection: Connection[Row], quest_id: str, stage: str, how: reports.Answer, now: datetime
) -> None:
    """Whoever calls it has locked the stage. Raises Problem: review-needed, where a community took its yes back for it."""
    community = reviews.withheld_by(connection, quest_id, stage)
    if community is not None:
        raise Problem("review-needed", body=community)
    reports.answer(connection, quest_id, stage, how, now)
    if rests.end(connection, quest_id, stage, now):
        publish.show_quest_again(connection, quest_id, now)


def keep_resting(connection: Connection[Row], quest_id: str, stage: str, reason: str, now: datetime) -> None:
    """Whoever calls it has locked the stage. One that rests already goes on for the reason that it had."""
    if rests.begin(connection, quest_id, stage, reason, now, by_itself=False):
        publish.show_quest_again(connection, quest_id, now)


def locked(
    connection: Connection[Row], person: Person, act: str, quest_id: str, stage: str, now: datetime
) -> Stage:
    """The stage, for whoever may do this. Raises Problem: unknown-stage, not-yours, not-now, sign-in-stronger."""
    reports.lock(connection, quest_id, stage)
    found = find(connection, quest_id, stage)
    if found is None:
        raise Problem("unknown-stage")
    ask(act, who(connection, person, found), found.state, person, now, unknown="unknown-stage")
    return found


def who(connection: Connection[Row], person: Person, stage: Stage) -> frozenset[Who]:
    """Everything a person is to a stage: its steward too."""
    return ties(connection, person).to(stage.body, stage.municipality, stage.subject)


def _again(connection: Connection[Row], stage: Stage) -> Stage:
    found = find(connection, stage.quest.id, stage.key)
    if found is None:
        raise Problem("unknown-stage")
    return found
