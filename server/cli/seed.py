"""`rotfaste seed`: the quests, the municipalities, the places and the lakes that come with this release."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from content.decks import read_decks
from content.findings import Finding, mistakes
from content.packs.checks import check
from content.packs.model import QUEST_FILE
from media.kinds import media_type
from server.config import CHECKOUT, read_settings
from server.readers.lakes import read_lakes
from server.readers.packs import read_members
from server.readers.settlements import SOURCE, read_settlements
from server.readers.sheets import read_sheets
from server.stores.database import Database
from server.use_cases.places import load_lakes, load_places
from server.use_cases.problem import Problem
from server.use_cases.publish import Receipt, load_municipalities, publish_once
from server.wiring import open_database

SEED_DATA = CHECKOUT / "seed_data"
#: What the places are read from, in the order that `read_settlements` takes.
PLACE_FILES = ("places.geojson", "names_sma.toml", "names_transliterated.toml")
#: What lies in such a folder beside the packs.
FILES_OF_THE_RELEASE = ("municipalities.geojson", *PLACE_FILES, "lakes.geojson", "lakes.toml")


class SeedError(click.ClickException):
    """What comes with the release is broken; the message names the pack and all its mistakes."""


@dataclass(frozen=True, slots=True)
class Seeded:
    """What was new."""

    quests: tuple[Receipt, ...]
    municipalities: bool
    places: bool
    lakes: bool = False
    left_out: tuple[Path, ...] = ()


@click.command("seed")
def command() -> None:
    """Load the quests, the municipalities, the places and the lakes that come with this release."""
    with closing(open_database(read_settings())) as database:
        seeded = load_seed(database, SEED_DATA, datetime.now(UTC))
    if seeded.municipalities:
        click.echo("Municipalities loaded.")
    if seeded.places:
        click.echo("Places loaded.")
    if seeded.lakes:
        click.echo("Lakes loaded.")
    for receipt in seeded.quests:
        click.echo(f"Quest {receipt.code} published.")
    for path in seeded.left_out:
        click.echo(f"Left out, for the ground that it lies on: ./rotfaste pack check {path}")
    if seeded == Seeded((), municipalities=False, places=False):
        click.echo("Everything was there already.")


def load_seed(database: Database, folder: Path, now: datetime) -> Seeded:
    """What is not there yet: a version that was ever published here is not published again.

    So a quest that its association has changed since, or withdrawn, stays as they left it. Decks and badges are served
    from their files, and need no loading; a deck with a mistake would not be served, which is said here. Raises
    SeedError.
    """
    broken = mistakes(read_decks(read_sheets(folder / "decks")).findings)
    if broken:
        raise SeedError("\n".join(["decks: see ./rotfaste deck check", *_lines(broken)]))
    # Borders first: a quest is told where it lies when it is published.
    borders = (folder / "municipalities.geojson").read_bytes()
    new_borders = load_municipalities(
        database, json.loads(borders)["features"], hashlib.sha256(borders).hexdigest()
    )
    files = [(folder / name).read_bytes() for name in PLACE_FILES]
    new_places = load_places(
        database, read_settlements(*files), SOURCE, hashlib.sha256(b"".join(files)).hexdigest()
    )
    shores, names = (folder / "lakes.geojson").read_bytes(), (folder / "lakes.toml").read_bytes()
    new_lakes = load_lakes(database, read_lakes(shores, names), hashlib.sha256(shores + names).hexdigest())
    published: list[Receipt] = []
    left_out: list[Path] = []
    for found in _publish(database, folder / "quests", now):
        if isinstance(found, Path):
            left_out.append(found)
        else:
            published.append(found)
    return Seeded(tuple(published), new_borders, new_places, new_lakes, tuple(left_out))


def _publish(database: Database, folder: Path, now: datetime) -> Iterator[Receipt | Path]:
    """What was published, and the packs that this installation's grounds keep from it."""
    for path in packs_in(folder):
        unpacked = read_members(path)
        if unpacked.findings:
            raise _broken(path, unpacked.findings)
        try:
            receipt = publish_once(database, unpacked.members, media_type, now)
        except Problem as problem:
            if not mistakes(check(unpacked.members, media_type).findings):
                yield path
                continue
            raise _broken(path, problem.findings) from None
        if receipt is not None:
            yield receipt


def packs_in(folder: Path) -> list[Path]:
    """Every pack below a folder, unpacked or not, in the order of their paths."""
    return sorted([*folder.rglob("*.zip"), *(sheet.parent for sheet in folder.rglob(QUEST_FILE))])


def _broken(path: Path, findings: tuple[object, ...]) -> SeedError:
    return SeedError("\n".join([f"{path}: see ./rotfaste pack check {path}", *_lines(findings)]))


def _lines(findings: tuple[object, ...]) -> list[str]:
    return [f"  {one.file}:{one.line}: {one.code}" for one in findings if isinstance(one, Finding)]
