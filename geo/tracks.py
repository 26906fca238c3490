"""Recorded tracks as values: measured, cleaned, laid with stages, moved elsewhere and to another time."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate, pairwise

import numpy as np

from geo.positions import ELLIPSOID, Position, distance_m

FASTEST_ON_FOOT_MPS = 12.5  # 45 km/h, the best a human has run; single legs of a good track stay far below


@dataclass(frozen=True, slots=True)
class TrackPoint:
    """One recorded point. [aware time; altitude and accuracy in metres]

    ValueError for a time without a time zone.
    """

    position: Position
    at: datetime | None = None
    altitude_m: float | None = None
    accuracy_m: float | None = None

    def __post_init__(self) -> None:
        if self.at is not None and self.at.utcoffset() is None:
            raise ValueError(f"{self.at.isoformat()} has no time zone")


@dataclass(frozen=True, slots=True)
class Track:
    """Points in the order in which they were recorded; perhaps none."""

    points: tuple[TrackPoint, ...]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A track, and the points it was freed of, by reason."""

    track: Track
    untimed: tuple[TrackPoint, ...]
    repeated: tuple[TrackPoint, ...]
    backwards: tuple[TrackPoint, ...]
    spikes: tuple[TrackPoint, ...]


def length_m(track: Track) -> float:
    """Length of the way along all points, gaps included as straight lines, heights left out. [m]"""
    return sum(_legs_m(track.points))


def cleaned(track: Track, *, timed_only: bool = False, fastest_mps: float = FASTEST_ON_FOOT_MPS) -> Cleaned:
    """The track without what a receiver invents, in this order:

    points without time (if timed_only); points that repeat the one before in place and time; the fewest points
    whose removal leaves a clock that always advances; and spikes: what cannot be reached within fastest_mps from
    the longest stretch that keeps to it. Speeds to or from a point without time are not known and pass.
    """
    points = track.points
    points, untimed = _split(points, [not timed_only or point.at is not None for point in points])
    points, repeated = _split(points, _first_times(points))
    points, backwards = _split(points, _clock_advances(points))
    points, spikes = _split(points, _reachable(points, fastest_mps))
    return Cleaned(Track(points), untimed, repeated, backwards, spikes)


def lay(track: Track, n: int) -> tuple[Position, ...]:
    """Places for n stages: the recorded points next to the middles of n equally long parts of the way walked.

    Recorded points, because there the walker really was: a phone on this track passes every stage, also one beside a
    gap in the recording. Middles, so that no two stages meet where a walk ends at home. Each is off its even place
    by at most half of the leg it stands on; two fall together only on a leg longer than a part.
    ValueError for a track without points.
    """
    if not track.points:
        raise ValueError("there is no track to lay stages on")
    walked = [0.0, *accumulate(_legs_m(track.points))]
    return tuple(
        track.points[_nearest(walked, walked[-1] * (number + 0.5) / n)].position for number in range(n)
    )


def moved(track: Track, to: Position) -> Track:
    """The same walk somewhere else: its first point at the given position, north still north.

    Every point keeps its distance and direction from the first one, so that lengths between points change by less
    than 0.01 % within 30 km. Altitudes, times and accuracies are kept as they were.
    """
    if not track.points:
        return track
    lon, lat = np.array([(point.position.lon, point.position.lat) for point in track.points]).T
    azimuth, _, away = ELLIPSOID.inv(np.full_like(lon, lon[0]), np.full_like(lat, lat[0]), lon, lat)
    lon, lat, _ = ELLIPSOID.fwd(np.full_like(lon, to.lon), np.full_like(lat, to.lat), azimuth, away)
    # A point of no distance is the given position itself, bit for bit.
    positions = (
        Position(float(x), float(y)) if d > 0.0 else to for x, y, d in zip(lon, lat, away, strict=True)
    )
    return Track(
        tuple(replace(point, position=at) for point, at in zip(track.points, positions, strict=True))
    )


def shifted(track: Track, start: datetime) -> Track:
    """The same walk at another time: its first timed point at start, the others as long after it as they were.

    ValueError for a start without a time zone, and for a track without times.
    """
    first = next((point.at for point in track.points if point.at is not None), None)
    if first is None:
        raise ValueError("the track has no times to shift")
    if start.utcoffset() is None:
        raise ValueError(f"{start.isoformat()} has no time zone")
    by = start - first
    return Track(tuple(_later(point, by) for point in track.points))


def _legs_m(points: tuple[TrackPoint, ...]) -> list[float]:
    return [distance_m(a.position, b.position) for a, b in pairwise(points)]


def _nearest(rising: list[float], value: float) -> int:
    """The index of the value nearest to the given one; the first of equally near ones."""
    after = min(bisect_left(rising, value), len(rising) - 1)
    before = max(after - 1, 0)
    return before if value - rising[before] <= rising[after] - value else after


def _split(
    points: tuple[TrackPoint, ...], kept: Iterable[bool]
) -> tuple[tuple[TrackPoint, ...], tuple[TrackPoint, ...]]:
    marked = list(zip(points, kept, strict=True))
    return tuple(point for point, keep in marked if keep), tuple(point for point, keep in marked if not keep)


def _first_times(points: tuple[TrackPoint, ...]) -> list[bool]:
    """False for what repeats the point before it in place and time."""
    pairs = zip(points, (None, *points), strict=False)
    return [before is None or (a.position, a.at) != (before.position, before.at) for a, before in pairs]


def _clock_advances(points: tuple[TrackPoint, ...]) -> list[bool]:
    """The longest strictly rising sequence of times (patience sorting), with all points that have none.

    The longest, so that one wild time, early or late, costs itself and not all that follow it.
    """
    tails: list[datetime] = []  # the smallest time with which a rising sequence of each length can end
    tail_orders: list[int] = []
    previous: dict[int, int | None] = {}
    for order, point in enumerate(points):
        if point.at is not None:
            length = bisect_left(tails, point.at)
            tails[length : length + 1] = [point.at]
            tail_orders[length : length + 1] = [order]
            previous[order] = tail_orders[length - 1] if length else None
    kept = set()
    last = tail_orders[-1] if tail_orders else None
    while last is not None:
        kept.add(last)
        last = previous[last]
    return [point.at is None or order in kept for order, point in enumerate(points)]


def _reachable(points: tuple[TrackPoint, ...], fastest_mps: float) -> list[bool]:
    """True for the longest stretch without too fast a leg, and what joins on to it, outwards in both directions."""
    stretches: list[list[int]] = []
    for order, point in enumerate(points):
        if not stretches or _too_fast(points[order - 1], point, fastest_mps):
            stretches.append([])
        stretches[-1].append(order)
    if not stretches:
        return []
    longest = max(range(len(stretches)), key=lambda index: len(stretches[index]))
    kept = list(stretches[longest])
    for stretch in stretches[longest + 1 :]:
        kept += _joining(points, kept[-1], stretch, fastest_mps)
    for stretch in reversed(stretches[:longest]):
        kept[:0] = reversed(_joining(points, kept[0], stretch[::-1], fastest_mps))
    chosen = set(kept)
    return [order in chosen for order in range(len(points))]


def _joining(points: tuple[TrackPoint, ...], end: int, stretch: list[int], fastest_mps: float) -> list[int]:
    """The part of a stretch, from its first reachable point on, that joins on to the end of what is kept."""
    for index, order in enumerate(stretch):
        if not _too_fast(points[end], points[order], fastest_mps):
            return stretch[index:]
    return []


def _too_fast(a: TrackPoint, b: TrackPoint, fastest_mps: float) -> bool:
    """In either direction of time."""
    if a.at is None or b.at is None:
        return False
    return distance_m(a.position, b.position) > fastest_mps * abs((b.at - a.at).total_seconds())


def _later(point: TrackPoint, by: timedelta) -> TrackPoint:
    return point if point.at is None else replace(point, at=point.at + by)
