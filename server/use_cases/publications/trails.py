"""A trail: a quest that belongs to a body. What is written is a pack."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import cast
from zipfile import ZipFile

import msgspec
from psycopg import Connection

from content.findings import Finding, mistakes
from content.packs.archive import unpack_bytes
from content.packs.checks import check
from content.packs.model import MEDIA_FOLDER, QUEST_FILE, TEXTS_FOLDER, Pack
from content.packs.publishing import publish as made_of
from content.packs.reading import Reading, read
from content.packs.writing import version as version_of
from content.packs.writing import write, write_members, zip_members
from media.kinds import HEAD_BYTES, media_type, sort_of
from quests.model import QuestTexts
from server.stores import publications, quests, trails
from server.stores.database import Row
from server.stores.publications import Publication
from server.stores.quests import State, Version
from server.use_cases.grounds import around_sheet
from server.use_cases.problem import Problem
from server.use_cases.publications.kinds import Cared, Content, Kind, Pictures, Shown, Texts
from server.use_cases.publish import publish_now, show_quest_again, stand

#: How a text begins to say that nobody has checked it.
NOBODY = ("nobody", "machine")
CARE = b"care"
WORDS_MOST = 50_000  # characters of one language on a card


def read_pack(connection: Connection[Row], data: bytes) -> Content:
    """Raises Problem: pack-refused, where it cannot be unpacked."""
    members, reading = _checked(connection, data)
    draft = reading.draft
    if draft is None:
        return Content(None, zip_members(members), {}, (), reading.findings)
    said = draft.raw(QUEST_FILE, "id")
    titles = {tag: texts.title for tag, texts in draft.pack.texts.items()}
    return Content(
        said if isinstance(said, str) else None,
        zip_members(members),
        titles,
        tuple(draft.pack.sheet.languages),
        reading.findings,
    )


def publish_pack(
    connection: Connection[Row], publication: Publication, data: bytes, now: datetime
) -> Publication:
    """Raises Problem: pack-refused, with every mistake in `findings`; trail-differs."""
    _, reading = _checked(connection, data)
    pack = reading.pack
    if pack is None:
        raise Problem("pack-refused", findings=mistakes(reading.findings))
    if pack.sheet.id != publication.id:
        raise Problem("trail-differs")
    publication = replace(
        publication,
        titles={tag: texts.title for tag, texts in pack.texts.items()},
        languages=tuple(pack.sheet.languages),
        findings=as_data(reading.findings),
        unlisted=unread(pack, publication.read_texts),
    )
    publications.change(connection, publication)  # first, since showing asks which languages are listed
    made = made_of(pack)
    publish_now(connection, Version(made.quest, made.secrets), write(pack), now)
    return publication


def unread(pack: Pack, read_texts: Mapping[str, str]) -> tuple[str, ...]:
    """The languages that say themselves that nobody has checked them, and that no helper has read as they are.

    The first language of a pack is its authors' own.
    """
    digests = digests_of(pack)
    return tuple(
        tag
        for tag in pack.sheet.languages[1:]
        if pack.texts[tag].checked_by.strip().casefold().startswith(NOBODY)
        and read_texts.get(tag) != digests[tag]
    )


def digests_of(pack: Pack) -> dict[str, str]:
    """By language, SHA-256 of its texts."""
    return {
        name.removeprefix(TEXTS_FOLDER).removesuffix(".toml"): sha256(data).hexdigest()
        for name, data in write_members(pack).items()
        if name.startswith(TEXTS_FOLDER)
    }


def as_data(findings: tuple[Finding, ...]) -> list[dict[str, object]]:
    """As they are kept beside a draft."""
    return [
        {
            "code": one.code,
            "file": one.file,
            "line": one.line,
            "pointer": one.pointer,
            "details": dict(one.details),
        }
        for one in findings
    ]


def pack_of(connection: Connection[Row], quest_id: str) -> Pack | None:
    """The pack of the version that is played now."""
    data = _published(connection, quest_id)
    return None if data is None else read(unpack_bytes(data).members, media_type).pack


def _checked(connection: Connection[Row], data: bytes) -> tuple[Mapping[str, bytes], Reading]:
    unpacked = unpack_bytes(data)
    if unpacked.findings:
        raise Problem("pack-refused", findings=unpacked.findings)
    draft = read(unpacked.members, media_type).draft
    if draft is None:
        return unpacked.members, check(unpacked.members, media_type)
    around = around_sheet(connection, draft.pack.sheet)
    return unpacked.members, check(unpacked.members, media_type, around)


def _stand(connection: Connection[Row], publication: Publication, now: datetime) -> None:
    stand(connection, publication.id, cast(State, publication.state), now)


def _published(connection: Connection[Row], quest_id: str) -> bytes | None:
    standing = quests.find(connection, quest_id)
    return None if standing is None else quests.pack(connection, standing)


def _is_there(connection: Connection[Row], quest_id: str) -> bool:
    return quests.find(connection, quest_id) is not None


def _shown(connection: Connection[Row], ids: list[str]) -> dict[str, Shown]:
    return {
        id_: Shown(code, version, titles, languages)
        for id_, code, version, titles, languages in trails.shown(connection, ids)
    }


def _told(
    connection: Connection[Row], quest_id: str, written: bytes | None
) -> tuple[Mapping[str, str], Texts]:
    """All words that players would read, so that whoever looks reads what is shown and not a summary of it."""
    if written is not None:
        draft = read(unpack_bytes(written).members, media_type).draft
        texts: Mapping[str, QuestTexts] = {} if draft is None else draft.pack.texts
    else:
        standing = quests.find(connection, quest_id)
        version = None if standing is None else quests.version(connection, standing.id, standing.version)
        texts = {} if version is None else version.quest.texts
    titles = {tag: one.title for tag, one in texts.items()}
    return titles, tuple(words_of(texts))


def _pictures(connection: Connection[Row], quest_id: str, written: bytes | None) -> Pictures:
    """Of what was written those that only who looks may see; of what is out those that everybody sees."""
    if written is not None:
        with ZipFile(BytesIO(written)) as archive:
            names = [
                name.removeprefix(MEDIA_FOLDER) for name in archive.namelist() if _is_picture(archive, name)
            ]
        return tuple((f"/api/v1/trails/{quest_id}/media/{name}", name) for name in sorted(names))
    standing = quests.find(connection, quest_id)
    version = None if standing is None else quests.version(connection, standing.id, standing.version)
    media = () if version is None else version.quest.media
    return tuple((f"/media/{one.sha256}", one.name) for one in media if sort_of(one.type) == "image")


def _is_picture(archive: ZipFile, name: str) -> bool:
    if not name.startswith(MEDIA_FOLDER) or name == MEDIA_FOLDER:
        return False
    with archive.open(name) as file:
        kind = media_type(file.read(HEAD_BYTES))
    return kind is not None and sort_of(kind) == "image"


def _medium(written: bytes, name: str) -> bytes | None:
    with ZipFile(BytesIO(written)) as archive:
        member = f"{MEDIA_FOLDER}{name}"
        return archive.read(member) if member in archive.namelist() else None


def words_of(texts: Mapping[str, QuestTexts]) -> Iterator[tuple[str, str]]:
    """Language, and all of its words, to what a card holds."""
    return ((tag, "\n\n".join(_words(one))[:WORDS_MOST]) for tag, one in texts.items())


def _words(texts: QuestTexts) -> Iterator[str]:
    """Every text in it, in reading order."""
    said = msgspec.to_builtins(texts)
    del said["checked_by"]
    return _leaves(said)


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, str) and value:
        yield value
    for part in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    ):
        yield from _leaves(part)


def _digests(connection: Connection[Row], quest_id: str) -> Mapping[str, str]:
    pack = pack_of(connection, quest_id)
    return {} if pack is None else digests_of(pack)


def _care(data: bytes) -> Cared | None:
    """Most packs tell of nobody: only the others are read whole."""
    with ZipFile(BytesIO(data)) as archive:
        if QUEST_FILE not in archive.namelist() or CARE not in archive.read(QUEST_FILE):
            return Cared(None, "")
    draft = read(unpack_bytes(data).members, media_type).draft
    return None if draft is None else Cared(draft.pack.sheet.care, version_of(draft.pack))


KIND = Kind(
    "trail",
    read_pack,
    publish_pack,
    _stand,
    _published,
    _is_there,
    _shown,
    _told,
    _pictures,
    _medium,
    show_quest_again,
    _digests,
    _care,
    "quest",
)
