"""Decks as they are written: one TOML file each, its name being the deck's key for ever.

`read_decks` gives every deck that can be used, and everything that should be mended, as packs are read. What makes
a good prompt stands in `seed_data/decks/RUBRIC.md`; here is what can be looked at without a reader.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from content.findings import Finding, Step, mistakes
from content.readability import words
from content.sheets import EASY, SUFFIX, Sheet
from content.wording import harm_asked, sami_word
from quests.decks import WILD, Deck, DeckSheet, Prompt, prompts_of

#: Each deck has these; others may be added, and fall back on these where a prompt lacks them.
LANGUAGES = ("sv", "sv-simple", "en")
PROMPTS_LEAST = 40  # fewer are through in a few walks
WORDS_MOST = 30  # read at a glance, with mittens on
ALIKE = 0.5  # share of words that two prompts have in common, above which they are one prompt
#: Before the file, in what its version is made of: another number makes every deck a new one on every phone.
FORM = b"rotfaste deck 1\n"


@dataclass(frozen=True, slots=True)
class DeckReading:
    """`decks` in the order of their keys; those with a mistake are left out."""

    decks: tuple[Deck, ...]
    findings: tuple[Finding, ...]


def read_decks(files: Mapping[str, bytes]) -> DeckReading:
    """Decks from the files of a folder, by their names; those that are no TOML are left out."""
    sheets = {name: _Reader(name) for name in sorted(files) if name.endswith(SUFFIX)}
    read: dict[str, Deck] = {}
    for name, reader in sheets.items():
        sheet = reader.read(files[name], DeckSheet)
        if sheet is not None:
            reader.check(sheet)
            version = hashlib.sha256(FORM + files[name]).hexdigest()
            read[name] = Deck(key=reader.key, version=version, texts=sheet.texts, prompts=sheet.prompts)
    for name, path, other in _alike(read):
        sheets[name].say("prompt-alike", *path, other=other)
    findings = [finding for reader in sheets.values() for finding in reader.findings]
    return DeckReading(
        tuple(deck for name, deck in read.items() if not mistakes(tuple(sheets[name].findings))),
        tuple(sorted(findings, key=lambda finding: finding.order)),
    )


class _Reader(Sheet):
    """One deck's file."""

    def check(self, sheet: DeckSheet) -> None:
        for tag in LANGUAGES:
            if tag not in sheet.texts:
                self.missing("texts", tag)
        if len(sheet.prompts) < PROMPTS_LEAST:
            self.say("deck-small", "prompts", found=len(sheet.prompts), least=PROMPTS_LEAST)
        told = {tag for prompt in sheet.prompts for tag in prompt.texts}
        for tag in sorted(told - sheet.texts.keys() - set(LANGUAGES)):
            self.missing("texts", tag)  # nobody could say who has checked it
        seen: set[str] = set()
        for index, prompt in enumerate(sheet.prompts):
            path = ("prompts", index)
            if prompt.key in seen:
                self.say("key-twice", *path, "key", key=prompt.key)
            seen.add(prompt.key)
            if prompt.light == "any" and prompt.mobility != "sits" and WILD.intersection(prompt.ground):
                self.say("prompt-after-dark", *path, "light", key=prompt.key)
            self._texts(prompt, path)
        self.easy(_easy(sheet), "texts", EASY)

    def _texts(self, prompt: Prompt, path: tuple[Step, ...]) -> None:
        for tag in LANGUAGES:
            if tag not in prompt.texts:
                self.missing(*path, "texts", tag)
        for tag, text in prompt.texts.items():
            at = (*path, "texts", tag)
            if len(words(text)) > WORDS_MOST:
                self.say("prompt-long", *at, words=len(words(text)), most=WORDS_MOST)
            if verb := harm_asked(tag, text, at_home=True):
                self.say("text-risky-verb-anywhere", *at, verb=verb)
            if word := sami_word(tag, text):
                self.say("prompt-sami", *at, word=word)


def _easy(sheet: DeckSheet) -> Iterator[tuple[tuple[Step, ...], str]]:
    """Every text in easy Swedish, with its path."""
    if EASY in sheet.texts:
        yield ("texts", EASY, "title"), sheet.texts[EASY].title
        yield ("texts", EASY, "about"), sheet.texts[EASY].about
    for index, prompt in enumerate(sheet.prompts):
        if EASY in prompt.texts:
            yield ("prompts", index, "texts", EASY), prompt.texts[EASY]


def _alike(decks: Mapping[str, Deck]) -> Iterator[tuple[str, tuple[Step, ...], str]]:
    """File and path of each prompt that says nearly what an earlier one says, in any language, and that one's name."""
    places: dict[str, tuple[str, tuple[Step, ...]]] = {}
    said: dict[str, Mapping[str, frozenset[str]]] = {}
    for file, deck in decks.items():
        for index, (name, prompt) in enumerate(prompts_of([deck])):
            places[name] = file, ("prompts", index)
            said[name] = {tag: _words(text) for tag, text in prompt.texts.items()}
    for one, other in combinations(said, 2):
        if any(_share(said[one][tag], said[other][tag]) > ALIKE for tag in said[one].keys() & said[other]):
            yield *places[other], one


def _words(text: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in words(text))


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(1, len(one | other))
