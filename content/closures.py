"""Closures out of a GeoJSON file, as whoever may close ground sends them."""

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

import msgspec

from content.areas import Feature, Polygons, read_area, read_features
from content.findings import Detail, Finding
from content.packs.forms import read_form, shortened
from quests.closures import Kind, day_begins
from quests.model import Language

FILE_MOST_BYTES = 16 * 2**20
CORNERS_MOST = 5_000
LONGEST_DAYS = 3 * 366
# Of one that somebody draws: a phone takes it along, and asks again next year.
DRAWN_CORNERS_MOST = 2_000
DRAWN_LONGEST_DAYS = 2 * 366
# What a closure without an id of its own is known by: an id drawn from what it says. Any UUID, as long as it stays.
NAMESPACE = uuid.UUID("6f3c8e2a-5d0b-4c53-9d6e-0b8f6f1f7a11")

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Properties(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={"starts": "from", "ends": "to"},
):
    """What a feature says of its closure. Days are days in Sweden, and the last one is closed too."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")] | None = None
    kind: Kind
    starts: Annotated[str, msgspec.Meta(max_length=40)]
    ends: Annotated[str, msgspec.Meta(max_length=40)]
    authority: Line
    texts: dict[Language, Annotated[str, msgspec.Meta(min_length=1, max_length=500)]] = {}


@dataclass(frozen=True, slots=True)
class Announced:
    """A closure as it was handed in; a revision and a moment of announcement come when it is loaded."""

    id: str
    kind: Kind
    area: Polygons
    starts: datetime
    ends: datetime
    authority: str
    texts: dict[str, str]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Ground and time as somebody drew and wrote them."""

    area: Polygons
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Closures:
    """`closures` is empty unless every one of them could be read."""

    closures: tuple[Announced, ...]
    findings: tuple[Finding, ...]


def read_closures(data: bytes, name: str = "") -> Closures:
    """`name`: the file's, for the findings."""
    read = read_features(data, most_bytes=FILE_MOST_BYTES, most_corners=CORNERS_MOST, name=name)
    findings = list(read.findings)
    closures: dict[str, Announced] = {}
    for feature in read.features:
        announced = _announced(feature, findings, name)
        if announced is None:
            continue
        if announced.id in closures:
            _say(findings, name, feature, "closure-twice", id=announced.id)
        closures[announced.id] = announced
    findings.sort(key=lambda finding: [step for step in finding.path[1:2] if isinstance(step, int)])
    return Closures(() if findings else tuple(closures.values()), tuple(findings))


def read_drawn(area: object, starts: str, ends: str) -> Drawn | Finding:
    """`area`: a GeoJSON geometry; the rest as in a file. Or what is wrong first: its path begins with the argument."""
    read = read_drawn_area(area)
    if isinstance(read, Finding):
        return read
    first, last = read_moment(starts), read_moment(ends, last=True)
    if first is None:
        return Finding("closure-date", "", path=("starts",), details={"found": shortened(starts)})
    if last is None:
        return Finding("closure-date", "", path=("ends",), details={"found": shortened(ends)})
    if first >= last:
        return Finding("closure-dates", "", path=("ends",), details={"starts": starts, "ends": ends})
    if last - first > timedelta(days=DRAWN_LONGEST_DAYS):
        details = {"found": (last - first).days, "most": DRAWN_LONGEST_DAYS}
        return Finding("closure-long", "", path=("ends",), details=details)
    return Drawn(read, first, last)


def read_drawn_area(area: object) -> Polygons | Finding:
    """A GeoJSON geometry; or what is wrong first: its path begins with `area`."""
    read = read_area(area, most_corners=DRAWN_CORNERS_MOST)
    return replace(read, path=("area", *read.path)) if isinstance(read, Finding) else read


def _say(
    findings: list[Finding], name: str, feature: Feature, code: str, *path: str, **details: Detail
) -> None:
    findings.append(Finding(code, name, None, ("features", feature.number, *path), details))


def _announced(feature: Feature, findings: list[Finding], name: str) -> Announced | None:
    raw: dict[str, Any] = dict(feature.properties)
    if isinstance(feature.id, str):
        raw.setdefault("id", feature.id)
    read = read_form(raw, Properties)
    within = ("features", feature.number, "properties")
    findings += [Finding(one.code, name, None, (*within, *one.path), one.details) for one in read.misfits]
    said = read.value
    if said is None:
        return None
    starts, ends = read_moment(said.starts), read_moment(said.ends, last=True)
    for key, written, moment in (("from", said.starts, starts), ("to", said.ends, ends)):
        if moment is None:
            _say(
                findings, name, feature, "closure-date", "properties", key, key=key, found=shortened(written)
            )
    if starts is None or ends is None:
        return None
    if starts >= ends:
        _say(
            findings,
            name,
            feature,
            "closure-dates",
            "properties",
            "to",
            starts=shortened(said.starts),
            ends=shortened(said.ends),
        )
        return None
    if ends - starts > timedelta(days=LONGEST_DAYS):
        days = (ends - starts).days
        _say(findings, name, feature, "closure-long", "properties", "to", found=days, most=LONGEST_DAYS)
    if feature.area is None:
        return None
    closure_id = said.id or _drawn_id(said, feature.area)
    return Announced(closure_id, said.kind, feature.area, starts, ends, said.authority, dict(said.texts))


def read_moment(written: str, *, last: bool = False) -> datetime | None:
    """A day in Sweden (its beginning; of the last one its end), or a moment with its zone. In UTC."""
    try:
        if len(written) == len("2026-04-01"):
            day = date.fromisoformat(written)
            return day_begins(day + timedelta(days=1) if last else day) if _sane(day.year) else None
        moment = datetime.fromisoformat(written)
        if moment.tzinfo is None or not _sane(moment.year):
            return None
        return moment.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None


def _sane(year: int) -> bool:
    """Whether somebody can have meant that year."""
    return 2020 <= year <= 2100


def _drawn_id(said: Properties, area: Polygons) -> str:
    told = msgspec.json.encode((said.kind, said.starts, said.ends, said.authority, area))
    return str(uuid.uuid5(NAMESPACE, told.decode()))
