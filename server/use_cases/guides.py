"""A municipality's guide as a person: name, picture, languages, and when one may ring."""

import tempfile
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from psycopg import Connection

from media.blobs import BlobStore
from media.intake import Refused, take_in
from media.kinds import HEAD_BYTES, media_type, sort_of
from server.stores import bodies, guides, notices
from server.stores.database import Database, Row
from server.stores.guides import Guide, Hours
from server.use_cases.cases.public import guide
from server.use_cases.problem import Problem
from server.use_cases.rights import ask, who_is
from server.use_cases.sign_in import Person

#: Somebody waits for it.
PICTURE_WITHIN_S = 20
PICTURE_MOST_PX = 640
ORIGINAL = "original"


def read(database: Database, municipality: str) -> Guide:
    """Raises Problem: unknown-guide."""
    found = guides.shown(database, municipality)
    if found is None:
        raise Problem("unknown-guide")
    return found


@dataclass(frozen=True, slots=True)
class Own:
    """A card as its guide and moderators see it. `hidden`: by others, from everybody else."""

    guide: Guide
    hidden: bool


def read_own(database: Database, person: Person, municipality: str, now: datetime) -> Own:
    """Raises Problem: unknown-guide, not-yours."""
    with database.transaction() as connection:
        who = who_is(connection, person, None, municipality)
        ask("read-guide", who, "shown", person, now, unknown="unknown-guide")
        return _own(connection, municipality)


def own_picture(database: Database, person: Person, municipality: str, now: datetime) -> tuple[str, str, int]:
    """As `picture`, with its hash before it, hidden or not. Raises Problem: unknown-guide, unknown-medium, not-yours."""
    found = read_own(database, person, municipality, now).guide
    if found.picture is None or found.picture_bytes is None:
        raise Problem("unknown-medium")
    return found.picture, guides.key_of(municipality, found.picture), found.picture_bytes


def _own(connection: Connection[Row], municipality: str) -> Own:
    found = guides.find(connection, municipality)
    if found is None:
        raise Problem("unknown-guide")
    return Own(found, notices.is_hidden(connection, guide.NAME, guide.id_of(found)))


def picture(database: Database, digest: str) -> tuple[str, int]:
    """Where a guide's picture lies in the store, and how large it is. [bytes] Raises Problem: unknown-medium."""
    found = guides.with_picture(database, digest)
    if found is None or found.picture_bytes is None:
        raise Problem("unknown-medium")
    return guides.key_of(found.municipality, digest), found.picture_bytes


def write(
    database: Database,
    person: Person,
    municipality: str,
    *,
    name: str,
    phone: str,
    hours: tuple[Hours, ...],
    languages: tuple[str, ...],
    now: datetime,
) -> Own:
    """The own card, in place of whosever was there; the picture stays where it is one's own.

    Raises Problem: bad-hours, and what `ask` raises.
    """
    for place, one in enumerate(hours):
        if one.begins >= one.ends:
            raise Problem("bad-hours", pointer=f"/hours/{place}")
    with database.transaction() as connection:
        who = who_is(connection, person, None, municipality)
        ask("write-guide", who, "shown", person, now, unknown="unknown-guide")
        before = guides.find(connection, municipality)
        card = Guide(municipality, person.id, name, phone, tuple(sorted(hours, key=_in_the_week)), languages)
        if before is not None and before.account == person.id:
            card = replace(card, picture=before.picture, picture_bytes=before.picture_bytes)
        elif before is not None:
            guides.drop_picture(connection, before)
        guides.put(connection, card, now)
        bodies.write_down(connection, now, person.id, None, "write-guide", f"guide {municipality}")
        return _own(connection, municipality)


def _in_the_week(hours: Hours) -> tuple[int, str]:
    return hours.day, hours.begins


def set_picture(
    database: Database,
    store: BlobStore,
    work: Path,
    person: Person,
    municipality: str,
    sent: bytes,
    now: datetime,
) -> Own:
    """Made anew from what was sent, by a child that is shut in, so that nothing of a camera's is left in it.

    Raises Problem: unsupported-medium, picture-refused, unknown-guide, and what `ask` raises; media.blobs.StoreError.
    """
    with database.transaction() as connection:
        who = who_is(connection, person, None, municipality)
        ask("write-guide", who, "shown", person, now, unknown="unknown-guide")
    made = _made_anew(work, sent)
    digest = sha256(made).hexdigest()
    store.put(guides.key_of(municipality, digest), made)
    with database.transaction() as connection:
        before = guides.find(connection, municipality)
        if before is None or before.account != person.id:
            raise Problem("unknown-guide")
        if notices.blocked(connection, [digest]):
            raise Problem("picture-refused")
        if before.picture != digest:
            guides.drop_picture(connection, before)
        guides.put(connection, replace(before, picture=digest, picture_bytes=len(made)), now)
        bodies.write_down(connection, now, person.id, None, "write-guide", f"guide {municipality}")
        return _own(connection, municipality)


def _made_anew(work: Path, sent: bytes) -> bytes:
    kind = media_type(sent[:HEAD_BYTES])
    if kind is None or sort_of(kind) != "image":
        raise Problem("unsupported-medium")
    work.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work) as name:
        folder = Path(name)
        (folder / ORIGINAL).write_bytes(sent)
        taken = take_in(folder, kind, within_s=PICTURE_WITHIN_S)
        if isinstance(taken, Refused):
            raise Problem("picture-refused")
        small = [one for one in taken.files if max(one.width or 0, one.height or 0) <= PICTURE_MOST_PX]
        return (folder / (small[-1] if small else taken.files[0]).name).read_bytes()


def remove(database: Database, person: Person, municipality: str, now: datetime) -> None:
    """Raises Problem: unknown-guide, and what `ask` raises."""
    with database.transaction() as connection:
        who = who_is(connection, person, None, municipality)
        ask("remove-guide", who, "shown", person, now, unknown="unknown-guide")
        if not guides.remove(connection, municipality):
            raise Problem("unknown-guide")
        bodies.write_down(connection, now, person.id, None, "remove-guide", f"guide {municipality}")
