"""Stories that people tell of places; what everybody reads of them; and where their pictures lie."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from psycopg import Connection

from server.stores import cases, jobs
from server.stores.database import Database, Row

#: Of case and of public thing.
KIND = "story"
FOLDER = "stories"
SHOWN_MOST = 50
_COLUMNS = (
    "s.id::text, s.account_id::text, s.state, s.version, s.title, s.words, s.language, s.by_name, s.municipality,"
    " s.quest_id::text, s.stage, s.picture, s.picture_blob, s.picture_bytes, s.picture_alt, s.month, s.made_at, s.changed_at,"
    " s.consented_at, s.reason"
)
#: A trail that is not shown itself is not named.
_TOLD = (
    "SELECT s.id::text, s.title, s.words, s.language, s.by_name, s.municipality, q.code,"
    " CASE WHEN q.id IS NULL THEN NULL ELSE s.stage END, s.picture, s.picture_alt, s.month"
    " FROM shown.stories s LEFT JOIN shown.quests q ON q.id = s.quest_id"
)
TOLD_IN = f"{_TOLD} WHERE s.municipality = %(in)s ORDER BY s.month DESC, s.id LIMIT %(most)s"


@dataclass(frozen=True, slots=True)
class Story:
    """`quest`: id of the trail. `picture`: SHA-256 of its bytes; `picture_blob`: where in the store they lie.

    `month`: the first day of that in which it was first published. `reason`: why it was sent back, words or a code.
    """

    id: str
    account: str
    state: str
    version: int
    title: str
    words: str
    language: str
    by: str
    municipality: str
    quest: str | None
    stage: str | None
    picture: str | None
    picture_blob: str | None
    picture_bytes: int | None
    picture_alt: str
    month: date | None
    made_at: datetime
    changed_at: datetime
    consented_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What everybody may know of a story. `quest`: the code that the trail has now."""

    id: str
    title: str
    words: str
    language: str
    by: str
    municipality: str
    quest: str | None
    stage: str | None
    picture: str | None
    picture_alt: str
    month: date


def folder_of(story_id: str) -> str:
    """Where its pictures lie in the store."""
    return f"{FOLDER}/{story_id}"


def find(connection: Connection[Row], story_id: str, *, lock: bool = False) -> Story | None:
    query = f"SELECT {_COLUMNS} FROM people.stories s WHERE s.id = %(id)s"  # noqa: S608  our own columns
    row = connection.execute(query + " FOR UPDATE" if lock else query, {"id": story_id}).fetchone()
    return None if row is None else Story(*row)


def of_account(connection: Connection[Row], account_id: str) -> list[Story]:
    """The newest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM people.stories s WHERE s.account_id = %(id)s"  # noqa: S608  our own columns
        " ORDER BY s.made_at DESC, s.id",
        {"id": account_id},
    )
    return [Story(*row) for row in rows]


def count(connection: Connection[Row], account_id: str) -> tuple[int, int]:
    """How many stories somebody has, and how many of them are asked for."""
    row = connection.execute(
        "SELECT count(*), count(*) FILTER (WHERE state = 'asked') FROM people.stories WHERE account_id = %(id)s",
        {"id": account_id},
    ).fetchone()
    return (0, 0) if row is None else (row[0], row[1])


def add(connection: Connection[Row], story: Story) -> bool:
    """False where there is one of that id."""
    added = connection.execute(
        "INSERT INTO people.stories (id, account_id, state, version, title, words, language, by_name, municipality,"
        " quest_id, stage, picture, picture_blob, picture_bytes, picture_alt, month, made_at, changed_at, consented_at, reason)"
        " VALUES (%(id)s, %(account)s, %(state)s, %(version)s, %(title)s, %(words)s, %(language)s, %(by)s, %(in)s,"
        " %(quest)s, %(stage)s, %(picture)s, %(blob)s, %(bytes)s, %(alt)s, %(month)s, %(made)s, %(changed)s,"
        " %(consented)s, %(reason)s) ON CONFLICT DO NOTHING",
        _values(story),
    )
    return added.rowcount == 1


def change(connection: Connection[Row], story: Story) -> None:
    connection.execute(
        "UPDATE people.stories SET state = %(state)s, version = %(version)s, title = %(title)s, words = %(words)s,"
        " language = %(language)s, by_name = %(by)s, municipality = %(in)s, quest_id = %(quest)s, stage = %(stage)s,"
        " picture = %(picture)s, picture_blob = %(blob)s, picture_bytes = %(bytes)s, picture_alt = %(alt)s,"
        " month = %(month)s, changed_at = %(changed)s, consented_at = %(consented)s, reason = %(reason)s WHERE id = %(id)s",
        _values(story),
    )


def _values(story: Story) -> dict[str, object]:
    return {
        "id": story.id,
        "account": story.account,
        "state": story.state,
        "version": story.version,
        "title": story.title,
        "words": story.words,
        "language": story.language,
        "by": story.by,
        "in": story.municipality,
        "quest": story.quest,
        "stage": story.stage,
        "picture": story.picture,
        "blob": story.picture_blob,
        "bytes": story.picture_bytes,
        "alt": story.picture_alt,
        "month": story.month,
        "made": story.made_at,
        "changed": story.changed_at,
        "consented": story.consented_at,
        "reason": story.reason,
    }


def remove(connection: Connection[Row], story: Story, now: datetime) -> None:
    """With what is shown of it, its picture, what others wrote down of what it says, and the question whether it may be shown."""
    hide(connection, story.id)
    cases.end_about(connection, KIND, story.id, "taken-back", now)
    for statement in (
        "DELETE FROM people.readings WHERE kind = 'story' AND subject = %(id)s",
        "UPDATE people.cases SET facts = facts - 'title' WHERE kind = 'story' AND subject = %(id)s",
        "DELETE FROM people.stories WHERE id = %(id)s::uuid",
    ):
        connection.execute(statement, {"id": story.id})
    drop_picture(connection, story)


def remove_again(connection: Connection[Row], story_id: str, now: datetime) -> bool:
    """What an older dump brought back; False where it brought none."""
    story = find(connection, story_id)
    if story is not None:
        remove(connection, story, now)
    return story is not None


def remove_of(connection: Connection[Row], account_id: str) -> None:
    """Every story of somebody who is erased."""
    for story in of_account(connection, account_id):
        remove(connection, story, datetime.now(UTC))


def drop_picture(connection: Connection[Row], story: Story) -> None:
    """Its bytes go when the transaction has ended well."""
    if story.picture_blob is not None:
        drop_blob(connection, story.picture_blob)


def drop_blob(connection: Connection[Row], blob: str) -> None:
    jobs.put(connection, jobs.REMOVE_BLOBS, {"folder": blob})


def lying_about(database: Database, story_ids: list[str]) -> set[str]:
    """Those of the ids of which there is no story, and nothing in quarantine."""
    rows = database.private.read(
        "SELECT i FROM unnest(%(ids)s::text[]) i WHERE NOT EXISTS (SELECT FROM people.stories s WHERE s.id::text = i)"
        " AND NOT EXISTS (SELECT FROM people.quarantine k WHERE k.kind = 'story' AND k.subject = i)",
        {"ids": story_ids},
    )
    return {row[0] for row in rows}


# What everybody reads.


def show(connection: Connection[Row], story: Story) -> None:
    """In place of what was shown of it."""
    hide(connection, story.id)
    connection.execute(
        "INSERT INTO shown.stories (id, municipality, quest_id, stage, month, title, words, language, by_name, picture,"
        " picture_blob, picture_bytes, picture_alt) VALUES (%(id)s, %(in)s, %(quest)s, %(stage)s, %(month)s, %(title)s,"
        " %(words)s, %(language)s, %(by)s, %(picture)s, %(blob)s, %(bytes)s, %(alt)s)",
        _values(story),
    )


def hide(connection: Connection[Row], story_id: str) -> None:
    connection.execute("DELETE FROM shown.stories WHERE id = %(id)s", {"id": story_id})


def is_shown(connection: Connection[Row], story_id: str) -> bool:
    row = connection.execute("SELECT FROM shown.stories WHERE id = %(id)s", {"id": story_id}).fetchone()
    return row is not None


def told_in(database: Database, municipality: str) -> list[Told]:
    """The newest month first; of one month in no order that says which came first."""
    rows = database.shown.read(TOLD_IN, {"in": municipality, "most": SHOWN_MOST})
    return [Told(*row) for row in rows]


def told_of(database: Database, code: str) -> list[Told]:
    """As `told_in`, of a trail that is shown, by any code it has had."""
    rows = database.shown.read(
        f"{_TOLD} WHERE s.quest_id = (SELECT c.quest_id FROM shown.codes c WHERE c.code = %(code)s)"  # noqa: S608  ours
        " ORDER BY s.month DESC, s.id LIMIT %(most)s",
        {"code": code, "most": SHOWN_MOST},
    )
    return [Told(*row) for row in rows]


def told(database: Database, story_id: str) -> Told | None:
    rows = database.shown.read(f"{_TOLD} WHERE s.id = %(id)s", {"id": story_id})
    return Told(*rows[0]) if rows else None


def picture(database: Database, digest: str) -> tuple[str, int] | None:
    """Where a picture lies in the store that is shown with a story, and how large it is. [bytes]"""
    rows = database.shown.read(
        "SELECT picture_blob, picture_bytes FROM shown.stories WHERE picture = %(picture)s LIMIT 1",
        {"picture": digest},
    )
    return (rows[0][0], rows[0][1]) if rows else None


def lies_in_none(connection: Connection[Row], municipality: str) -> bool:
    """Whether no municipality has that code; where no borders were loaded, any may be one."""
    row = connection.execute(
        "SELECT FROM shown.municipalities HAVING count(*) > 0 AND count(*) FILTER (WHERE code = %(code)s) = 0",
        {"code": municipality},
    ).fetchone()
    return row is not None
