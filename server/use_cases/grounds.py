"""Ground with rules: loaded, and held against what is published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection

from content.findings import Finding
from content.grounds import NO_GROUNDS, REACH_M, Ground, Grounds, Kind
from content.packs.archive import unpack_bytes
from content.packs.checks import check
from content.packs.model import QuestSheet
from content.packs.reading import Probe, read
from geo.fences import Box, box_of
from server.stores import grounds, quests
from server.stores.database import Database, Row
from server.stores.grounds import Source

LAND = ("consent-", "ground-")


@dataclass(frozen=True, slots=True)
class OnGround:
    """A published quest with what is to be thought of or mended now that these grounds are known."""

    code: str
    findings: tuple[Finding, ...]


def load(
    database: Database,
    kind: Kind,
    source: str,
    loaded: Sequence[Ground],
    *,
    sha256: str,
    now: datetime,
) -> bool:
    """In place of what the source had of that kind. False when it is from that very file already."""
    with database.transaction() as connection:
        grounds.lock(connection)
        for one in grounds.sources(connection):
            if (one.kind, one.source, one.sha256) == (kind, source, sha256):
                return False
        grounds.replace(connection, kind, source, loaded, sha256=sha256, now=now)
    return True


def list_sources(database: Database) -> list[Source]:
    with database.transaction() as connection:
        return grounds.sources(connection)


def around_members(database: Database, members: Mapping[str, bytes], probe: Probe) -> Grounds:
    """What is known of the ground around the stages of a pack, given by its files."""
    draft = read(members, probe).draft
    boxes = [] if draft is None else _boxes(draft.pack.sheet)
    if not boxes:
        return NO_GROUNDS  # and no database is needed
    with database.transaction() as connection:
        return grounds.meeting(connection, boxes)


def around_sheet(connection: Connection[Row], sheet: QuestSheet) -> Grounds:
    """What is known of the ground around the stages of a quest."""
    boxes = _boxes(sheet)
    return grounds.meeting(connection, boxes) if boxes else NO_GROUNDS


def _boxes(sheet: QuestSheet) -> list[Box]:
    """A box around each place of a quest, with as much beside it as any rule reaches."""
    margin_m = max(REACH_M.values())
    boxes: list[Box] = []
    for stage in sheet.stages:
        for place in (stage.place, *(variant.place for variant in stage.variants)):
            try:
                boxes += [] if place is None else [box_of(place.drawn, margin_m)]
            except ValueError:
                continue  # it cannot be drawn, which the checks say
    return boxes


def published_on_ground(database: Database, probe: Probe) -> list[OnGround]:
    """Quests that are shown and now lie on ground with rules, or miss a consent."""
    found = []
    with database.transaction() as connection:
        standing = [one for one in quests.all_standing(connection) if one.state != "withdrawn"]
    for one in standing:
        with database.transaction() as connection:
            pack = quests.pack(connection, one)
        members = {} if pack is None else unpack_bytes(pack).members
        if not members:
            continue
        reading = check(members, probe, around_members(database, members, probe))
        findings = tuple(each for each in reading.findings if each.code.startswith(LAND))
        if findings:
            found.append(OnGround(one.code, findings))
    return found
