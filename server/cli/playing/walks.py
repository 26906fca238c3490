"""A recorded track made into a walk that ends now, seen by a phone: with times, elsewhere, with a receiver's errors."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise
from random import Random

from geo.positions import Position, destination, distance_m
from geo.tracks import Track, TrackPoint, moved, shifted

WALKING_PACE_MPS = 4.5 / 3.6
ACCURACY_M = 12.0  # for recordings that say nothing of it
# Above this speed phones ask to stop first, so that nobody plays at the wheel.
STOP_FIRST_MPS = 7.0
LONGEST_LEG_S = 60.0  # the speed of a longer leg is an average over pauses and bends
LONGEST_WALK = timedelta(days=36_525)  # a century: more is a broken clock
# Errors of positions come and go within about this time: what disturbs them (clouds of electrons, mirrors of rock
# and walls) changes with the way. First-order Gauss-Markov, as receivers' own filters assume.
ERRORS_LAST_S = 60.0
SIGMA_OF_68 = 1.51  # 68 % of a round normal error lie within this many sigmas of one axis


@dataclass(frozen=True, slots=True)
class Step:
    """One point of a walk. `fix` is what the phone is told, always with time and accuracy; `stands` is true.

    `elapsed_s` is the phone's steady clock, which never runs backwards.
    """

    fix: TrackPoint
    stands: Position
    elapsed_s: float

    @property
    def at(self) -> datetime:
        assert self.fix.at is not None  # noqa: S101  see above
        return self.fix.at

    @property
    def accuracy_m(self) -> float:
        assert self.fix.accuracy_m is not None  # noqa: S101  see above
        return self.fix.accuracy_m


@dataclass(frozen=True, slots=True)
class Walk:
    steps: tuple[Step, ...]

    @property
    def walked_m(self) -> tuple[float, ...]:
        """How far the walker has come at each step."""
        legs = (distance_m(a.stands, b.stands) for a, b in pairwise(self.steps))
        return tuple(accumulate(legs, initial=0.0))


@dataclass(frozen=True, slots=True)
class Timed:
    """A track of which every point has a time. `left_out`: points without one; `paced`: the times are made up."""

    track: Track
    left_out: int = 0
    paced: bool = False


def timed(track: Track) -> Timed:
    """The timed points where they are half or more of all, else all of them at a walker's pace."""
    points = tuple(point for point in track.points if point.at is not None)
    times = [point.at for point in points if point.at is not None]
    stands_still = len(track.points) > 1 and len(set(times)) < 2
    if 2 * len(points) < len(track.points) or stands_still or max(times) - min(times) > LONGEST_WALK:
        return Timed(_paced(track), paced=True)
    return Timed(Track(points), left_out=len(track.points) - len(points))


def share_at_speed(track: Track) -> float:
    """The part of the way, of legs that tell a speed, which went too fast for a phone to be played with. [0-1]"""
    legs = [(a, b) for a, b in pairwise(track.points) if a.at and b.at and a.at < b.at]
    way_m = fast_m = 0.0
    for a, b in legs:
        seconds = (b.at - a.at).total_seconds() if a.at and b.at else math.inf
        if seconds <= LONGEST_LEG_S:
            leg_m = distance_m(a.position, b.position)
            way_m += leg_m
            fast_m += leg_m if leg_m > STOP_FIRST_MPS * seconds else 0.0
    return fast_m / way_m if way_m else 0.0


def walk_of(
    track: Track,
    ends_at: datetime,
    *,
    accuracy_m: float | None = None,
    start: Position | None = None,
    errors: Random | None = None,
) -> Walk:
    """A timed track as a walk of which the latest moment is `ends_at`.

    `accuracy_m` takes the place of what was recorded; without it what was recorded stands, and ACCURACY_M where
    nothing was. `start`: where the walk is moved to. `errors`: each fix is off by as much as its accuracy says.
    """
    track = _ending(track if start is None else moved(track, start), ends_at)
    recorded = [
        replace(point, accuracy_m=accuracy_m or point.accuracy_m or ACCURACY_M) for point in track.points
    ]
    elapsed_s = list(accumulate(_advances_s(track), initial=0.0))
    fixes = recorded if errors is None else _disturbed(recorded, elapsed_s, errors)
    seen = zip(fixes, recorded, elapsed_s, strict=False)  # of no points the clock still says one time
    return Walk(tuple(Step(fix, point.position, seconds) for fix, point, seconds in seen))


def _paced(track: Track) -> Track:
    start = datetime(2000, 1, 1, tzinfo=UTC)  # any: the walk is shifted to now
    walked_m = accumulate(
        (distance_m(a.position, b.position) for a, b in pairwise(track.points)), initial=0.0
    )
    return Track(
        tuple(
            replace(point, at=start + timedelta(seconds=metres / WALKING_PACE_MPS))
            for point, metres in zip(track.points, walked_m, strict=True)
        )
    )


def _ending(track: Track, ends_at: datetime) -> Track:
    times = [point.at for point in track.points if point.at is not None]
    return shifted(track, ends_at - (max(times) - times[0])) if times else track


def _advances_s(track: Track) -> Iterator[float]:
    for a, b in pairwise(track.points):
        yield max(0.0, (b.at - a.at).total_seconds()) if a.at and b.at else 0.0


def _disturbed(points: list[TrackPoint], elapsed_s: list[float], errors: Random) -> Iterator[TrackPoint]:
    east, north = errors.gauss(), errors.gauss()
    before_s = 0.0
    for point, now_s in zip(points, elapsed_s, strict=False):
        stays = math.exp((before_s - now_s) / ERRORS_LAST_S)
        comes = math.sqrt(1.0 - stays * stays)
        east, north = stays * east + comes * errors.gauss(), stays * north + comes * errors.gauss()
        before_s = now_s
        sigma_m = (point.accuracy_m or 0.0) / SIGMA_OF_68
        off_m, towards = math.hypot(east, north) * sigma_m, math.degrees(math.atan2(east, north))
        yield replace(point, position=destination(point.position, towards, off_m))
