"""Texts: every language says everything the quest has, and easy Swedish is easy."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from content.findings import Finding, Step
from content.packs.model import MEDIA_FOLDER, QUEST_FILE, TEXTS_FOLDER
from content.packs.publishing import every_task
from content.packs.reading import Draft
from content.packs.traces import says_where
from content.readability import EASY_LIX, EASY_SENTENCE_WORDS, LIX_WORDS_LEAST, lix, sentences, words
from quests.model import QuestTexts, Stage, StageTexts, TaskTexts

EASY = "-simple"
WORDS_MOST = 3
#: ISO 639: South, Ume, Pite, Lule, North, Inari and Skolt Sámi, and the codes for Sámi of any kind.
SAMI = frozenset({"sma", "sju", "sje", "smj", "se", "sme", "smn", "sms", "smi"})
#: A picture or a sound within a text: `![what it shows](name.jpg)`.
MEDIUM = re.compile(r"!\[([^\]\n]*)\]\(([^)\s]*)\)")


def languages_have_their_texts(draft: Draft) -> Iterator[Finding]:
    languages = draft.pack.sheet.languages
    written = draft.raw(QUEST_FILE, "languages")
    if not isinstance(written, list):
        return
    for tag, times in Counter(languages).items():
        if times > 1:
            yield draft.finding("language-twice", QUEST_FILE, "languages", language=tag)
        if tag not in draft.pack.texts and _file(tag) not in draft.unread:
            at = written.index(tag) if tag in written else 0
            yield draft.finding(
                "language-without-texts", QUEST_FILE, "languages", at, language=tag, name=_file(tag)
            )
    for tag in draft.pack.texts:
        if tag not in written:
            yield draft.finding("texts-without-language", _file(tag), language=tag)


def every_language_says_everything(draft: Draft) -> Iterator[Finding]:
    for tag, texts in draft.pack.texts.items():
        file = _file(tag)
        for _, stage in draft.stages:
            said = texts.stages.get(stage.key)
            if said is not None:
                yield from _stage_says(draft, file, stage, said)
            elif draft.raw(file, "stages", stage.key) is None:
                yield draft.finding("text-missing-stage", file, "stages", stage=stage.key)
        if draft.pack.sheet.tie_break and not texts.tie_break:
            yield draft.finding("text-missing", file, key="tie_break")


def _stage_says(draft: Draft, file: str, stage: Stage, said: StageTexts) -> Iterator[Finding]:
    path = ("stages", stage.key)
    yield from _tasks_say(draft, file, path, stage, said.tasks, {task.key for task in stage.tasks})
    for variant in stage.variants:
        inner = (*path, "variants", variant.key)
        other = said.variants.get(variant.key)
        texts = {**said.tasks, **(other.tasks if other else {})}
        new = {task.key for task in variant.tasks or ()} - {task.key for task in stage.tasks}
        yield from _tasks_say(draft, file, inner, stage, texts, new)
    helpers = draft.raw(
        QUEST_FILE, "stages", *(index for index, one in draft.stages if one is stage), "helpers"
    )
    if len(said.helpers) != len(helpers or ()):
        yield draft.finding(
            "text-helpers",
            file,
            *path,
            "helpers",
            stage=stage.key,
            found=len(said.helpers),
            wanted=len(helpers or ()),
        )


def _tasks_say(
    draft: Draft,
    file: str,
    path: tuple[Step, ...],
    stage: Stage,
    texts: Mapping[str, TaskTexts],
    keys: set[str],
) -> Iterator[Finding]:
    for key in sorted(keys):
        if key not in texts:
            if draft.raw(file, *path, "tasks", key) is None:
                yield draft.finding("text-missing-task", file, *path, "tasks", stage=stage.key, task=key)
            continue
        for task in every_task(stage):
            if task.key == key:
                for option in sorted(set(task.named) - set(texts[key].options)):
                    if draft.raw(file, *path, "tasks", key, "options", option) is None:
                        inner = (*path, "tasks", key)
                        yield draft.finding(
                            "text-missing-option", file, *inner, stage=stage.key, option=option
                        )


def no_text_is_a_stray(draft: Draft) -> Iterator[Finding]:
    """A text for a stage, task, option or variant that the quest has not: often a misspelt key."""
    named = draft.named_stages
    if not named:
        return
    for tag, texts in draft.pack.texts.items():
        file = _file(tag)
        for key, said in texts.stages.items():
            if key not in named:
                known = ", ".join(sorted(named))
                yield draft.finding("text-unknown-stage", file, "stages", key, stage=key, known=known)
                continue
            stage = draft.pack.sheet.stage(key)
            if stage is not None:
                yield from _strays_of_stage(draft, file, stage, said)
        if texts.tie_break and not draft.pack.sheet.tie_break:
            yield draft.finding("tie-break-needless", file, "tie_break")


def _strays_of_stage(draft: Draft, file: str, stage: Stage, said: StageTexts) -> Iterator[Finding]:
    path: tuple[Step, ...] = ("stages", stage.key)
    known = draft.named_stages[stage.key]
    variants = {variant.key for variant in stage.variants}
    yield from _strays_of_tasks(draft, file, path, stage, said.tasks, known)
    for key, other in said.variants.items():
        if key not in variants:
            yield draft.finding(
                "text-unknown-variant", file, *path, "variants", key, stage=stage.key, variant=key
            )
        else:
            yield from _strays_of_tasks(draft, file, (*path, "variants", key), stage, other.tasks, known)


def _strays_of_tasks(
    draft: Draft,
    file: str,
    path: tuple[Step, ...],
    stage: Stage,
    texts: Mapping[str, TaskTexts],
    known: frozenset[str],
) -> Iterator[Finding]:
    for key, said in texts.items():
        if key not in known:
            yield draft.finding("text-unknown-task", file, *path, "tasks", key, stage=stage.key, task=key)
            continue
        tasks = [task for task in every_task(stage) if task.key == key]
        options = {option for task in tasks for option in task.named}
        for option in said.options if tasks else ():
            if option not in options:
                inner = (*path, "tasks", key, "options", option)
                yield draft.finding("text-unknown-option", file, *inner, stage=stage.key, option=option)


def hints_are_as_many(draft: Draft) -> Iterator[Finding]:
    """Whoever reads another language gets no fewer hints."""
    for _, stage in draft.stages:
        counts = {tag: len(texts.stages[stage.key].hints) for tag, texts in _saying(draft, stage.key)}
        most = max(counts.values(), default=0)
        for tag, count in counts.items():
            if count < most:
                path = ("stages", stage.key, "hints")
                yield draft.finding(
                    "text-hints", _file(tag), *path, stage=stage.key, found=count, wanted=most
                )


def words_are_few_and_the_same(draft: Draft) -> Iterator[Finding]:
    """Three words are remembered. Each language explains the same ones; a Sámi word says whose word it is."""
    for _, stage in draft.stages:
        saying = _saying(draft, stage.key)
        too_many = any(len(texts.stages[stage.key].words) > WORDS_MOST for _, texts in saying)
        # Which of too many are to stay is for the author to say first.
        everywhere = {
            (one.language, one.word): None
            for _, texts in saying
            for one in texts.stages[stage.key].words
            if not too_many
        }
        for tag, texts in saying:
            path = ("stages", stage.key, "words")
            words = texts.stages[stage.key].words
            if len(words) > WORDS_MOST:
                yield draft.finding(
                    "word-many", _file(tag), *path, stage=stage.key, found=len(words), most=WORDS_MOST
                )
            here = [(one.language, one.word) for one in words]
            for language, word in everywhere:
                if (language, word) not in here:
                    yield draft.finding("word-missing", _file(tag), *path, stage=stage.key, word=word)
            for index, one in enumerate(words):
                if here.index((one.language, one.word)) < index:
                    yield draft.finding(
                        "word-twice", _file(tag), *path, index, stage=stage.key, word=one.word
                    )
                if one.language.split("-")[0] in SAMI and not one.source.strip():
                    yield draft.finding("word-source", _file(tag), *path, index, word=one.word)


def _saying(draft: Draft, stage: str) -> list[tuple[str, QuestTexts]]:
    return [(tag, texts) for tag, texts in draft.pack.texts.items() if stage in texts.stages]


def easy_swedish_is_easy(draft: Draft) -> Iterator[Finding]:
    """By LIX, stage by stage, and by the longest sentence."""
    for tag, texts in draft.pack.texts.items():
        if not tag.endswith(EASY):
            continue
        file = _file(tag)
        whole = [text for path, text in spoken(texts) if path[0] != "stages"]
        yield from _hard(draft, file, (), whole)
        for key in texts.stages:
            inner = [text for path, text in spoken(texts) if path[:2] == ("stages", key)]
            yield from _hard(draft, file, ("stages", key), inner)
        for path, text in spoken(texts):
            for sentence in sentences(MEDIUM.sub("", text)):
                count = len(words(sentence))
                if count > EASY_SENTENCE_WORDS:
                    yield draft.finding(
                        "text-long-sentence",
                        file,
                        *path,
                        words=count,
                        most=EASY_SENTENCE_WORDS,
                        start=" ".join(words(sentence)[:4]),
                    )


def _hard(draft: Draft, file: str, path: tuple[Step, ...], texts: list[str]) -> Iterator[Finding]:
    text = "\n\n".join(MEDIUM.sub("", text) for text in texts)
    hardness = lix(text)
    if hardness > EASY_LIX and len(words(text)) >= LIX_WORDS_LEAST:
        yield draft.finding("text-hard", file, *path, lix=round(hardness), most=EASY_LIX)


def media_are_there_and_used(draft: Draft) -> Iterator[Finding]:
    """Every picture and sound is in some text, says in words what it is, and is in the pack."""
    used: set[str] = set()
    unread_texts = any(name.startswith(TEXTS_FOLDER) for name in draft.unread)
    for tag, texts in draft.pack.texts.items():
        for path, text in spoken(texts):
            for described, name in MEDIUM.findall(text):
                used.add(name)
                if name not in draft.pack.media and MEDIA_FOLDER + name not in draft.unread:
                    yield draft.finding("media-missing", _file(tag), *path, name=name, folder=MEDIA_FOLDER)
                if not described.strip():
                    yield draft.finding("media-not-described", _file(tag), *path, name=name)
    for name in draft.pack.media:
        if name not in used and not unread_texts:
            yield draft.finding("media-unused", MEDIA_FOLDER + name, name=name)


def media_do_not_say_where(draft: Draft) -> Iterator[Finding]:
    """What is shown to everybody says where its maker stood only in words that they chose."""
    for name, medium in draft.pack.media.items():
        if says_where(medium.data, medium.type):
            yield draft.finding("media-says-where", MEDIA_FOLDER + name, name=name)


def spoken(texts: QuestTexts) -> Iterator[tuple[tuple[Step, ...], str]]:
    """Every text of a language that a player reads, with its path."""
    for name in ("title", "summary", "before", "after", "tie_break"):
        yield (name,), getattr(texts, name)
    for key, stage in texts.stages.items():
        path = ("stages", key)
        for name in ("title", "way", "arrived", "after"):
            yield (*path, name), getattr(stage, name)
        for name in ("hints", "helpers"):
            for index, text in enumerate(getattr(stage, name)):
                yield (*path, name, index), text
        for index, word in enumerate(stage.words):
            yield (*path, "words", index, "meaning"), word.meaning
        yield from _spoken_tasks(stage.tasks, path)
        for variant, said in stage.variants.items():
            inner = (*path, "variants", variant)
            yield (*inner, "way"), said.way
            yield (*inner, "arrived"), said.arrived
            yield from _spoken_tasks(said.tasks, inner)


def _spoken_tasks(
    tasks: Mapping[str, TaskTexts], path: tuple[Step, ...]
) -> Iterator[tuple[tuple[Step, ...], str]]:
    for key, task in tasks.items():
        inner = (*path, "tasks", key)
        yield (*inner, "prompt"), task.prompt
        for option, text in task.options.items():
            yield (*inner, "options", option), text
        yield (*inner, "right"), task.right
        yield (*inner, "wrong"), task.wrong


def _file(tag: str) -> str:
    return f"{TEXTS_FOLDER}{tag}.toml"
