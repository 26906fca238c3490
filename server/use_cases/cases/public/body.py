"""A body with its start page, known by its id."""

import json
from dataclasses import replace
from datetime import datetime

from psycopg import Connection

from server.stores import bodies, notices
from server.stores.bodies import Body
from server.stores.database import Row
from server.stores.notices import Kept
from server.stores.quests import UUID_PATTERN
from server.use_cases import removed
from server.use_cases.cases.public.kinds import PublicKind, PublicThing

NAME = "body"


def _thing(body: Body | None) -> PublicThing | None:
    if body is None:
        return None
    return PublicThing(
        body.id,
        body.id,
        body.municipality,
        body.name,
        ((None, body.name), *sorted(body.about.items())),
        f"/studio/bodies/{body.id}",
    )


def find(connection: Connection[Row], body_id: str) -> PublicThing | None:
    if not UUID_PATTERN.fullmatch(body_id):
        return None
    body = bodies.find(connection, body_id)
    if body is None or body.state != "active" or notices.is_hidden(connection, NAME, body.id):
        return None
    return _thing(body)


def lock(connection: Connection[Row], body_id: str) -> None:
    bodies.find(connection, body_id, lock=True)


def hide(connection: Connection[Row], body_id: str, case_id: str, now: datetime, decided: bool) -> None:  # noqa: FBT001  as kinds.py says
    notices.hide(connection, NAME, body_id, case_id, now, decided=decided)


def unhide(connection: Connection[Row], body_id: str, case_id: str, now: datetime) -> None:
    del now
    notices.unhide(connection, NAME, body_id, case_id)


def remove(connection: Connection[Row], body_id: str, case_id: str, now: datetime) -> None:
    """What it said of itself goes into quarantine; the body stays, hidden, and with it what it answers for."""
    body = bodies.find(connection, body_id, lock=True)
    if body is None:
        return
    hide(connection, body_id, case_id, now, True)
    notices.remember_words(connection, case_id, NAME, removed.digests(body.about.values()), now)
    said = json.dumps({"about": dict(body.about), "phone": body.phone}, ensure_ascii=False).encode()
    notices.put_away(connection, case_id, Kept(NAME, body_id, "", said), now)
    bodies.change(connection, replace(body, about={}, phone="", version=body.version + 1))


def restore(connection: Connection[Row], body_id: str, case_id: str, now: datetime) -> bool:
    body = bodies.find(connection, body_id, lock=True)
    kept = notices.in_quarantine(connection, case_id)
    if body is None or not kept:
        return False
    said = json.loads(kept[0].content)
    changed = replace(body, about=said["about"], phone=said["phone"], version=body.version + 1)
    bodies.change(connection, changed)
    notices.take_out(connection, case_id)
    unhide(connection, body_id, case_id, now)
    return True


KIND = PublicKind(
    NAME,
    find,
    lambda connection, body_id: _thing(bodies.find(connection, body_id)),
    lock,
    hide,
    unhide,
    remove,
    restore,
)
