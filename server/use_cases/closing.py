"""Bodies close ground, open it again, and see beforehand what that would hit."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
from psycopg import Connection

from content.areas import Polygons
from content.closures import read_drawn, read_drawn_area
from content.findings import Finding
from quests.closures import Closure, Kind
from server.policy.authority import CLOSES
from server.stores import bodies, closing, closures, revisions
from server.stores.bodies import Body
from server.stores.closing import Owned
from server.stores.database import Database, Row
from server.use_cases import closed_trails
from server.use_cases.bodies import allow
from server.use_cases.closed_trails import Hit
from server.use_cases.closures import CLOSURE, add_ending
from server.use_cases.problem import Problem
from server.use_cases.rights import ask, who_is
from server.use_cases.sign_in import Person

LARGE_KM2 = 500.0  # half of Storsjön's shores: more is perhaps meant, and perhaps a slip of the finger
OUTSIDE_MOST = 0.02  # of a municipality's ground may lie beyond its border, as borders are drawn
NOBODY = "00000000-0000-0000-0000-000000000000"

# What is found in a drawing, as a problem of the request: a sentence for each, in every language.
_FOUND: Mapping[str, str] = {
    "area-missing": "area-unreadable",
    "area-coordinates": "area-unreadable",
    "area-open": "area-open",
    "area-broken": "area-crossing",
    "area-swapped": "area-swapped",
    "area-outside-region": "area-outside-region",
    "area-corners": "area-corners",
    "closure-date": "closure-date",
    "closure-dates": "closure-dates",
    "closure-long": "closure-long",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants closed. `area`: a GeoJSON geometry, as it came. `confirmed`: it is as large as it was said."""

    id: str
    body: str
    kind: Kind
    area: Mapping[str, object]
    starts: str
    ends: str
    texts: Mapping[str, str]
    reason: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Preview:
    km2: float
    large: bool
    hits: tuple[Hit, ...]


def refuse(finding: Finding, area: Mapping[str, object]) -> Problem:
    """What is wrong with a drawing: where, and which part and ring of the area. A Polygon is all of one part."""
    numbers = [step + 1 for step in finding.path[2:] if isinstance(step, int)]
    facts: dict[str, Any] = {
        "part": 1,
        "ring": 1,
        **finding.details,
        **dict(zip(("part", "ring"), numbers, strict=False)),
    }
    kept = {key: facts[key] for key in ("part", "ring", "lon", "lat", "most") if key in facts}
    if area.get("type") == "Polygon":
        finding = replace(finding, path=finding.path[:2] + finding.path[3:])
    return Problem(_FOUND[finding.code], pointer=finding.pointer, **kept)


def state_of(closure: Closure, now: datetime) -> str:
    """As `policy/acts/closures.py` calls it. What was taken back before it began is over too."""
    if closure.ends <= now or closure.starts == closure.ends:
        return "over"
    return "in-force" if closure.starts <= now else "announced"


def body_with_authority(
    connection: Connection[Row], person: Person, body_id: str, act: str, now: datetime, *, unknown: str
) -> Body:
    """The body, in whose name something new is closed. Raises Problem: unknown-body, what `ask` raises, no-authority."""
    body = bodies.find(connection, body_id, lock=True)
    if body is None:
        raise Problem("unknown-body")
    allow(connection, person, "read-body", body, now)
    ask(act, who_is(connection, person, body.id, body.municipality), "new", person, now, unknown=unknown)
    refuse_without_authority(body)
    return body


def refuse_without_authority(body: Body) -> None:
    """Raises Problem: no-authority, not-verified."""
    if body.kind not in CLOSES or body.state != "active":
        raise Problem("no-authority")
    if body.verified_at is None:
        raise Problem("not-verified")


def close(database: Database, person: Person, wish: Wish, revision: int | None, now: datetime) -> Owned:
    """Ground is closed as wished, at once. What stands so already is not changed.

    `revision`: of the closure that is changed. Raises Problem: those of `refuse`, unknown-body, no-authority,
    not-verified, closure-differs, changed-meanwhile, area-large, area-elsewhere, closure-kind, and what `ask` raises.
    """
    now = now.replace(microsecond=0)
    with database.transaction() as connection:
        bodies.find(connection, wish.body, lock=True)  # before the closures, as who publishes does
        closures.lock(connection)
        known = closing.owned(connection, wish.id)
        body = _of(connection, person, wish, known, now)
        drawn = read_drawn(wish.area, wish.starts, wish.ends)
        if isinstance(drawn, Finding):
            raise refuse(drawn, wish.area)
        if wish.kind not in CLOSES[body.kind]:
            raise Problem("closure-kind", pointer="/kind")
        if drawn.ends <= now:
            raise Problem("closure-dates", pointer="/ends")
        closure = Closure(
            id=wish.id,
            kind=wish.kind,
            area=drawn.area,
            starts=drawn.starts,
            ends=drawn.ends,
            authority=body.name,
            texts=dict(wish.texts),
            announced_at=now,
        )
        if known is not None:
            before, _ = known
            if _as_before(before, closure) == before:
                return closing.of_one(connection, before)
            if before.revision != revision:
                raise Problem("changed-meanwhile")
        refuse_area(connection, body, drawn.area, confirmed=wish.confirmed)
        added = closures.add(connection, closure)
        closing.give(connection, added.id, body.id)
        revisions.add(connection, CLOSURE, added.id, "changed", now)
        closed_trails.tell(connection, added, None if known is None else known[0], now)
        bodies.write_down(
            connection, now, person.id, body.id, "close-ground", f"closure {added.id}", wish.reason
        )
        return closing.of_one(connection, added)


def _of(
    connection: Connection[Row],
    person: Person,
    wish: Wish,
    known: tuple[Closure, str | None] | None,
    now: datetime,
) -> Body:
    """In whose name it is closed; whose a closure is never changes."""
    if known is None:
        return body_with_authority(
            connection, person, wish.body, "close-ground", now, unknown="unknown-closure"
        )
    closure, owner = known
    body = None if owner is None else bodies.find(connection, owner)
    _ask(connection, "close-ground", person, closure, body, now)
    if body is None or body.id != wish.body:
        raise Problem("closure-differs", pointer="/body")
    refuse_without_authority(body)
    return body


def _ask(
    connection: Connection[Row], act: str, person: Person, closure: Closure, body: Body | None, now: datetime
) -> None:
    who = who_is(
        connection, person, None if body is None else body.id, "" if body is None else body.municipality
    )
    ask(act, who, state_of(closure, now), person, now, unknown="unknown-closure")


def refuse_area(connection: Connection[Row], body: Body, area: Polygons, *, confirmed: bool) -> None:
    """Raises Problem: area-large, area-elsewhere."""
    km2 = closing.area_km2(connection, area)
    if km2 > LARGE_KM2 and not confirmed:
        raise Problem("area-large", pointer="/area", km2=round(km2), part=_largest(connection, area))
    elsewhere = closing.share_outside(connection, area, body.municipality)
    if body.kind == "municipality" and elsewhere > OUTSIDE_MOST:
        raise Problem("area-elsewhere", pointer="/area", percent=round(elsewhere * 100))


def _largest(connection: Connection[Row], area: Polygons) -> int:
    """Which polygon, counted from 1."""
    sizes = [closing.area_km2(connection, (polygon,)) for polygon in area]
    return sizes.index(max(sizes)) + 1


def _as_before(known: Closure, closure: Closure) -> Closure:
    return msgspec.structs.replace(closure, revision=known.revision, announced_at=known.announced_at)


def open_again(
    database: Database, person: Person, closure_id: str, at: datetime | None, reason: str, now: datetime
) -> Owned:
    """The ground is open from that moment on, or from now. Raises Problem: unknown-closure, closure-over, as `ask`."""
    with database.transaction() as connection:
        whose = closing.owned(connection, closure_id)
        if whose is None:
            raise Problem("unknown-closure")
        _, owner = whose
        # Before the closures, as who publishes does; whose a closure is never changes.
        body = None if owner is None else bodies.find(connection, owner, lock=True)
        closures.lock(connection)
        closure, _ = closing.owned(connection, closure_id) or whose
        _ask(connection, "open-ground", person, closure, body, now)
        ended = add_ending(connection, closure, max(at or now, now).replace(microsecond=0), now)
        bodies.write_down(connection, now, person.id, owner, "open-ground", f"closure {closure_id}", reason)
        return closing.of_one(connection, ended)


def list_of_body(database: Database, person: Person, body_id: str, now: datetime) -> list[Owned]:
    """Raises Problem: unknown-body, and what `ask` raises."""
    with database.transaction() as connection:
        body = bodies.find(connection, body_id)
        if body is None:
            raise Problem("unknown-body")
        allow(connection, person, "read-closures", body, now)
        return closing.of_body(connection, body.id)


def preview(database: Database, area: Mapping[str, object], now: datetime) -> Preview:
    """What such a closure would hit: published trails alone, and of them what is public. Raises as `refuse`."""
    read = read_drawn_area(area)
    if isinstance(read, Finding):
        raise refuse(read, area)
    drawn = Closure(
        id=NOBODY,
        kind="other",
        area=read,
        starts=now,
        ends=now + timedelta(days=1),
        authority="-",
        announced_at=now,
    )
    with database.transaction() as connection:
        km2 = closing.area_km2(connection, read)
        found = closed_trails.without_hidden(closed_trails.hits(connection, drawn))
    return Preview(km2, km2 > LARGE_KM2, tuple(found))
