"""What was erased: in the database, and in a file outside it, so that an old dump cannot bring it back."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from psycopg import Connection

from server.stores.database import Row


@dataclass(frozen=True, slots=True)
class Tombstone:
    """`kind`: "player", "account" or "story". Of what was erased only the id is left, and when.

    In the file also "leaves" and "stays": who asked to be erased, or regretted it, at that moment.
    """

    kind: str
    id: str
    erased_at: datetime


def has(connection: Connection[Row], kind: str, erased_id: str) -> bool:
    row = connection.execute(
        "SELECT FROM game.tombstones WHERE kind = %(kind)s AND id = %(id)s", {"kind": kind, "id": erased_id}
    ).fetchone()
    return row is not None


def add(connection: Connection[Row], tombstone: Tombstone) -> None:
    """The first erasing stands."""
    connection.execute(
        "INSERT INTO game.tombstones (kind, id, erased_at) VALUES (%(kind)s, %(id)s, %(at)s)"
        " ON CONFLICT DO NOTHING",
        {"kind": tombstone.kind, "id": tombstone.id, "at": tombstone.erased_at},
    )


def append(file: Path, tombstone: Tombstone) -> None:
    """One line of JSON at the file's end, on the disk before this returns."""
    line = json.dumps(
        {"kind": tombstone.kind, "id": tombstone.id, "erased_at": tombstone.erased_at.isoformat()}
    )
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "rb+") as log:
        # A line that a crash cut short is ended, so that it spoils no other.
        end = log.seek(0, os.SEEK_END)
        cut = end > 0 and os.pread(descriptor, 1, end - 1) != b"\n"
        log.write(b"\n" * cut + line.encode() + b"\n")
        log.flush()
        os.fsync(descriptor)
    if end == 0:
        _write_down_name(file)


def _write_down_name(file: Path) -> None:
    """A new file is only safe when its folder is, too."""
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read(file: Path) -> Iterator[Tombstone]:
    """What `append` wrote. A line that a crash cut short is passed over: its erasing was never acknowledged."""
    if not file.exists():
        return
    for line in file.read_bytes().splitlines(keepends=True):
        try:
            written = json.loads(line)
        except ValueError:
            continue
        if line.endswith(b"\n"):
            yield Tombstone(written["kind"], written["id"], datetime.fromisoformat(written["erased_at"]))
