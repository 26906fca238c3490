from pathlib import Path

import click

from server.readers.boundaries import BoundaryError, make_municipalities


@click.command("boundaries")
@click.argument("wheel", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="GeoJSON file to write."
)
@click.option("--county", default="23", show_default=True, help="Code of the county.")
@click.option("--tolerance-m", default=25.0, show_default=True, help="How coarse the borders may become.")
def command(wheel: Path, out: Path, county: str, tolerance_m: float) -> None:
    """Make the municipalities' boundaries from SCB's regions.

    WHEEL is the Python package that carries RegSO 2025; seed_data/SOURCES.md says which and how to fetch it.
    """
    try:
        made = make_municipalities(wheel, county=county, tolerance_m=tolerance_m)
    except BoundaryError as error:
        raise click.ClickException(str(error)) from error
    out.write_bytes(made.geojson)
    for code, (before_km2, after_km2) in sorted(made.areas_km2.items()):
        print(f"{code}  {before_km2:10.2f} km2 made {after_km2:10.2f} km2")
    print(f"{out}: {len(made.areas_km2)} municipalities, {len(made.geojson):,} bytes")
