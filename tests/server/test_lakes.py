"""Large lakes: made from GSHHG's shorelines, with names of our own."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
import shapely
from click.testing import CliRunner

from geo.positions import Position, distance_m
from geo.regions import Region
from server.cli import main
from server.cli.seed import SEED_DATA
from server.readers.boundaries import Municipality, read_municipalities
from server.readers.lakes import LIST, SHORES, LakeError, make_lakes, read_lakes

Shore = tuple[str, str, list[tuple[float, float]]]


def square(west: float, south: float, size: float) -> list[tuple[float, float]]:
    return [
        (west, south),
        (west + size, south),
        (west + size, south + size),
        (west, south + size),
        (west, south),
    ]


def wheel(folder: Path, *shores: Shore) -> Path:
    """Level, number and shore of each, as the package lays them down."""
    data, lines = b"", []
    for level, number, corners in shores:
        body = np.array(corners, "<f4").tobytes()
        lats = [lat for _, lat in corners]
        lines.append(f"{level} 1.0 {len(corners)} {min(lats)} {max(lats)} {len(data)} {len(body)} {number}")
        data += body
    file = folder / "shores.whl"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(SHORES, data)
        archive.writestr(LIST, "\n".join(lines) + "\n")
    return file


REGION = (
    Municipality("2380", "A", Region("2380", ((tuple(Position(*one) for one in square(14, 63, 1)),),))),
)
LAKE = ("2", "7", square(14.2, 63.2, 0.2))


class TestMade:
    def test_a_lake_of_the_region_with_its_islands(self, tmp_path: Path) -> None:
        island = ("3", "8", square(14.25, 63.25, 0.05))

        made = json.loads(make_lakes(wheel(tmp_path, LAKE, island), REGION).geojson)

        (lake,) = made["features"]
        assert lake["id"] == "gshhg:7"
        assert lake["properties"]["area_km2"] == pytest.approx(223.7, abs=0.5)
        outer, hole = lake["geometry"]["coordinates"]
        assert shapely.Polygon(outer).bounds == pytest.approx((14.2, 63.2, 14.4, 63.4))
        assert shapely.Polygon(hole).bounds == pytest.approx((14.25, 63.25, 14.3, 63.3))

    def test_what_lies_elsewhere_and_what_is_no_lake_is_left_out(self, tmp_path: Path) -> None:
        shores = wheel(
            tmp_path,
            ("1", "1", square(14.5, 63.5, 0.1)),
            ("2", "2", square(20, 63.5, 0.1)),
            ("2", "3", square(14.5, 70, 0.1)),
            ("2", "4", square(14.95, 63.5, 0.1)),  # reaches into the region
            ("4", "5", square(14.6, 63.6, 0.01)),
            LAKE,
        )

        assert list(make_lakes(shores, REGION).areas_km2) == ["gshhg:7", "gshhg:4"]

    def test_a_shore_that_crosses_itself_is_mended(self, tmp_path: Path) -> None:
        knot = [*square(14.2, 63.2, 0.2)[:-1], (14.19, 63.21), (14.21, 63.21), (14.2, 63.2)]

        (lake,) = json.loads(make_lakes(wheel(tmp_path, ("2", "7", knot)), REGION).geojson)["features"]

        assert shapely.from_geojson(json.dumps(lake["geometry"])).is_valid

    def test_of_no_lake_nothing_is_made(self, tmp_path: Path) -> None:
        with pytest.raises(LakeError, match="none of its lakes"):
            make_lakes(wheel(tmp_path, ("2", "2", square(20, 63.5, 0.1))), REGION)

    def test_what_is_no_such_package_is_said_to_be_none(self, tmp_path: Path) -> None:
        (tmp_path / "no.whl").write_bytes(b"no zip")
        with zipfile.ZipFile(tmp_path / "other.whl", "w") as archive:
            archive.writestr("readme", "")
        with zipfile.ZipFile(tmp_path / "short.whl", "w") as archive:
            archive.writestr(SHORES, b"\x00" * 8)
            archive.writestr(LIST, "2 1.0 4 63.0 63.5 0 32 7\n")

        for name in ("no.whl", "other.whl", "short.whl"):
            with pytest.raises(LakeError, match=r"is not what carries GSHHG's shores"):
                make_lakes(tmp_path / name, REGION)

    def test_the_command_writes_them(self, tmp_path: Path) -> None:
        out = tmp_path / "lakes.geojson"

        done = CliRunner().invoke(main, ["lakes", str(wheel(tmp_path, LAKE)), "--out", str(out)])

        assert done.exit_code == 0, done.output
        assert [one["id"] for one in json.loads(out.read_bytes())["features"]] == ["gshhg:7"]
        assert "1 lakes" in done.output


class TestNamed:
    geojson = json.dumps(
        {
            "features": [
                {
                    "id": "gshhg:7",
                    "properties": {"area_km2": 223.7},
                    "geometry": {
                        "type": "Polygon",
                        "coordinates": [square(14.2, 63.2, 0.2), square(14.25, 63.25, 0.05)],
                    },
                }
            ]
        }
    ).encode()

    @staticmethod
    def named(lon: float, lat: float, name: str = "Sjön") -> bytes:
        return f'[[lake]]\nname = "{name}"\nlon = {lon}\nlat = {lat}\nsource = "a map"\n'.encode()

    def test_by_a_point_in_it_also_on_an_island(self) -> None:
        for lon, lat in ((14.21, 63.21), (14.26, 63.26)):
            (lake,) = read_lakes(self.geojson, self.named(lon, lat))
            assert lake["properties"] == {"area_km2": 223.7, "name": "Sjön"}

    def test_without_one_it_has_none(self) -> None:
        (lake,) = read_lakes(self.geojson, b"lake = []")

        assert lake["properties"]["name"] is None

    @pytest.mark.parametrize(
        "names, said",
        [
            (b"", "no list"),
            (b"[[lake]]\nname = 'A'\n", "lat, lon, source missing"),
            (b"not toml", "no list"),
        ],
    )
    def test_a_list_that_is_none_is_said_to_be_none(self, names: bytes, said: str) -> None:
        with pytest.raises(LakeError, match=said):
            read_lakes(self.geojson, names)

    def test_a_name_beside_the_lake_and_a_second_name_are_refused(self) -> None:
        for names in (self.named(15, 63.21), self.named(14.21, 63.21) + self.named(14.22, 63.22, "Tjärnen")):
            with pytest.raises(LakeError, match="does not lie in one lake of its own"):
                read_lakes(self.geojson, names)


class TestOfTheRelease:
    lakes = read_lakes((SEED_DATA / "lakes.geojson").read_bytes(), (SEED_DATA / "lakes.toml").read_bytes())

    def test_the_large_ones_are_there_and_as_large_as_they_are(self) -> None:
        areas = {one["properties"]["name"]: one["properties"]["area_km2"] for one in self.lakes}

        assert len(self.lakes) == 26
        assert 464 < areas["Storsjön"] < 530  # 464 km² of water, and Frösön, Andersön, Norderön ...
        assert {"Ströms vattudal", "Landösjön", "Locknesjön", "Rogen"} <= set(areas)

    def test_no_settlement_is_farther_out_than_the_shores_are_wrong(self) -> None:
        """As `seed_data/SOURCES.md` says: four lie in the water, and none a kilometre from land."""
        shores = [shapely.from_geojson(json.dumps(one["geometry"])) for one in self.lakes]
        outs: dict[str, float] = {}
        for one in json.loads((SEED_DATA / "places.geojson").read_bytes())["features"]:
            lon, lat = one["geometry"]["coordinates"]
            for lake in shores:
                if lake.contains(shapely.Point(lon, lat)):
                    near = lake.boundary.interpolate(lake.boundary.project(shapely.Point(lon, lat)))
                    outs[one["properties"]["name"]] = distance_m(Position(lon, lat), Position(near.x, near.y))

        assert outs.keys() == {"Hoverberg", "Strömsund", "Bräcke", "Östersund"}
        assert max(outs.values()) < 1_000

    def test_each_is_drawn_as_it_should_and_lies_in_the_region(self) -> None:
        borders = read_municipalities((SEED_DATA / "municipalities.geojson").read_bytes())
        region = shapely.union_all(
            [
                shapely.Polygon([(at.lon, at.lat) for at in rings[0]])
                for one in borders
                for rings in one.region.polygons
            ]
        )
        for one in self.lakes:
            shape = shapely.from_geojson(json.dumps(one["geometry"]))
            assert shape.is_valid, one["id"]
            assert shape.intersects(region), one["id"]
            assert shapely.is_ccw(shapely.get_exterior_ring(shape))  # as RFC 7946 asks
