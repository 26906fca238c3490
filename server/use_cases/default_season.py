"""Stages above the tree line are closed in a season by default, where nobody who may has said otherwise.

What is above the tree line is its author's word: a trail on the fell, or a stage that says so. For each such quest a
closure of every season to come is announced, which is nobody's. It follows the quest, the ground that samebyar mark
and what stays open; one that was ended early by hand stays ended.
"""

import uuid
from datetime import datetime

from psycopg import Connection

from content.areas import Polygons
from content.seasons import Season
from quests.closures import DEFAULT_SEASON, Closure, above_tree_line
from quests.model import Quest
from server.readers.seasons import read_seasons
from server.stores import closing, closures, default_closures, quests
from server.stores.database import Database, Row
from server.use_cases import closed_trails
from server.use_cases.cases.opening import close_case
from server.use_cases.closures import add_ending, tell_mirrors

# What such a closure is known by: drawn from its quest and year, so that it is announced once.
NAMESPACE = uuid.UUID("5c6b8f0a-3f0e-4f43-8f0b-0d3c5f2a9b71")


def follow_all(database: Database, now: datetime) -> int:
    """Each quest as it is now. Gives how many closures were announced, changed or ended."""
    with database.transaction() as connection:
        ids = default_closures.quests_above(connection)
    changed = 0
    for quest_id in ids:
        with database.transaction() as connection:
            changed += follow(connection, quest_id, now)
    return changed


def follow_around(connection: Connection[Row], area: Polygons, now: datetime) -> int:
    """Those that are shown around that ground, of which somebody has said something. Gives how many changed."""
    above = set(default_closures.quests_above(connection))
    return sum(
        follow(connection, quest_id, now)
        for quest_id, _ in closing.shown_around(connection, area)
        if quest_id in above
    )


def follow(connection: Connection[Row], quest_id: str, now: datetime) -> int:
    """The seasons to come of one quest, as it is played now; none where it is withdrawn. Gives how many changed."""
    now = now.replace(microsecond=0)
    closures.lock(connection)
    quest = _played(connection, quest_id)
    return sum(
        _follow_season(connection, quest_id, quest, name, season, now)
        for name, season in read_seasons().items()
    )


def _played(connection: Connection[Row], quest_id: str) -> Quest | None:
    """None where there is none, or it is withdrawn."""
    standing = quests.find(connection, quest_id)
    if standing is None or standing.state == "withdrawn":
        return None
    (quest,) = quests.played(connection, [(standing.id, standing.version)]).values()
    return quest


def _follow_season(
    connection: Connection[Row], quest_id: str, quest: Quest | None, name: str, season: Season, now: datetime
) -> int:
    """Hidden stages have a closure of their own, which kits hold and no public list does."""
    known = default_closures.of_quest(connection, quest_id, name)
    areas = {hidden: _area(connection, quest, name, season, hidden=hidden) for hidden in (False, True)}
    coming = season.coming(now)
    changed = 0
    for year in sorted({*coming, *(each for each, _ in known)}):
        for hidden, area in areas.items():
            before = known.get((year, hidden))
            if before is not None and (before.withdrawn or before.ends <= now or before.area == area):
                continue
            if area:
                added = _announce(connection, quest_id, name, season, year, area, hidden=hidden, now=now)
                tells = year == coming[0] and hidden is not bool(areas[False])
                if tells:  # once: of the first season, and of what everybody may see where there is any
                    closed_trails.tell(connection, added, before, now, again=False)
            elif before is not None:
                add_ending(connection, before, now, now)
                default_closures.forget(connection, before.id)
                close_case(connection, closed_trails.CASE, f"{quest_id}/{before.id}", "ended", now)
            else:
                continue
            changed += 1
    return changed


def _area(
    connection: Connection[Row], quest: Quest | None, name: str, season: Season, *, hidden: bool
) -> Polygons:
    around_m = season.above_tree_line_m
    places = () if quest is None or around_m is None else above_tree_line(quest)
    fences = [place.drawn for stage, place in places if stage.hidden == hidden]
    if not fences or around_m is None:
        return ()
    return default_closures.ground_around(connection, fences, name, season.stays_open_m, around_m)


def _announce(
    connection: Connection[Row],
    quest_id: str,
    name: str,
    season: Season,
    year: int,
    area: Polygons,
    *,
    hidden: bool,
    now: datetime,
) -> Closure:
    starts, ends = season.of(year)
    closure = Closure(
        id=str(uuid.uuid5(NAMESPACE, f"{quest_id} {name} {year} {hidden}")),
        kind=season.kind,
        area=area,
        starts=starts,
        ends=ends,
        authority=DEFAULT_SEASON,
        announced_at=now,
    )
    added = closures.add(connection, closure, listed=not hidden)
    default_closures.remember(connection, added.id, quest_id, name, year, hidden=hidden)
    tell_mirrors(connection, added, "changed", now)
    return added
