"""`rotfaste basemap`: an offline base map, with the walking network and the names of places."""

import json
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import click

from server.cli.terminal import printable
from server.config import CHECKOUT, read_settings
from server.readers.osm import OsmError
from server.readers.tilemaking import MEMORY_MIB, ToolsMissing
from server.stores.basemaps import BaseMapBusy
from server.use_cases import basemap
from server.wiring import open_base_maps, open_database

DOING = {
    1: "Cutting the region out of the file",
    2: "Reading ways to walk and names",
    3: "Drawing tiles",
    4: "Packing them",
    5: "Putting everything in place",
}
TOLD_EVERY_S = 10.0
_BUSY = "Another import is under way here. Nothing was changed."


@click.group("basemap")
def command() -> None:
    """Import an offline base map from OpenStreetMap, list it, take it away.

    Where nothing is imported, a plain map of municipalities, large lakes and settlements is drawn.
    """


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--within",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=CHECKOUT / "seed_data/municipalities.geojson",
    help="GeoJSON around which the file is cut. The municipalities of this release where nothing is said.",
)
@click.option("--whole", is_flag=True, help="Take all that is in the file.")
@click.option(
    "--memory-mib",
    type=click.IntRange(64, 1_000_000),
    default=MEMORY_MIB,
    show_default=True,
    help="What each of the programs that make the map may take.",
)
def import_file(file: Path, within: Path, *, whole: bool, memory_mib: int) -> None:
    """Make the base map out of FILE, an extract of OpenStreetMap (.osm.pbf).

    With it come the ways to walk on and the names of places. All of it takes the place of what was imported before, at the
    end and at once; whatever goes wrong, that stays.
    """
    settings = read_settings()
    with closing(open_database(settings)) as database:
        try:
            made = basemap.import_map(
                database,
                open_base_maps(settings),
                file.absolute(),
                None if whole else _features(within),
                _teller(),
                now=datetime.now(UTC),
                memory_mib=memory_mib,
            )
        except BaseMapBusy:
            raise click.ClickException(_BUSY) from None
        except (OsmError, ToolsMissing) as error:
            raise click.ClickException("\n".join(map(printable, str(error).splitlines()))) from error
    note, packed = made.note, made.packed
    click.echo(
        f"The base map is in force: {packed.tiles:,} tiles, {packed.bytes / 1e6:.1f} MB, the largest"
        f" {packed.largest_tile_bytes / 1e3:.0f} kB; {note.places:,} names of places;"
        f" {note.walk_km:,.0f} km to walk on in {made.walk_edges:,} pieces."
    )
    if not note.places:
        click.echo("No name lies in a municipality that is loaded here, so search finds none of them.")


@command.command("list")
def show() -> None:
    """What is in force, where it is from and how old it is."""
    current = open_base_maps(read_settings()).current()
    if current is None:
        click.echo("Nothing is imported: a plain map is drawn.")
        return
    note, archive = current.note, current.archive
    age = "of unknown age" if note.data_at is None else f"as of {note.data_at:%Y-%m-%d}"
    click.echo(f"{note.sha256}  {note.bytes / 1e6:.1f} MB  zoom {archive.minzoom} to {archive.maxzoom}")
    click.echo(printable(f"from {note.name}, {age}, imported {note.imported_at:%Y-%m-%d %H:%M} UTC"))
    click.echo(f"{note.places:,} names of places, {note.walk_km:,.0f} km to walk on")
    click.echo(", ".join(f"{side:.4f}" for side in archive.bounds) + "  (west, south, east, north)")
    click.echo(archive.attribution)


@command.command("remove")
def remove() -> None:
    """Take the base map away, with its network and its names; a plain map is drawn again."""
    settings = read_settings()
    with closing(open_database(settings)) as database:
        try:
            there = basemap.remove_map(database, open_base_maps(settings))
        except BaseMapBusy:
            raise click.ClickException(_BUSY) from None
    click.echo("The base map is gone; a plain map is drawn." if there else "There was none.")


def _features(within: Path) -> list[dict[str, object]]:
    try:
        found = json.loads(within.read_bytes())["features"]
        return [dict(one) for one in found if one["geometry"]]
    except (ValueError, KeyError, TypeError) as error:
        raise click.ClickException(f"{within} is no GeoJSON with features: {error}") from error


def _teller() -> Callable[[int, str], None]:
    """Each step with how long it took; what the programs say themselves every now and then."""
    began = told = monotonic()
    doing = 0

    def tell(step: int, said: str) -> None:
        nonlocal doing, told
        now = monotonic()
        if step != doing:
            doing, told = step, now
            click.echo(f"{step} of {basemap.STEPS}  {DOING[step]}  ({now - began:.0f} s)")
        elif said and now - told >= TOLD_EVERY_S:
            told = now
            click.echo(f"        {printable(said)[:100]}")

    return tell
