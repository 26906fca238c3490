"""A pack as its player reads it, and what its hosts need on paper."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import click

from content.packs.model import Pack
from content.packs.reading import read
from media.kinds import media_type
from quests.codes import rotating_code
from quests.languages import best, chain
from quests.model import Stage, StageTexts, TaskTexts
from server.cli.terminal import printable
from server.readers.packs import read_members


@click.command("read")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--lang", default="en", show_default=True, help="Language, such as sv-simple or uk.")
def read_pack(path: Path, lang: str) -> None:
    """Show a pack as its player reads it."""
    for line in as_read(_pack(path), lang):
        click.echo(printable(line))


@click.command("host")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--days", default=14, show_default=True, type=click.IntRange(1, 366), help="How many.")
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), default=None, help="The first; today.")
def host_codes(path: Path, days: int, first: object) -> None:
    """Print the codes of the day for the hosts of a pack."""
    begins: date = first.date() if hasattr(first, "date") else date.today()  # noqa: DTZ011  a day on the host's wall
    if begins > date.max - timedelta(days=days):
        raise click.UsageError("The calendar ends before that.")
    hosted = [
        (stage, task, answers.host)
        for stage, private in _pack(path).private.stages.items()
        for task, answers in private.tasks.items()
        if answers.host is not None
    ]
    if not hosted:
        raise click.ClickException(f"{path}: no task has a code of the day.")
    for stage, task, host in hosted:
        click.echo(f"{stage}, {task}")
        for number in range(days):
            day = begins + timedelta(days=number)
            click.echo(f"  {day}  {rotating_code(host, day)}")


def _pack(path: Path) -> Pack:
    unpacked = read_members(path)
    draft = None if unpacked.findings else read(unpacked.members, media_type).draft
    if draft is None or not draft.pack.texts:
        raise click.ClickException(f"{path}: cannot be read; see ./rotfaste pack check {path}")
    return draft.pack


def as_read(pack: Pack, wanted: str) -> Iterator[str]:
    """Line by line, stages in their order, hidden ones too: whoever checks a pack wants to see all of it."""
    language = best(pack.texts, chain([wanted]))
    texts = pack.texts[language]
    facts = [
        f"{pack.sheet.minutes} min" if pack.sheet.minutes else "",
        ", ".join(pack.sheet.company),
        ", ".join(pack.sheet.setting),
    ]
    yield f"{texts.title}  ({pack.sheet.code}, {language})"
    yield "  " + " · ".join(fact for fact in facts if fact)
    yield from _said(texts.summary, texts.before)
    for stage in pack.sheet.stages:
        said = texts.stages.get(stage.key)
        if said is not None:
            yield ""
            yield from _stage(stage, said)
    yield from ("", *_said(texts.after))


def _stage(stage: Stage, said: StageTexts) -> Iterator[str]:
    yield f"* {said.title}"
    yield from _said(said.way, said.arrived)
    for task in stage.tasks:
        told = said.tasks.get(task.key) or TaskTexts(prompt=task.key)
        numbers = ", ".join(f"{name} {number:g}" for name, number in task.asks.items())
        yield f"  [{task.kind}{': ' + numbers if numbers else ''}] {told.prompt}"
        for option in task.named:
            yield f"      - {told.options.get(option, option)}"
    for hint in said.hints:
        yield f"  (hint) {hint}"
    for word in said.words:
        yield f"  (word, {word.language}) {word.word}: {word.meaning}"
    yield from _said(said.after, mark="  > ")


def _said(*texts: str, mark: str = "  ") -> Iterator[str]:
    for text in texts:
        for line in text.strip().split("\n"):
            if line:
                yield mark + line
