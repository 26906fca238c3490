"""Pictures and sounds that players bring: begun, sent in pieces, taken in by a worker, shown, and gone again."""

import contextlib
import hashlib
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from psycopg import Connection

from media import intake
from media.blobs import BlobStore
from media.intake import Refused, Taken
from media.kinds import TAKEN_IN, most_bytes
from quests.region import SWEDEN
from server.stores import jobs, media
from server.stores.database import Database, Row
from server.stores.media import Content, MadeFile, State, WhatWasMade
from server.use_cases.players import Caller
from server.use_cases.problem import Problem

FILES_MOST = 200
BYTES_MOST = 500_000_000
FILES_A_DAY_MOST = 50
PIECE_MOST_BYTES = 1 << 20
PIECES_MOST = 2_500  # thirty megabytes in pieces of twelve thousand bytes

GIVEN_UP_AFTER = timedelta(days=7)
LEFT_LYING_AFTER = timedelta(minutes=5)  # longer than any file takes
TRIES_MOST = 3
WORK_KEPT_S = 3600


@dataclass(frozen=True, slots=True)
class Medium:
    """As its player may see it. `content`: the id of its bytes, for addresses. `until`: when an upload is given up."""

    id: str
    content: str
    sha256: str
    type: str
    bytes: int
    received: int
    state: State
    refusal: str | None
    made: WhatWasMade | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Put:
    medium: Medium
    created: bool


def put(
    database: Database, caller: Caller, medium: str, *, sha256: str, size: int, named: str, now: datetime
) -> Put:
    """Begins to bring a file, or says again that it was begun. What the player has already need not be sent.

    `named`: its media type, in any of the names that phones have for it.
    Raises Problem: unsupported-medium, medium-too-large, medium-differs, media-full, media-tired, unknown-token.
    """
    kind = TAKEN_IN.get(named)
    if kind is None:
        raise Problem("unsupported-medium", pointer="/type")
    if size > most_bytes(kind):
        raise Problem("medium-too-large", pointer="/bytes", megabytes=most_bytes(kind) // 1_000_000)
    with database.transaction() as connection:
        if not media.hold_player(connection, caller.player):
            raise Problem("unknown-token")
        found = media.find(connection, caller.player, medium)
        if found is None:
            begun = media.count_day(connection, caller.player, now.astimezone(SWEDEN).date())
            # Asked again: of two requests at once the second has waited for the first.
            found = media.find(connection, caller.player, medium)
            if found is None:
                content = _content(connection, caller.player, sha256, kind, size, now)
                media.add(connection, caller.player, medium, sha256, now)
                _within_limits(connection, caller.player, begun, now)
                return Put(_seen(medium, content), created=True)
    if (found.sha256, found.type, found.bytes) != (sha256, kind, size):
        raise Problem("medium-differs")
    return Put(_seen(medium, found), created=False)


def find(database: Database, caller: Caller, medium: str) -> Medium:
    """Raises Problem: unknown-medium."""
    with database.transaction() as connection:
        found = media.find(connection, caller.player, medium)
    if found is None:
        raise Problem("unknown-medium")
    return _seen(medium, found)


def add_piece(
    database: Database,
    store: BlobStore,
    caller: Caller,
    medium: str,
    offset: int,
    piece: bytes,
    now: datetime,
) -> Medium:
    """With these bytes of it. With the last ones a worker is told, in the same transaction.

    Raises Problem: unknown-medium, wrong-offset, beyond-the-end, too-many-pieces; and media.blobs.StoreError, and then
    nothing is kept of them.
    """
    with database.transaction() as connection:
        found = media.find(connection, caller.player, medium, lock=True)
        if found is None:
            raise Problem("unknown-medium")
        if offset != found.received:
            raise Problem("wrong-offset", offset=found.received)
        if found.state != "waiting" or not piece:
            if piece:
                raise Problem("beyond-the-end", bytes=found.bytes)
            return _seen(medium, found)
        if offset + len(piece) > found.bytes:
            raise Problem("beyond-the-end", bytes=found.bytes)
        if found.pieces >= PIECES_MOST:
            raise Problem("too-many-pieces")
        # While it is locked nobody else puts this one; what a crash leaves is put again under the same name.
        store.put(_piece(found, offset), piece)
        media.add_piece(connection, found, len(piece), now)
        if offset + len(piece) == found.bytes:
            jobs.put(connection, jobs.TAKE_IN, {"content": found.id})
        after = media.find(connection, caller.player, medium)
    if after is None:
        raise LookupError(medium)  # it is locked
    return _seen(medium, after)


def remove(database: Database, caller: Caller, medium: str) -> None:
    """Takes it away, under way or ready. Raises Problem: unknown-medium."""
    with database.transaction() as connection:
        found = media.find(connection, caller.player, medium, lock=True)
        if found is None:
            raise Problem("unknown-medium")
        media.remove(connection, caller.player, medium)
        if media.remove_content_if_unused(connection, found):
            jobs.put(connection, jobs.REMOVE_BLOBS, {"folder": found.folder})


def file_to_show(database: Database, content: str, name: str) -> tuple[str, MadeFile] | None:
    """(key in the store, what it is) of a file of a content that is ready; None when there is none."""
    found = media.ready(database, content)
    if found is None:
        return None
    folder, made = found
    file = next((one for one in made.files if one.name == name), None)
    return None if file is None else (f"{folder}/{name}", file)


# ------------------------------------------------------------------------------------- what a worker does


def take_in(database: Database, store: BlobStore, work: Path, content: str, now: datetime) -> State | None:
    """Makes of what has arrived what can be shown, or says why not; None when there is nothing to do.

    `work`: a folder for what is being made. The original is gone afterwards.
    Raises StoreError, OSError and IntakeError where the file is not to blame; then it is tried again.
    """
    with database.transaction() as connection:
        claimed = media.claim(connection, content, now, now - LEFT_LYING_AFTER)
    if claimed is None:
        return None
    found, tries = claimed
    if tries > TRIES_MOST:  # it has ended every worker that began with it
        return _finished(database, store, found, Refused("too-hard"), Path())
    try:
        with _folder(work) as folder:
            whole = _put_together(store, found, folder / intake.ORIGINAL)
            result = intake.take_in(folder, found.type) if whole else Refused("damaged")
            return _finished(database, store, found, result, folder)
    except BaseException:
        with database.transaction() as connection:
            media.give_back(connection, content)
        raise


def look_for_left_lying(database: Database, now: datetime) -> int:
    """Tells the worker again of what it was told of and did not finish; of how many."""
    with database.transaction() as connection:
        contents = media.left_lying(connection, now - LEFT_LYING_AFTER)
        for content in contents:
            jobs.put(connection, jobs.TAKE_IN, {"content": content})
    return len(contents)


def clear_given_up(database: Database, now: datetime) -> int:
    """Removes uploads that nobody has gone on with for a week; how many. A phone that comes back begins anew."""
    with database.transaction() as connection:
        contents = media.given_up(connection, now - GIVEN_UP_AFTER)
        for content in contents:
            media.remove_content(connection, content)
            jobs.put(connection, jobs.REMOVE_BLOBS, {"folder": content.folder})
        media.forget_days(connection, (now - timedelta(days=2)).astimezone(SWEDEN).date())
    return len(contents)


def sweep(database: Database, store: BlobStore) -> int:
    """Removes what lies in the store and should not any more; how many blobs.

    That is what nobody knows of, after a crash at the wrong moment or where an older dump was restored beside a newer
    store; and originals, with all that a camera wrote into them, of what is ready or refused.
    """
    folders: dict[str, str] = {}
    in_pieces: set[str] = set()
    for key in store.list(media.PLAYERS):
        parts = key.split("/")
        with contextlib.suppress(ValueError, IndexError):
            content = str(uuid.UUID(parts[2]))
            folders[content] = "/".join(parts[:3])
            if parts[3] == media.PIECES:
                in_pieces.add(content)
    unknown = media.unknown(database, list(folders))
    done = media.done(database, sorted(in_pieces - unknown))
    gone = [folders[content] for content in sorted(unknown)]
    gone += [f"{folders[content]}/{media.PIECES}" for content in sorted(done)]
    return sum(map(store.remove, gone))


def clear_work(work: Path) -> None:
    """Removes what a worker that was killed has left lying: files as strangers sent them."""
    if not work.is_dir():
        return
    for left in work.iterdir():
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > WORK_KEPT_S:
                shutil.rmtree(left, ignore_errors=True)


# ------------------------------------------------------------------------------------------------ inside


def _content(
    connection: Connection[Row], player: str, sha256: str, kind: str, size: int, now: datetime
) -> Content:
    """The player's content of that hash, which may be here already, or be on its way from another device."""
    fresh = str(uuid.uuid4())
    media.add_content(connection, player, sha256, fresh, kind, size, now)
    content = media.content_of(connection, player, sha256)
    if content is None:
        raise LookupError(sha256)  # nobody removes it before it is committed
    if (content.type, content.bytes) != (kind, size):
        raise Problem("medium-differs", pointer="/type" if content.bytes == size else "/bytes")
    if content.refusal == "damaged":
        jobs.put(connection, jobs.REMOVE_BLOBS, {"folder": content.folder})
        media.begin_again(connection, content, fresh, now)
        content = media.content_of(connection, player, sha256) or content
    return content


def _within_limits(connection: Connection[Row], player: str, begun: int, now: datetime) -> None:
    files, size = media.totals(connection, player)
    if files > FILES_MOST or size > BYTES_MOST:
        raise Problem("media-full", files=FILES_MOST, megabytes=BYTES_MOST // 1_000_000)
    if begun > FILES_A_DAY_MOST:
        local = now.astimezone(SWEDEN)
        tomorrow = datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), SWEDEN)
        wait_s = int((tomorrow - local).total_seconds()) + 1
        raise Problem("media-tired", retry_after_s=wait_s, files=FILES_A_DAY_MOST)


def _seen(medium: str, content: Content) -> Medium:
    return Medium(
        id=medium,
        content=content.id,
        sha256=content.sha256,
        type=content.type,
        bytes=content.bytes,
        received=content.received,
        state=content.state,
        refusal=content.refusal,
        made=content.made,
        until=content.touched_at + GIVEN_UP_AFTER if content.state == "waiting" else None,
    )


def _piece(content: Content, offset: int) -> str:
    return f"{content.pieces_folder}/{offset:012d}"


def _put_together(store: BlobStore, content: Content, target: Path) -> bool:
    """Whether all pieces are there, and are what the phone said that it sends."""
    digest = hashlib.sha256()
    size = 0
    with target.open("wb") as whole:
        while size < content.bytes:
            before = size
            try:
                for part in store.read(_piece(content, size)):
                    digest.update(part)
                    whole.write(part)
                    size += len(part)
            except LookupError:
                return False
            if size == before:
                return False
    return size == content.bytes and digest.hexdigest() == content.sha256


def _finished(
    database: Database, store: BlobStore, content: Content, result: Taken | Refused, folder: Path
) -> State | None:
    if isinstance(result, Taken):
        for file in result.files:
            store.put(f"{content.folder}/{file.name}", folder / file.name)
    with database.transaction() as connection:
        done = media.finish(connection, content.id, _told(result))
        # Of a medium that was taken away meanwhile everything; else the original.
        gone = content.pieces_folder if done else content.folder
        jobs.put(connection, jobs.REMOVE_BLOBS, {"folder": gone})
    if not done:
        return None
    return "ready" if isinstance(result, Taken) else "refused"


def _told(result: Taken | Refused) -> WhatWasMade | str:
    if isinstance(result, Refused):
        return result.code
    files = tuple(MadeFile(one.name, one.type, one.bytes, one.width, one.height) for one in result.files)
    return WhatWasMade(files, blur=result.blur, seconds=result.seconds)


@contextlib.contextmanager
def _folder(work: Path) -> Iterator[Path]:
    """One of its own, gone afterwards."""
    work.mkdir(mode=0o700, parents=True, exist_ok=True)
    clear_work(work)
    with tempfile.TemporaryDirectory(dir=work, ignore_cleanup_errors=True) as folder:
        yield Path(folder)
