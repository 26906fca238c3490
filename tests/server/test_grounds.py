"""Ground with rules: loaded by kind and source, and held against packs and against what is published."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from content.grounds import Kind, read_grounds
from content.packs.archive import unpack_bytes
from geo.positions import Position, destination
from server.cli import main
from server.cli.seed import PLACE_FILES, load_seed
from server.config import CHECKOUT
from server.readers.packs import media_type
from server.stores.database import Database
from server.use_cases import grounds, publish
from server.use_cases.problem import Problem
from tests.content.examples import Members, spoilt, trail
from tests.factories import NOON, published

START = Position(14.63, 63.18)
SEED = CHECKOUT / "seed_data"


def feature(middle: Position, half_m: float = 100, **said: Any) -> dict[str, Any]:
    corners = [destination(middle, bearing, half_m * 2**0.5) for bearing in (45, 135, 225, 315)]
    ring = [[round(one.lon, 6), round(one.lat, 6)] for one in corners]
    return {
        "type": "Feature",
        "properties": said,
        "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
    }


def collection(*features: dict[str, Any]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def load(
    database: Database, kind: Kind, *features: dict[str, Any], source: str = "list", sha256: str = "a"
) -> bool:
    read = read_grounds(collection(*features), kind)
    assert read.findings == ()
    return grounds.load(database, kind, source, read.grounds, sha256=sha256, now=NOON)


def told(database: Database, pack: Members) -> list[str]:
    """The codes of what a pack is refused for, or of what there is to think about."""
    try:
        receipt = publish.publish_pack(database, pack, media_type, NOON)
    except Problem as problem:
        return [one.code for one in problem.findings]  # type: ignore[attr-defined]
    return [finding.code for finding in receipt.findings]


def test_a_pack_is_refused_for_ground_that_is_loaded(opened: Database) -> None:
    assert told(opened, trail()) == []

    load(opened, "installation", feature(destination(START, 90, 180), name="Kraftstationen"))

    assert told(opened, trail()) == ["ground-installation"]


def test_what_lies_farther_away_than_its_rules_reach_is_no_matter(opened: Database) -> None:
    load(opened, "installation", feature(destination(START, 90, 240)), feature(destination(START, 0, 30_000)))

    assert told(opened, trail()) == []


def test_a_list_takes_the_place_of_its_older_self_and_of_nothing_else(opened: Database) -> None:
    load(opened, "protected", feature(START), source="Länsstyrelsen")
    load(opened, "church", feature(destination(START, 0, 9000)), source="Länsstyrelsen")
    load(
        opened,
        "protected",
        feature(destination(START, 0, 9000)),
        feature(destination(START, 0, 9999)),
        source="egna",
    )

    assert load(opened, "protected", source="Länsstyrelsen", sha256="b")

    assert [(one.kind, one.source, one.grounds) for one in grounds.list_sources(opened)] == [
        ("church", "Länsstyrelsen", 1),
        ("protected", "egna", 2),
    ]
    assert told(opened, trail()) == []


def test_the_same_file_once_more_changes_nothing(opened: Database) -> None:
    assert load(opened, "protected", feature(START))
    assert not load(opened, "protected", feature(START))
    assert load(opened, "church", feature(START))


def test_bans_come_back_as_they_were(opened: Database) -> None:
    load(opened, "protected", feature(START, ban=[["02-01", "08-15"]]))

    assert told(opened, trail()) == ["ground-protected", "ground-protected-ban"]


def test_quests_that_lie_on_new_ground_are_listed(opened: Database) -> None:
    receipt = publish.publish_pack(opened, trail(), media_type, NOON)
    published(opened)  # one whose pack cannot be read
    before = grounds.published_on_ground(opened, media_type)

    load(opened, "church", feature(START))
    found = grounds.published_on_ground(opened, media_type)
    publish.set_state(opened, receipt.code, "resting", NOON)
    resting = grounds.published_on_ground(opened, media_type)
    publish.set_state(opened, receipt.code, "withdrawn", NOON)

    assert before == []
    assert [(one.code, [each.code for each in one.findings]) for one in found] == [
        (receipt.code, ["ground-church-consent"])
    ]
    assert resting == found
    assert grounds.published_on_ground(opened, media_type) == []


def test_a_quest_of_the_release_on_such_ground_is_left_out_and_the_others_are_loaded(
    opened: Database, tmp_path: Path
) -> None:
    """So that a new list of grounds never keeps a server from starting."""
    for name in ("quests/ostersund/bridge-builder", "quests/anywhere/from-your-door"):
        shutil.copytree(SEED / name, tmp_path / name)
    for file in ("municipalities.geojson", *PLACE_FILES):
        shutil.copy(SEED / file, tmp_path)
    load(opened, "installation", feature(Position(14.61866, 63.1834)))

    seeded = load_seed(opened, tmp_path, NOON)

    assert seeded.left_out == (tmp_path / "quests/ostersund/bridge-builder",)
    assert len(seeded.quests) == 1


# ---------------------------------------------------------------------------------------------- commands


@pytest.fixture
def run(database: str, tmp_path: Path) -> Callable[..., Result]:
    def command(*arguments: object, url: str = database) -> Result:
        environ = {"DATABASE_URL": url, "ROTFASTE_DATA": str(tmp_path), "LANG": "en"}
        return CliRunner().invoke(main, [str(argument) for argument in arguments], env=environ)

    return command


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "pack"
    for name, data in trail().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def test_grounds_are_loaded_listed_and_checked(
    run: Callable[..., Result], pack: Path, tmp_path: Path
) -> None:
    file = tmp_path / "churches.geojson"
    file.write_bytes(collection(feature(START, name="Kyrkan")))
    imported = run("pack", "import", pack)

    loaded = run("grounds", "load", file, "--kind", "church", "--source", "Parish")
    again = run("grounds", "load", file, "--kind", "church", "--source", "Parish")
    listed = run("grounds", "list")
    checked = run("grounds", "check")

    assert imported.exit_code == 0
    assert "1 grounds loaded: church, Parish" in loaded.stdout
    assert "from this very file already" in again.stdout
    assert listed.stdout.startswith("church        Parish  1 grounds  loaded 20")
    assert checked.exit_code == 1
    assert "JH22222: mend: “start” lies on church ground (Kyrkan, 0 m)." in checked.stdout


def test_a_pack_is_checked_against_what_is_loaded_or_against_a_file(
    run: Callable[..., Result], pack: Path, tmp_path: Path
) -> None:
    file = tmp_path / "own.geojson"
    file.write_bytes(collection(feature(START, name="Dammen", kind="installation")))
    church = tmp_path / "church.geojson"
    church.write_bytes(collection(feature(START)))
    run("grounds", "load", church, "--kind", "church")

    loaded = run("pack", "check", pack)
    of_file = run("pack", "check", pack, "--grounds", file)
    broken = run("pack", "check", pack, "--grounds", church)

    assert "lies on church ground" in loaded.stdout
    assert "lies at a protected installation (Dammen, 0 m)" in of_file.stdout
    assert "church ground" not in of_file.stdout
    assert broken.exit_code == 1
    assert "The kind is" in broken.stderr


def test_without_a_database_a_pack_is_checked_all_the_same_and_it_is_said(
    run: Callable[..., Result], pack: Path
) -> None:
    nowhere = "postgresql://quest@/quest?host=/nonexistent"

    found = run("pack", "check", pack, pack, url=nowhere)

    assert found.exit_code == 0
    assert found.stdout.count("all is well") == 2
    assert found.stderr.count("Ground with rules was not looked at") == 1


def test_mistakes_in_a_file_are_told_and_nothing_is_loaded(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    file = tmp_path / "swapped.geojson"
    swapped = feature(START)
    ring = swapped["geometry"]["coordinates"][0]
    swapped["geometry"]["coordinates"] = [[[lat, lon] for lon, lat in ring]]
    file.write_bytes(collection(feature(START), swapped))

    found = run("grounds", "load", file, "--kind", "ancient")

    assert found.exit_code == 1
    assert "feature 2 (geometry/coordinates/0/0/0): mend: The point has longitude 63" in found.stderr
    assert run("grounds", "list").stdout == ""


def test_consent_lets_a_pack_in_and_stays_out_of_kits(opened: Database) -> None:
    said_yes = b'\n[stages.start.consent]\nstatus = "granted"\nby = "Kyrkorad Nilsson"\ndate = "2026-05-01"\n'
    load(opened, "church", feature(START))
    pack = trail()
    pack["private.toml"] += said_yes

    assert told(opened, pack) == []

    with opened.transaction() as connection:
        for table in ("game.quest_versions", "shown.quests", "shown.stages"):
            rows = connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608
            assert "Nilsson" not in str(rows), table
    carried = unpack_bytes(publish.export_pack(opened, "JH22222").pack).members
    assert b"Nilsson" in carried["private.toml"]
    assert told(opened, spoilt(pack, "private.toml", "granted", "asked")) == ["ground-church-consent"]
