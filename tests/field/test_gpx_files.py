"""Every recorded file is read with what somebody else measured of it, or refused with a word that helps."""

from itertools import pairwise

import pytest

from server.readers.gpx import GpxError, read_gpx_file
from tests.field.recordings import FIELD_DATA, TRACKS, measured

MEASURED = measured()
WALKED = [name for name, row in MEASURED.items() if row["points"] != "0"]


@pytest.mark.parametrize("name", WALKED)
def test_a_file_is_read_with_all_its_points(name: str) -> None:
    row = MEASURED[name]

    found = read_gpx_file(TRACKS / name)

    times = [point.at for point in found.track.points if point.at is not None]
    steps_back = sum(b < a for a, b in pairwise(times))
    assert len(found.segments) == int(row["segments"])
    assert len(found.track.points) == int(row["points"])
    assert len(times) == int(row["with_time"])
    assert steps_back == int(row["steps_back"])
    assert not times or times[0].strftime("%Y-%m-%dT%H:%M:%S") == row["start_utc"]
    # The index counts satellites as dilution too; an accuracy is known only where hdop is.
    says_hdop = b"<hdop>" in (TRACKS / name).read_bytes()
    assert any(point.accuracy_m for point in found.track.points) == says_hdop


@pytest.mark.parametrize(
    "name, said",
    [
        ("bad_no_coordinates.gpx", 'line 5: a point (trkpt) says lat="undefined", which is no number'),
        ("unicode_with_bom.gpx", "it only marks places (1) and holds no track"),
    ],
)
def test_a_file_without_a_track_is_refused_with_why(name: str, said: str) -> None:
    with pytest.raises(GpxError) as refused:
        read_gpx_file(TRACKS / name)

    assert said in str(refused.value)


def test_those_are_all_the_files_there_are() -> None:
    assert set(MEASURED) - set(WALKED) == {"bad_no_coordinates.gpx", "unicode_with_bom.gpx"}
    assert set(MEASURED) == {file.name for file in TRACKS.glob("*.gpx")}


@pytest.mark.parametrize("name", sorted(file.name for file in TRACKS.glob("*.kml")))
def test_another_format_is_named(name: str) -> None:
    with pytest.raises(GpxError, match="this is a kml file, not GPX"):
        read_gpx_file(TRACKS / name)


@pytest.mark.parametrize("name", sorted(file.name for file in (FIELD_DATA / "geocaching").glob("*.gpx")))
def test_lists_of_caches_are_no_walks(name: str) -> None:
    """Some of them are broken; none of them breaks anything."""
    with pytest.raises(GpxError):
        read_gpx_file(FIELD_DATA / "geocaching" / name)
