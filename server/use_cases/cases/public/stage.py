"""A stage of a quest, known by the quest's code and its key: `JHABCDE/bridge`. It is hidden with its whole quest."""

from datetime import datetime

from psycopg import Connection

from quests.model import Quest
from server.stores.database import Row
from server.stores.quests import Standing
from server.use_cases.cases.public import quest
from server.use_cases.cases.public.kinds import PublicKind, PublicThing


def _thing(connection: Connection[Row], found: tuple[Standing, Quest] | None, key: str) -> PublicThing | None:
    if found is None or found[1].stage(key) is None:
        return None
    standing, whole = found
    texts = {tag: said.stages[key] for tag, said in sorted(whole.texts.items()) if key in said.stages}
    return PublicThing(
        f"{standing.id}/{key}",
        quest.owner(connection, standing.id),
        quest.municipality(connection, standing, key),
        {tag: f"{whole.texts[tag].title}: {said.title}" for tag, said in texts.items()},
        tuple(
            (
                tag,
                "\n\n".join(
                    part
                    for part in (
                        said.title,
                        said.way,
                        said.arrived,
                        *(task.prompt for task in said.tasks.values()),
                        said.after,
                    )
                    if part
                ),
            )
            for tag, said in texts.items()
        ),
        f"/q/{standing.code}",
        quest.meets(whole, key),
    )


def find(connection: Connection[Row], name: str) -> PublicThing | None:
    code, _, key = name.partition("/")
    found = quest.find_public(connection, code)
    if found is not None and (stage := found[1].stage(key)) is not None and stage.hidden:
        return None  # whoever has come so far knows it, and nobody learns by asking that there is one
    return _thing(connection, found, key)


def see(connection: Connection[Row], stage_id: str) -> PublicThing | None:
    quest_id, _, key = stage_id.partition("/")
    return _thing(connection, quest.find_any(connection, quest_id), key)


def _quest_of(stage_id: str) -> str:
    return stage_id.partition("/")[0]


def hide(connection: Connection[Row], stage_id: str, case_id: str, now: datetime, decided: bool) -> None:  # noqa: FBT001  as kinds.py says
    quest.hide(connection, _quest_of(stage_id), case_id, now, decided)


KIND = PublicKind(
    "stage",
    find,
    see,
    quest.lock,
    hide,
    lambda connection, stage_id, case_id, now: quest.unhide(connection, _quest_of(stage_id), case_id, now),
    lambda connection, stage_id, case_id, now: quest.remove(connection, _quest_of(stage_id), case_id, now),
    lambda connection, stage_id, case_id, now: quest.restore(connection, _quest_of(stage_id), case_id, now),
)
