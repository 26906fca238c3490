"""Reading GPX: what recorders write is read, what is broken is said with its line, what is hostile is not unpacked."""

import math
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.positions import Position
from geo.tracks import TrackPoint
from server.readers import gpx
from server.readers.gpx import GpxError, read_gpx

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">\n'
)
TAIL = "\n</gpx>\n"
EPOCH = datetime(1980, 1, 6, tzinfo=UTC)
NOON = datetime(2026, 6, 20, 12, tzinfo=UTC)


def document(inner: str, head: str = HEAD) -> bytes:
    return f"{head}{inner}{TAIL}".encode()


def segment(*points: str) -> str:
    return "<trkseg>" + "\n".join(points) + "</trkseg>"


def track(*segments: str, name: str = "") -> str:
    return f"<trk><name>{name}</name>{''.join(segments)}</trk>"


def point(lat: object = 63.18, lon: object = 14.64, inner: str = "") -> str:
    return f'<trkpt lat="{lat}" lon="{lon}">{inner}</trkpt>'


def test_a_track_is_read_with_its_segments_times_heights_and_accuracies() -> None:
    first = point(63.1, 14.1, "<ele>292.5</ele><time>2026-06-20T12:00:00Z</time><hdop>2</hdop>")
    other = point(63.2, 14.2, "<time>2026-06-20T14:00:10.5+02:00</time>")

    found = read_gpx(document(track(segment(first), segment(other), segment(), name=" Runt\n sjön ")))

    assert found.name == "Runt sjön"
    assert [len(one.points) for one in found.segments] == [1, 1, 0]
    assert found.track.points == (
        TrackPoint(Position(14.1, 63.1), NOON, 292.5, 10.0),
        TrackPoint(Position(14.2, 63.2), NOON + timedelta(seconds=10.5)),
    )


def test_a_route_is_read_where_nothing_was_recorded() -> None:
    route = '<rte><name>Plan</name><rtept lat="63.1" lon="14.1"/><rtept lat="63.2" lon="14.2"/></rte>'

    assert len(read_gpx(document(route)).track.points) == 2
    assert len(read_gpx(document(route + track(segment(point())))).track.points) == 1


@pytest.mark.parametrize("version", ["1.0", "1.1", "2.0", ""])
def test_any_version_is_read(version: str) -> None:
    head = f'<gpx version="{version}" xmlns="http://www.topografix.com/GPX/1/0">'

    found = read_gpx(document(track(segment(point(inner="<ele>5</ele>"))), head))

    assert found.track.points[0].altitude_m == 5.0


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + document(track(segment(point()), name="Frösön")),
        document(track(segment(point()), name="Frösön")).decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        document(track(segment(point()), name="Frösön"), "<gpx>").decode().encode("utf-16"),
        document(track(segment(point()), name="Frösön"))
        .decode()
        .replace("UTF-8", "ISO-8859-1")
        .encode("latin-1"),
        document(track(segment(point()), name="Frösön"))
        .decode()
        .replace("UTF-8", "windows-1252")
        .encode("cp1252"),
    ],
    ids=["byte order mark", "UTF-16", "UTF-16 that does not say so", "Latin 1", "Windows"],
)
def test_letters_are_read_as_they_were_written(data: bytes) -> None:
    assert read_gpx(data).name == "Frösön"


@pytest.mark.parametrize(
    "inner, at",
    [
        ("<time>2026-06-20T12:00:00</time>", NOON),  # no zone is UTC
        ("<time>yesterday</time>", None),
        ("<time>2026-13-41T12:00:00Z</time>", None),
        ("<time>0001-01-01T00:00:00+02:00</time>", None),  # before the year 1 in UTC
        ("<time/>", None),
    ],
)
def test_a_time_that_is_none_is_left_out(inner: str, at: datetime | None) -> None:
    assert read_gpx(document(track(segment(point(inner=inner))))).track.points[0].at == at


@pytest.mark.parametrize("hdop", ["0", "-1", "nan", "inf"])
def test_an_accuracy_that_cannot_be_is_left_out(hdop: str) -> None:
    found = read_gpx(document(track(segment(point(inner=f"<ele>nan</ele><hdop>{hdop}</hdop>")))))

    assert found.track.points[0].accuracy_m is None
    assert found.track.points[0].altitude_m is None


@pytest.mark.parametrize(
    "data, line, said",
    [
        (b"", None, "the file is empty"),
        (b" \n ", None, "the file is empty"),
        (b"lat,lon\n63,14\n", 1, "this is not XML that can be read"),
        (b"PK\x03\x04\x00\x00", 1, "this is not XML"),
        (document("<trk><trkseg>"), 4, "not XML that can be read"),
        (HEAD.encode() + b"<trk>", 3, "the file ends in the middle"),
        (b'<?xml version="1.0"?>\n<kml></kml>', 2, "this is a kml file, not GPX"),
        (document(""), None, "it holds no track"),
        (document('<wpt lat="63" lon="14"/>'), None, "it only marks places (1)"),
        (document(track(segment(point(), point(lat="undefined")))), 4, 'lat="undefined", which is no number'),
        (document(track(segment(point(lon="nan")))), 3, 'lon="nan"'),
        (document(track(segment(point(lat="90.1")))), 3, "which is no number from -90 to 90"),
        (document(track(segment(point(lon="14,64")))), 3, 'lon="14,64"'),
        (document("<trk><trkseg><trkpt lat='63'/></trkseg></trk>"), 3, "says no lon"),
        (document(track(segment(point(), "", point(inner="<ele>high</ele>")))), 5, "<ele> says 'high'"),
        (b'<?xml version="1.0" encoding="klingon"?><gpx/>', 1, "encoding"),
        (
            HEAD.encode() + "<trk><name>Frösön</name></trk></gpx>".encode("latin-1"),
            3,
            "not XML that can be read",
        ),
    ],
)
def test_what_is_broken_is_said_with_its_line(data: bytes, line: int | None, said: str) -> None:
    with pytest.raises(GpxError) as refused:
        read_gpx(data)

    assert said in refused.value.what
    assert refused.value.line == line


def test_what_its_reader_stumbles_over_is_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(_text: str) -> None:
        raise ValueError("month must be in 1..12")

    monkeypatch.setattr(gpx.gpxpy, "parse", stumble)

    with pytest.raises(GpxError, match="month must be"):
        read_gpx(document(track(segment(point()))))


def test_entities_are_not_unpacked() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?>\n<!DOCTYPE gpx [<!ENTITY l0 "ha">{laughs}]>\n<gpx><name>&l9;</name></gpx>'

    with pytest.raises(GpxError, match="line 2: it brings definitions of its own"):
        read_gpx(bomb.encode())


def test_files_on_this_machine_are_not_fetched() -> None:
    data = b'<!DOCTYPE gpx [<!ENTITY it SYSTEM "file:///etc/hostname">]><gpx><name>&it;</name></gpx>'

    with pytest.raises(GpxError, match="definitions"):
        read_gpx(data)


def test_what_is_too_large_too_many_or_too_deep_is_refused() -> None:
    with pytest.raises(GpxError, match="larger than 10 MB"):
        read_gpx(b"<gpx>" + b" " * gpx.MOST_BYTES + b"</gpx>")
    with pytest.raises(GpxError, match="more than 100,000 points"):
        read_gpx(document(track(segment('<trkpt lat="1" lon="1"/>' * (gpx.MOST_POINTS + 1)))))
    with pytest.raises(GpxError, match="nested deeper"):
        read_gpx(document("<extensions>" + "<a>" * 100_000))


def test_a_file_that_would_take_hours_is_refused_at_once() -> None:
    began_at = time.monotonic()

    with pytest.raises(GpxError, match="namespace"):
        read_gpx(document(f"<desc>{' xmlns' * 1_500_000}</desc>"))

    assert time.monotonic() - began_at < 5


positions = st.builds(
    Position,
    st.floats(-180, 180).map(lambda x: round(x, 6)),
    st.floats(-90, 90).map(lambda y: round(y, 6)),
)
points = st.builds(
    TrackPoint,
    positions,
    st.none() | st.timedeltas(timedelta(0), timedelta(days=40_000)).map(lambda later: EPOCH + later),
    st.none() | st.floats(-500, 9000).map(lambda z: round(z, 1)),
)


@given(st.lists(st.lists(points, max_size=5), min_size=1, max_size=4).filter(any))
def test_what_is_written_is_read_again(segments: list[list[TrackPoint]]) -> None:
    def written(one: TrackPoint) -> str:
        ele = "" if one.altitude_m is None else f"<ele>{one.altitude_m}</ele>"
        at = "" if one.at is None else f"<time>{one.at.isoformat()}</time>"
        return point(one.position.lat, one.position.lon, ele + at)

    found = read_gpx(document(track(*(segment(*map(written, part)) for part in segments))))

    assert [list(part.points) for part in found.segments] == segments


WHOLE = document(
    track(segment(*(point(63 + n / 1e4, 14, f"<time>2026-06-20T12:00:{n:02}Z</time>") for n in range(9))))
)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with pytest.raises(GpxError):
        read_gpx(data)


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, len(WHOLE) - 1), st.binary(max_size=9))
def test_a_mangled_file_is_read_or_refused(start: int, end: int, put: bytes) -> None:
    data = WHOLE[: min(start, end)] + put + WHOLE[max(start, end) :]

    try:
        found = read_gpx(data).track.points
    except GpxError:
        return
    assert all(math.isfinite(one.position.lon + one.position.lat) for one in found)
