"""People tell stories of places: each its maker's own, looked at by others before it is shown."""

import contextlib
import json
import tempfile
import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from psycopg import Connection

from media.blobs import BlobStore
from quests.region import SWEDEN
from server.policy.acts.stories import STEPS
from server.stores import accounts, bodies, cases, notices, quests, stories, tombstones, trails
from server.stores.database import Database, Row
from server.stores.stories import Story, Told
from server.stores.tombstones import Tombstone
from server.use_cases import mine, pictures, removed, stages
from server.use_cases.cases.opening import NewCase, open_case
from server.use_cases.erase import STORY
from server.use_cases.problem import Problem
from server.use_cases.rights import ask, who_is
from server.use_cases.sign_in import Person

#: The kind of case, and of public thing.
NAME = stories.KIND
QUEST = "quest"
URGENCY = 2
KEPT_MOST = 100
ASKED_MOST = 10
PICTURE_MOST_PX = 960
#: Among the facts of a case: a hash of what is asked about, and what that was called.
CONTENT, TITLE = "content", "title"


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody writes. `municipality`: empty where it is taken from the trail. `quest`: its code."""

    title: str
    words: str
    language: str
    by: str
    municipality: str
    quest: str | None
    stage: str | None
    picture_alt: str


@dataclass(frozen=True, slots=True)
class Own:
    """A story as its maker sees it. `quest`: the trail's code. `hidden`: by others, from everybody else."""

    story: Story
    quest: str | None
    hidden: bool


def told_by(database: Database, person: Person) -> list[Own]:
    """The newest first."""
    with database.transaction() as connection:
        return [_own(connection, one) for one in stories.of_account(connection, person.id)]


def put(
    database: Database, person: Person, story_id: str, written: Written, version: int | None, now: datetime
) -> Own:
    """`version`: the one that was changed; None for a new one. The same once more changes nothing.

    Raises Problem: unknown-story, stories-full, version-missing, changed-meanwhile, unknown-quest, unknown-stage,
    unknown-municipality, and what `ask` raises.
    """
    with database.transaction() as connection:
        accounts.find(connection, person.id, lock=True)  # one after another: they are counted
        before = locked(connection, story_id)
        if before is not None:
            _ask(connection, "change", person, before, now)
        elif tombstones.has(connection, STORY, story_id):
            raise Problem("unknown-story")  # taken away for good: it is told anew under another id
        elif stories.count(connection, person.id)[0] >= KEPT_MOST:
            raise Problem("stories-full", most=KEPT_MOST)
        story = _of(connection, person, story_id, written, before, now)
        if before == story:
            return _own(connection, story)
        if before is None:
            if not stories.add(connection, story):
                raise Problem("unknown-story")  # somebody's, of this very moment
            return _own(connection, story)
        if version is None:
            raise Problem("version-missing")
        story = _changed(before, version, story, now)
        stories.change(connection, story)
        cases.end_about(connection, NAME, story.id, "changed", now)
        return _own(connection, story)


def take(
    database: Database,
    person: Person,
    story_id: str,
    step: str,
    version: int,
    now: datetime,
    *,
    consents: bool = False,
) -> Own:
    """One of its maker's steps. `consents`: to everybody reading it, when it is asked for.

    Raises Problem: unknown-story, changed-meanwhile, grown-up-needed, consent-missing, picture-without-words,
    story-empty, stories-waiting, and what `ask` raises.
    """
    with database.transaction() as connection:
        before = _asked(connection, step, person, story_id, now)
        to = STEPS[step][before.state]
        if before.state == "withdrawn" and not before.words:
            raise Problem("not-now")  # removed for good: it is told anew, or not
        if to in {"asked", "published"} and not person.account.is_adult:
            raise Problem("grown-up-needed")
        story = _changed(before, version, replace(before, state=to), now)
        if step == "ask":
            _may_be_asked(connection, story, consents=consents)
            story = replace(story, consented_at=now, reason="")
        stories.change(connection, story)
        show_again(connection, story)
        cases.end_about(connection, NAME, story.id, "taken-back", now)
        if step == "ask":
            _open(connection, story, now)
        bodies.write_down(connection, now, person.id, None, f"{step}-{NAME}", f"{NAME} {story.id}")
        return _own(connection, story)


def remove(database: Database, person: Person, story_id: str, now: datetime, tombstones_file: Path) -> None:
    """For good, with its picture, in whatever state, and no older dump brings it back. Raises Problem: unknown-story."""
    with database.transaction() as connection:
        story = _asked(connection, "remove", person, story_id, now)
        stone = Tombstone(STORY, story.id, now)
        tombstones.append(tombstones_file, stone)
        tombstones.add(connection, stone)
        stories.remove(connection, story, now)
        bodies.write_down(connection, now, person.id, None, f"remove-{NAME}", f"{NAME} {story.id}")


def set_picture(
    database: Database,
    store: BlobStore,
    work: Path,
    person: Person,
    story_id: str,
    sent: bytes,
    now: datetime,
) -> Own:
    """Raises Problem: unknown-story, what `made_anew` and `ask` raise; media.blobs.StoreError."""
    with database.transaction() as connection:
        _asked(connection, "change", person, story_id, now)
    made = pictures.made_anew(work, sent, PICTURE_MOST_PX)
    digest, blob = sha256(made).hexdigest(), f"{stories.folder_of(story_id)}/{uuid.uuid4().hex}.webp"
    store.put(blob, made)
    try:
        with database.transaction() as connection:
            before = _asked(connection, "change", person, story_id, now)
            return _own(connection, _with_picture(connection, before, (digest, blob, len(made)), now))
    except Problem:
        with database.transaction() as connection:
            stories.drop_blob(connection, blob)
        raise


def drop_picture(database: Database, person: Person, story_id: str, now: datetime) -> None:
    """Raises Problem: unknown-story, and what `ask` raises."""
    with database.transaction() as connection:
        before = _asked(connection, "change", person, story_id, now)
        if before.picture is not None:
            _with_picture(connection, before, (None, None, None), now)


def own_picture(database: Database, person: Person, story_id: str, now: datetime) -> tuple[str, str, int]:
    """Hash, place in the store, and size, for its maker and who looks at it. [bytes]

    Raises Problem: unknown-story, unknown-medium, and what `ask` raises.
    """
    with database.transaction() as connection:
        story = stories.find(connection, story_id)
        if story is None:
            raise Problem("unknown-story")
        # A draft that was sent back is seen by who looks at the appeal as it was when they were asked.
        state = "asked" if story.state == "draft" and _is_appealed(connection, story) else story.state
        # What was taken back is its maker's alone, except where notice was given of it.
        if state == "withdrawn" and cases.any_of(connection, "notice", f"{NAME} {story.id}"):
            state = "published"
        who = who_is(connection, person, None, story.municipality, story.account)
        ask(f"read-{NAME}", who, state, person, now, unknown="unknown-story")
    if story.picture is None or story.picture_blob is None or story.picture_bytes is None:
        raise Problem("unknown-medium")
    return story.picture, story.picture_blob, story.picture_bytes


def export(database: Database, store: BlobStore, person: Person, now: datetime) -> IO[bytes]:
    """All that somebody has told as a ZIP: for each story a text in Markdown, and its picture beside it.

    Whoever takes it closes it. Raises StoreError.
    """
    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=mine.IN_MEMORY_BYTES)  # noqa: SIM115  handed on open
    try:
        with ZipFile(file, "w", ZIP_DEFLATED) as archive:
            for one in told_by(database, person):
                archive.writestr(mine.member(f"stories/{one.story.id}.md", now), _as_markdown(one))
                if one.story.picture_blob is not None:
                    with contextlib.suppress(LookupError):  # removed since it was listed
                        picture = b"".join(store.read(one.story.picture_blob))
                        archive.writestr(mine.member(_picture_name(one.story), now), picture)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _picture_name(story: Story) -> str:
    return f"stories/{story.id}.webp"


def _as_markdown(own: Own) -> str:
    """What belongs to it stands at its head, as YAML."""
    story = own.story
    head = {
        "title": story.title,
        "by": story.by,
        "language": story.language,
        "state": story.state,
        "municipality": story.municipality,
        "quest": own.quest,
        "stage": story.stage,
        "month": None if story.month is None else f"{story.month:%Y-%m}",
        "picture": None if story.picture is None else _picture_name(story).removeprefix("stories/"),
        "picture_alt": story.picture_alt,
    }
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in head.items() if value]
    return "\n".join(["---", *lines, "---", "", f"# {story.title}", "", story.words, ""])


# What everybody reads.


def told_in(database: Database, municipality: str) -> list[Told]:
    """The newest month first."""
    return stories.told_in(database, municipality)


def told_of(database: Database, code: str) -> list[Told]:
    """Of a trail, by its code. The newest month first."""
    return stories.told_of(database, code.upper())


def told(database: Database, story_id: str) -> Told:
    """Raises Problem: unknown-story."""
    found = stories.told(database, story_id)
    if found is None:
        raise Problem("unknown-story")
    return found


def picture(database: Database, digest: str) -> tuple[str, int]:
    """Where a picture lies that is shown, and how large it is. [bytes] Raises Problem: unknown-medium."""
    found = stories.picture(database, digest)
    if found is None:
        raise Problem("unknown-medium")
    return found


def show_again(connection: Connection[Row], story: Story) -> None:
    """What everybody sees of it is as it stands now: nothing while others hide it, or its maker is about to leave."""
    maker = accounts.find(connection, story.account)
    stays = maker is not None and maker.is_adult and maker.leaves_at is None
    if story.state == "published" and stays and not notices.is_hidden(connection, NAME, story.id):
        stories.show(connection, story)
    else:
        stories.hide(connection, story.id)


def show_all_again(connection: Connection[Row], account_id: str) -> None:
    """Of everything that somebody has told."""
    for story in stories.of_account(connection, account_id):
        show_again(connection, story)


def locked(connection: Connection[Row], story_id: str) -> Story | None:
    """Against every other change of it, and of whether its maker's stories are shown."""
    found = stories.find(connection, story_id)
    if found is not None:
        accounts.find(connection, found.account, lock=True)
    return stories.find(connection, story_id, lock=True)


# What others decide.


def content_of(story: Story) -> str:
    """Known again by it: all that others look at. [64 hex digits]"""
    content = (
        story.title,
        story.words,
        story.language,
        story.by,
        story.municipality,
        story.quest,
        story.stage,
        story.picture,
        story.picture_alt,
    )
    return sha256(json.dumps(content).encode()).hexdigest()


def publish(connection: Connection[Row], story_id: str, content: str, state: str, now: datetime) -> None:
    """What was looked at is shown, and nothing else. Raises Problem: not-now."""
    before = _looked_at(connection, story_id, content, state)
    month = before.month or now.astimezone(SWEDEN).date().replace(day=1)
    _decide(connection, replace(before, state="published", month=month, reason=""), now)


def send_back(connection: Connection[Row], story_id: str, content: str, reason: str, now: datetime) -> None:
    """`reason`: words, or a reason's code. Raises Problem: not-now."""
    before = _looked_at(connection, story_id, content, "asked")
    _decide(connection, replace(before, state="draft", reason=reason), now)


def _looked_at(connection: Connection[Row], story_id: str, content: str, state: str) -> Story:
    story = locked(connection, story_id)
    if story is None or story.state != state or content_of(story) != content:
        raise Problem("not-now")
    return story


def _decide(connection: Connection[Row], story: Story, now: datetime) -> None:
    story = replace(story, version=story.version + 1, changed_at=now)
    stories.change(connection, story)
    show_again(connection, story)


def sweep(database: Database, store: BlobStore) -> int:
    """Removes pictures of stories that are gone, after a crash at the wrong moment; how many."""
    ids = {key.split("/")[1] for key in store.list(stories.FOLDER)}
    return sum(store.remove(stories.folder_of(one)) for one in stories.lying_about(database, sorted(ids)))


# Inside.


def _own(connection: Connection[Row], story: Story) -> Own:
    standing = None if story.quest is None else quests.find(connection, story.quest)
    code = None if standing is None else standing.code
    return Own(story, code, notices.is_hidden(connection, NAME, story.id))


def _ask(connection: Connection[Row], act: str, person: Person, story: Story, now: datetime) -> None:
    who = who_is(connection, person, None, story.municipality, story.account)
    ask(f"{act}-{NAME}", who, story.state, person, now, unknown="unknown-story")


def _asked(connection: Connection[Row], act: str, person: Person, story_id: str, now: datetime) -> Story:
    """Locked. Raises Problem: unknown-story, and what `ask` raises."""
    story = locked(connection, story_id)
    if story is None:
        raise Problem("unknown-story")
    _ask(connection, act, person, story, now)
    return story


def _changed(before: Story, version: int, after: Story, now: datetime) -> Story:
    if before.version != version:
        raise Problem("changed-meanwhile")
    return replace(after, version=before.version + 1, changed_at=now)


def _of(
    connection: Connection[Row],
    person: Person,
    story_id: str,
    written: Written,
    before: Story | None,
    now: datetime,
) -> Story:
    """As it is written now, of the version that was there."""
    quest, municipality = _placed(connection, written)
    if before is None:
        before = Story(
            id=story_id,
            account=person.id,
            state="draft",
            version=1,
            title="",
            words="",
            language="",
            by="",
            municipality="",
            quest=None,
            stage=None,
            picture=None,
            picture_blob=None,
            picture_bytes=None,
            picture_alt="",
            month=None,
            made_at=now,
            changed_at=now,
        )
    return replace(
        before,
        title=written.title.strip(),
        words=written.words.strip(),
        language=written.language,
        by=written.by.strip(),
        municipality=municipality,
        quest=quest,
        stage=written.stage,
        picture_alt=written.picture_alt.strip(),
    )


def _placed(connection: Connection[Row], written: Written) -> tuple[str | None, str]:
    """Id of the trail that is told of, and the municipality.

    A trail or stop that not everybody may know of is none. Raises Problem: unknown-quest, unknown-stage,
    unknown-municipality.
    """
    municipality = written.municipality
    if written.quest is None:
        if written.stage is not None:
            raise Problem("unknown-stage", pointer="/stage")
        if not municipality or stories.lies_in_none(connection, municipality):
            raise Problem("unknown-municipality", pointer="/municipality")
        return None, municipality
    quest = stages.played(connection, written.quest)
    if quest is None or notices.is_hidden(connection, QUEST, quest.id):
        raise Problem("unknown-quest", pointer="/quest")
    stage = None if written.stage is None else quest.stage(written.stage)
    if written.stage is not None and (stage is None or stage.hidden):
        raise Problem("unknown-stage", pointer="/stage")
    lies_in = {} if stage is None else quests.where(connection, quest.id)
    own = lies_in.get(written.stage or "")
    among = frozenset({own}) if own else trails.municipalities_of(connection, quest.id)
    if not municipality:
        municipality = min(among, default="")
    if not municipality or (among and municipality not in among):
        raise Problem("unknown-municipality", pointer="/municipality")
    return quest.id, municipality


def _may_be_asked(connection: Connection[Row], story: Story, *, consents: bool) -> None:
    if not consents:
        raise Problem("consent-missing", pointer="/consent")
    for pointer, said in (("/title", story.title), ("/words", story.words)):
        if not said:
            raise Problem("story-empty", pointer=pointer)
    if story.picture is not None and not story.picture_alt:
        raise Problem("picture-without-words", pointer="/picture_alt")
    if stories.count(connection, story.account)[1] >= ASKED_MOST:
        raise Problem("stories-waiting", most=ASKED_MOST)


def _open(connection: Connection[Row], story: Story, now: datetime) -> None:
    """Somebody is asked to look; what was removed before is told to who looks."""
    facts = {CONTENT: content_of(story), TITLE: story.title}
    before = removed.removed_in(connection, NAME, (story.words,))
    if before is not None:
        facts[removed.FACT] = before
    new = NewCase(
        NAME,
        story.id,
        None,
        story.municipality,
        URGENCY,
        story.language,
        facts,
        story.account,
        story.account,
    )
    open_case(connection, new, now)


def _with_picture(
    connection: Connection[Row],
    before: Story,
    made: tuple[str | None, str | None, int | None],
    now: datetime,
) -> Story:
    """`made`: hash, place in the store and size of the new one. Raises Problem: picture-refused."""
    digest, blob, size = made
    if digest is not None and notices.blocked(connection, [digest]):
        raise Problem("picture-refused")
    story = replace(
        before,
        picture=digest,
        picture_blob=blob,
        picture_bytes=size,
        version=before.version + 1,
        changed_at=now,
    )
    stories.drop_picture(connection, before)
    stories.change(connection, story)
    cases.end_about(connection, NAME, story.id, "changed", now)
    return story


def _is_appealed(connection: Connection[Row], story: Story) -> bool:
    """Whether somebody is asked to look again at what was decided of it as it is."""
    return cases.appealed(connection, NAME, story.id, {CONTENT: content_of(story)})
