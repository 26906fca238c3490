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
    """`kind`: "player". Of what was erased only the id is left, and when."""

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
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "ab") as log:
        log.write(line.encode() + b"\n")
        log.flush()
        os.fsync(log.fileno())


def read(file: Path) -> Iterator[Tombstone]:
    """What `append` wrote; a last line that a crash cut short is passed over."""
    if not file.exists():
        return
    for line in file.read_bytes().splitlines(keepends=True):
        if not line.endswith(b"\n"):
            return
        written = json.loads(line)
        yield Tombstone(written["kind"], written["id"], datetime.fromisoformat(written["erased_at"]))
