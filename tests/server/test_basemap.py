"""The base map: imported whole or not at all, by the programs that make it."""

import gzip
import json
import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import osmium
import pytest
from click.testing import CliRunner, Result
from osmium.osm.mutable import Node, Way

from geo.tiles import Tile
from server.cli import main
from server.cli.seed import PLACE_FILES, SEED_DATA
from server.config import CHECKOUT
from server.readers import tilemaking
from server.readers.settlements import SOURCE, read_settlements
from server.stores import basemaps, showing
from server.stores.basemaps import BaseMaps
from server.stores.database import Database
from server.use_cases import publish
from server.use_cases.places import find, load_places
from tests.server import mvt
from tests.server.maps import NEAR, TILE_OF_NEAR, TILES, Drawing, lay, village

LANGUAGES = ("sv",)


@pytest.fixture
def maps(tmp_path: Path) -> BaseMaps:
    return BaseMaps(tmp_path / "data/basemap")


def load_region(database: Database) -> None:
    """Municipalities and places, as seeding loads them."""
    borders = (SEED_DATA / "municipalities.geojson").read_bytes()
    publish.load_municipalities(database, json.loads(borders)["features"], "a" * 64)
    files = [(SEED_DATA / name).read_bytes() for name in PLACE_FILES]
    load_places(database, read_settlements(*files), SOURCE, "a" * 64)


@pytest.fixture
def rotfaste(tmp_path: Path, opened: Database, database: str) -> Callable[..., Result]:
    """The command, over a database with municipalities and places."""
    load_region(opened)

    def run(*arguments: object) -> Result:
        environ = {"DATABASE_URL": database, "ROTFASTE_DATA": str(tmp_path / "data")}
        return CliRunner().invoke(main, ["basemap", *map(str, arguments)], env=environ)

    return run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return village().write(tmp_path / "village.osm.pbf", timestamp="2026-11-01T20:21:30Z")


def names(database: Database, typed: str) -> list[str]:
    found = json.loads(b"[" + find(database, typed, None, 10, LANGUAGES).features + b"]")
    return [one["properties"]["name"] for one in found]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def drawn(maps: BaseMaps, tile: Tile = TILE_OF_NEAR) -> dict[str, list[dict[str, Any]]]:
    """What features of each layer say, in a tile."""
    current = maps.current()
    assert current is not None
    packed = current.archive.tile(tile)
    layers = {} if packed is None else mvt.read(gzip.decompress(packed))
    return {name: [one.properties for one in layer.features] for name, layer in layers.items()}


@dataclass
class Once:
    """A village that was imported once, for all who only look."""

    maps: BaseMaps
    opened: Database
    output: str


@pytest.fixture(scope="module")
def once(
    tmp_path_factory: pytest.TempPathFactory, database_url: str, clean_database: Callable[[], None]
) -> Iterator[Once]:
    clean_database()
    folder = tmp_path_factory.mktemp("once")
    opened = Database(database_url, size=2)
    load_region(opened)
    environ = {"DATABASE_URL": database_url, "ROTFASTE_DATA": str(folder)}
    file = village().write(folder / "village.osm.pbf", timestamp="2026-11-01T20:21:30Z")
    done = CliRunner().invoke(main, ["basemap", "import", str(file)], env=environ)
    assert done.exit_code == 0, done.output
    listed = CliRunner().invoke(main, ["basemap", "list"], env=environ)
    yield Once(BaseMaps(folder / "basemap"), opened, done.output + listed.output)
    opened.close()
    clean_database()


class TestLookedAt:
    # These come first: other tests empty the database.
    @pytest.fixture
    def maps(self, once: Once) -> BaseMaps:
        return once.maps

    @pytest.fixture
    def opened(self, once: Once) -> Database:
        return once.opened

    def test_every_step_is_told_and_the_outcome_and_what_is_there(self, once: Once) -> None:
        lines = once.output.splitlines()

        assert [line[:6] for line in lines[:5]] == [f"{step} of 5" for step in range(1, 6)]
        assert "4 names of places" in lines[5]
        assert "4 km to walk on in 5 pieces" in lines[5]
        assert "from village.osm.pbf, as of 2026-11-01" in once.output
        assert "zoom 5 to 14" in once.output
        assert lines[-1] == "© OpenStreetMap contributors, ODbL 1.0"

    def test_each_layer_is_drawn_with_its_names(self, maps: BaseMaps) -> None:
        said = drawn(maps)

        assert {"class": "secondary", "name": "Storgatan", "ref": "605"} in said["road"]
        assert {"class": "minor", "name": "Skolvägen", "surface": "paved"} in said["road"]
        assert said["path"] == [
            {
                "class": "path",
                "name": "Sundstastigen",
                "surface": "unpaved",
                "lit": True,
                "trail": True,
                "trail_name": "Pilgrimsleden",
            }
        ]
        assert {"class": "village", "name": "Sundsta", "name:sma": "Gåetie", "population": 420} in said[
            "place"
        ]
        assert said["landcover"] == [{"class": "residential"}]
        assert len(said["building"]) == 4
        assert said["rail"] == [{"class": "rail"}]
        assert {"class": "bus_stop", "name": "Sundsta skola"} in said["poi"]
        assert {"class": "toilets", "wheelchair": "yes"} in said["poi"]
        assert "peak" not in said  # it lies in the next tile

    def test_what_is_large_is_seen_from_afar_and_what_is_small_is_not(self, maps: BaseMaps) -> None:
        at_zoom = {
            zoom: drawn(maps, Tile(zoom, 8856 >> 14 - zoom, 4451 >> 14 - zoom)) for zoom in range(5, 15)
        }

        assert [zoom for zoom in at_zoom if "building" in at_zoom[zoom]] == [14]
        assert {one["class"] for one in at_zoom[7]["road"]} == {"motorway"}
        assert {one["class"] for one in at_zoom[8]["road"]} == {"motorway", "secondary"}
        assert min(zoom for zoom in at_zoom if at_zoom[zoom].get("path")) == 9  # a marked trail
        assert min(zoom for zoom in at_zoom if at_zoom[zoom].get("boundary")) == 8
        assert {one["class"] for one in at_zoom[10]["place"]} == {"village", "lake"}
        assert {"class": "lake", "name": "Storviken", "name:sma": "Jaevrie"} in at_zoom[10]["place"]
        assert {one["class"] for one in at_zoom[10]["landcover"]} == {"forest", "bog"}
        assert at_zoom[10]["peak"] == [{"class": "peak", "name": "Storhögen", "ele_m": 1024}]
        assert at_zoom[12]["waterway"] == [{"class": "stream", "name": "Sundstabäcken"}]

    def test_every_layer_is_described_with_the_fields_that_it_has(self, maps: BaseMaps) -> None:
        current = maps.current()
        assert current is not None
        described = {one.id: one.fields for one in current.archive.layers}

        assert set(described) == set(json.loads(tilemaking.LAYERS.read_bytes())["layers"])
        for zoom in (10, 12, 14):
            for layer, features in drawn(maps, Tile(zoom, 8856 >> 14 - zoom, 4451 >> 14 - zoom)).items():
                assert {field for one in features for field in one} <= set(described[layer])

    def test_credit_and_age_go_with_it(self, maps: BaseMaps) -> None:
        current = maps.current()
        assert current is not None

        assert current.archive.attribution == "© OpenStreetMap contributors, ODbL 1.0"
        assert current.note.data_at == datetime(2026, 11, 1, 20, 21, 30, tzinfo=UTC)
        assert (current.archive.minzoom, current.archive.maxzoom) == (5, 14)

    def test_the_walking_network_is_kept_with_it(self, maps: BaseMaps) -> None:
        graph = maps.walks()
        assert graph is not None

        assert graph.edges == 5
        assert graph.length_m.sum() == pytest.approx(4124.3, abs=0.1)

    def test_places_are_found_by_all_their_names(self, opened: Database) -> None:
        assert names(opened, "sundsta") == ["Sundsta", "Övre Sundsta"]
        assert names(opened, "jaev") == ["Storviken"]
        assert names(opened, "storhog") == ["Storhögen"]

    def test_each_source_is_given_credit_where_it_is_shown(self, opened: Database) -> None:
        def credit(typed: str) -> tuple[str, ...]:
            return find(opened, typed, None, 10, LANGUAGES).credits

        assert credit("storviken") == ("© OpenStreetMap contributors, ODbL 1.0",)
        assert credit("krokom") == ("GeoNames, CC BY 4.0",)
        assert credit("s") == ("GeoNames, CC BY 4.0", "© OpenStreetMap contributors, ODbL 1.0")
        assert credit("nowhere") == ()


class TestImported:
    @pytest.fixture(autouse=True)
    def imported(self, rotfaste: Callable[..., Result], file: Path) -> None:
        done = rotfaste("import", file)
        assert done.exit_code == 0, done.output

    def test_the_next_one_replaces_it_and_leaves_the_release_s_places(
        self, rotfaste: Callable[..., Result], opened: Database, maps: BaseMaps, tmp_path: Path
    ) -> None:
        first = maps.current()
        assert first is not None
        other = village()
        other.point(500, 500, {"place": "hamlet", "name": "Nyby"})
        del other._tags[2]

        done = rotfaste("import", other.write(tmp_path / "next.osm.pbf"))

        second = maps.current()
        assert done.exit_code == 0, done.output
        assert second is not None
        assert second.note.sha256 != first.note.sha256
        assert names(opened, "sundsta") == ["Sundsta"]
        assert names(opened, "nyby") == ["Nyby"]
        assert names(opened, "krokom") == ["Krokom"]
        # A phone in the middle of reading goes on reading.
        assert maps.file(first.note.sha256) is not None
        assert first.archive.tile(TILE_OF_NEAR) is not None

    def test_the_one_before_the_last_is_gone(
        self, rotfaste: Callable[..., Result], maps: BaseMaps, tmp_path: Path
    ) -> None:
        seen = []
        for number in range(3):
            other = village()
            other.point(500, 500, {"place": "hamlet", "name": f"Nyby {number}"})
            assert rotfaste("import", other.write(tmp_path / "next.osm.pbf")).exit_code == 0
            current = maps.current()
            assert current is not None
            seen.append(current.note.sha256)

        assert [maps.file(one) is not None for one in seen] == [False, True, True]
        assert len(list((tmp_path / "data/basemap").glob("*.pmtiles"))) == 2

    def test_seeding_again_leaves_its_places(self, opened: Database, tmp_path: Path) -> None:
        load_region(opened)

        assert names(opened, "storviken") == ["Storviken"]

    def test_removed_with_all_that_came_with_it(
        self, rotfaste: Callable[..., Result], opened: Database, maps: BaseMaps, tmp_path: Path
    ) -> None:
        assert rotfaste("remove").output == "The base map is gone; a plain map is drawn.\n"

        assert maps.current() is None
        assert maps.walks() is None
        assert names(opened, "storviken") == []
        assert names(opened, "krokom") == ["Krokom"]
        assert rotfaste("list").output == "Nothing is imported: a plain map is drawn.\n"
        assert rotfaste("remove").output == "There was none.\n"
        assert [path.name for path in (tmp_path / "data/basemap").iterdir()] == ["lock"]

    @pytest.mark.parametrize(
        "spoil, said",
        [
            (lambda file: file.write_bytes(b""), "is no .osm.pbf file"),
            (lambda file: file.write_bytes(b"<osm version='0.6'></osm>" * 9), "is no .osm.pbf file"),
            (lambda file: file.write_bytes(file.read_bytes()[:600]), "cannot be read to its end"),
            (lambda file: file.write_bytes(file.read_bytes()[:300] + os.urandom(400)), "cannot be read"),
            (lambda file: Drawing().write(file), "no way to walk on"),
            (lambda file: village().write(file, without_points=True), "without complete ways"),
        ],
        ids=["empty", "xml", "too-short", "garbage", "nothing-in-it", "without-points"],
    )
    def test_a_broken_file_changes_nothing_and_is_said_to_be_broken(
        self,
        rotfaste: Callable[..., Result],
        opened: Database,
        file: Path,
        tmp_path: Path,
        spoil: Callable[[Path], object],
        said: str,
    ) -> None:
        before = contents(tmp_path / "data/basemap")
        spoil(file)

        done = rotfaste("import", file)

        assert done.exit_code == 1
        assert said in done.output
        assert "Nothing was changed." in done.output
        assert contents(tmp_path / "data/basemap") == before
        assert names(opened, "storviken") == ["Storviken"]

    def test_a_database_that_fails_at_the_end_leaves_the_old_map(
        self,
        rotfaste: Callable[..., Result],
        opened: Database,
        maps: BaseMaps,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        before = contents(tmp_path / "data/basemap")
        other = village()
        other.point(500, 500, {"place": "hamlet", "name": "Nyby"})
        monkeypatch.setattr(showing, "_ONCE", "SELECT 1 / 0")

        done = rotfaste("import", other.write(tmp_path / "next.osm.pbf"))

        assert done.exit_code == 1
        assert contents(tmp_path / "data/basemap") == before
        assert names(opened, "nyby") == []
        assert names(opened, "storviken") == ["Storviken"]


def test_what_lies_outside_of_the_region_is_left_out(
    rotfaste: Callable[..., Result], tmp_path: Path, maps: BaseMaps
) -> None:
    elsewhere = Drawing()
    elsewhere.way([(400_000, 0), (400_100, 0)], {"highway": "path"})  # four degrees east, in the sea

    done = rotfaste("import", elsewhere.write(tmp_path / "elsewhere.osm.pbf"))

    assert "no way to walk on within the region" in done.output
    assert maps.current() is None


def test_another_region_is_taken_whole(
    rotfaste: Callable[..., Result], tmp_path: Path, maps: BaseMaps
) -> None:
    elsewhere = Drawing()
    elsewhere.way([(400_000, 0), (400_100, 0)], {"highway": "path"})
    elsewhere.point(400_050, 0, {"place": "village", "name": "Annorstädes"})

    done = rotfaste("import", elsewhere.write(tmp_path / "elsewhere.osm.pbf"), "--whole")

    assert done.exit_code == 0, done.output
    assert maps.current() is not None
    assert "No name lies in a municipality that is loaded here" in done.output


def test_a_way_that_crosses_the_border_is_kept_whole(
    rotfaste: Callable[..., Result], tmp_path: Path, maps: BaseMaps
) -> None:
    crossing = Drawing()
    crossing.way([(0, 0), (400_000, 0)], {"highway": "path"})

    assert rotfaste("import", crossing.write(tmp_path / "crossing.osm.pbf")).exit_code == 0

    graph = maps.walks()
    assert graph is not None
    assert graph.length_m.sum() > 150_000


def test_a_village_of_the_release_is_not_found_twice(
    rotfaste: Callable[..., Result], opened: Database, tmp_path: Path
) -> None:
    twice = village()
    krokom = (14.4483 - NEAR[0], 63.3261 - NEAR[1])
    east, north = (round(one * 1e5) for one in krokom)
    twice.point(east, north, {"place": "village", "name": "Krokom"})
    twice.point(east + 5, north, {"natural": "water", "name": "Krokom"})
    twice.point(east, north - 30_000, {"place": "hamlet", "name": "Krokom"})  # a namesake, far away

    assert rotfaste("import", twice.write(tmp_path / "twice.osm.pbf")).exit_code == 0

    found = json.loads(b"[" + find(opened, "krokom", None, 10, LANGUAGES).features + b"]")
    assert sorted((one["properties"]["kind"], one["properties"]["source"]) for one in found) == [
        ("hamlet", "OpenStreetMap"),
        ("lake", "OpenStreetMap"),
        ("settlement", "GeoNames"),
    ]


def test_what_is_missing_is_named_with_the_line_that_installs_it(
    rotfaste: Callable[..., Result], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")

    done = rotfaste("import", file)

    assert done.exit_code == 1
    assert "apt-get install --no-install-recommends osmium-tool tilemaker" in done.output
    assert "Nothing was changed." in done.output


def test_a_program_that_takes_too_much_memory_is_stopped(
    rotfaste: Callable[..., Result], file: Path, maps: BaseMaps
) -> None:
    done = rotfaste("import", file, "--memory-mib", 64)

    assert done.exit_code == 1
    assert "more than 64 MiB of memory" in done.output
    assert maps.current() is None


def test_a_program_that_takes_too_long_is_stopped(
    rotfaste: Callable[..., Result],
    file: Path,
    maps: BaseMaps,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow = tmp_path / "bin/tilemaker"
    slow.parent.mkdir()
    slow.write_text("#!/bin/sh\nsleep 60 & wait\n")
    slow.chmod(slow.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{slow.parent}:{os.environ['PATH']}")
    monkeypatch.setattr(tilemaking, "LONGEST_S", 0.5)

    done = rotfaste("import", file)

    assert "tilemaker took longer than" in done.output
    assert maps.current() is None


def test_numbers_as_large_as_may_be_take_no_more_memory_than_they_may(
    rotfaste: Callable[..., Result], tmp_path: Path
) -> None:
    """The cutter keeps a bit for each number up to the largest: a file of a kilobyte could ask for gigabytes."""
    file = tmp_path / "large.osm.pbf"
    with osmium.SimpleWriter(str(file)) as out:
        numbers = [2**61 + step * 2**40 for step in range(4)]
        for step, number in enumerate(numbers):
            out.add_node(Node(id=number, location=(NEAR[0] + step * 1e-4, NEAR[1])))
        out.add_way(Way(id=1, nodes=numbers, tags={"highway": "path"}))

    done = rotfaste("import", file, "--memory-mib", 500)

    assert done.exit_code == 1
    assert "Nothing was changed." in done.output


def test_one_import_at_a_time(rotfaste: Callable[..., Result], file: Path, maps: BaseMaps) -> None:
    with maps.changing():
        for done in (rotfaste("import", file), rotfaste("remove")):
            assert done.exit_code == 1
            assert "Another import is under way" in done.output


class TestKept:
    def test_a_note_that_is_damaged_is_as_none(self, maps: BaseMaps, tmp_path: Path) -> None:
        lay(maps, TILES)
        note = tmp_path / "data/basemap/map.json"

        for body in (b"", b"{}", b"[1]", note.read_bytes()[:-20]):
            note.write_bytes(body)
            assert BaseMaps(note.parent).current() is None

    def test_a_map_that_is_damaged_or_gone_is_as_none(self, maps: BaseMaps, tmp_path: Path) -> None:
        found = lay(maps, TILES)
        file = tmp_path / f"data/basemap/{found}.pmtiles"

        for body in (b"", b"PMTiles", b"\x00" * 200, file.read_bytes()[:140]):
            file.write_bytes(body)
            assert BaseMaps(file.parent).current() is None
        file.unlink()
        assert BaseMaps(file.parent).current() is None

    def test_who_has_it_open_sees_the_next_one(self, maps: BaseMaps) -> None:
        other = BaseMaps(maps._folder)
        first = lay(maps, TILES)
        assert other.current() is not None

        second = lay(maps, {TILE_OF_NEAR: b"other"}, before=first)

        current = other.current()
        assert current is not None
        assert current.note.sha256 == second
        assert other.current() is current

    def test_what_a_killed_import_left_is_swept(self, maps: BaseMaps, tmp_path: Path) -> None:
        lay(maps, TILES)
        folder = tmp_path / "data/basemap"
        (folder / f"{basemaps.MAKING}old").mkdir()
        (folder / f"{basemaps.MAKING}old/region.osm.pbf").write_bytes(b"much")
        (folder / f"{'a' * 64}.pmtiles").write_bytes(b"never in force")

        with maps.changing():
            pass

        assert sorted(path.suffix for path in folder.iterdir()) == ["", ".json", ".npz", ".pmtiles"]
        assert maps.current() is not None

    def test_many_tiles_are_found_through_directories_in_one_another(self, maps: BaseMaps) -> None:
        many = {Tile(9, x, y): f"{x}/{y}".encode() for x in range(128) for y in range(64)}
        lay(maps, many)
        current = maps.current()
        assert current is not None

        for tile, body in list(many.items())[::97]:
            assert gzip.decompress(current.archive.tile(tile) or b"") == body
        assert current.archive.tile(Tile(9, 300, 3)) is None
        assert current.archive.tile(Tile(3, 0, 0)) is None


def test_the_page_about_maps_names_every_layer_class_and_field(once: Once) -> None:
    page = (CHECKOUT / "docs/map.md").read_text("utf-8")
    rows = {row.split("`")[1]: row for row in page.splitlines() if row.startswith("| `")}
    current = once.maps.current()
    assert current is not None

    for layer in current.archive.layers:
        fields = set(layer.fields) - {"name", "name:sv", "name:sma"}
        assert [field for field in fields if f"`{field}`" not in rows[layer.id]] == []
        assert "name" not in layer.fields or "name" in rows[layer.id]
    assert set(rows) == {layer.id for layer in current.archive.layers} | {"municipalities", "places"}
    points = re.findall(r'\{"[a-z_]+", "[a-z_]+", "([a-z_]+)", \d+\}', tilemaking.PROCESS.read_text("utf-8"))
    assert len(points) > 30
    assert [one for one in points if f"`{one}`" not in rows["poi"]] == []


def test_a_database_is_not_needed_to_list(tmp_path: Path) -> None:
    environ = {
        "DATABASE_URL": "postgresql://nobody@/nowhere?host=/nonexistent",
        "ROTFASTE_DATA": str(tmp_path),
    }

    done = CliRunner().invoke(main, ["basemap", "list"], env=environ)

    assert done.output == "Nothing is imported: a plain map is drawn.\n"
