"""`rotfaste survey`: the stages whose place is not well known, the worst first."""

from contextlib import closing

import click

from server.cli.terminal import printable
from server.config import read_settings
from server.stores import shown
from server.wiring import open_database


@click.command("survey")
def command() -> None:
    """List stages whose place a steward should go and measure.

    Their fences were widened for doubt, and a visit there is supported at trust 1 at most.
    """
    with closing(open_database(read_settings())) as database:
        found = shown.to_survey(database)
    for code, stage, known_to_m, title in found:
        click.echo(printable(f"{code}  {stage}  known to {known_to_m:.0f} m  {title}"))
    if not found:
        click.echo("Every place is known well.")
