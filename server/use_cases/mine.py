"""What is stored about whoever asks: how much of what, and all of it to take along."""

import contextlib
import json
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from errno import EDQUOT, ENOSPC
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from media.blobs import BlobStore, StorageFull
from server.stores import erasures, media, mine, players
from server.stores.database import Database
from server.stores.erasures import Erasure
from server.stores.mine import Stored
from server.use_cases.players import Caller
from server.use_cases.problem import Problem

IN_MEMORY_BYTES = 1_000_000
TOGETHER = "together"


@dataclass(frozen=True, slots=True)
class About:
    language: str | None
    stored: tuple[Stored, ...]
    erasure: Erasure | None


def about(database: Database, caller: Caller) -> About:
    """Raises Problem: unknown-token."""
    with database.transaction() as connection:
        player = players.find(connection, caller.player)
        if player is None:
            raise Problem("unknown-token")  # erased since the token was looked at
        return About(
            player.language,
            tuple(mine.count(connection, caller.player)),
            erasures.find(connection, caller.player),
        )


def export(
    database: Database,
    store: BlobStore,
    caller: Caller,
    now: datetime,
    readme: Callable[[list[str]], str],
) -> IO[bytes]:
    """Everything stored about the caller as a ZIP: a JSON file for each table, media, and what `readme` says of them.

    `readme` is given the names of the files. Written as of one moment, through a file that grows on the disk and not
    in memory, so that no connection waits for a slow phone. Whoever takes it closes it. Raises StoreError.
    """
    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115  handed on open
    try:
        with ZipFile(file, "w", ZIP_DEFLATED) as archive:
            _add_rows(archive, database, caller, now, readme)
            _add_media(archive, store, caller.player, now)
    except BaseException as error:
        file.close()
        if isinstance(error, OSError) and error.errno in {ENOSPC, EDQUOT}:
            raise StorageFull("export") from error
        raise
    file.seek(0)
    return file


def _add_rows(
    archive: ZipFile, database: Database, caller: Caller, now: datetime, readme: Callable[[list[str]], str]
) -> None:
    with database.transaction() as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        names = []
        for table, whose in mine.personal():
            columns = mine.exported(table)
            if not columns:
                continue
            notes = {column.name: mine.note_of(column) for column in columns}
            said = {
                name: {"what": note.what, "why": note.why, "kept": note.kept} for name, note in notes.items()
            }
            rows = mine.rows(connection, table, whose, caller.player)
            names.append(_write(archive, table.name, table.comment or "", said, rows, now))
        together = mine.taken_part(connection, caller.player)
        comment = "Journeys of others in which you took part."
        names.append(_write(archive, TOGETHER, comment, {}, together, now))
        archive.writestr(member("README.txt", now), readme(names))


def _add_media(archive: ZipFile, store: BlobStore, player: str, now: datetime) -> None:
    """Pictures and sounds as they are kept, a part at a time. What was removed since it was listed is left out."""
    folder = f"{media.PLAYERS}/{player}/"
    for key in store.list(folder.removesuffix("/")):
        medium = member(f"media/{key.removeprefix(folder)}", now)
        medium.compress_type = ZIP_STORED
        with contextlib.suppress(LookupError):
            parts = store.read(key)
            first = next(parts, b"")
            with archive.open(medium, "w") as written:
                written.write(first)
                for part in parts:
                    written.write(part)


def _write(
    archive: ZipFile, name: str, comment: str, columns: object, rows: Iterable[str], now: datetime
) -> str:
    """One file, row by row. Its name."""
    with archive.open(member(f"{name}.json", now), "w") as file:
        head = json.dumps({"about": comment, "columns": columns}, ensure_ascii=False, indent=1)
        file.write(head.removesuffix("\n}").encode() + b',\n "rows": [')
        for number, row in enumerate(rows):
            file.write((",\n  " if number else "\n  ").encode() + row.encode())
        file.write(b"\n ]\n}\n")
    return f"{name}.json"


def member(name: str, now: datetime) -> ZipInfo:
    """A file in an archive, of that moment."""
    made = ZipInfo(name, (max(now.year, 1980), now.month, now.day, now.hour, now.minute, now.second))
    made.compress_type = ZIP_DEFLATED
    return made
