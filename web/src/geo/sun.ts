/**
 * Where the sun stands, when it crosses a height, and whether there is light to walk by.
 *
 * The twin of `geo/sun.py`, line by line; the sources are named there. `tests/vectors/sun.json` holds both to the
 * same answers: change neither without the other, and keep the order of the arithmetic.
 */

import type { Position } from "./positions.ts";

/** The upper edge of the sun on a level horizon. */
export const SUNRISE_DEG = -0.833;
/** Civil dawn and dusk. */
export const CIVIL_DEG = -6.0;

export const ONE_DAY_S = 86_400;

// If the sun is beyond a height for less than a step, by less than 0.003 degrees, that may be taken for no crossing.
const STEP_S = 256;
const HALVINGS = 8;

// Steps are left out while the sun is too far from the height to come there within them.
const TURNING_DEG_PER_S = 15.02 / 3600;
const DECLINING_DEG_PER_S = 0.02 / 3600;

const J2000_S = 946_728_000; // 1 January 2000, 12:00
const DAY_S = 86_400;
const CENTURY_S = 36_525 * DAY_S;
const RADIANS = Math.PI / 180;

/** Whether one sees where one walks, with the sky clear and nothing in the sun's way. */
export type Light = "day" | "dark";

/** Angle of the sun's centre above the level horizon, seen without air: no refraction. [degrees, -90 to 90] */
export function elevationDeg(at: Date, position: Position): number {
  return elevationAtDeg(secondsOf(at), position);
}

/** Day from civil dawn to civil dusk, dark otherwise. */
export function light(at: Date, position: Position): Light {
  return elevationDeg(at, position) >= CIVIL_DEG ? "day" : "dark";
}

/**
 * When the sun next rises to `elevationDeg`, or sinks below it: the first such second after `at`. [whole second]
 *
 * Null when it does not within the time. From one day to the next a crossing comes up to half an hour later in our
 * region, so that whoever asks just after one about the next gives more than 24 hours.
 */
export function nextCrossing(
  at: Date,
  position: Position,
  elevationDeg: number,
  { rising, withinS = ONE_DAY_S }: { readonly rising: boolean; readonly withinS?: number },
): Date | null {
  let low = Math.floor(secondsOf(at));
  const end = low + Math.floor(withinS);
  const stepDeg = STEP_S * (TURNING_DEG_PER_S * Math.cos(RADIANS * position.lat) + DECLINING_DEG_PER_S);
  let aboveDeg = elevationAtDeg(low, position) - elevationDeg;
  while (low < end) {
    const steps = Math.max(1, Math.floor(Math.abs(aboveDeg) / stepDeg));
    let high = Math.min(low + steps * STEP_S, end);
    const aboveThenDeg = elevationAtDeg(high, position) - elevationDeg;
    const below = aboveDeg < 0;
    if (below !== aboveThenDeg < 0 && below === rising) {
      for (let halving = 0; halving < HALVINGS; halving++) {
        const middle = Math.floor((low + high) / 2);
        if (elevationAtDeg(middle, position) < elevationDeg === below) {
          low = middle;
        } else {
          high = middle;
        }
      }
      return new Date(high * 1000);
    }
    low = high;
    aboveDeg = aboveThenDeg;
  }
  return null;
}

/** [seconds since 1970, UTC] A date that is none would pass for one without a crossing: RangeError. */
function secondsOf(at: Date): number {
  const seconds = at.getTime() / 1000;
  if (Number.isNaN(seconds)) throw new RangeError("not a date");
  return seconds;
}

function elevationAtDeg(atS: number, position: Position): number {
  const centuries = (atS - J2000_S) / CENTURY_S;

  // Mean longitude and mean anomaly, longitude of the moon's node, equation of centre.
  const meanDeg = turn(280.46646 + centuries * (36000.76983 + centuries * 0.0003032));
  const anomaly = RADIANS * turn(357.52911 + centuries * (35999.05029 - centuries * 0.0001537));
  const node = RADIANS * turn(125.04 - centuries * 1934.136);
  const centreDeg =
    Math.sin(anomaly) * (1.914602 - centuries * (0.004817 + centuries * 0.000014)) +
    Math.sin(2 * anomaly) * (0.019993 - centuries * 0.000101) +
    Math.sin(3 * anomaly) * 0.000289;

  // Apparent longitude, and true obliquity of the ecliptic.
  const longitude = RADIANS * (meanDeg + centreDeg - 0.00569 - 0.00478 * Math.sin(node));
  const obliquity =
    RADIANS *
    (23.4392911 -
      centuries * (0.0130042 + centuries * (0.00000016 - centuries * 0.000000504)) +
      0.00256 * Math.cos(node));

  // Right ascension and declination.
  const ascensionDeg = Math.atan2(Math.cos(obliquity) * Math.sin(longitude), Math.cos(longitude)) / RADIANS;
  const sinDeclination = Math.sin(obliquity) * Math.sin(longitude);
  const cosDeclination = Math.cos(Math.asin(sinDeclination));

  // Sundial against clock, hour angle, and the height.
  const aheadDeg = meanDeg - 0.0057183 - ascensionDeg - 0.00478 * Math.sin(node) * Math.cos(obliquity);
  const midnightDeg = (atS - DAY_S * Math.floor(atS / DAY_S)) / 240;
  const hourAngle = RADIANS * turn(midnightDeg - 180 + position.lon + aheadDeg);
  const lat = RADIANS * position.lat;
  const sinHeight = Math.sin(lat) * sinDeclination + Math.cos(lat) * cosDeclination * Math.cos(hourAngle);
  return Math.asin(Math.max(-1, Math.min(1, sinHeight))) / RADIANS;
}

/** The same direction, 0 to 360. [degrees] */
function turn(angleDeg: number): number {
  return angleDeg - 360 * Math.floor(angleDeg / 360);
}
