"""`rotfaste reports`: what players told of stages that could not be done."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

import click

from server.cli.terminal import printable
from server.config import read_settings
from server.stores import reports
from server.wiring import open_database


@click.command("reports")
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 366), help="How far back.")
def command(days: int) -> None:
    """List what players told of stages that could not be done."""
    since = (datetime.now(UTC) - timedelta(days=days)).date()
    with closing(open_database(read_settings())) as database, database.transaction() as connection:
        found = reports.since(connection, since)
    for code, report in found:
        line = f"{report.day}  {code}  {report.stage}  {report.reason}  {report.note}"
        click.echo(printable(line).rstrip())  # anybody may have written the note
    if not found:
        click.echo(f"Nothing was told in the last {days} days.")
