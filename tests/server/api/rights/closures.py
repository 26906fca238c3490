"""A closure, and ground that is closed every year, as the test of rights makes them."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from content.closures import read_drawn_area
from quests.closures import Closure
from server.app import Server
from server.stores import closing, closures
from server.stores.bodies import Body
from server.stores.closing import SeasonGround
from tests.server.api.people import make_body
from tests.server.api.rights.kinds import MUNICIPALITY, Kind, Thing

AREA = {
    "type": "Polygon",
    "coordinates": [[[14.6, 63.2], [14.62, 63.2], [14.62, 63.21], [14.6, 63.2]]],
}
DAY = timedelta(days=1)
CLOSED, GROUNDS = "/api/v1/closures/<closure_id>", "/api/v1/season-grounds/<ground_id>"
STARTS = {"announced": 10 * DAY, "in-force": -DAY, "over": -20 * DAY}


def make_sameby(server: Server, **changed: Any) -> Body:
    return make_body(server, kind="sameby", name="Samebyn", verified_at=datetime.now(UTC), **changed)


def make_closed(server: Server, body: Body, state: str) -> Closure:
    """The list may be older than one that is over: it was announced when it began."""
    now = datetime.now(UTC).replace(microsecond=0)
    area = read_drawn_area(AREA)
    assert isinstance(area, tuple)
    starts = now + STARTS[state]
    closure = Closure(
        id=str(uuid.uuid4()),
        kind="calving",
        area=area,
        starts=starts,
        ends=starts + 10 * DAY,
        authority=body.name,
        announced_at=now,
    )
    with server.edge.database.transaction() as connection:
        closures.lock(connection)
        added = closures.add(connection, closure)
        closing.give(connection, added.id, body.id)
    return added


def _closure(server: Server, state: str, owner: str) -> Thing:
    body = make_sameby(server, municipality=MUNICIPALITY)
    names = {"<closure_id>": str(uuid.uuid4()), "<body_id>": body.id}
    sent = {f"PUT {CLOSED}": wish(body.id)}
    if state == "new":
        return Thing(body, names, sent)
    closed = make_closed(server, body, state)
    return Thing(body, {**names, "<closure_id>": closed.id}, sent, {"If_Match": f'"{closed.revision}"'})


def _ground(server: Server, state: str, owner: str) -> Thing:
    body = make_sameby(server, municipality=MUNICIPALITY)
    area = read_drawn_area(AREA)
    assert isinstance(area, tuple)
    now = datetime.now(UTC)
    ended = now if state == "ended" else None
    ground = SeasonGround(str(uuid.uuid4()), body.id, "calving", "Fjället", area, (), 1, now, ended)
    if state != "new":
        with server.edge.database.transaction() as connection:
            closing.set_ground(connection, ground)
    sent = {f"PUT {GROUNDS}": {"body": body.id, "name": "Ny", "area": AREA}}
    return Thing(body, {"<ground_id>": ground.id, "<body_id>": body.id}, sent)


def wish(body: str, **changed: Any) -> dict[str, Any]:
    day = datetime.now(UTC).date()
    given = {"body": body, "kind": "calving", "area": AREA, "starts": str(day), "ends": str(day + 90 * DAY)}
    return {**given, **changed}


CLOSURE = Kind("closure", "unknown-closure", _closure, sent={f"POST {CLOSED}/ending": {}})
SEASON_GROUND = Kind(
    "season-ground",
    "unknown-season-ground",
    _ground,
    sent={f"POST {GROUNDS}/ending": {}},
    headers={"If_Match": '"1"'},
)
