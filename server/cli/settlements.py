from pathlib import Path

import click

from server.config import CHECKOUT
from server.readers.boundaries import BoundaryError, read_municipalities
from server.readers.settlements import SettlementError, make_settlements


@click.command("settlements")
@click.argument("wheel", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="GeoJSON file to write."
)
@click.option("--country", default="SE", show_default=True, help="ISO 3166 code of the country.")
@click.option(
    "--within",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=CHECKOUT / "seed_data/municipalities.geojson",
    help="Borders, as `rotfaste boundaries` makes them. Those of this release where nothing is said.",
)
def command(wheel: Path, out: Path, country: str, within: Path) -> None:
    """Make the list of settlements from GeoNames.

    WHEEL is the Python package that carries GeoNames' settlements; seed_data/SOURCES.md says which and how to fetch it.
    """
    try:
        made = make_settlements(wheel, read_municipalities(within.read_bytes()), country=country)
    except (SettlementError, BoundaryError) as error:
        raise click.ClickException(str(error)) from error
    out.write_bytes(made.geojson)
    for code, names in sorted(made.by_municipality.items()):
        print(f"{code}  {len(names):4}  {', '.join(names)}")
    total = sum(map(len, made.by_municipality.values()))
    print(f"{out}: {total} settlements, {len(made.geojson):,} bytes")
