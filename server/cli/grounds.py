"""`rotfaste grounds`: church ground, protected areas, ancient remains, and places where nobody is sent."""

import hashlib
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click

from content.findings import Weight
from content.grounds import FILE_MOST_BYTES, KINDS, Kind, read_grounds
from media.kinds import media_type
from server.cli.closures import say_findings
from server.cli.pack import Voice, in_language
from server.cli.terminal import printable
from server.config import read_settings
from server.readers.files import read_at_most
from server.use_cases import grounds
from server.wiring import open_database


@click.group("grounds")
def command() -> None:
    """Load ground with rules, and see which quests lie on it.

    Packs are checked against it when they are checked and brought in.
    """


@command.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice(KINDS), required=True, help="What sort of ground it is.")
@click.option("--source", help="Whose list it is; the file's name where left out.")
@in_language
def load(file: Path, kind: Kind, source: str | None, lang: str) -> None:
    """Put the areas of a GeoJSON file in place of what this source had of this kind.

    All mistakes are told at once, and then nothing is loaded. The same file once more changes nothing.
    """
    data = read_at_most(file, FILE_MOST_BYTES)
    read = read_grounds(data, kind, str(file))
    if read.findings:
        say_findings(read.findings, Voice(lang))
        sys.exit(1)
    source = printable(source or file.stem)
    with closing(open_database(read_settings())) as database:
        new = grounds.load(
            database,
            kind,
            source,
            read.grounds,
            sha256=hashlib.sha256(data).hexdigest(),
            now=datetime.now(UTC),
        )
    if new:
        click.echo(f"{len(read.grounds)} grounds loaded: {kind}, {source}. Now see: rotfaste grounds check")
    else:
        click.echo("They are from this very file already.")


@command.command("list")
def show() -> None:
    """What is loaded, and when."""
    with closing(open_database(read_settings())) as database:
        for one in grounds.list_sources(database):
            click.echo(f"{one.kind:12}  {one.source}  {one.grounds} grounds  loaded {one.loaded_at:%Y-%m-%d}")


@command.command("check")
@in_language
def check_published(lang: str) -> None:
    """List the quests that are shown and lie on ground with rules. Ends with 1 when something is to mend."""
    voice = Voice(lang)
    with closing(open_database(read_settings())) as database:
        found = grounds.published_on_ground(database, media_type)
    for quest in found:
        for finding in quest.findings:
            weight = voice("pack.mistake" if finding.weight is Weight.MISTAKE else "pack.warning")
            click.echo(printable(f"{quest.code}: {weight}: {voice.of(finding)}"))
    if any(finding.weight is Weight.MISTAKE for quest in found for finding in quest.findings):
        sys.exit(1)
