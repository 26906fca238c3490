"""Sentences for people, by language: what code means by a key, and what to fall back on.

The files are data, `<tag>.json`: one flat object of key → sentence, with `{placeholders}` that the code's
details fill; `_checked_by` says who has read it, `_fallback` for whoever opens the file what stands in for a missing
sentence (`quests.languages` decides).
"""

import json
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from quests.languages import chain

SUFFIX: Final = ".json"
CHECKED_BY: Final = "_checked_by"
FALLBACK: Final = "_fallback"
EXPECTED: Final = "expected"


@dataclass(frozen=True, slots=True)
class Language:
    """`sentences` without the two marks; keys are stable, sentences are not."""

    tag: str
    checked_by: str
    fallback: tuple[str, ...]
    sentences: Mapping[str, str] = field(repr=False)

    def placeholders(self, key: str) -> frozenset[str]:
        return placeholders(self.sentences[key])


class LanguageError(ValueError):
    """A language file that cannot be used. Says which and why."""


def read_language(tag: str, data: bytes) -> Language:
    """Raises LanguageError for what is no flat object of texts, or holds a key twice or an odd placeholder."""
    try:
        found = json.loads(data, object_pairs_hook=_once)
    except ValueError as error:
        raise LanguageError(f"{tag}: {error}") from error
    if not isinstance(found, dict):
        raise LanguageError(f"{tag}: not an object")
    checked_by, fallback = found.pop(CHECKED_BY, None), found.pop(FALLBACK, None)
    if not isinstance(checked_by, str) or not checked_by:
        raise LanguageError(f"{tag}: {CHECKED_BY} says who has read it")
    if not isinstance(fallback, list) or not all(isinstance(other, str) for other in fallback):
        raise LanguageError(f"{tag}: {FALLBACK} is a list of tags")
    for key, sentence in found.items():
        if not isinstance(sentence, str) or not sentence.strip():
            raise LanguageError(f"{tag}: {key} is no sentence")
        try:
            placeholders(sentence)
        except ValueError as error:
            raise LanguageError(f"{tag}: {key}: {error}") from error
    return Language(tag, checked_by, tuple(fallback), found)


def placeholders(sentence: str) -> frozenset[str]:
    """The names in braces. Raises ValueError for anything but a plain name: no formats, no attributes."""
    names = []
    for _, name, form, conversion in string.Formatter().parse(sentence):
        if name is None:
            continue
        if not name.isidentifier() or form or conversion:
            raise ValueError(f"odd placeholder {{{name}}}")
        names.append(name)
    return frozenset(names)


@dataclass(frozen=True, slots=True)
class Languages:
    """All languages that were read."""

    by_tag: Mapping[str, Language]

    def say(self, key: str, details: Mapping[str, object], wanted: Iterable[str]) -> tuple[str, str]:
        """The sentence in the first of the wanted languages that has it, with that language's tag.

        The detail `expected` names something, such as "number", and is said in words: `word.number`. Raises
        KeyError for a key that no language has, or a placeholder without its detail.
        """
        for tag in chain(wanted):
            language = self.by_tag.get(tag)
            if language is not None and key in language.sentences:
                said = {name: self._said(name, value, tag) for name, value in details.items()}
                return _filled(language.sentences[key], said), tag
        raise KeyError(key)

    def _said(self, name: str, value: object, tag: str) -> object:
        if name == EXPECTED:
            return self.say(f"word.{value}", {}, (tag,))[0]
        if isinstance(value, float):
            written = f"{value:.7g}"
            return written if tag.startswith("en") else written.replace(".", ",")
        return value


def _filled(sentence: str, said: Mapping[str, object]) -> str:
    """What ends with a full stop of its own, as a Ukrainian date does, ends the sentence too."""
    for name, value in said.items():
        if str(value).endswith("."):
            sentence = sentence.replace(f"{{{name}}}.", f"{{{name}}}")
    return sentence.format_map(said)


def read_languages(files: Mapping[str, bytes]) -> Languages:
    """The languages of a folder: file name → bytes, others than `<tag>.json` left out."""
    tags = sorted(name.removesuffix(SUFFIX) for name in files if name.endswith(SUFFIX))
    return Languages({tag: read_language(tag, files[tag + SUFFIX]) for tag in tags})


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{name} stands twice")
        found[name] = value
    return found
