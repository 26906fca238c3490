"""`rotfaste deck`: check the decks, read them aloud, and see what a drift would draw."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import click

from content.findings import Weight, mistakes
from quests.decks import MOBILITIES, Deck, Ground, Light, Prompt, Season, Together
from quests.drift import Card, Circumstances, Pace, draw
from quests.languages import best, chain
from server.cli.pack import Voice, as_json, finding_as_data, in_language
from server.cli.terminal import printable
from server.wiring import DECKS, read_all_decks

folder_of_decks = click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=DECKS,
    help="A folder of decks; without it those of this release.",
)
in_text_language = click.option(
    "--lang", default="en", show_default=True, help="Language, such as sv-simple or sv."
)


@click.group("deck")
def command() -> None:
    """Check decks of prompts, read them, and see what a drift would draw."""


@command.command("check")
@click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=DECKS, required=False
)
@in_language
@as_json
def check_decks(folder: Path, lang: str, *, as_json: bool) -> None:
    """Say everything that should be mended, with file and line; ends with 1 when there are mistakes."""
    voice = Voice(lang)
    reading = read_all_decks(folder)
    if as_json:
        found = [finding_as_data(finding, voice) for finding in reading.findings]
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        for finding in reading.findings:
            where = finding.file if finding.line is None else f"{finding.file}:{finding.line}"
            weight = voice("pack.mistake" if finding.weight is Weight.MISTAKE else "pack.warning")
            click.echo(printable(f"{where}: {weight}: {voice.of(finding)}"))
        prompts = sum(len(deck.prompts) for deck in reading.decks)
        findings = len(reading.findings)
        click.echo(voice("decks.checked", decks=len(reading.decks), prompts=prompts, findings=findings))
    if mistakes(reading.findings):
        sys.exit(1)


@command.command("read")
@click.argument("key", required=False)
@folder_of_decks
@in_text_language
def read_deck(key: str | None, folder: Path, lang: str) -> None:
    """Show a deck as its player meets it, or all of them."""
    decks = read_all_decks(folder).decks
    if key is not None and key not in {deck.key for deck in decks}:
        listed = ", ".join(deck.key for deck in decks)
        raise click.ClickException(f"There is no deck {key} that can be used. There are: {listed}.")
    for deck in decks:
        if key in {None, deck.key}:
            for line in as_read(deck, lang):
                click.echo(printable(line))


@command.command("draw")
@folder_of_decks
@click.option("--seed", default="a drift", show_default=True, help="Another seed, another drift.")
@click.option("--count", default=12, show_default=True, type=click.IntRange(1, 1000), help="How many.")
@click.option("--ground", type=click.Choice(get_args(Ground)), default="village", show_default=True)
@click.option("--season", type=click.Choice(get_args(Season)), default="winter", show_default=True)
@click.option("--light", type=click.Choice(get_args(Light)), default="dark", show_default=True)
@click.option("--with", "company", type=click.Choice(get_args(Together)), default="child", show_default=True)
@click.option("--mobility", type=click.Choice(MOBILITIES), default="walks", show_default=True)
@click.option("--nerve", type=click.IntRange(1, 3), default=2, show_default=True)
@in_text_language
def draw_some(
    folder: Path,
    seed: str,
    count: int,
    ground: Ground,
    season: Season,
    light: Light,
    company: Together,
    mobility: str,
    nerve: int,
    lang: str,
) -> None:
    """Draw as a phone would, one prompt after the other, and say where the circumstances had to be widened."""
    decks = read_all_decks(folder).decks
    at = datetime(2026, 12, 15, 15, tzinfo=UTC)
    cards: list[Card] = []
    for number in range(count):
        now = Circumstances(
            at=at + number * timedelta(minutes=Pace().minutes),
            ground=ground,
            season=season,
            light=light,
            company=company,
            mobility=next(one for one in MOBILITIES if one == mobility),
            nerve=nerve,
        )
        drawn = draw(decks, seed, now, cards)
        if drawn is None:
            break
        cards.append(Card(prompt=drawn.name, at=now.at))
        widened = f"  (widened: {', '.join(drawn.widened)})" if drawn.widened else ""
        click.echo(printable(f"{said(drawn.prompt, lang)}  [{drawn.name}]{widened}"))
    click.echo(f"{len(cards)} of {count} drawn.")


def as_read(deck: Deck, wanted: str) -> Iterator[str]:
    texts = deck.texts[best(deck.texts, chain([wanted]))]
    yield f"{texts.title}  ({deck.key}, {len(deck.prompts)} prompts, checked by {texts.checked_by})"
    yield f"  {texts.about}"
    for prompt in deck.prompts:
        facts = [
            ", ".join(prompt.ground),
            ", ".join(prompt.seasons),
            "" if prompt.light == "any" else prompt.light,
            ", ".join(prompt.company),
            prompt.mobility,
            f"nerve {prompt.nerve}",
        ]
        yield ""
        yield f"  {said(prompt, wanted)}"
        yield f"    [{prompt.key}: {' · '.join(fact for fact in facts if fact)}]"


def said(prompt: Prompt, wanted: str) -> str:
    return prompt.texts[best(prompt.texts, chain([wanted]))]
