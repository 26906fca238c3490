"""A municipality's guide as a person: name, picture, languages, and when one may ring."""

import tempfile
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from media.blobs import BlobStore
from media.intake import Refused, take_in
from media.kinds import HEAD_BYTES, media_type, sort_of
from server.stores import bodies, guides
from server.stores.database import Database
from server.stores.guides import Guide, Hours
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
) -> Guide:
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
        guide = Guide(municipality, person.id, name, phone, tuple(sorted(hours, key=_in_the_week)), languages)
        if before is not None and before.account == person.id:
            guide = replace(guide, picture=before.picture, picture_bytes=before.picture_bytes)
        elif before is not None:
            guides.drop_picture(connection, before)
        guides.put(connection, guide, now)
        bodies.write_down(connection, now, person.id, None, "write-guide", f"guide {municipality}")
        return guide


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
) -> Guide:
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
        if before.picture != digest:
            guides.drop_picture(connection, before)
        guide = replace(before, picture=digest, picture_bytes=len(made))
        guides.put(connection, guide, now)
        bodies.write_down(connection, now, person.id, None, "write-guide", f"guide {municipality}")
        return guide


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
