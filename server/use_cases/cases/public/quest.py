"""A quest, known by its code."""

from collections.abc import Iterator
from datetime import datetime

from psycopg import Connection

from quests.model import Quest
from server.stores import notices, publications, quests
from server.stores.database import Row
from server.stores.quests import Standing
from server.use_cases import publish, removed
from server.use_cases.cases.public.kinds import PublicKind, PublicThing
from server.use_cases.publications import trails

NAME = "quest"
MEETS = "meet"


def find_public(connection: Connection[Row], code: str) -> tuple[Standing, Quest] | None:
    """None too where it was withdrawn, is hidden, or was never published."""
    standing = quests.find(connection, code.upper()) or quests.find(connection, code)
    if standing is None or standing.state == "withdrawn" or notices.is_hidden(connection, NAME, standing.id):
        return None
    return _whole(connection, standing)


def find_any(connection: Connection[Row], quest_id: str) -> tuple[Standing, Quest] | None:
    standing = quests.find(connection, quest_id)
    return None if standing is None else _whole(connection, standing)


def _whole(connection: Connection[Row], standing: Standing) -> tuple[Standing, Quest] | None:
    version = quests.version(connection, standing.id, standing.version)
    return None if version is None else (standing, version.quest)


def municipality(connection: Connection[Row], standing: Standing, stage: str | None = None) -> str:
    """Of the stage, or of the first one that lies in any; empty where none does."""
    found = notices.municipalities_of(connection, standing.id, standing.version)
    return found.get(stage, "") if stage is not None else min(found.values(), default="")


def meets(quest: Quest, stage: str | None = None) -> bool:
    return any(
        task.__struct_config__.tag == MEETS
        for one in quest.stages
        if stage in {None, one.key}
        for task in one.tasks
    )


def _thing(connection: Connection[Row], found: tuple[Standing, Quest] | None) -> PublicThing | None:
    if found is None:
        return None
    standing, quest = found
    return PublicThing(
        standing.id,
        owner(connection, standing.id),
        municipality(connection, standing),
        {tag: texts.title for tag, texts in quest.texts.items()},
        tuple(
            (
                tag,
                "\n\n".join(part for part in (texts.title, texts.summary, texts.before, texts.after) if part),
            )
            for tag, texts in sorted(quest.texts.items())
        ),
        f"/q/{standing.code}",
        meets(quest),
    )


def owner(connection: Connection[Row], quest_id: str) -> str | None:
    return publications.owner_of(connection, quest_id)


def lock(connection: Connection[Row], quest_id: str) -> None:
    del quest_id
    quests.lock_publishing(connection)


def hide(connection: Connection[Row], quest_id: str, case_id: str, now: datetime, decided: bool) -> None:  # noqa: FBT001  as kinds.py says
    notices.hide(connection, NAME, quest_id, case_id, now, decided=decided)
    publish.show_quest_again(connection, quest_id, now)


def unhide(connection: Connection[Row], quest_id: str, case_id: str, now: datetime) -> None:
    if notices.unhide(connection, NAME, quest_id, case_id):
        publish.show_quest_again(connection, quest_id, now)


def remove(connection: Connection[Row], quest_id: str, case_id: str, now: datetime) -> None:
    """Its packs, older versions and draft go into quarantine, and its pictures and sounds are not published again, by nobody."""
    hide(connection, quest_id, case_id, now, True)
    notices.remember_words(connection, case_id, NAME, removed.digests(_words(connection, quest_id)), now)
    notices.put_away_written(connection, case_id, quest_id, now)
    notices.put_away_packs(connection, case_id, quest_id, now)
    notices.block(connection, case_id, notices.media_of(connection, quest_id), now)


def _words(connection: Connection[Row], quest_id: str) -> Iterator[str]:
    """Of every version, in each language, all that players read."""
    for version in quests.versions(connection, quest_id):
        yield from (words for _, words in trails.words_of(version.quest.texts))


def restore(connection: Connection[Row], quest_id: str, case_id: str, now: datetime) -> bool:
    if not notices.put_back_packs(connection, case_id, quest_id):
        return False
    notices.put_back_written(connection, case_id, quest_id)
    notices.take_out(connection, case_id)
    unhide(connection, quest_id, case_id, now)
    return True


KIND = PublicKind(
    NAME,
    lambda connection, code: _thing(connection, find_public(connection, code)),
    lambda connection, quest_id: _thing(connection, find_any(connection, quest_id)),
    lock,
    hide,
    unhide,
    remove,
    restore,
)
