"""What changed and what was deleted, in an order that a reader can follow without ever missing anything.

Transactions end in another order than they began, so a number alone would let a reader pass over what a slow
one adds later. A reader sees only what was written by transactions older than every one still under way.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from psycopg import Connection

from server.stores.database import Row

Change = Literal["changed", "deleted"]


@dataclass(frozen=True, slots=True)
class Revision:
    """`transaction` and `revision` together say where a reader goes on. `kind`: "quest"."""

    transaction: int
    revision: int
    kind: str
    id: str
    change: Change
    at: datetime


def add(connection: Connection[Row], kind: str, changed_id: str, change: Change, now: datetime) -> None:
    connection.execute(
        "INSERT INTO game.revisions (kind, id, change, at) VALUES (%(kind)s, %(id)s, %(change)s, %(now)s)",
        {"kind": kind, "id": changed_id, "change": change, "now": now},
    )


def after(connection: Connection[Row], transaction: int, revision: int, limit: int) -> list[Revision]:
    """What followed that revision, as far as nothing can come before it any more; (0, 0) is the beginning."""
    rows = connection.execute(
        "SELECT transaction::text::bigint, revision, kind, id, change, at FROM game.revisions"
        " WHERE (transaction, revision) > (%(transaction)s::text::xid8, %(revision)s)"
        " AND transaction < pg_snapshot_xmin(pg_current_snapshot())"
        " ORDER BY transaction, revision LIMIT %(limit)s",
        {"transaction": str(transaction), "revision": revision, "limit": limit},
    )
    return [Revision(*row) for row in rows]
