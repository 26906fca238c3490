"""A story that somebody tells, known by its id."""

import json
from dataclasses import replace
from datetime import date, datetime

from psycopg import Connection

from server.stores import cases, notices, stories
from server.stores.database import Row
from server.stores.notices import Kept
from server.stores.quests import UUID_PATTERN
from server.stores.stories import Story
from server.use_cases import removed
from server.use_cases import stories as telling_stories
from server.use_cases.cases.kinds import Picture
from server.use_cases.cases.public.kinds import PublicKind, PublicThing

NAME = stories.KIND
#: What was said, and nothing of who said it.
_SAID = (
    "title",
    "words",
    "language",
    "by",
    "state",
    "picture",
    "picture_blob",
    "picture_bytes",
    "picture_alt",
    "month",
)


def thing(story: Story) -> PublicThing:
    """As others look at it."""
    by = ((None, story.by),) if story.by else ()
    shows = (
        () if story.picture is None else (Picture(f"/api/v1/stories/{story.id}/picture", story.picture_alt),)
    )
    return PublicThing(
        story.id,
        None,
        story.municipality,
        story.title,
        ((story.language, story.words), *by),
        f"/story/{story.id}" if story.state == "published" else "",
        maker=story.account,
        pictures=shows,
    )


def find(connection: Connection[Row], story_id: str) -> PublicThing | None:
    if not UUID_PATTERN.fullmatch(story_id) or not stories.is_shown(connection, story_id):
        return None
    return see(connection, story_id)


def see(connection: Connection[Row], story_id: str) -> PublicThing | None:
    """None too while its maker writes: what is not shown any more is theirs alone."""
    story = stories.find(connection, story_id)
    return None if story is None or story.state == "draft" or not story.words else thing(story)


def lock(connection: Connection[Row], story_id: str) -> None:
    telling_stories.locked(connection, story_id)


def hide(connection: Connection[Row], story_id: str, case_id: str, now: datetime, decided: bool) -> None:  # noqa: FBT001  as kinds.py says
    notices.hide(connection, NAME, story_id, case_id, now, decided=decided)
    stories.hide(connection, story_id)


def unhide(connection: Connection[Row], story_id: str, case_id: str, now: datetime) -> None:
    del now
    story = stories.find(connection, story_id)
    if notices.unhide(connection, NAME, story_id, case_id) and story is not None:
        telling_stories.show_again(connection, story)


def remove(connection: Connection[Row], story_id: str, case_id: str, now: datetime) -> None:
    """What it says and shows goes into quarantine; its maker sees that there was one, and may take that away."""
    story = telling_stories.locked(connection, story_id)
    if story is None:
        return
    hide(connection, story_id, case_id, now, True)
    notices.remember_words(connection, case_id, NAME, removed.digests((story.words,)), now)
    said = json.dumps(
        {name: getattr(story, name) for name in _SAID}, ensure_ascii=False, default=str
    ).encode()
    notices.put_away(connection, case_id, Kept(NAME, story_id, "", said, story.picture_blob), now)
    notices.block(connection, case_id, [] if story.picture is None else [story.picture], now)
    emptied = replace(
        story,
        title="",
        words="",
        by="",
        state="withdrawn",
        picture=None,
        picture_blob=None,
        picture_bytes=None,
        picture_alt="",
        version=story.version + 1,
        changed_at=now,
    )
    stories.change(connection, emptied)
    cases.end_about(connection, NAME, story_id, "removed", now)


def restore(connection: Connection[Row], story_id: str, case_id: str, now: datetime) -> bool:
    """In the state that it was in; what waited is its maker's to ask for again. False where its maker has taken away what was left, or it is forgotten."""
    story = telling_stories.locked(connection, story_id)
    kept = notices.in_quarantine(connection, case_id)
    if story is None or not kept or story.words:
        return False
    said = json.loads(kept[0].content)
    month = None if said["month"] is None else date.fromisoformat(said["month"])
    state = "draft" if said["state"] == "asked" else said["state"]
    again = replace(
        story, **said | {"month": month, "state": state}, version=story.version + 1, changed_at=now
    )
    stories.change(connection, again)
    notices.take_out(connection, case_id)
    notices.unhide(connection, NAME, story_id, case_id)
    telling_stories.show_again(connection, again)
    return True


KIND = PublicKind(NAME, find, see, lock, hide, unhide, remove, restore)
