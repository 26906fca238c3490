from pathlib import Path

import click

from server.config import CHECKOUT
from server.readers.boundaries import BoundaryError, read_municipalities
from server.readers.lakes import LakeError, make_lakes


@click.command("lakes")
@click.argument("wheel", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="GeoJSON file to write."
)
@click.option(
    "--within",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=CHECKOUT / "seed_data/municipalities.geojson",
    help="Borders, as `rotfaste boundaries` makes them. Those of this release where nothing is said.",
)
def command(wheel: Path, out: Path, within: Path) -> None:
    """Make the large lakes from GSHHG's shorelines.

    WHEEL is the Python package that carries GSHHG; seed_data/SOURCES.md says which and how to fetch it.
    """
    try:
        made = make_lakes(wheel, read_municipalities(within.read_bytes()))
    except (LakeError, BoundaryError) as error:
        raise click.ClickException(str(error)) from error
    out.write_bytes(made.geojson)
    for lake, area_km2 in made.areas_km2.items():
        print(f"{lake:14}  {area_km2:6.1f} km2")
    print(f"{out}: {len(made.areas_km2)} lakes, {len(made.geojson):,} bytes")
