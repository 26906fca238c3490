"""`rotfaste coverage`: whether there is something to play near every settlement, in the dark and in the light."""

import json
from datetime import datetime
from pathlib import Path

import click

from content.packs.checks import check
from content.packs.publishing import publish
from geo.positions import Position
from media.kinds import media_type
from quests.coverage import ENOUGH, WITHIN_M, Playable, Settlement, Share, playable, shares
from quests.region import SWEDEN
from server.cli.seed import SEED_DATA, packs_in
from server.readers.packs import read_members

MOMENTS = (datetime(2026, 12, 15, 16, 0, tzinfo=SWEDEN), datetime(2026, 6, 20, 22, 0, tzinfo=SWEDEN))
LANGUAGES = ("sv", "sv-simple", "en", "uk", "ar")


@click.command("coverage")
@click.option(
    "--from",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=SEED_DATA,
    help="Folder with quests/, places.geojson and municipalities.geojson.",
)
@click.option("--least", type=click.FloatRange(0, 100), default=None, help="Exit with 1 below this. [%]")
def command(folder: Path, least: float | None) -> None:
    """Count where there is enough to play near every settlement.

    For each municipality and language, on a December afternoon and a June night.
    """
    quests = load_quests(folder / "quests")
    settlements = load_settlements(folder / "places.geojson")
    names = _names(folder / "municipalities.geojson")
    generic = sum(not one.entrances for one in quests)
    click.echo(
        f"{len(quests)} quests, {generic} of them playable anywhere; {len(settlements)} settlements. Covered: at"
        f" least {ENOUGH} different ones, playable to the end, within {WITHIN_M / 1000:.0f} km.\n"
    )
    found = shares(quests, settlements, LANGUAGES, MOMENTS)
    for moment in MOMENTS:
        click.echo(f"{moment:%d %B %H:%M}")
        click.echo(f"  {'municipality':<14}{'places':>7}" + "".join(f"{tag:>20}" for tag in LANGUAGES))
        for code, name in names.items():
            there = {one.language: one for one in found if one.at == moment and one.municipality == code}
            if not there:
                click.echo(f"  {name:<14}{0:>7}  no settlement in the list")
                continue
            cells = "".join(f"{_cell(there[tag]):>20}" for tag in LANGUAGES)
            click.echo(f"  {name:<14}{there[LANGUAGES[0]].settlements:>7}{cells}")
        click.echo()
    click.echo("Each cell: share of settlements covered, least-most different quests, +placed ones near any.")
    worst = min(100 * one.covered / one.settlements for one in found if one.language in LANGUAGES[:3])
    click.echo(f"The worst of sv, sv-simple and en: {worst:.0f} %.")
    if least is not None and worst < least:
        raise SystemExit(1)


def load_quests(folder: Path) -> list[Playable]:
    """As they would be published. A pack with mistakes is named and left out."""
    quests = []
    for path in packs_in(folder):
        pack = check(read_members(path).members, media_type).pack
        if pack is None:
            click.echo(f"{path}: left out, see ./rotfaste pack check {path}", err=True)
        else:
            quests.append(playable(publish(pack).quest))
    return quests


def load_settlements(file: Path) -> list[Settlement]:
    return [
        Settlement(
            name=feature["properties"]["name"],
            municipality=feature["properties"]["municipality"],
            position=Position(*feature["geometry"]["coordinates"]),
        )
        for feature in json.loads(file.read_bytes())["features"]
    ]


def _names(file: Path) -> dict[str, str]:
    features = json.loads(file.read_bytes())["features"]
    return {one["properties"]["code"]: one["properties"]["name"] for one in features}


def _cell(share: Share) -> str:
    return f"{100 * share.covered / share.settlements:.0f} % {share.least}-{share.most} +{share.placed}"
