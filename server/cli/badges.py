"""`rotfaste badges`: check the files, draw them on one sheet, give everybody what they have earned."""

import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click

from content.findings import mistakes
from server.cli.pack import Voice, in_language
from server.cli.terminal import printable
from server.config import read_settings
from server.use_cases.awards import backfill
from server.wiring import BADGES, open_badges, open_database, read_all_badges


@click.group("badges")
def command() -> None:
    """Check badges, draw them, and give everybody those they have earned."""


@command.command("check")
@click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=BADGES, required=False
)
@in_language
def check_badges(folder: Path, lang: str) -> None:
    """Say everything that should be mended, with file and line; ends with 1 when there are mistakes."""
    voice = Voice(lang)
    reading = read_all_badges(folder)
    for finding in reading.findings:
        where = finding.file if finding.line is None else f"{finding.file}:{finding.line}"
        click.echo(printable(f"{where}: {voice.of(finding)}"))
    click.echo(voice("badges.checked", badges=len(reading.badges), findings=len(reading.findings)))
    if mistakes(reading.findings):
        sys.exit(1)


@command.command("award")
@in_language
def award_everybody(lang: str) -> None:
    """Give every player the badges that their moves have earned; nothing is ever taken away.

    The worker does this by itself for badges that are new or whose rule has changed.
    """
    with closing(open_database(read_settings())) as database:
        done = backfill(database, open_badges(), datetime.now(UTC))
    click.echo(Voice(lang)("badges.awarded", players=done.players, awards=done.awards))


@command.command("sheet")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A PNG to write.")
def draw_sheet(out: Path) -> None:
    """Draw all badges on one sheet, as large as on a page and as small as in a list."""
    from media.badges import contact_sheet

    pictures = [badge.sheet.picture for badge in open_badges()]
    out.write_bytes(contact_sheet([(one.motif, one.ground, one.figure) for one in pictures]))
    click.echo(str(out))
