"""`rotfaste erase`: for who asks to be forgotten and cannot do it from the phone."""

from contextlib import closing
from datetime import UTC, datetime
from uuid import UUID

import click

from server.config import read_settings
from server.use_cases.erase import erase_player
from server.wiring import open_database


@click.command("erase")
@click.argument("player", type=click.UUID)
@click.option("--yes", is_flag=True, help="Do not ask whether it is meant.")
def command(player: UUID, *, yes: bool) -> None:
    """Erase a player with devices, journeys and moves, for good."""
    if not yes:
        click.confirm(f"Erase player {player} and everything it did? It cannot be brought back.", abort=True)
    settings = read_settings()
    with closing(open_database(settings)) as database:
        erased = erase_player(database, str(player), datetime.now(UTC), settings.tombstones_file)
    if not erased:
        raise click.ClickException(f"There is no player {player}.")
    click.echo("Erased. Backups made before now still hold the player; a restore erases it again.")
