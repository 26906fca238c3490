"""`rotfaste config`: what is in force."""

import textwrap

import click

from server.config import read_settings


@click.command("config")
def command() -> None:
    """Show every setting, the value in force and what it is for."""
    for name, value, note in read_settings().described():
        click.echo(f"{name}={value}")
        click.echo(textwrap.indent(textwrap.fill(note, 96), "    # "))
