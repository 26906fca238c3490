"""`rotfaste quest`: lets a quest rest, withdraws it, or brings it back."""

from contextlib import closing
from datetime import UTC, datetime

import click

from quests.codes import typed_code
from server.config import read_settings
from server.stores.quests import State
from server.use_cases.problem import Problem
from server.use_cases.publish import set_state
from server.wiring import open_database


@click.command("quest")
@click.argument("code")
@click.argument("state", type=click.Choice(["published", "resting", "withdrawn"]))
@click.option("--reason", default="", help="Why, in words: its body reads it, where it has one.")
def command(code: str, state: State, reason: str) -> None:
    """Let a quest rest, withdraw it, or publish it again.

    What a body took away itself only the body brings back.
    """
    with closing(open_database(read_settings())) as database:
        try:
            standing = set_state(database, typed_code(code) or "", state, datetime.now(UTC), reason)
        except Problem as problem:
            if problem.code == "belongs-to-body":
                raise click.ClickException(f"{code} was taken away by the body it belongs to.") from None
            raise click.ClickException(f"There is no quest {code}.") from None
    click.echo(f"{standing.code} is {standing.state}. Journeys under way go on.")
