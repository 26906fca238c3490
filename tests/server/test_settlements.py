"""The list of settlements: the one in the repository, and the making of one from a small made-up wheel."""

import json
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from geo.positions import Position
from geo.regions import Regions
from server.cli import main
from server.config import CHECKOUT
from server.readers.boundaries import read_municipalities
from server.readers.settlements import (
    MEMBER,
    SCRIPTS,
    SettlementError,
    make_settlements,
    read_settlements,
)

SEED_DATA = CHECKOUT / "seed_data"
COMMITTED = (SEED_DATA / "places.geojson").read_bytes()
NAMES = (SEED_DATA / "names_sma.toml").read_bytes()
OURS = (SEED_DATA / "names_transliterated.toml").read_bytes()
NONE = b"name = []"
BORDERS = read_municipalities((SEED_DATA / "municipalities.geojson").read_bytes())

ROW: dict[str, Any] = {
    "geonameid": 1,
    "name": "Ås",
    "latitude": 63.25,
    "longitude": 14.56667,
    "countrycode": "SE",
    "population": 1572,
    "alternatenames": ["As", "Ås", "OSD", "Ос", "Den åsen", ""],
}


def wheel(folder: Path, *rows: dict[str, Any]) -> Path:
    made = folder / "small.whl"
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(MEMBER, json.dumps({str(row["geonameid"]): row for row in rows}))
    return made


def made(folder: Path, *rows: dict[str, Any]) -> list[dict[str, Any]]:
    features: list[dict[str, Any]] = json.loads(
        make_settlements(wheel(folder, *rows), BORDERS, country="SE").geojson
    )["features"]
    return features


def test_the_repository_holds_settlements_of_all_eight_municipalities() -> None:
    features = json.loads(COMMITTED)["features"]
    regions = Regions(one.region for one in BORDERS)

    assert {feature["properties"]["municipality"] for feature in features} == {one.code for one in BORDERS}
    assert len(COMMITTED) < 50_000
    for feature in features:
        at = Position(*feature["geometry"]["coordinates"])
        assert regions.region_at(at) == feature["properties"]["municipality"]
    populations = [feature["properties"]["population"] for feature in features]
    assert populations == sorted(populations, reverse=True)


def test_every_south_sami_name_has_a_settlement_a_source_and_says_who_looked_at_it() -> None:
    tables = tomllib.loads(NAMES.decode())["name"]
    named = [one for one in read_settlements(COMMITTED, NAMES, OURS) if "sma" in one["properties"]["names"]]

    assert len(named) == len(tables) >= 5
    assert all(len(table["source"]) > 10 and table["checked_by"] for table in tables)
    assert {one["properties"]["names"]["sma"] for one in named} >= {"Staare", "Straejmie", "Ååre"}


def test_every_spelling_of_ours_is_one_that_our_texts_use() -> None:
    tables = tomllib.loads(OURS.decode())["name"]
    written = {
        tag: "".join(file.read_text("utf-8") for file in (SEED_DATA / "quests").rglob(f"texts/{tag}.toml"))
        for tag in SCRIPTS
    }

    assert len(tables) >= 10
    assert [table[tag] for table in tables for tag in SCRIPTS if table[tag] not in written[tag]] == []
    assert {table["source"] for table in tables} == {"own transliteration"}


def test_spellings_of_ours_find_a_place_and_are_not_among_the_names_that_are_shown() -> None:
    (bracke,) = [one for one in read_settlements(COMMITTED, NAMES, OURS) if one["id"] == "geonames:2720004"]

    assert {"Брекке", "بريكّه"} <= set(bracke["properties"]["other_names"])
    assert bracke["properties"]["names"] == {"sv": "Bräcke"}


def test_a_spelling_of_a_settlement_that_is_none_is_named(tmp_path: Path) -> None:
    geojson = make_settlements(wheel(tmp_path, ROW), BORDERS, country="SE").geojson
    table = '[[name]]\nsv = "Ås"\nuk = "Ос"\nar = "أوس"\ngeonames = 2\nsource = "x"\nchecked_by = "y"\n'

    with pytest.raises(SettlementError, match="Transliterated name 1: Ås is not settlement 2"):
        read_settlements(geojson, NONE, table.encode())
    with pytest.raises(SettlementError, match="Transliterated name 1: u, uk missing or unknown"):
        read_settlements(geojson, NONE, table.replace("uk =", "u =").encode())


def test_a_settlement_is_told_with_names_that_are_found_by_other_letters(tmp_path: Path) -> None:
    (feature,) = made(tmp_path, ROW)

    assert feature == {
        "type": "Feature",
        "id": "geonames:1",
        "properties": {
            "name": "Ås",
            "kind": "settlement",
            "municipality": "2309",
            "population": 1572,
            "known_to_m": 1_000,
            "other_names": ["Den åsen", "Ос"],
        },
        "geometry": {"type": "Point", "coordinates": [14.56667, 63.25]},
    }


@pytest.mark.parametrize(
    "lon, lat, known_to_m",
    [
        (14.56667, 63.25, 1_000),
        (14.6, 63.3, 1_000),
        (14.58333, 63.26667, 1_000),
        (14.56667, 63.25012, 100),
        (14.56612, 63.25, 100),
        (14.57, 63.25, 100),
    ],
)
def test_whole_minutes_are_known_to_a_kilometre(
    tmp_path: Path, lon: float, lat: float, known_to_m: int
) -> None:
    (feature,) = made(tmp_path, ROW | {"longitude": lon, "latitude": lat})

    assert feature["properties"]["known_to_m"] == known_to_m


def test_only_what_lies_within_the_borders_and_in_the_country_is_taken(tmp_path: Path) -> None:
    rows = [
        ROW,
        ROW | {"geonameid": 2, "latitude": 59.33, "longitude": 18.07},
        ROW | {"geonameid": 3, "countrycode": "NO"},
        ROW | {"geonameid": 4, "population": 9_000},
    ]

    assert [feature["id"] for feature in made(tmp_path, *rows)] == ["geonames:4", "geonames:1"]
    with pytest.raises(SettlementError, match="none of its settlements lies in FI"):
        make_settlements(wheel(tmp_path, ROW), BORDERS, country="FI")


def test_the_same_wheel_gives_the_same_bytes(tmp_path: Path) -> None:
    rows = [ROW | {"geonameid": number} for number in range(20)]
    one = make_settlements(wheel(tmp_path, *rows), BORDERS, country="SE")
    other = make_settlements(wheel(tmp_path, *reversed(rows)), BORDERS, country="SE")

    assert sorted(one.geojson.splitlines()) == sorted(other.geojson.splitlines())
    assert one.geojson == other.geojson


def test_a_file_that_is_no_such_wheel_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "text.whl"
    text.write_text("no zip")
    with pytest.raises(SettlementError, match="is no wheel"):
        make_settlements(text, BORDERS, country="SE")
    with zipfile.ZipFile(tmp_path / "empty.whl", "w") as archive:
        archive.writestr("readme", "")
    with pytest.raises(SettlementError, match=f"there is no {MEMBER}"):
        make_settlements(tmp_path / "empty.whl", BORDERS, country="SE")
    with zipfile.ZipFile(tmp_path / "broken.whl", "w") as archive:
        archive.writestr(MEMBER, "{")
    with pytest.raises(SettlementError, match="cannot be read"):
        make_settlements(tmp_path / "broken.whl", BORDERS, country="SE")


NAME = '[[name]]\nsv = "Ås"\nsma = "Aase"\ngeonames = 1\nsource = "made up"\nchecked_by = "nobody yet"\n'


@pytest.mark.parametrize(
    "names, reason",
    [
        (NAME.replace("geonames = 1", "geonames = 2"), "Ås is not settlement 2"),
        (NAME.replace('"Ås"', '"Åre"'), "Åre is not settlement 1"),
        (NAME.replace('source = "made up"\n', ""), "source missing or unknown"),
        (NAME + 'note = "x"\n', "note missing or unknown"),
        ("x", "no list of settlements or of names"),
        ("name = 1", "no list|not iterable"),
    ],
)
def test_a_south_sami_name_that_does_not_fit_is_named(tmp_path: Path, names: str, reason: str) -> None:
    geojson = make_settlements(wheel(tmp_path, ROW), BORDERS, country="SE").geojson

    assert read_settlements(geojson, NAME.encode(), NONE)[0]["properties"]["names"] == {
        "sv": "Ås",
        "sma": "Aase",
    }
    with pytest.raises(SettlementError, match=reason):
        read_settlements(geojson, names.encode(), NONE)


def test_the_command_writes_the_file_and_says_what_is_in_it(tmp_path: Path) -> None:
    out = tmp_path / "out.geojson"

    result = CliRunner().invoke(main, ["settlements", str(wheel(tmp_path, ROW)), "--out", str(out)])

    assert result.exit_code == 0, result.output
    assert "2309     1  Ås" in result.output
    assert "1 settlements" in result.output
    assert json.loads(out.read_bytes())["features"][0]["id"] == "geonames:1"


def test_the_command_says_why_it_cannot(tmp_path: Path) -> None:
    out = tmp_path / "out.geojson"
    arguments = ["settlements", str(wheel(tmp_path, ROW)), "--out", str(out), "--country", "NO"]

    result = CliRunner().invoke(main, arguments)

    assert result.exit_code == 1
    assert "none of its settlements lies in NO" in result.output
    assert not out.exists()
