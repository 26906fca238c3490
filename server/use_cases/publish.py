"""A pack becomes a quest that is played; it is taken away again by those who own it; it rests, or is withdrawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import Any
from uuid import UUID

import msgspec
from psycopg import Connection

from content.findings import Finding
from content.packs.archive import unpack
from content.packs.checks import check
from content.packs.model import MEDIA_FOLDER, Pack
from content.packs.publishing import publish
from content.packs.reading import Probe, read
from content.packs.writing import version, write
from quests.codes import quest_code
from quests.model import Quest
from quests.views import public
from server.stores import awards, bodies, notices, publications, quests, rests, revisions, showing
from server.stores.database import Database, Row
from server.stores.quests import Standing, State, Version
from server.use_cases import communities
from server.use_cases.grounds import around_members
from server.use_cases.problem import Problem

QUEST = "quest"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of publishing.

    `code` is another than the pack's when that one belongs to another quest. `new`: this version had never been
    published here. `findings`: what the author might still mend.
    """

    id: str
    code: str
    version: str
    new: bool
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Exported:
    """`pack`: a zip that publishes the same version again."""

    code: str
    version: str
    pack: bytes


def publish_pack(database: Database, members: Mapping[str, bytes], probe: Probe, now: datetime) -> Receipt:
    """Checks a pack, given by the names of its files, and makes it the version that is played from now on.

    A repetition changes nothing. Raises Problem: pack-refused, with every mistake in `findings`; belongs-to-body;
    review-needed, where it tells of a community that is a body here: then a body publishes it, and asks them.
    """
    reading = check(members, probe, around_members(database, members, probe))
    if reading.pack is None:
        raise Problem("pack-refused", findings=reading.findings)
    with database.transaction() as connection:
        community = communities.asked(connection, reading.pack.sheet.care, own=None)
    if community is not None:
        raise Problem("review-needed", body=community.name)
    return replace(publish_version(database, *_published(reading.pack), now), findings=reading.findings)


def publish_once(
    database: Database, members: Mapping[str, bytes], probe: Probe, now: datetime
) -> Receipt | None:
    """As `publish_pack`, but None and no change where this version was published here before.

    So that what comes with a release does not take the place of what its association has made of it since, nor of
    anything that belongs to a body.
    """
    pack = read(members, probe).pack
    if pack is not None:
        with database.transaction() as connection:
            if publications.owner_of(connection, pack.sheet.id) is not None:
                return None
            if quests.has_version(connection, pack.sheet.id, version(pack)):
                return None
    return publish_pack(database, members, probe, now)


def publish_version(database: Database, published: Version, pack: bytes, now: datetime) -> Receipt:
    """What a checked pack publishes, with the pack itself, of a quest that is nobody's. Raises Problem: belongs-to-body."""
    with database.transaction() as connection:
        if publications.owner_of(connection, published.quest.id) is not None:
            raise Problem("belongs-to-body")
        return publish_now(connection, published, pack, now)


def publish_now(connection: Connection[Row], published: Version, pack: bytes, now: datetime) -> Receipt:
    """What rests goes on resting, in this version. Raises Problem: medium-blocked."""
    quests.lock_publishing(connection)
    if notices.blocked(connection, (one.sha256 for one in published.quest.media)):
        raise Problem("medium-blocked")
    before = quests.find(connection, published.quest.id)
    code = _free_code(connection, published.quest, before)
    quest = msgspec.structs.replace(published.quest, code=code)
    resting = before is not None and before.state == "resting"
    standing = Standing(quest.id, code, quest.version, "resting" if resting else "published")
    quests.set_standing(connection, standing)
    new = quests.add_version(connection, Version(quest, published.secrets), pack, now)
    if new:
        quests.locate(connection, quest)
    if standing != before:
        _tell(connection, standing, now)
        _follow_season(connection, standing.id, now)
    return Receipt(quest.id, code, quest.version, new)


def set_state(database: Database, code: str, state: State, now: datetime, reason: str = "") -> Standing:
    """Lets a quest rest, withdraws it, or brings it back, as the operator. Journeys under way go on in every state.

    What a body has taken away itself only the body brings back. Raises Problem: unknown-quest, belongs-to-body.
    """
    with database.transaction() as connection:
        before = quests.find(connection, code)
        if before is None:
            raise Problem("unknown-quest")
        owned = publications.find(connection, before.id, lock=True)
        if owned is not None and owned.state != state:
            if state == "published" and not owned.held:
                raise Problem("belongs-to-body")
            held = state != "published"
            publications.change(
                connection,
                replace(
                    owned,
                    state=state,
                    held=held,
                    reason=reason,
                    version=owned.version + 1,
                    changed_at=now,
                    changed_by=None,
                ),
            )
            bodies.write_down(connection, now, None, owned.body, state, f"{owned.kind} {owned.id}", reason)
        return stand(connection, before.id, state, now)


def stand(connection: Connection[Row], quest_id: str, state: State, now: datetime) -> Standing:
    """The quest is in that state from now on. Raises Problem: unknown-quest."""
    quests.lock_publishing(connection)
    before = quests.find(connection, quest_id)
    if before is None:
        raise Problem("unknown-quest")
    standing = replace(before, state=state)
    if standing != before:
        quests.set_standing(connection, standing)
        _tell(connection, standing, now)
        _follow_season(connection, standing.id, now)
    return standing


def export_pack(database: Database, code: str) -> Exported:
    """The pack of the version that is played now, for its association. Raises Problem: unknown-quest."""
    with database.transaction() as connection:
        standing = quests.find(connection, code)
        pack = None if standing is None else quests.pack(connection, standing)
    if standing is None or pack is None:
        raise Problem("unknown-quest")
    return Exported(standing.code, standing.version, pack)


def load_municipalities(
    database: Database, features: Sequence[Mapping[str, Any]], source_sha256: str
) -> bool:
    """Borders as GeoJSON features with code and name; False when they are from that very file already.

    Which municipalities a quest lies in is told anew for every quest.
    """
    with database.transaction() as connection:
        quests.lock_publishing(connection)
        new = showing.borders_from(connection) != source_sha256
        if new:
            showing.replace_municipalities(connection, features, source_sha256)
            for standing in quests.all_standing(connection):
                _show(connection, standing)
        located = quests.to_locate(connection, everything=new)
        for quest in located:
            quests.locate(connection, quest)
        if located:
            awards.forget_looked_through(connection)
    return new


def show_again(database: Database) -> bool:
    """Everything that is shown, made anew where another release made some of it; False when nothing was."""
    with database.transaction() as connection:
        quests.lock_publishing(connection)
        if not showing.is_stale(connection):
            return False
        for standing in quests.all_standing(connection):
            _show(connection, standing)
    return True


def show_quest_again(connection: Connection[Row], quest_id: str, now: datetime) -> None:
    """What is shown of it is made anew: a stage rests, or a language may be shown. Nothing where it is not shown."""
    quests.lock_publishing(connection)
    standing = quests.find(connection, quest_id)
    if standing is not None and standing.state != "withdrawn":
        _tell(connection, standing, now)


def _follow_season(connection: Connection[Row], quest_id: str, now: datetime) -> None:
    """What is closed above the tree line by default goes with it."""
    from server.use_cases import default_season  # here: it opens cases, and cases publish

    default_season.follow(connection, quest_id, now)


def _published(pack: Pack) -> tuple[Version, bytes]:
    published = publish(pack)
    return Version(published.quest, published.secrets), write(pack)


def _free_code(connection: Connection[Row], quest: Quest, before: Standing | None) -> str:
    """The pack's own code; where another quest has it, the one the quest has already, or a new one."""
    if quests.owner_of_code(connection, quest.code) in {None, quest.id}:
        return quest.code
    if before is not None:
        return before.code
    attempt = 0
    while True:
        code = quest_code(UUID(quest.id).bytes, attempt)
        if quests.owner_of_code(connection, code) is None:
            return code
        attempt += 1


def _tell(connection: Connection[Row], standing: Standing, now: datetime) -> None:
    """Everybody sees it as it stands now, and whoever mirrors it hears that it changed."""
    _show(connection, standing)
    revisions.add(
        connection,
        QUEST,
        standing.id,
        "changed" if _is_shown(connection, standing) else "deleted",
        now,
    )


def _is_shown(connection: Connection[Row], standing: Standing) -> bool:
    """Not withdrawn, and not hidden by those who look after what is public."""
    return standing.state != "withdrawn" and not notices.is_hidden(connection, QUEST, standing.id)


def _show(connection: Connection[Row], standing: Standing) -> None:
    if not _is_shown(connection, standing):
        showing.hide(connection, standing.id)
        showing.hide_media(connection, standing.id)
        return
    found = quests.version(connection, standing.id, standing.version)
    if found is None:
        raise LookupError(standing.version)  # a foreign key says that it is there
    quest = _listed(connection, msgspec.structs.replace(found.quest, code=standing.code))
    codes = quests.codes(connection, standing.id)
    shown = public(quest, {rest.stage: rest.reason for rest in rests.standing(connection, standing.id)})
    showing.show(connection, shown, codes, resting=standing.state == "resting" or shown.rests)
    showing.show_media(connection, standing.id, _media(connection, standing, quest))


def _listed(connection: Connection[Row], quest: Quest) -> Quest:
    """Without the languages that nobody has read; there is always one left."""
    unlisted = publications.unlisted(connection, quest.id)
    languages = tuple(one for one in quest.languages if one not in unlisted)
    if not unlisted or not languages:
        return quest
    texts = {tag: texts for tag, texts in quest.texts.items() if tag not in unlisted}
    return msgspec.structs.replace(quest, languages=languages, texts=texts)


def _media(connection: Connection[Row], standing: Standing, quest: Quest) -> dict[str, tuple[str, bytes]]:
    """Type and bytes by SHA-256 of the pictures and sounds of a version, from its pack."""
    pack = quests.pack(connection, standing) if quest.media else None
    if pack is None:
        return {}
    members = unpack(BytesIO(pack)).members
    found = ((one, members.get(MEDIA_FOLDER + one.name)) for one in quest.media)
    return {
        one.sha256: (one.type, data)
        for one, data in found
        if data is not None and sha256(data).hexdigest() == one.sha256
    }
