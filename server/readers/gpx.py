"""GPX files as values, in both versions of the format.

What a stranger's file may do to whoever reads it is looked at first, in one pass that keeps nothing: its size, its
depth, how many points it has, whether it brings definitions of its own (and with them entities that grow), and
whether every point says where it is. Only then is it read as a tree, by gpxpy.
"""

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn
from xml.parsers import expat

import gpxpy
from gpxpy.gpx import GPXException

from geo.positions import Position
from geo.tracks import Track, TrackPoint

MOST_BYTES = 10_000_000
MOST_POINTS = 100_000
MOST_DEPTH = 64  # GPX itself needs six
SHOWN_CHARACTERS = 40
# HDOP times the range error is the root mean square of the position, within which 63-68 % of the fixes lie. The
# error: phones are right to 4.9 m under open sky, where HDOP is about 1 (GPS.gov, "GPS accuracy").
METRES_A_HDOP = 5.0

# gpxpy looks for each xmlns up to the next "=": with many of them and no "=", hours.
SLOW_NAMESPACE = re.compile(r"\sxmlns[^=]{200}")

POINTS = frozenset({"trkpt", "rtept", "wpt"})
WALKED = frozenset({"trkpt", "rtept"})
DEGREES = (("lat", 90.0), ("lon", 180.0))


class GpxError(ValueError):
    """Why a file cannot be read as GPX; `line` is where, if it is somewhere."""

    def __init__(self, what: str, line: int | None = None) -> None:
        super().__init__(what if line is None else f"line {line}: {what}")
        self.what = what
        self.line = line


@dataclass(frozen=True, slots=True)
class Recording:
    """What a file recorded. `segments` in the file's order, each a stretch without a pause, empty ones too.

    Times without a zone are UTC, as GPX says; times that are none are left out, and so are heights and accuracies
    that cannot be. A file without a track but with a route gives the route.
    """

    name: str
    segments: tuple[Track, ...]

    @property
    def track(self) -> Track:
        return Track(tuple(point for segment in self.segments for point in segment.points))


def read_gpx_file(file: Path) -> Recording:
    """Raises GpxError, and OSError for what is not there or may not be read."""
    with file.open("rb") as stream:
        return read_gpx(stream.read(MOST_BYTES + 1))


def read_gpx(data: bytes) -> Recording:
    """A recording with at least one point. Raises GpxError."""
    if len(data) > MOST_BYTES:
        raise GpxError(f"the file is larger than {MOST_BYTES // 1_000_000} MB; cut the track into parts")
    if not data.strip():
        raise GpxError("the file is empty")
    guard = _Guard()
    guard.look_through(data)
    text = _decoded(data, guard.encoding)
    if SLOW_NAMESPACE.search(text):
        raise GpxError("a namespace in it has no end; no recorder writes that")
    try:
        found = gpxpy.parse(text)
        segments, name = _segments(found)
    except GPXException as error:
        raise _explained(error, text) from None
    except (ValueError, ArithmeticError) as error:  # none is known, but it is not ours
        raise GpxError(f"a value in it cannot be read ({_shortened(str(error))})") from None
    if not any(segment.points for segment in segments):
        raise GpxError(_nothing_walked(guard))
    return Recording(name, segments)


class _Guard:
    """Looks through a file without keeping it, and stops at the first thing that is not to be read."""

    def __init__(self) -> None:
        self.encoding: str | None = None
        self.points = 0
        self.waypoints = 0
        self._depth = 0
        self._parser = expat.ParserCreate()
        self._parser.XmlDeclHandler = self._declaration
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def look_through(self, data: bytes) -> None:
        try:
            self._parser.Parse(data, True)
        except expat.ExpatError as error:
            raise GpxError(_syntax(error, data), error.lineno) from None
        except GpxError:
            raise
        except (
            LookupError,
            ValueError,
        ) as error:  # an encoding that Python does not have, or not in this way
            raise GpxError(f"its encoding is not known ({_shortened(str(error))})", 1) from None

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        self.encoding = encoding

    def _doctype(self, *_: object) -> None:
        self._refuse(
            "it brings definitions of its own (DOCTYPE), which a track does not need; they are not read"
        )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if self._depth == 0 and name != "gpx":
            shown = _shortened(name)
            self._refuse(f"this is a {shown} file, not GPX; export the track as GPX")
        self._depth += 1
        if self._depth > MOST_DEPTH:
            self._refuse("it is nested deeper than any track")
        if name in POINTS:
            self._point(name, attributes)

    def _point(self, name: str, attributes: dict[str, str]) -> None:
        for degree, most in DEGREES:
            text = attributes.get(degree)
            if text is None:
                self._refuse(f"a point ({name}) says no {degree}")
            if not _within(text, most):
                shown = _shortened(text)
                self._refuse(
                    f'a point ({name}) says {degree}="{shown}", which is no number from -{most:g} to {most:g}'
                )
        if name in WALKED:
            self.points += 1
        else:
            self.waypoints += 1
        if self.points + self.waypoints > MOST_POINTS:
            self._refuse(f"there are more than {MOST_POINTS:,} points; cut the track into parts")

    def _end(self, _tag: str) -> None:
        self._depth -= 1

    def _refuse(self, what: str) -> NoReturn:
        raise GpxError(what, self._parser.CurrentLineNumber)


def _within(text: str, most: float) -> bool:
    try:
        return -most <= float(text) <= most
    except ValueError:
        return False


def _syntax(error: expat.ExpatError, data: bytes) -> str:
    said = expat.ErrorString(error.code) or "not XML"
    if said in {"no element found", "unclosed token", "unclosed CDATA section", "partial character"}:
        if b"<" not in data[:1000]:
            return "this is not XML, and so not GPX"
        return "the file ends in the middle; was it copied whole?"
    return f"this is not XML that can be read ({said})"


def _decoded(data: bytes, encoding: str | None) -> str:
    """As text without its declaration, which says how it was encoded and would be taken at its word again."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif data.startswith(b"\xef\xbb\xbf"):
        encoding = "utf-8-sig"
    try:
        text = data.decode(encoding or "utf-8")
    except (LookupError, UnicodeError) as error:
        raise GpxError(f"its letters are not {encoding or 'utf-8'} ({_shortened(str(error))})", 1) from None
    return re.sub(r"\A\s*<\?xml[^>]*\?>", lambda found: "\n" * found[0].count("\n"), text)


def _segments(found: Any) -> tuple[tuple[Track, ...], str]:  # noqa: ANN401  gpxpy is untyped
    recorded = [(one.name, segment.points) for one in found.tracks for segment in one.segments]
    if not any(points for _, points in recorded):
        recorded = [(route.name, route.points) for route in found.routes]
    segments = tuple(Track(tuple(_point(point) for point in points)) for _, points in recorded)
    names = [found.name, *(name for name, points in recorded if points)]
    return segments, next((" ".join(name.split()) for name in names if name and name.strip()), "")


def _point(point: Any) -> TrackPoint:  # noqa: ANN401  gpxpy is untyped
    hdop = _finite(point.horizontal_dilution)
    return TrackPoint(
        position=Position(point.longitude, point.latitude),
        at=_moment(point.time),
        altitude_m=_finite(point.elevation),
        accuracy_m=hdop * METRES_A_HDOP if hdop is not None and hdop > 0.0 else None,
    )


def _moment(at: datetime | None) -> datetime | None:
    if at is None:
        return None
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None


def _explained(error: GPXException, text: str) -> GpxError:
    """What gpxpy could not read, and where, which it does not say."""
    said = re.match(
        r"Invalid value for <(?P<tag>[^>]*)>\.\.\. (?P<value>.*?)(?: \(|$)", str(error), re.DOTALL
    )
    if said is None:
        return GpxError(f"it cannot be read ({_shortened(str(error))})")
    tag, value = said["tag"], said["value"]
    at = re.search(rf"<{re.escape(tag)}[^>]*>{re.escape(value)}<", text)
    line = None if at is None else text.count("\n", 0, at.start()) + 1
    return GpxError(f"<{tag}> says {_shortened(value)!r}, which is no number", line)


def _nothing_walked(guard: _Guard) -> str:
    if guard.waypoints:
        return f"it only marks places ({guard.waypoints}) and holds no track that somebody walked"
    return "it holds no track"


def _shortened(text: str) -> str:
    shown = " ".join(text.split())
    return shown if len(shown) <= SHOWN_CHARACTERS else shown[: SHOWN_CHARACTERS - 1] + "…"
