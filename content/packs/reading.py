"""Members → pack, with every mistake of form at once.

What could not be read is left out and said; the rest is a `Draft` that the checks still look at, so that
an author hears of all mistakes in one go.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from content.findings import Detail, Finding, Step, mistakes
from content.packs.archive import is_litter, name_findings
from content.packs.forms import read_form, shortened
from content.packs.model import (
    MADE_AT_PUBLISHING,
    MEDIA_FOLDER,
    MEDIA_TYPES,
    MEDIUM_NAME,
    PRIVATE_FILE,
    QUEST_FILE,
    SOURCES_FILE,
    TEXTS_FOLDER,
    Pack,
    PackMedium,
    Private,
    QuestSheet,
)
from content.packs.toml_lines import TomlDocument, read_toml
from quests.model import QuestTexts, Stage, Variant
from quests.tasks import AnyTask

Form = TypeVar("Form")

#: What the first bytes of a file say it is ("image/jpeg"), None when they say nothing known.
Probe = Callable[[bytes], str | None]

TEXT_MOST_BYTES = 2**19
TAG = re.compile(r"texts/([A-Za-z0-9-]{2,40})\.toml")
EMPTY: TomlDocument = TomlDocument({})

#: In place of what is missing or broken, only so that the rest can be checked.
STAND_INS: Mapping[str, object] = {
    "id": "00000000-0000-0000-0000-000000000000",
    "code": "JH22222",
    "kind": "trail",
    "languages": ["sv"],
}


@dataclass(frozen=True, slots=True)
class Draft:
    """What could be read of a pack, with the means to say where something stands.

    `whole`: nothing was left out. `unread`: files that could not be read at all, so that nobody complains
    of what may well stand in them. `raw`: each file's table as it was written, mistakes and all.
    """

    pack: Pack
    documents: Mapping[str, TomlDocument]
    unread: frozenset[str]
    whole: bool

    def finding(self, code: str, file: str, *path: Step, **details: Detail) -> Finding:
        document = self.documents.get(file, EMPTY)
        return Finding(code, file, document.line(path) if file in self.documents else None, path, details)

    def raw(self, file: str, *path: Step) -> Any:  # noqa: ANN401  whatever TOML can hold
        """What was written there; None when nothing was, or nothing readable."""
        found: Any = self.documents.get(file, EMPTY).table
        for step in path:
            if isinstance(found, dict) and step in found:
                found = found[step]
            elif isinstance(found, list) and isinstance(step, int):
                found = found[step] if step < len(found) else None
            else:
                return None
        return found

    @property
    def stages(self) -> Iterator[tuple[int, Stage]]:
        """The stages that could be read, each with its number in the file."""
        yield from _matched(self.pack.sheet.stages, self.raw(QUEST_FILE, "stages"))

    def variants(self, index: int, stage: Stage) -> Iterator[tuple[int, Variant]]:
        yield from _matched(stage.variants, self.raw(QUEST_FILE, "stages", index, "variants"))

    def tasks(self, index: int, stage: Stage) -> Iterator[tuple[tuple[Step, ...], AnyTask]]:
        """The tasks of a stage and of its variants, each with its path in the quest's file."""
        path: tuple[Step, ...] = ("stages", index)
        for place, task in _matched(stage.tasks, self.raw(QUEST_FILE, *path, "tasks")):
            yield (*path, "tasks", place), task
        for number, variant in self.variants(index, stage):
            inner = (*path, "variants", number, "tasks")
            for place, task in _matched(variant.tasks or (), self.raw(QUEST_FILE, *inner)):
                yield (*inner, place), task

    @property
    def named_stages(self) -> Mapping[str, frozenset[str]]:
        """Every stage key that was written, with its task keys, broken ones too: a text for one is no stray."""
        named: dict[str, frozenset[str]] = {}
        stages = self.raw(QUEST_FILE, "stages")
        for stage in stages if isinstance(stages, list) else ():
            if isinstance(stage, dict) and isinstance(stage.get("key"), str):
                variants = stage.get("variants")
                holders = [stage, *(variants if isinstance(variants, list) else ())]
                named[stage["key"]] = frozenset(key for holder in holders for key in _task_keys(holder))
        return named


class _Keyed(Protocol):
    @property
    def key(self) -> str: ...


Keyed = TypeVar("Keyed", bound=_Keyed)


def _matched(kept: Iterable[Keyed], written: object) -> Iterator[tuple[int, Keyed]]:
    """What was kept of a list, each with the number it has in the file: broken ones between are left out."""
    waiting = list(kept)
    for index, item in enumerate(written if isinstance(written, list) else ()):
        if waiting and isinstance(item, dict) and item.get("key") == waiting[0].key:
            yield index, waiting.pop(0)


def _task_keys(holder: object) -> list[str]:
    tasks = holder.get("tasks") if isinstance(holder, dict) else None
    return [
        task["key"]
        for task in (tasks if isinstance(tasks, list) else ())
        if isinstance(task, dict) and isinstance(task.get("key"), str)
    ]


@dataclass(frozen=True, slots=True)
class Reading:
    """`draft` is None when not even the quest's sheet could be read. `pack` is None unless all of it was."""

    draft: Draft | None
    findings: tuple[Finding, ...]

    @property
    def pack(self) -> Pack | None:
        return self.draft.pack if self.draft is not None and self.draft.whole else None


def read(members: Mapping[str, bytes], probe: Probe) -> Reading:
    """A pack out of its files, by their names within it."""
    members = {name: data for name, data in members.items() if not is_litter(name)}
    if bad_names := name_findings(members):
        return Reading(None, bad_names)
    reader = _Reader(members, probe)
    draft = reader.draft()
    findings = tuple(sorted(reader.findings, key=lambda finding: finding.order))
    return Reading(draft, findings)


class _Reader:
    def __init__(self, members: Mapping[str, bytes], probe: Probe) -> None:
        self.members = members
        self.probe = probe
        self.findings: list[Finding] = []
        self.documents: dict[str, TomlDocument] = {}
        self.unread: set[str] = set()

    def draft(self) -> Draft | None:
        self._unknown_members()
        text_files = sorted(name for name in self.members if TAG.fullmatch(name))
        if not text_files:
            self.findings.append(Finding("member-missing", f"{TEXTS_FOLDER}sv.toml"))
        tags = [name.removeprefix(TEXTS_FOLDER).removesuffix(".toml") for name in text_files]
        stand_ins = {**STAND_INS, "languages": tags or ["sv"]}
        sheet = self._form(QUEST_FILE, QuestSheet, MADE_AT_PUBLISHING, stand_ins)
        private = self._form(PRIVATE_FILE, Private)
        texts = {
            tag: read
            for name, tag in zip(text_files, tags, strict=True)
            if (read := self._form(name, QuestTexts))
        }
        media = self._media()
        sources = self._sources()
        if sheet is None:
            return None
        whole = not mistakes(tuple(self.findings))
        pack = Pack(sheet=sheet, texts=texts, private=private or Private(), sources=sources, media=media)
        return Draft(pack, self.documents, frozenset(self.unread), whole)

    def _unknown_members(self) -> None:
        for name in self.members:
            known = name in {QUEST_FILE, PRIVATE_FILE, SOURCES_FILE} or TAG.fullmatch(name)
            if not known and not (name.startswith(MEDIA_FOLDER) and name.count("/") == 1):
                self.findings.append(Finding("member-unknown", shortened(name, 100)))

    def _form(
        self,
        name: str,
        form: type[Form],
        made_later: frozenset[tuple[str, str]] = frozenset(),
        stand_ins: Mapping[str, object] = {},
    ) -> Form | None:
        document = self._document(name)
        if document is None:
            return None
        read = read_form(document.table, form, made_later=made_later, stand_ins=stand_ins)
        for misfit in read.misfits:
            line = document.line(misfit.path)
            self.findings.append(Finding(misfit.code, name, line, misfit.path, misfit.details))
        if read.value is None:
            self.unread.add(name)
        return read.value

    def _document(self, name: str) -> TomlDocument | None:
        if name not in self.members:
            if name == QUEST_FILE:
                self.findings.append(Finding("member-missing", name))
            return EMPTY if name == PRIVATE_FILE else None
        text = self._text(name)
        if text is None:
            return None
        document = read_toml(text)
        self.findings += [
            Finding("not-toml", name, line, details={"reason": reason}) for line, reason in document.errors
        ]
        for path, line in document.twice:
            self.findings.append(
                Finding("duplicate-key", name, line, path, {"key": shortened(str(path[-1]))})
            )
        if document.table is None:
            self.unread.add(name)
            return None
        self.documents[name] = document
        return document

    def _text(self, name: str) -> str | None:
        """A file as text; None, and said, when it is none. A byte order mark is dropped."""
        data = self.members[name]
        if len(data) > TEXT_MOST_BYTES:
            most = f"{TEXT_MOST_BYTES // 2**10} KiB"
            self.findings.append(Finding("member-size", name, details={"most": most}))
        else:
            try:
                return data.decode("utf-8-sig")
            except UnicodeDecodeError as error:
                self.findings.append(Finding("not-utf8", name, data.count(b"\n", 0, error.start) + 1))
        self.unread.add(name)
        return None

    def _media(self) -> dict[str, PackMedium]:
        media: dict[str, PackMedium] = {}
        for member, data in self.members.items():
            name = member.removeprefix(MEDIA_FOLDER)
            if name == member or "/" in name:
                continue
            kind = self.probe(data)
            if not re.fullmatch(MEDIUM_NAME, name):
                self.findings.append(Finding("media-name", member))
            elif kind is None or kind not in MEDIA_TYPES:
                known = ", ".join(known.partition("/")[2] for known in MEDIA_TYPES)
                self.findings.append(Finding("media-kind", member, details={"known": known}))
                self.unread.add(member)
            else:
                if len(data) > MEDIA_TYPES[kind]:
                    most = f"{MEDIA_TYPES[kind] // 2**20} MiB"
                    self.findings.append(Finding("media-size", member, details={"most": most}))
                media[name] = PackMedium(data, kind)
        return media

    def _sources(self) -> str:
        if SOURCES_FILE not in self.members:
            self.findings.append(Finding("member-missing", SOURCES_FILE))
            return ""
        text = self._text(SOURCES_FILE)
        if text is not None and not text.strip():
            self.findings.append(Finding("sources-empty", SOURCES_FILE, 1))
        return (text or "").replace("\r\n", "\n")
