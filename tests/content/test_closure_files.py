"""Files of closures: what is wrong with them is said at once, feature by feature, and nothing hostile gets far."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from content.areas import features_said, read_features
from content.closures import CORNERS_MOST, FILE_MOST_BYTES, read_closures, read_moment
from content.findings import CODES
from content.grounds import read_grounds

RING = [[14.6, 63.1], [14.7, 63.1], [14.7, 63.2], [14.6, 63.2], [14.6, 63.1]]
OF_GROUNDS = {"area-ban", "area-kind"}  # `test_ground_files.py` tries them
AREAS = {code for code in CODES if code.startswith(("area-", "areas-", "closure-"))} - OF_GROUNDS


def feature(
    coordinates: Any = None, shape: str = "Polygon", *, since: object = "2026-04-01", **said: Any
) -> dict[str, Any]:
    properties = {"kind": "calving", "from": since, "to": "2026-06-24", "authority": "Samebyn"}
    return {
        "type": "Feature",
        "properties": {name: value for name, value in {**properties, **said}.items() if value is not ...},
        "geometry": {"type": shape, "coordinates": [RING] if coordinates is None else coordinates},
    }


def collection(*features: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "name": "QGIS", "features": features}).encode()


def codes(*features: object) -> list[tuple[int | None, str]]:
    read = read_closures(collection(*features))
    assert read.closures == () or read.findings == ()
    return [(number, finding.code) for number, finding in features_said(read.findings)]


def test_a_closure_is_read_with_days_in_sweden_and_both_included() -> None:
    read = read_closures(collection(feature(texts={"sv": "Håll hunden kopplad."})))

    (one,) = read.closures
    assert read.findings == ()
    assert (one.kind, one.authority, one.texts) == ("calving", "Samebyn", {"sv": "Håll hunden kopplad."})
    assert one.starts == datetime(2026, 3, 31, 22, tzinfo=UTC)
    assert one.ends == datetime(2026, 6, 24, 22, tzinfo=UTC)
    assert one.area == ((tuple(map(tuple, RING)),),)


def test_the_same_feature_has_the_same_id_and_another_has_another() -> None:
    first, again = (read_closures(collection(feature())).closures[0].id for _ in range(2))
    other = read_closures(collection(feature(to="2026-06-25"))).closures[0].id

    assert first == again != other


@pytest.mark.parametrize("where", ["feature", "properties"])
def test_an_id_of_its_own_is_kept(where: str) -> None:
    mine = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
    one = {**feature(), "id": mine} if where == "feature" else feature(id=mine)

    assert read_closures(collection(one)).closures[0].id == mine


@pytest.mark.parametrize(
    "written, moment",
    [
        ("2026-07-01T12:00+02:00", datetime(2026, 7, 1, 10, tzinfo=UTC)),
        ("2026-07-01T10:00:00Z", datetime(2026, 7, 1, 10, tzinfo=UTC)),
        ("2026-07-01T12:00", None),
        ("2026-02-30", None),
        ("0026-04-01", None),
        ("9999-12-31", None),
        ("1 april", None),
        ("20260401", None),
        ("", None),
    ],
)
def test_moments(written: str, moment: datetime | None) -> None:
    assert read_moment(written) == moment


def test_coordinates_are_kept_to_a_tenth_of_a_metre_and_without_heights() -> None:
    ring = [[lon + 1e-8, lat, 812.5] for lon, lat in RING]

    assert read_closures(collection(feature([ring]))).closures[0].area == ((tuple(map(tuple, RING)),),)


@pytest.mark.parametrize(
    "one, code",
    [
        (feature([[[lat, lon] for lon, lat in RING]]), "area-swapped"),
        (feature([[[float("nan"), 63.1], *RING[1:]]]), "area-coordinates"),
        (feature([[[float("inf"), 63.1], *RING[1:]]]), "area-coordinates"),
        (feature([[["14.6", 63.1], *RING[1:]]]), "area-coordinates"),
        (feature([[[True, 63.1], *RING[1:]]]), "area-coordinates"),
        (feature([[[14.6], *RING[1:]]]), "area-coordinates"),
        (feature([[[10**350, 63.1], *RING[1:]]]), "area-coordinates"),
        (feature([[[480000.0, 7000000.0], *RING[1:]]]), "area-coordinates"),
        (feature([[[18.07, 59.33], *RING[1:]]]), "area-outside-region"),
        (feature([[RING[0], RING[2], RING[1], RING[3], RING[0]]]), "area-broken"),
        (feature([[RING[0], RING[1], RING[0], RING[0]]]), "area-broken"),
        (feature([RING, [[15.0, 63.1], [15.1, 63.1], [15.1, 63.2], [15.0, 63.1]]]), "area-broken"),
        (feature([RING[:-1]]), "area-open"),
        (feature([RING[:3]]), "area-open"),
        (feature([[]]), "area-open"),
        (feature([]), "area-coordinates"),
        (feature([], "MultiPolygon"), "area-missing"),
        (feature({"a": 1}), "area-coordinates"),
        (feature([14.6, 63.1], "Point"), "area-missing"),
        ({**feature(), "geometry": None}, "area-missing"),
        ({"type": "Feature"}, "area-missing"),
        ({**feature(), "geometry": {"type": ["Polygon"], "coordinates": [RING]}}, "area-missing"),
        ({**feature(), "geometry": {"type": {}, "coordinates": [RING]}}, "area-missing"),
        ({**feature(), "geometry": [RING]}, "area-missing"),
        (7, "area-missing"),
        (feature([[RING[0]] * (CORNERS_MOST + 1)]), "area-corners"),
        (feature([RING] * 501), "area-corners"),
        (feature(kind_of="x"), "key-unknown"),
        (feature(kind="calfing"), "value-not-listed"),
        (feature(authority=...), "key-missing"),
        (feature(authority="a" * 201), "value-long"),
        (feature(authority="Same\x1b[2Jbyn"), "value-unprintable"),
        (feature(texts={"Svenska!": "x"}), "value-pattern"),
        (feature(id="7"), "value-pattern"),
        (feature(since="soon"), "closure-date"),
        (feature(since=20260401), "value-kind"),
        (feature(to="2026-03-01"), "closure-dates"),
        (feature(to="2036-03-01"), "closure-long"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_wrong_is_said_of_its_feature(one: Any, code: str) -> None:
    found = codes(feature(), one)

    assert (2, code) in found
    assert {number for number, _ in found} == {2}


def test_a_closure_of_one_day_is_one() -> None:
    assert codes(feature(to="2026-04-01")) == []


def test_two_of_one_id_are_told_apart() -> None:
    assert codes(feature(), feature(), feature(authority="En annan")) == [(2, "closure-twice")]


def test_a_name_that_stands_twice_is_said() -> None:
    data = collection(feature()).replace(b'"kind":', b'"kind": "moving", "kind":')

    assert [finding.code for finding in read_closures(data).findings] == ["duplicate-key"]


@pytest.mark.parametrize("name", ["features", "type", "coordinates", "properties", "geometry"])
def test_no_second_list_of_features_or_of_corners_takes_the_place_of_the_first(name: str) -> None:
    value = {"features": "[]", "type": '"FeatureCollection"', "coordinates": "[]"}.get(name, "null")
    data = collection(feature()).replace(f'"{name}":'.encode(), f'"{name}": {value}, "{name}":'.encode())

    assert "duplicate-key" in [finding.code for finding in read_closures(data).findings]


@pytest.mark.parametrize("filling", ["[],", '{"a":0},'])
def test_a_file_of_brackets_is_not_decoded(filling: str) -> None:
    corners = filling * (100 * 2**20 // len(filling))
    feature = f'{{"type":"Feature","geometry":{{"type":"Polygon","coordinates":[[{corners}0]]}}}}'

    began = time.process_time()
    read = read_grounds(f'{{"type":"FeatureCollection","features":[{feature}]}}'.encode(), "church")

    assert [finding.code for finding in read.findings] == ["areas-large"]
    assert time.process_time() - began < 3


def test_all_mistakes_are_told_at_once_in_the_order_of_the_features() -> None:
    found = codes(
        feature(since="soon", to="later"),
        feature([RING[:-1]], authority=...),
        feature(),
        feature([[[lat, lon] for lon, lat in RING]], kind="calfing"),
    )

    assert [number for number, _ in found] == [1, 1, 2, 2, 4, 4]


@pytest.mark.parametrize(
    "data, code",
    [
        (b"", "areas-broken"),
        (b"{", "areas-broken"),
        (b"[]", "areas-broken"),
        (b"\xff\xfe", "areas-broken"),
        (b'{"type":"FeatureCollection"}', "areas-broken"),
        (json.dumps(feature()).encode(), "areas-broken"),
        (b"[" * 200_000, "areas-broken"),
        (b'{"type":"FeatureCollection","features":' + b"[" * 200_000 + b"]" * 200_000 + b"}", "areas-broken"),
        (b" " * (FILE_MOST_BYTES + 1), "areas-large"),
        (collection(*[1] * 50_001), "areas-many"),
    ],
    ids=range(10),
)
def test_a_file_that_is_none_is_one_finding(data: bytes, code: str) -> None:
    assert [finding.code for finding in read_closures(data).findings] == [code]


def test_a_hundred_thousand_corners_are_counted_before_anything_is_computed() -> None:
    jagged = [[14.6 + (number % 2) / 100, 63.1 + number / 1e6] for number in range(100_000)]
    data = collection(feature([[*jagged, jagged[0]]]))

    began = time.process_time()
    found = read_closures(data).findings

    assert [finding.code for finding in found] == ["area-corners"]
    assert time.process_time() - began < 2


def test_a_byte_order_mark_and_empty_fields_do_not_matter() -> None:
    """As map programs write them."""
    data = b"\xef\xbb\xbf" + collection(feature(texts=None, id=None))

    assert read_closures(data).findings == ()


def test_several_areas_are_one_closure() -> None:
    other = [[lon + 0.5, lat] for lon, lat in RING]
    read = read_features(
        collection(feature([[RING], [other]], "MultiPolygon")), most_bytes=10_000, most_corners=10
    )

    assert read.features[0].area is not None
    assert len(read.features[0].area) == 2


def test_every_code_of_areas_is_tried_here_or_with_grounds() -> None:
    files = (Path(__file__), Path(__file__).with_name("test_ground_files.py"))
    text = "".join(file.read_text("utf-8") for file in files)

    assert [code for code in AREAS if f'"{code}"' not in text] == []
