"""`rotfaste duty`: what people do for all. The first administrator is made here, on the server itself."""

from contextlib import closing
from datetime import UTC, datetime

import click
from psycopg import Connection

from server.cli.terminal import printable
from server.config import read_settings
from server.policy.rights import ALL_DUTIES
from server.stores import accounts, bodies, duties
from server.stores.database import Row
from server.stores.duties import Duty
from server.use_cases.problem import Problem
from server.use_cases.sign_in import read_address
from server.wiring import open_database

_municipality = click.option(
    "--municipality", default="", metavar="CODE", help="SCB's code of four digits; without it everywhere."
)


@click.group("duty")
def command() -> None:
    """Give people duties for all, and take them back."""


def _account(connection: Connection[Row], address: str) -> str | None:
    try:
        return accounts.of_address(connection, read_address(address))
    except Problem:
        raise click.ClickException(f"{printable(address)} cannot be an e-mail address.") from None


@command.command("give")
@click.argument("address")
@click.argument("duty", type=click.Choice([duty.value for duty in ALL_DUTIES]))
@_municipality
@click.option(
    "--language", "languages", multiple=True, metavar="TAG", help="What the person reads; repeat it."
)
def give(address: str, duty: str, municipality: str, languages: tuple[str, ...]) -> None:
    """Give a duty to whoever signs in with this e-mail address."""
    now = datetime.now(UTC)
    with closing(open_database(read_settings())) as database, database.transaction() as connection:
        account = _account(connection, address)
        if account is None:
            raise click.ClickException("Nobody has signed in with that address yet. Ask them to, once.")
        duties.give(connection, account, Duty(duty, municipality, languages), now)
        bodies.write_down(connection, now, None, None, "give-duty", f"{duty} {municipality}".strip())
    click.echo(f"{duty}: given.")


@command.command("take")
@click.argument("address")
@click.argument("duty", type=click.Choice([duty.value for duty in ALL_DUTIES]))
@_municipality
def take(address: str, duty: str, municipality: str) -> None:
    """Take a duty back, at once."""
    now = datetime.now(UTC)
    with closing(open_database(read_settings())) as database, database.transaction() as connection:
        account = _account(connection, address)
        if account is None or not duties.take(connection, account, duty, municipality):
            raise click.ClickException("That person has no such duty.")
        bodies.write_down(connection, now, None, None, "take-duty", f"{duty} {municipality}".strip())
    click.echo(f"{duty}: taken back.")


@command.command("list")
def list_all() -> None:
    """List who does what for all."""
    with closing(open_database(read_settings())) as database, database.transaction() as connection:
        rows = duties.all_given(connection)
    for address, name, duty in rows:
        line = f"{duty.duty}  {duty.municipality or 'everywhere'}  {address}  {name}".rstrip()
        ends = "" if duty.ends_at is None else f"  by a provider until {duty.ends_at.date()}"
        click.echo(printable(line) + ends)
    if not rows:
        click.echo("Nobody has a duty yet.")
