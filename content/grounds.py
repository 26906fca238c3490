"""Grounds: church ground, protected areas, ancient remains, and places where nobody is sent.

Polygons come as values: from a file here, or from what the installation has loaded.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Literal, get_args

import msgspec

from content.areas import Feature, Polygons, read_features
from content.findings import Finding
from content.packs.forms import as_written, read_form, shortened
from geo.fences import Area, Box, Fence, box_of, boxes_meet, gap_m
from geo.positions import Position
from quests.model import MonthDay

Kind = Literal["church", "protected", "ancient", "installation"]
KINDS: tuple[Kind, ...] = get_args(Kind)
#: How far beyond its edge the rules of a ground reach. [m] The outside of a churchyard's wall is church ground too;
#: Swedish geocaching reviewers keep 25 to 50 m from ancient remains; near a power station or a dam nobody is sent.
REACH_M: dict[str, float] = {"church": 10.0, "protected": 0.0, "ancient": 50.0, "installation": 50.0}

FILE_MOST_BYTES = 128 * 2**20
CORNERS_MOST = 20_000
NAMES = ("name", "namn")

Ban = tuple[str, str]  # month and day of the first and the last day


@dataclass(frozen=True, slots=True)
class Ground:
    """`bans`: when nobody may be there, every year. `area` in WGS 84, sides geodesics."""

    kind: Kind
    name: str
    area: Polygons
    bans: tuple[Ban, ...] = ()

    @property
    def box(self) -> Box:
        points = [point for rings in self.area for point in rings[0]]
        lons, lats = [lon for lon, _ in points], [lat for _, lat in points]
        return min(lons), min(lats), max(lons), max(lats)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What is known of grounds with rules; nothing here says that elsewhere there are none."""

    grounds: tuple[Ground, ...] = ()

    def near(self, fence: Fence) -> Iterator[tuple[Ground, float]]:
        """Those whose rules reach into the fence, with how far away they are. [m]"""
        box = box_of(fence, max(REACH_M.values()))
        for ground in self.grounds:
            if not boxes_meet(box, ground.box):
                continue
            away_m = min(gap_m(fence, area) for area in _fences(ground))
            if away_m <= REACH_M[ground.kind]:
                yield ground, away_m


NO_GROUNDS = Grounds()


@dataclass(frozen=True, slots=True)
class GroundFile:
    """`grounds` is empty unless every one of them could be read."""

    grounds: tuple[Ground, ...]
    findings: tuple[Finding, ...]


class _Bans(msgspec.Struct, frozen=True, kw_only=True):
    ban: Annotated[tuple[tuple[MonthDay, MonthDay], ...], msgspec.Meta(max_length=12)] = ()


def read_grounds(data: bytes, kind: Kind | None = None, name: str = "") -> GroundFile:
    """`kind`: of all of them; without it each feature says its own. `name`: the file's, for the findings.

    Of what map programs export only `name`, `kind` and `ban` are looked at.
    """
    read = read_features(data, most_bytes=FILE_MOST_BYTES, most_corners=CORNERS_MOST, name=name)
    findings = list(read.findings)
    grounds = [one for feature in read.features if (one := _ground(feature, kind, findings, name))]
    findings.sort(key=lambda finding: [step for step in finding.path[1:2] if isinstance(step, int)])
    return GroundFile(() if findings else tuple(grounds), tuple(findings))


def _ground(feature: Feature, kind: Kind | None, findings: list[Finding], name: str) -> Ground | None:
    within = ("features", feature.number, "properties")
    said = {key.lower(): value for key, value in feature.properties.items()}
    own: Any = kind or said.get("kind")
    if own not in KINDS:
        details = {"found": as_written(own), "listed": ", ".join(KINDS)}
        findings.append(Finding("area-kind", name, None, (*within, "kind"), details))
        return None
    read = read_form({"ban": said.get("ban", [])}, _Bans)
    if read.misfits or read.value is None:
        details = {"found": shortened(as_written(said.get("ban")))}
        findings.append(Finding("area-ban", name, None, (*within, "ban"), details))
        return None
    called = next((said[key] for key in NAMES if isinstance(said.get(key), str)), "")
    printable = "".join(sign if sign.isprintable() else " " for sign in called)
    if feature.area is None:
        return None
    return Ground(own, shortened(printable.strip(), 120), feature.area, read.value.ban)


@lru_cache(maxsize=256)
def _fences(ground: Ground) -> tuple[Fence, ...]:
    return tuple(
        Area(tuple(tuple(Position(*point) for point in ring) for ring in rings)) for rings in ground.area
    )
