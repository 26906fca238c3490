"""Who looks after a stage."""

from datetime import datetime

from psycopg import Connection

from server.stores import bodies, reports, stewards
from server.stores.database import Database, Row
from server.stores.stewards import ALL, Steward
from server.use_cases import stages
from server.use_cases.problem import Problem
from server.use_cases.rights import ask
from server.use_cases.sign_in import Person
from server.use_cases.stages import Stage

#: In an address: every stage of the quest. No stage has such a key.
EVERY = "-"
STEWARDS_MOST = 50


def of_stage(database: Database, person: Person, quest_id: str, stage: str, now: datetime) -> list[Steward]:
    """Raises Problem: unknown-stage, sign-in-stronger."""
    with database.transaction() as connection:
        _asked(connection, person, "read-stewards", quest_id, stage, now)
        return stewards.of_stage(connection, quest_id, _stored(stage))


def add(
    database: Database, person: Person, quest_id: str, stage: str, account_id: str, now: datetime
) -> list[Steward]:
    """A member of the quest's body looks after the stage; of a quest that is nobody's, the guide who asks.

    Others are asked first: they take a stage on by themselves. A repetition changes nothing.
    Raises Problem: unknown-stage, not-yours, sign-in-stronger, unknown-member, stewards-full.
    """
    with database.transaction() as connection:
        found = _asked(connection, person, "change-stewards", quest_id, stage, now)
        known = (
            account_id == person.id
            if found.body is None
            else bodies.role_of(connection, found.body, account_id) is not None
        )
        if not known:
            raise Problem("unknown-member")
        if len(stewards.of_stage(connection, quest_id, _stored(stage))) >= STEWARDS_MOST:
            raise Problem("stewards-full")
        if stewards.add(connection, quest_id, _stored(stage), account_id, now):
            _write_down(connection, person, found, "add-steward", stage, now)
        return stewards.of_stage(connection, quest_id, _stored(stage))


def remove(
    database: Database, person: Person, quest_id: str, stage: str, account_id: str, now: datetime
) -> None:
    """Editors ask somebody to stop, and everybody may stop by themselves.

    Raises Problem: unknown-stage, not-yours, sign-in-stronger, unknown-steward.
    """
    with database.transaction() as connection:
        act = "read-stewards" if account_id == person.id else "change-stewards"
        found = _asked(connection, person, act, quest_id, stage, now)
        if not stewards.remove(connection, quest_id, _stored(stage), account_id):
            raise Problem("unknown-steward")
        what = "stop-as-steward" if account_id == person.id else "remove-steward"
        _write_down(connection, person, found, what, stage, now)


def _asked(
    connection: Connection[Row], person: Person, act: str, quest_id: str, stage: str, now: datetime
) -> Stage:
    """Of every stage: the first stands for all."""
    if stage != EVERY:
        return stages.locked(connection, person, act, quest_id, stage, now)
    reports.lock(connection, quest_id, ALL)
    found = next(iter(stages.of_quest(connection, quest_id)), None)
    if found is None:
        raise Problem("unknown-stage")
    ask(act, stages.who(connection, person, found), found.state, person, now, unknown="unknown-stage")
    return found


def _stored(stage: str) -> str:
    return ALL if stage == EVERY else stage


def _write_down(
    connection: Connection[Row], person: Person, stage: Stage, what: str, named: str, now: datetime
) -> None:
    about = stages.subject(stage.quest.id, named)
    bodies.write_down(connection, now, person.id, stage.body, what, f"stage {about}")
