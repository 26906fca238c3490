"""Ground that is closed every year in a season: marked by a body, announced by the worker for the seasons to come."""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from psycopg import Connection

from content.closures import read_drawn_area
from content.findings import Finding
from content.seasons import STAYS_OPEN, Season
from quests.closures import Closure
from server.policy.authority import MARKS
from server.readers import osm
from server.readers.seasons import read_seasons
from server.stores import bodies, closing, closures, revisions
from server.stores.bodies import Body
from server.stores.closing import SeasonGround
from server.stores.database import Database, Row
from server.use_cases import closed_trails, default_season
from server.use_cases.bodies import allow
from server.use_cases.closing import body_with_authority, refuse, refuse_area, refuse_without_authority
from server.use_cases.closures import CLOSURE, add_ending
from server.use_cases.problem import Problem
from server.use_cases.rights import ask, who_is
from server.use_cases.sign_in import Person

# What a season's closure is known by: drawn from its ground and year, so that it is announced once.
NAMESPACE = uuid.UUID("a3f0c1de-7a54-4f0e-9a9b-5a3a1c8b2e10")


@dataclass(frozen=True, slots=True)
class Marking:
    """Ground as somebody wants it closed every year, or kept open. `area`: a GeoJSON geometry, as it came."""

    id: str
    body: str
    season: str
    name: str
    area: Mapping[str, object]
    stays_open: tuple[str, ...]
    confirmed: bool
    closed: bool = True


@dataclass(frozen=True, slots=True)
class StaysOpenLoaded:
    """How many of each kind there are, and how many closures were made anew for them."""

    kinds: Mapping[str, int]
    announced: int


def mark(
    database: Database, person: Person, wish: Marking, version: int | None, now: datetime
) -> SeasonGround:
    """It is closed in the seasons to come, which are announced at once. What stands so already is not changed.

    `version`: of the marking that is changed. Raises Problem: those of `closing.refuse`, unknown-body, no-authority,
    not-verified, unknown-season, closure-differs, changed-meanwhile, area-large, and what `ask` raises.
    """
    now = now.replace(microsecond=0)
    with database.transaction() as connection:
        bodies.find(connection, wish.body, lock=True)  # before the closures, as who publishes does
        closures.lock(connection)
        known = closing.ground(connection, wish.id, lock=True)
        body = _of(connection, person, wish, known, now)
        if body.kind not in MARKS:
            raise Problem("no-authority")
        season = read_seasons().get(wish.season)
        if season is None:
            raise Problem("unknown-season", pointer="/season")
        area = read_drawn_area(wish.area)
        if isinstance(area, Finding):
            raise refuse(area, wish.area)
        marked = SeasonGround(
            wish.id,
            body.id,
            wish.season,
            wish.name,
            area,
            tuple(kind for kind in STAYS_OPEN if kind in wish.stays_open),
            1 if known is None else known.version + 1,
            now,
            closed=wish.closed,
        )
        if known is not None:
            if replace(marked, version=known.version, marked_at=known.marked_at) == known:
                return known
            if known.version != version:
                raise Problem("changed-meanwhile")
        refuse_area(connection, body, area, confirmed=wish.confirmed)
        closing.set_ground(connection, marked)
        if marked.closed:
            kept_open = known is not None and not known.closed
            announce(connection, marked, body, season, now, again=True, also_ended=kept_open)
        else:
            _take_back(connection, marked.id, now)
        for changed in (marked.area, *(() if known is None else (known.area,))):
            default_season.follow_around(connection, changed, now)
        bodies.write_down(
            connection, now, person.id, body.id, "mark-season-ground", f"season ground {marked.id}"
        )
        return marked


def _of(
    connection: Connection[Row], person: Person, wish: Marking, known: SeasonGround | None, now: datetime
) -> Body:
    """In whose name it is marked; whose a ground is never changes."""
    if known is None:
        return body_with_authority(
            connection, person, wish.body, "mark-season-ground", now, unknown="unknown-season-ground"
        )
    body = _asked(connection, "mark-season-ground", person, known, now)
    if body.id != wish.body:
        raise Problem("closure-differs", pointer="/body")
    refuse_without_authority(body)
    return body


def _asked(connection: Connection[Row], act: str, person: Person, known: SeasonGround, now: datetime) -> Body:
    body = bodies.find(connection, known.body)
    if body is None:
        raise LookupError(known.body)  # a foreign key says that it is there
    state = "marked" if known.ended_at is None else "ended"
    ask(
        act,
        who_is(connection, person, body.id, body.municipality),
        state,
        person,
        now,
        unknown="unknown-season-ground",
    )
    return body


def end(database: Database, person: Person, ground_id: str, now: datetime) -> SeasonGround:
    """It is closed no more: what is announced falls away, and what is closed now opens. Raises as `ask`."""
    now = now.replace(microsecond=0)
    with database.transaction() as connection:
        whose = closing.ground(connection, ground_id)
        if whose is None:
            raise Problem("unknown-season-ground")
        bodies.find(connection, whose.body, lock=True)  # before the closures, as who publishes does
        closures.lock(connection)
        known = closing.ground(connection, ground_id, lock=True) or whose
        body = _asked(connection, "end-season-ground", person, known, now)
        ended = replace(known, version=known.version + 1, ended_at=now)
        closing.set_ground(connection, ended)
        _take_back(connection, ground_id, now)
        default_season.follow_around(connection, ended.area, now)
        bodies.write_down(
            connection, now, person.id, body.id, "end-season-ground", f"season ground {ground_id}"
        )
        return ended


def _take_back(connection: Connection[Row], ground_id: str, now: datetime) -> None:
    """What is announced of it falls away, and what is closed opens."""
    for closure in closing.of_ground(connection, ground_id).values():
        if closure.ends > now:
            add_ending(connection, closure, now, now)


def list_of_body(database: Database, person: Person, body_id: str, now: datetime) -> list[SeasonGround]:
    """Raises Problem: unknown-body, and what `ask` raises."""
    with database.transaction() as connection:
        body = bodies.find(connection, body_id)
        if body is None:
            raise Problem("unknown-body")
        allow(connection, person, "read-season-grounds", body, now)
        return closing.grounds_of(connection, body.id)


def announce_all(database: Database, now: datetime, *, again: bool = False) -> int:
    """Every season that is to be announced and is not yet, of ground that is marked and of what is closed by default.

    Gives how many were. `again`: as for `announce`.
    """
    now = now.replace(microsecond=0)
    with database.transaction() as connection:
        ids = closing.grounds_in_use(connection)
    announced = 0
    for ground_id in ids:
        with database.transaction() as connection:
            closures.lock(connection)
            ground = closing.ground(connection, ground_id, lock=True)
            body = None if ground is None else bodies.find(connection, ground.body)
            season = None if ground is None else read_seasons().get(ground.season)
            if ground is not None and body is not None and season is not None and _is_closed(ground):
                announced += announce(connection, ground, body, season, now, again=again)
    return announced + default_season.follow_all(database, now)


def _is_closed(ground: SeasonGround) -> bool:
    return ground.closed and ground.ended_at is None


def load_stays_open(database: Database, file: Path, now: datetime) -> StaysOpenLoaded | None:
    """In place of what was read before, and what is announced is made anew; None when it is from that very file.

    Raises OsmError.
    """
    with file.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    with database.transaction() as connection:
        if closing.stays_open_source(connection) == sha256:
            return None
        closing.replace_stays_open(connection, osm.read_stays_open(file), sha256, now)
        kinds = closing.stays_open(connection)
    return StaysOpenLoaded(kinds, announce_all(database, now, again=True))


def announce(
    connection: Connection[Row],
    ground: SeasonGround,
    body: Body,
    season: Season,
    now: datetime,
    *,
    again: bool = False,
    also_ended: bool = False,
) -> int:
    """The seasons to come, each once. Gives how many were announced or changed.

    `again`: also those that are announced already, where the ground or what stays open in it changed since; but
    never one that was ended early by hand, unless `also_ended`.
    """
    before = closing.of_ground(connection, ground.id)
    years = [year for year in season.coming(now) if again or year not in before]
    if not years:
        return 0
    area = closing.cut(connection, ground.area, _widths_m(ground, season))
    announced = 0
    for year in years:
        known = before.get(year)
        starts, ends = season.of(year)
        stands = known is not None and not known.withdrawn and known.area == area
        if not area or stands or (known is not None and known.withdrawn and not also_ended):
            continue
        closure = Closure(
            id=str(uuid.uuid5(NAMESPACE, f"{ground.id} {year}")),
            kind=season.kind,
            area=area,
            starts=starts,
            ends=ends,
            authority=body.name,
            announced_at=now,
        )
        added = closures.add(connection, closure)
        closing.give(connection, added.id, body.id, ground=ground.id, year=year)
        revisions.add(connection, CLOSURE, added.id, "changed", now)
        if year == season.coming(now)[0]:  # who has seen one season has seen the next
            closed_trails.tell(connection, added, known, now)
        announced += 1
    return announced


def _widths_m(ground: SeasonGround, season: Season) -> Mapping[str, float]:
    return {kind: width for kind, width in season.stays_open_m.items() if kind in ground.stays_open}
