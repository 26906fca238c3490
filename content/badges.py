"""Badges as they are written: one TOML file each, its name being the badge's key for ever.

`read_badges` gives every badge that can be used, and everything that should be mended, as packs are read.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

import msgspec

from content.findings import Finding, Step, mistakes
from content.packs.forms import shortened
from content.sheets import EASY, SUFFIX, Sheet
from quests.badges import AnyRule, known_task_kinds, quests_in, task_kinds_in
from quests.model import Language

#: Of somebody who means it; or a page of our own, where players begin to give.
WEB_ADDRESS = re.compile(r"https://[a-z0-9.-]+\.[a-z]{2,}(/[^\s]*)?|/studio/[a-z-]+")
WEB_ADDRESS_WORD = "pattern-web-address"  # how languages say it: `word.<this>`
#: Each badge is named in these; what is said beside the name is there at least in the first three.
LANGUAGES = ("sv", "sv-simple", "en", "uk", "ar")
LANGUAGES_IN_FULL = LANGUAGES[:3]


class Picture(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is drawn: a motif in the colours of two tokens."""

    motif: str
    ground: str
    figure: str


class BadgeTexts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`how`: one sentence on what earns it. `after`: told to whoever has earned it."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    how: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    after: Annotated[str, msgspec.Meta(max_length=600)] = ""


class Door(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the badge opens: an invitation in words, and a page of somebody who means it, or of the studio.

    `checked`: when somebody last saw that it is there, and `source` how.
    """

    url: Annotated[str, msgspec.Meta(max_length=300)] = ""
    checked: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    source: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
    texts: dict[Language, Annotated[str, msgspec.Meta(min_length=1, max_length=400)]]


class BadgeSheet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A badge's file."""

    rule: AnyRule
    picture: Picture
    texts: dict[Language, BadgeTexts]
    door: Door | None = None
    checked_by: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] = "nobody yet"


@dataclass(frozen=True, slots=True)
class Badge:
    key: str
    sheet: BadgeSheet

    @property
    def needs_quests(self) -> frozenset[str]:
        """The ids of the quests without which nobody can earn it."""
        return quests_in(self.sheet.rule)


@dataclass(frozen=True, slots=True)
class BadgeReading:
    """`badges` in the order of their keys; those with a mistake are left out."""

    badges: tuple[Badge, ...]
    findings: tuple[Finding, ...]


def read_badges(
    files: Mapping[str, bytes], motifs: Collection[str], colours: Collection[str]
) -> BadgeReading:
    """Badges from the files of a folder, by their names; those that are no TOML are left out.

    `motifs` and `colours` are those that can be drawn.
    """
    badges: list[Badge] = []
    findings: list[Finding] = []
    for name in sorted(name for name in files if name.endswith(SUFFIX)):
        reader = _Reader(name)
        sheet = reader.read(files[name], BadgeSheet)
        if sheet is not None:
            reader.check(sheet, motifs, colours)
        if sheet is not None and not mistakes(tuple(reader.findings)):
            badges.append(Badge(reader.key, sheet))
        findings += reader.findings
    return BadgeReading(tuple(badges), tuple(sorted(findings, key=lambda finding: finding.order)))


class _Reader(Sheet):
    """One badge's file."""

    def check(self, sheet: BadgeSheet, motifs: Collection[str], colours: Collection[str]) -> None:
        self.listed(sheet.picture.motif, motifs, "picture", "motif")
        self.listed(sheet.picture.ground, colours, "picture", "ground")
        # A figure in the colour of its ground would not be seen.
        others = set(colours) - {sheet.picture.ground}
        self.listed(sheet.picture.figure, others, "picture", "figure")
        for kind in sorted(task_kinds_in(sheet.rule)):
            self.listed(kind, known_task_kinds(), "rule")
        for tag in LANGUAGES:
            if tag not in sheet.texts:
                self.missing("texts", tag)
        for tag in LANGUAGES_IN_FULL:
            if tag in sheet.texts and not sheet.texts[tag].after.strip():
                self.missing("texts", tag, "after")
        self.easy(_easy(sheet), "texts", EASY)
        self._door(sheet)

    def _door(self, sheet: BadgeSheet) -> None:
        if sheet.door is None:
            return
        if sheet.door.url and not WEB_ADDRESS.fullmatch(sheet.door.url):
            found = shortened(sheet.door.url)
            self.say("value-pattern", "door", "url", found=found, expected=WEB_ADDRESS_WORD)
        for tag in LANGUAGES_IN_FULL:
            if tag not in sheet.door.texts:
                self.missing("door", "texts", tag)


def _easy(sheet: BadgeSheet) -> Iterator[tuple[tuple[Step, ...], str]]:
    """Every text in easy Swedish, with its path."""
    if EASY in sheet.texts:
        said = sheet.texts[EASY]
        for name in ("name", "how", "after"):
            yield ("texts", EASY, name), getattr(said, name)
    if sheet.door is not None and EASY in sheet.door.texts:
        yield ("door", "texts", EASY), sheet.door.texts[EASY]
