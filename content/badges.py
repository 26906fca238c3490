"""Badges as they are written: one TOML file each, its name being the badge's key for ever.

`read_badges` gives every badge that can be used, and everything that should be mended, as packs are read.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

import msgspec

from content.findings import Detail, Finding, Step, mistakes
from content.packs.forms import read_form, shortened
from content.packs.toml_lines import TomlDocument, read_toml
from content.readability import EASY_LIX, EASY_SENTENCE_WORDS, LIX_WORDS_LEAST, lix, sentences, words
from quests.badges import AnyRule, known_task_kinds, quests_in, task_kinds_in
from quests.model import Language

SUFFIX = ".toml"
KEY = re.compile(r"[a-z][a-z0-9-]{0,39}")
WEB_ADDRESS = re.compile(r"https://[a-z0-9.-]+\.[a-z]{2,}(/[^\s]*)?")
WEB_ADDRESS_WORD = "pattern-web-address"  # how languages say it: `word.<this>`
#: Each badge is named in these; what is said beside the name is there at least in the first three.
LANGUAGES = ("sv", "sv-simple", "en", "uk", "ar")
LANGUAGES_IN_FULL = LANGUAGES[:3]
EASY = "sv-simple"


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
    """What the badge opens: an invitation in words, and a page of somebody who means it.

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
        sheet = reader.read(files[name])
        if sheet is not None:
            reader.check(sheet, motifs, colours)
        if sheet is not None and not mistakes(tuple(reader.findings)):
            badges.append(Badge(name.removesuffix(SUFFIX), sheet))
        findings += reader.findings
    return BadgeReading(tuple(badges), tuple(sorted(findings, key=lambda finding: finding.order)))


class _Reader:
    """One file."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.findings: list[Finding] = []
        self.document = TomlDocument(None)

    def read(self, data: bytes) -> BadgeSheet | None:
        try:
            self.document = read_toml(data.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            self.findings.append(Finding("not-utf8", self.name, data.count(b"\n", 0, error.start) + 1))
            return None
        for line, reason in self.document.errors:
            self.findings.append(Finding("not-toml", self.name, line, details={"reason": reason}))
        for path, line in self.document.twice:
            self.findings.append(
                Finding("duplicate-key", self.name, line, path, {"key": shortened(str(path[-1]))})
            )
        if self.document.table is None:
            return None
        read = read_form(_plain(self.document.table), BadgeSheet)
        for misfit in read.misfits:
            self._say(misfit.code, *misfit.path, **misfit.details)
        return read.value

    def check(self, sheet: BadgeSheet, motifs: Collection[str], colours: Collection[str]) -> None:
        if not KEY.fullmatch(self.name.removesuffix(SUFFIX)):
            self._say("value-pattern", found=self.name, expected="pattern-key")
        self._listed(sheet.picture.motif, motifs, "picture", "motif")
        self._listed(sheet.picture.ground, colours, "picture", "ground")
        # A figure in the colour of its ground would not be seen.
        others = set(colours) - {sheet.picture.ground}
        self._listed(sheet.picture.figure, others, "picture", "figure")
        for kind in sorted(task_kinds_in(sheet.rule)):
            self._listed(kind, known_task_kinds(), "rule")
        self._texts(sheet)
        self._door(sheet)

    def _texts(self, sheet: BadgeSheet) -> None:
        for tag in LANGUAGES:
            if tag not in sheet.texts:
                self._missing("texts", tag)
        for tag in LANGUAGES_IN_FULL:
            if tag in sheet.texts and not sheet.texts[tag].after.strip():
                self._missing("texts", tag, "after")
        for path, text in _easy(sheet):
            long = [sentence for sentence in sentences(text) if len(words(sentence)) > EASY_SENTENCE_WORDS]
            for sentence in long:
                told = words(sentence)
                self._say(
                    "text-long-sentence",
                    *path,
                    words=len(told),
                    most=EASY_SENTENCE_WORDS,
                    start=" ".join(told[:4]),
                )
        whole = "\n\n".join(text for _, text in _easy(sheet))
        if len(words(whole)) >= LIX_WORDS_LEAST and lix(whole) > EASY_LIX:
            self._say("text-hard", "texts", EASY, lix=round(lix(whole)), most=EASY_LIX)

    def _door(self, sheet: BadgeSheet) -> None:
        if sheet.door is None:
            return
        if sheet.door.url and not WEB_ADDRESS.fullmatch(sheet.door.url):
            found = shortened(sheet.door.url)
            self._say("value-pattern", "door", "url", found=found, expected=WEB_ADDRESS_WORD)
        for tag in LANGUAGES_IN_FULL:
            if tag not in sheet.door.texts:
                self._missing("door", "texts", tag)

    def _missing(self, *path: Step) -> None:
        self._say("text-missing", *path, key=".".join(map(str, path)))

    def _listed(self, found: str, known: Collection[str], *path: Step) -> None:
        if found not in known:
            listed = ", ".join(sorted(known))
            self._say("value-not-listed", *path, found=shortened(found), listed=listed)

    def _say(self, code: str, *path: Step, **details: Detail) -> None:
        self.findings.append(Finding(code, self.name, self.document.line(path), path, details))


def _easy(sheet: BadgeSheet) -> Iterator[tuple[tuple[Step, ...], str]]:
    """Every text in easy Swedish, with its path."""
    if EASY in sheet.texts:
        said = sheet.texts[EASY]
        for name in ("name", "how", "after"):
            yield ("texts", EASY, name), getattr(said, name)
    if sheet.door is not None and EASY in sheet.door.texts:
        yield ("door", "texts", EASY), sheet.door.texts[EASY]


def _plain(value: Any) -> Any:  # noqa: ANN401  whatever TOML can hold
    """TOML's own dates as texts, which is what the forms read."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value
