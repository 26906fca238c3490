"""Our boundaries beside those that also have the six exclaves: they are all that differs."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import pytest
import shapely

from geo.positions import Position
from geo.regions import Region, Regions
from server.config import CHECKOUT
from server.readers.boundaries import read_municipalities

TO_METRES = pyproj.Transformer.from_crs(4326, 3006, always_xy=True)
SLIVER_M = 75.0  # each file strays from the true border by up to 33 m, on its own side


def planar(geojson: bytes) -> dict[str, shapely.MultiPolygon]:
    """By code, in SWEREF 99 TM. [m]"""
    shapes = {}
    for feature in json.loads(geojson)["features"]:
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        metres = shapely.transform(shape, lambda xy: np.column_stack(TO_METRES.transform(xy[:, 0], xy[:, 1])))
        shapes[feature["properties"]["code"]] = shapely.MultiPolygon(list(shapely.get_parts(metres)))
    return shapes


@pytest.fixture(scope="module")
def ours() -> dict[str, shapely.MultiPolygon]:
    return planar((CHECKOUT / "seed_data/municipalities.geojson").read_bytes())


@pytest.fixture(scope="module")
def theirs(field_data: Path) -> dict[str, shapely.MultiPolygon]:
    return planar((field_data / "boundaries/jh_municipalities.geojson").read_bytes())


@pytest.fixture(scope="module")
def exclaves(field_data: Path) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads((field_data / "boundaries/exclaves.json").read_text("utf-8"))
    return listed


def exclave_point(exclave: dict[str, Any]) -> shapely.Point:
    return shapely.Point(TO_METRES.transform(exclave["lon"], exclave["lat"]))


def test_the_same_eight_municipalities(
    ours: dict[str, shapely.MultiPolygon], theirs: dict[str, shapely.MultiPolygon]
) -> None:
    assert ours.keys() == theirs.keys()


def test_areas_differ_by_the_exclaves_alone(
    ours: dict[str, shapely.MultiPolygon],
    theirs: dict[str, shapely.MultiPolygon],
    exclaves: list[dict[str, Any]],
) -> None:
    for code, shape in ours.items():
        mine = [exclave for exclave in exclaves if exclave["owner"] == code]
        inside = [exclave for exclave in exclaves if shape.contains(exclave_point(exclave))]
        expected = (
            shape.area / 1e6 + sum(one["area_km2"] for one in mine) - sum(one["area_km2"] for one in inside)
        )
        assert theirs[code].area / 1e6 == pytest.approx(expected, rel=0.001), code


def test_the_six_exclaves_are_exactly_what_we_lack(
    ours: dict[str, shapely.MultiPolygon],
    theirs: dict[str, shapely.MultiPolygon],
    exclaves: list[dict[str, Any]],
) -> None:
    lacking = []
    for code, shape in ours.items():
        # Shrunk and grown again, slivers along a common border vanish.
        missing = theirs[code].difference(shape).buffer(-SLIVER_M).buffer(SLIVER_M)
        lacking += [(code, part) for part in shapely.get_parts(missing) if not part.is_empty]

    assert len(lacking) == len(exclaves) == 6
    for exclave in exclaves:
        (found,) = (
            part
            for code, part in lacking
            if code == exclave["owner"] and part.contains(exclave_point(exclave))
        )
        assert found.area / 1e6 == pytest.approx(exclave["area_km2"], rel=0.1)


def test_in_the_exclaves_we_name_a_neighbour(exclaves: list[dict[str, Any]]) -> None:
    """As SOURCES.md says: five lie in another municipality for us, one outside the county."""
    regions = Regions(
        one.region
        for one in read_municipalities((CHECKOUT / "seed_data/municipalities.geojson").read_bytes())
    )

    found = [(one["owner"], regions.region_at(Position(one["lon"], one["lat"]))) for one in exclaves]

    assert sorted(found, key=str) == [
        ("2309", "2321"),
        ("2313", "2309"),
        ("2326", "2361"),
        ("2361", None),
        ("2380", "2326"),
        ("2380", "2326"),
    ]


def test_with_the_exclaves_the_lookup_finds_their_owners(
    field_data: Path, exclaves: list[dict[str, Any]]
) -> None:
    """Point in polygon with enclaves: the lookup is not what lacks them."""
    features = json.loads((field_data / "boundaries/jh_municipalities.geojson").read_bytes())["features"]
    regions = Regions(
        Region(
            feature["properties"]["code"],
            tuple(
                tuple(tuple(Position(*point) for point in ring) for ring in rings)
                for rings in feature["geometry"]["coordinates"]
            ),
        )
        for feature in features
    )

    for exclave in exclaves:
        assert regions.region_at(Position(exclave["lon"], exclave["lat"])) == exclave["owner"]
