"""Where the sun stands, when it crosses a height, and whether there is light to walk by.

Low precision after Meeus, "Astronomical algorithms", 2nd ed. 1998, chapters 25 (position), 22 (obliquity) and 28
(equation of time), which NOAA's solar calculator follows too: right to 0.01 degrees between 1900 and 2100.
Differences between UTC, UT1 and dynamical time (70 s) are left out: they move the declination by 0.0003 degrees.

`web/src/geo/sun.ts` is its twin, line by line, for the phone; `tests/vectors/sun.json` holds both to the same
answers. Hence the plain arithmetic here, in one order, and crossings that are found among whole seconds: the last
digit of a sine, which is not the same in every language, then decides nothing.
"""

import math
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from geo.positions import Position

# The upper edge of the sun on a level horizon: 16' is half of its disc, 34' lifts the air. Meeus, chapter 15; NOAA.
SUNRISE_DEG = -0.833
# Dawn and dusk as everybody means them: in clear weather it is light enough to walk. US Naval Observatory,
# "Rise, set, and twilight definitions"; Meeus, chapter 15.
CIVIL_DEG = -6.0

ONE_DAY = timedelta(hours=24)

# A crossing is looked for in steps, and within a step by halving it: 2 ** 8 = 256. If the sun is beyond the height for
# less than a step, it is so by less than 0.003 degrees, and may be taken for not having crossed.
STEP_S = 256
HALVINGS = 8

# Steps are left out while the sun is too far from the height to come there within them. Its height changes by the
# earth's turning (15.01 degrees an hour with the equation of time, and the cosine of the latitude as much), and by the
# declination (0.017 degrees an hour around the equinoxes); both rounded upwards.
TURNING_DEG_PER_S = 15.02 / 3600.0
DECLINING_DEG_PER_S = 0.02 / 3600.0

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
J2000_S = 946_728_000.0  # 1 January 2000, 12:00
DAY_S = 86_400.0
CENTURY_S = 36_525.0 * DAY_S
RADIANS = math.pi / 180.0


class Light(StrEnum):
    """Whether one sees where one walks, with the sky clear and nothing in the sun's way."""

    day = "day"
    dark = "dark"


def elevation_deg(at: datetime, position: Position) -> float:
    """Angle of the sun's centre above the level horizon, seen without air: no refraction. [degrees, -90 to 90]

    Near the horizon the air lifts the sun by another half degree: compare with `SUNRISE_DEG`, not with 0.
    TypeError for a time without a zone.
    """
    return _elevation_deg((at - EPOCH) / SECOND, position)


def light(at: datetime, position: Position) -> Light:
    """Day from civil dawn to civil dusk, dark otherwise."""
    return Light.day if elevation_deg(at, position) >= CIVIL_DEG else Light.dark


def next_crossing(
    at: datetime, position: Position, elevation_deg: float, *, rising: bool, within: timedelta = ONE_DAY
) -> datetime | None:
    """When the sun next rises to `elevation_deg`, or sinks below it: the first such second after `at`. [whole second, UTC]

    None when it does not within the time: no dusk at midsummer, no sunrise in the polar night. From one day to the
    next a crossing comes up to half an hour later in our region (beside the light nights), so that whoever asks just
    after one about the next gives more than 24 hours.
    """
    low = math.floor((at - EPOCH) / SECOND)
    end = low + math.floor(within / SECOND)
    step_deg = STEP_S * (TURNING_DEG_PER_S * math.cos(RADIANS * position.lat) + DECLINING_DEG_PER_S)
    above_deg = _elevation_deg(low, position) - elevation_deg
    while low < end:
        steps = max(1, math.floor(abs(above_deg) / step_deg))
        high = min(low + steps * STEP_S, end)
        above_then_deg = _elevation_deg(high, position) - elevation_deg
        below = above_deg < 0.0
        if below != (above_then_deg < 0.0) and below == rising:
            for _ in range(HALVINGS):
                middle = (low + high) // 2
                if (_elevation_deg(middle, position) < elevation_deg) == below:
                    low = middle
                else:
                    high = middle
            return EPOCH + high * SECOND
        low, above_deg = high, above_then_deg
    return None


def _elevation_deg(at_s: float, position: Position) -> float:
    """[at_s: seconds since 1970, UTC]"""
    centuries = (at_s - J2000_S) / CENTURY_S

    # Mean longitude and mean anomaly, longitude of the moon's node, equation of centre. (25.2), (25.3), p. 164
    mean_deg = _turn(280.46646 + centuries * (36000.76983 + centuries * 0.0003032))
    anomaly = RADIANS * _turn(357.52911 + centuries * (35999.05029 - centuries * 0.0001537))
    node = RADIANS * _turn(125.04 - centuries * 1934.136)
    centre_deg = (
        math.sin(anomaly) * (1.914602 - centuries * (0.004817 + centuries * 0.000014))
        + math.sin(2.0 * anomaly) * (0.019993 - centuries * 0.000101)
        + math.sin(3.0 * anomaly) * 0.000289
    )

    # Apparent longitude, and true obliquity of the ecliptic. (22.2), (25.8)
    longitude = RADIANS * (mean_deg + centre_deg - 0.00569 - 0.00478 * math.sin(node))
    obliquity = RADIANS * (
        23.4392911
        - centuries * (0.0130042 + centuries * (0.00000016 - centuries * 0.000000504))
        + 0.00256 * math.cos(node)
    )

    # Right ascension and declination. (25.6), (25.7)
    ascension_deg = math.atan2(math.cos(obliquity) * math.sin(longitude), math.cos(longitude)) / RADIANS
    sin_declination = math.sin(obliquity) * math.sin(longitude)
    cos_declination = math.cos(math.asin(sin_declination))

    # Sundial against clock, hour angle, and the height. (28.1), (13.6)
    ahead_deg = mean_deg - 0.0057183 - ascension_deg - 0.00478 * math.sin(node) * math.cos(obliquity)
    midnight_deg = (at_s - DAY_S * math.floor(at_s / DAY_S)) / 240.0
    hour_angle = RADIANS * _turn(midnight_deg - 180.0 + position.lon + ahead_deg)
    lat = RADIANS * position.lat
    sin_height = math.sin(lat) * sin_declination + math.cos(lat) * cos_declination * math.cos(hour_angle)
    return math.asin(max(-1.0, min(1.0, sin_height))) / RADIANS


def _turn(angle_deg: float) -> float:
    """The same direction, 0 to 360. [degrees]"""
    return angle_deg - 360.0 * math.floor(angle_deg / 360.0)
