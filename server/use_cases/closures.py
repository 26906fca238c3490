"""Ground is closed for a while, opened again before its time, and shown."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from psycopg import Connection

from content.closures import Announced
from quests.closures import Closure, Kind
from server.policy.authority import CLOSES
from server.stores import bodies, closing, closures, revisions
from server.stores.bodies import Body
from server.stores.database import Database, Row
from server.use_cases import closed_trails
from server.use_cases.problem import Problem

CLOSURE = "closure"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a file changed, and which were there already just so."""

    changed: tuple[Closure, ...]
    same: tuple[Closure, ...]


def load(
    database: Database, announced: Sequence[Announced], now: datetime, body_id: str | None = None
) -> Loaded:
    """Each closure that is new or says something new becomes a revision; the same file once more changes nothing.

    That holds also for what was ended by command since: only a file that says something else closes it again.
    `body_id`: in whose name, as they asked on the phone. Raises Problem: unknown-body, no-authority, not-verified,
    closure-kind, closure-differs (of one that is somebody else's already).
    """
    now = now.replace(microsecond=0)
    changed: list[Closure] = []
    same: list[Closure] = []
    with database.transaction() as connection:
        closures.lock(connection)
        body = None if body_id is None else _of_phone(connection, body_id, announced)
        before = {one.id: one for one in closures.loaded(connection)}
        for one in announced:
            closure = Closure(
                id=one.id,
                kind=one.kind,
                area=one.area,
                starts=one.starts,
                ends=one.ends,
                authority=one.authority if body is None else body.name,
                texts=one.texts,
                announced_at=now,
            )
            known = before.get(one.id)
            if known is not None and _as_loaded(known, closure) == known:
                same.append(known)
                continue
            standing = closures.find(connection, one.id)
            changed.append(closures.add(connection, closure))
            revisions.add(connection, CLOSURE, closure.id, "changed", now)
            closed_trails.tell(connection, closure, standing, now)
            if body is not None:
                closing.give(connection, closure.id, body.id)
                bodies.write_down(connection, now, None, body.id, "close-ground", f"closure {closure.id}")
    return Loaded(tuple(changed), tuple(same))


def _of_phone(connection: Connection[Row], body_id: str, announced: Sequence[Announced]) -> Body:
    """The body, where it may close all this."""
    body = bodies.find(connection, body_id, lock=True)
    if body is None:
        raise Problem("unknown-body")
    refuse_without_authority(body, {one.kind for one in announced})
    for one in announced:
        known = closing.owned(connection, one.id)
        if known is not None and known[1] not in {None, body_id}:
            raise Problem("closure-differs")
    return body


def refuse_without_authority(body: Body, kinds: Collection[Kind] = ()) -> None:
    """Raises Problem: no-authority, not-verified, closure-kind."""
    if body.kind not in CLOSES or body.state != "active":
        raise Problem("no-authority")
    if body.verified_at is None:
        raise Problem("not-verified")
    if not CLOSES[body.kind].issuperset(kinds):
        raise Problem("closure-kind", pointer="/kind")


def end(database: Database, closure_id: str, at: datetime, now: datetime) -> Closure:
    """Opens the ground again at that moment, earlier than it was said, by command.

    What was refused on it stays refused. Raises Problem: unknown-closure, closure-over.
    """
    with database.transaction() as connection:
        closures.lock(connection)
        closure = closures.find(connection, closure_id)
        if closure is None:
            raise Problem("unknown-closure")
        return add_ending(connection, closure, at, now)


def add_ending(connection: Connection[Row], closure: Closure, at: datetime, now: datetime) -> Closure:
    """It ends at that moment; before its beginning, as if it never were. Raises Problem: closure-over."""
    if at >= closure.ends:
        raise Problem("closure-over")
    ended = msgspec.structs.replace(
        closure, ends=max(at, closure.starts), announced_at=now.replace(microsecond=0), withdrawn=True
    )
    added = closures.add(connection, ended, listed=not closures.unlisted(connection, [closure.id]))
    closed_trails.tell(connection, added, closure, now)
    tell_mirrors(connection, added, "deleted" if added.ends <= now else "changed", now)
    return added


def tell_mirrors(
    connection: Connection[Row], closure: Closure, change: revisions.Change, now: datetime
) -> None:
    """Whoever mirrors the list hears that it changed, where it is in the list."""
    if not closures.unlisted(connection, [closure.id]):
        revisions.add(connection, CLOSURE, closure.id, change, now)


def list_all(database: Database) -> tuple[Closure, ...]:
    """The newest row of each, by their beginning."""
    with database.transaction() as connection:
        return tuple(sorted(closures.newest(connection), key=lambda one: (one.starts, one.id)))


def _as_loaded(known: Closure, closure: Closure) -> Closure:
    return msgspec.structs.replace(closure, revision=known.revision, announced_at=known.announced_at)
