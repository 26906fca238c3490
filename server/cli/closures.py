"""`rotfaste closures`: ground that is closed for a while."""

import json
import sys
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from content.areas import features_said
from content.closures import FILE_MOST_BYTES, read_closures, read_moment
from content.findings import Finding, Weight
from quests.closures import Closure
from quests.region import SWEDEN
from server.cli.pack import Voice, in_language
from server.cli.terminal import printable
from server.config import read_settings
from server.readers.files import read_at_most
from server.readers.osm import OsmError
from server.use_cases import closures, seasons
from server.use_cases.problem import Problem
from server.wiring import open_database

file_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group("closures")
def command() -> None:
    """Close ground for a while: load, list and end closures.

    For calving, gathering and moving of reindeer, for works, for reserves. Phones hear of it with the next kit.
    """


@command.command("load")
@file_argument
@click.option("--for", "body", metavar="BODY", help="The id of the body that asked on the phone.")
@in_language
def load(file: Path, body: str | None, lang: str) -> None:
    """Close the areas of a GeoJSON file, from and to the days that it says.

    All mistakes are told at once, and then nothing is loaded. The same file once more changes nothing. With --for they
    are that body's from then on: its name stands on them, and its editors change and end them.
    """
    read = read_closures(read_at_most(file, FILE_MOST_BYTES), str(file))
    if read.findings:
        say_findings(read.findings, Voice(lang))
        sys.exit(1)
    now = datetime.now(UTC)
    with closing(open_database(read_settings())) as database:
        try:
            loaded = closures.load(database, read.closures, now, body)
        except Problem as problem:
            raise click.ClickException(Voice(lang)(f"problem.{problem.code}")) from None
    for closure in loaded.changed:
        click.echo(_line(closure, now))
    click.echo(f"{len(loaded.changed)} closures announced, {len(loaded.same)} were there already.")


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
@click.option("--all", "everything", is_flag=True, help="Those that are over too.")
def show(*, as_json: bool, everything: bool) -> None:
    """Those in force and those announced."""
    now = datetime.now(UTC)
    with closing(open_database(read_settings())) as database:
        found = [one for one in closures.list_all(database) if everything or one.ends > now]
    if as_json:
        click.echo(json.dumps([_as_data(one) for one in found], ensure_ascii=False, indent=1))
        return
    for closure in found:
        click.echo(_line(closure, now))


@command.command("end")
@click.argument("closure_id", metavar="ID")
@click.option(
    "--at", "at", help="A day (its beginning, in Sweden) or a moment with its zone; now where left out."
)
def end(closure_id: str, at: str | None) -> None:
    """Open the ground again, earlier than it was said."""
    now = datetime.now(UTC)
    moment = now.replace(microsecond=0) if at is None else read_moment(at)
    if moment is None:
        raise click.UsageError(f"{at} is no day and no moment: 2026-06-24, or 2026-06-24T12:00+02:00")
    with closing(open_database(read_settings())) as database:
        try:
            ended = closures.end(database, closure_id, moment, now)
        except Problem as problem:
            if problem.code == "closure-over":
                raise click.ClickException("It ends earlier than that anyway.") from None
            raise click.ClickException(f"There is no closure {closure_id}.") from None
    click.echo(_line(ended, now))


@command.command("stays-open")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load_stays_open(file: Path) -> None:
    """Read roads, marked winter trails and ski areas out of an extract of OpenStreetMap (.osm.pbf).

    They are left open in ground that is closed every year, unless the sameby says otherwise. In place of what was
    read before; what is announced is made anew.
    """
    with closing(open_database(read_settings())) as database:
        try:
            loaded = seasons.load_stays_open(database, file, datetime.now(UTC))
        except OsmError as error:
            raise click.ClickException(str(error)) from None
    if loaded is None:
        click.echo("It is from this very file already.")
        return
    told = ", ".join(f"{number} {kind}" for kind, number in loaded.kinds.items()) or "nothing"
    click.echo(f"{told} stay open; {loaded.announced} closures made anew.")


def say_findings(findings: Iterable[Finding], voice: Voice) -> None:
    """To the error channel, each with its file, its feature and where in it."""
    for number, finding in features_said(tuple(findings)):
        where = finding.file if number is None else f"{finding.file}: feature {number}"
        inner = finding.pointer.split("/", 3)[3:]
        weight = voice("pack.mistake" if finding.weight is Weight.MISTAKE else "pack.warning")
        place = f" ({inner[0]})" if inner else ""
        click.echo(printable(f"{where}{place}: {weight}: {voice.of(finding)}"), err=True)


def _line(closure: Closure, now: datetime) -> str:
    state = "over" if closure.ends <= now else "closed" if closure.starts <= now else "announced"
    starts, ends = (
        f"{moment.astimezone(SWEDEN):%Y-%m-%d %H:%M}" for moment in (closure.starts, closure.ends)
    )
    who = printable(closure.authority)
    return (
        f"{closure.id}  {state:9}  {starts} to {ends}  {closure.kind}  {who}  (revision {closure.revision})"
    )


def _as_data(closure: Closure) -> dict[str, Any]:
    return {
        "id": closure.id,
        "revision": closure.revision,
        "kind": closure.kind,
        "starts": closure.starts.isoformat(),
        "ends": closure.ends.isoformat(),
        "authority": closure.authority,
        "texts": closure.texts,
        "withdrawn": closure.withdrawn,
        "corners": sum(len(ring) for polygon in closure.area for ring in polygon),
    }
