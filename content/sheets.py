"""A thing written in one TOML file, whose name is its key for ever: badges and decks.

A `Sheet` reads the file into its form and gathers what should be mended, with line and path; what the form cannot
know, each kind of thing checks for itself.
"""

import re
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, TypeVar

import msgspec

from content.findings import Detail, Finding, Step
from content.packs.forms import read_form, shortened
from content.packs.toml_lines import TomlDocument, read_toml
from content.readability import EASY_LIX, EASY_SENTENCE_WORDS, LIX_WORDS_LEAST, lix, sentences, words

SUFFIX = ".toml"
EASY = "sv-simple"
KEY = re.compile(r"[a-z][a-z0-9-]{0,39}")

Form = TypeVar("Form", bound=msgspec.Struct)


class Sheet:
    """One file, and what was found in it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.findings: list[Finding] = []
        self.document = TomlDocument(None)

    @property
    def key(self) -> str:
        return self.name.removesuffix(SUFFIX)

    def read(self, data: bytes, form: type[Form]) -> Form | None:
        """As much of it as fits; None where nothing does."""
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
        read = read_form(_plain(self.document.table), form)
        for misfit in read.misfits:
            self.say(misfit.code, *misfit.path, **misfit.details)
        if not KEY.fullmatch(self.key):
            self.say("value-pattern", found=self.name, expected="pattern-key")
        return read.value

    def say(self, code: str, *path: Step, **details: Detail) -> None:
        self.findings.append(Finding(code, self.name, self.document.line(path), path, details))

    def missing(self, *path: Step) -> None:
        self.say("text-missing", *path, key=".".join(map(str, path)))

    def listed(self, found: str, known: Collection[str], *path: Step) -> None:
        if found not in known:
            self.say("value-not-listed", *path, found=shortened(found), listed=", ".join(sorted(known)))

    def easy(self, texts: Iterable[tuple[tuple[Step, ...], str]], *whole: Step) -> None:
        """Easy Swedish is easy: by its longest sentences, and all together, at the path `whole`, by LIX."""
        told = list(texts)
        for path, text in told:
            for sentence in sentences(text):
                said = words(sentence)
                if len(said) > EASY_SENTENCE_WORDS:
                    self.say(
                        "text-long-sentence",
                        *path,
                        words=len(said),
                        most=EASY_SENTENCE_WORDS,
                        start=" ".join(said[:4]),
                    )
        together = "\n\n".join(text for _, text in told)
        if len(words(together)) >= LIX_WORDS_LEAST and lix(together) > EASY_LIX:
            self.say("text-hard", *whole, lix=round(lix(together)), most=EASY_LIX)


def _plain(value: Any) -> Any:  # noqa: ANN401  whatever TOML can hold
    """TOML's own dates as texts, which is what the forms read."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value
