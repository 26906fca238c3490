"""The municipalities' boundaries: those in the repository, and the making of them from a small made-up wheel."""

import json
import sqlite3
import struct
import zipfile
from itertools import combinations
from pathlib import Path

import pyproj
import pytest
import shapely
from click.testing import CliRunner

from geo.positions import Position
from geo.regions import Regions
from server.cli import main
from server.config import CHECKOUT
from server.readers.boundaries import BoundaryError, make_municipalities, read_municipalities

COMMITTED = (CHECKOUT / "seed_data/municipalities.geojson").read_bytes()
TO_WGS84 = pyproj.Transformer.from_crs(3006, 4326, always_xy=True)
GRS80 = pyproj.Geod(ellps="GRS80")

NAMES = {
    "2303": "Ragunda",
    "2305": "Bräcke",
    "2309": "Krokom",
    "2313": "Strömsund",
    "2321": "Åre",
    "2326": "Berg",
    "2361": "Härjedalen",
    "2380": "Östersund",
}


def test_the_repository_holds_the_eight_municipalities() -> None:
    assert {one.code: one.name for one in read_municipalities(COMMITTED)} == NAMES
    assert len(COMMITTED) <= 200_000


def test_they_fit_together_without_gaps_and_overlaps() -> None:
    shapes = [
        shapely.from_geojson(json.dumps(feature["geometry"])) for feature in json.loads(COMMITTED)["features"]
    ]

    assert all(shapely.is_valid(shapes))
    assert shapely.coverage_is_valid(shapes)
    assert shapely.union_all(shapes).geom_type == "Polygon"
    assert all(len(part.interiors) == 0 for part in shapely.get_parts(shapely.union_all(shapes)))
    assert max(shapely.intersection(a, b).area for a, b in combinations(shapes, 2)) == 0.0


def test_together_they_are_as_large_as_the_county() -> None:
    areas = [
        abs(GRS80.geometry_area_perimeter(shapely.from_geojson(json.dumps(feature["geometry"])))[0])
        for feature in json.loads(COMMITTED)["features"]
    ]

    # The county's 65 areas of RegSO 2025 before any simplifying, lakes included.
    assert sum(areas) / 1e6 == pytest.approx(54_047.6, rel=0.01)


def test_rings_turn_as_geojson_asks_and_have_six_decimals_at_most() -> None:
    for feature in json.loads(COMMITTED)["features"]:
        for outer, *holes in feature["geometry"]["coordinates"]:
            assert shapely.LinearRing(outer).is_ccw
            assert not any(shapely.LinearRing(hole).is_ccw for hole in holes)
            assert all(round(degree, 6) == degree for point in outer for degree in point)


@pytest.mark.parametrize(
    "town, lon, lat, code",  # to 0.01 degrees
    [
        ("Hammarstrand", 16.35, 63.11, "2303"),
        ("Bräcke", 15.42, 62.75, "2305"),
        ("Krokom", 14.45, 63.33, "2309"),
        ("Strömsund", 15.56, 63.85, "2313"),
        ("Hammerdal", 15.37, 63.58, "2313"),
        ("Åre", 13.08, 63.40, "2321"),
        ("Svenstavik", 14.44, 62.77, "2326"),
        ("Sveg", 14.37, 62.03, "2361"),
        ("Funäsdalen", 12.54, 62.55, "2361"),
        ("Östersund", 14.64, 63.18, "2380"),
        ("Sundsvall", 17.31, 62.39, None),
        ("Trondheim", 10.40, 63.43, None),
    ],
)
def test_towns_are_where_they_belong(town: str, lon: float, lat: float, code: str | None) -> None:
    regions = Regions(one.region for one in read_municipalities(COMMITTED))

    assert regions.region_at(Position(lon, lat)) == code, town


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """In SWEREF 99 TM. [m]"""
    return shapely.box(west, south, east, north)


AREAS = {
    "2380R002": box(490_000, 7_000_000, 500_000, 7_010_000),
    "2380R001": box(480_000, 7_000_000, 490_000, 7_010_000),
    "2309R001": box(500_000, 7_000_000, 530_000, 7_010_000),
    "0180R001": box(670_000, 6_570_000, 680_000, 6_580_000),
}


def header(envelope: int = 1, *, little: bool = True, empty: bool = False) -> bytes:
    order = "<" if little else ">"
    length = {0: 0, 1: 4, 2: 6, 3: 6, 4: 8, 5: 4}[envelope]
    flags = little | envelope << 1 | empty << 4
    return b"GP\0" + bytes([flags]) + struct.pack(f"{order}i{length}d", 3006, *range(length))


def names_table(names: dict[str, str]) -> bytes:
    """DBASE III with the fields KnKod and KnNamn; the first record is deleted."""
    fields = b"".join(
        struct.pack("<11sc4xB15x", name, b"C", width) for name, width in ((b"KnKod", 4), (b"KnNamn", 15))
    )
    rows = b"*" + b"9999" + b"Gone".ljust(15)
    rows += b"".join(
        b" " + code.encode() + name.encode("cp1252").ljust(15, b"\0") for code, name in names.items()
    )
    return (
        b"\x03\x7b\x05\x10"
        + struct.pack("<IHH20x", len(names) + 1, 32 + len(fields) + 1, 20)
        + fields
        + b"\r"
        + rows
    )


def wheel(
    folder: Path,
    areas: dict[str, shapely.Polygon] | None = None,
    names: dict[str, str] | None = None,
    head: bytes = header(),
) -> Path:
    geopackage = folder / "small.gpkg"
    database = sqlite3.connect(geopackage)
    database.executescript(
        "create table gpkg_geometry_columns (table_name, column_name, srs_id);"
        'create table "Reg""SO" (kommunkod, lanskod, regsokod, shape);'
        "insert into gpkg_geometry_columns values ('Reg\"SO', 'shape', 3006)"
    )
    for code, area in (areas if areas is not None else AREAS).items():
        row = code[:4], code[:2], code, head + shapely.to_wkb(area)
        database.execute('insert into "Reg""SO" values (?, ?, ?, ?)', row)
    database.commit()
    database.close()
    with zipfile.ZipFile(folder / "small.whl", "w") as archive:
        archive.write(geopackage, "any/RegSO_2025.gpkg")
        archive.writestr(
            "any/Kommun_Sweref99TM.DAT",
            names_table({"2309": "Krokom", "2380": "Östersund"} if names is None else names),
        )
    geopackage.unlink()
    return folder / "small.whl"


@pytest.mark.parametrize("head", [header(0), header(1, little=False), header(2), header(3), header(4)])
def test_areas_are_joined_by_municipality_whatever_the_header(tmp_path: Path, head: bytes) -> None:
    made = make_municipalities(wheel(tmp_path, head=head), county="23", tolerance_m=25.0)

    found = read_municipalities(made.geojson)
    assert [(one.code, one.name) for one in found] == [("2309", "Krokom"), ("2380", "Östersund")]
    assert [len(one.region.polygons) for one in found] == [1, 1]
    regions = Regions(one.region for one in found)
    for east, code in ((485_000, "2380"), (495_000, "2380"), (515_000, "2309"), (531_000, None)):
        assert regions.region_at(Position(*TO_WGS84.transform(east, 7_005_000))) == code
    assert made.areas_km2["2380"] == pytest.approx((200.0, 200.0))


def test_the_same_wheel_gives_the_same_bytes(tmp_path: Path) -> None:
    turned = {code: area.reverse() for code, area in reversed(AREAS.items())}
    (tmp_path / "again").mkdir()

    one = make_municipalities(wheel(tmp_path), county="23", tolerance_m=25.0)
    other = make_municipalities(wheel(tmp_path / "again", turned), county="23", tolerance_m=25.0)

    assert one.geojson == other.geojson


def test_long_sides_are_divided_alike_for_both_neighbours(tmp_path: Path) -> None:
    """Straight in degrees and straight in SWEREF 99 TM are not the same: every corner serves both sides."""
    long = {
        "2309R001": box(450_000, 7_000_000, 500_000, 7_010_000),
        "2380R001": box(450_000, 6_990_000, 500_000, 7_000_000),
    }
    found = read_municipalities(
        make_municipalities(wheel(tmp_path, long), county="23", tolerance_m=25.0).geojson
    )
    north, south = (set(one.region.polygons[0][0]) for one in found)

    assert len(north & south) == 11
    assert (
        Position(*[round(float(part), 6) for part in TO_WGS84.transform(475_000, 7_000_000)]) in north & south
    )


def test_what_cannot_be_used_is_refused_with_the_reason(tmp_path: Path) -> None:
    overlapping = {**AREAS, "2309R002": box(495_000, 7_000_000, 505_000, 7_010_000)}
    for reason, arguments in {
        "gaps and overlaps": {"areas": overlapping},
        "no county 23": {"areas": {"0180R001": AREAS["0180R001"]}},
        "no name for 2380": {"names": {"2309": "Krokom"}},
        "does not start": {"head": b"PG" + header()[2:]},
        "empty, extended or unknown": {"head": header(empty=True)},
        "flags 0b00001011": {"head": header(5)},
    }.items():
        folder = tmp_path / reason.replace(" ", "-")
        folder.mkdir()
        with pytest.raises(BoundaryError, match=reason):
            make_municipalities(wheel(folder, **arguments), county="23", tolerance_m=25.0)  # type: ignore[arg-type]


def test_a_file_that_is_no_such_wheel_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "text.whl"
    text.write_text("no zip")
    with pytest.raises(BoundaryError, match="is no wheel"):
        make_municipalities(text, county="23", tolerance_m=25.0)
    with zipfile.ZipFile(tmp_path / "empty.whl", "w") as archive:
        archive.writestr("readme", "")
    with pytest.raises(BoundaryError, match=r"no RegSO_2025.gpkg inside"):
        make_municipalities(tmp_path / "empty.whl", county="23", tolerance_m=25.0)
    with zipfile.ZipFile(tmp_path / "broken.whl", "w") as archive:
        archive.writestr("RegSO_2025.gpkg", "no database")
        archive.writestr("Kommun_Sweref99TM.DAT", names_table({}))
    with pytest.raises(BoundaryError, match="cannot be read"):
        make_municipalities(tmp_path / "broken.whl", county="23", tolerance_m=25.0)


def feature(geometry: object) -> bytes:
    return json.dumps(
        {"features": [{"properties": {"code": "1", "name": "A"}, "geometry": geometry}]}
    ).encode()


@pytest.mark.parametrize(
    "text, reason",
    [
        (b"", "no collection"),
        (b"[]", "no collection"),
        (b'{"features": [{}]}', "feature 0 lacks or garbles 'properties'"),
        (feature(None), "feature 0 lacks or garbles"),
        (feature({"type": "Point"}), "feature 0 is a Point, not a MultiPolygon"),
        (feature({"type": "MultiPolygon"}), "feature 0 lacks or garbles"),
        (feature({"type": "MultiPolygon", "coordinates": [[[[14.0, 95.0]]]]}), "feature 0.*lat 95.0"),
        (feature({"type": "MultiPolygon", "coordinates": [[[[14.0]]]]}), "feature 0"),
    ],
)
def test_a_file_that_holds_no_municipalities_is_refused(text: bytes, reason: str) -> None:
    with pytest.raises(BoundaryError, match=reason):
        read_municipalities(text)


def test_the_command_writes_the_file_and_says_what_changed(tmp_path: Path) -> None:
    out = tmp_path / "out.geojson"

    result = CliRunner().invoke(main, ["boundaries", str(wheel(tmp_path)), "--out", str(out)])

    assert result.exit_code == 0, result.output
    assert "2380      200.00 km2 made     200.00 km2" in result.output
    assert [one.code for one in read_municipalities(out.read_bytes())] == ["2309", "2380"]


def test_the_command_says_why_it_cannot(tmp_path: Path) -> None:
    out = tmp_path / "out.geojson"
    arguments = ["boundaries", str(wheel(tmp_path)), "--out", str(out), "--county", "24"]

    result = CliRunner().invoke(main, arguments)

    assert (result.exit_code, result.output) == (1, "Error: there is no county 24 in the GeoPackage\n")
    assert not out.exists()
