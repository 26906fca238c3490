/**
 * Positions on the earth, and the distances and directions between them, along geodesics on the WGS 84 ellipsoid.
 *
 * The twin of `geo/positions.py`; `tests/vectors/distance.json` holds both to the same answers.
 */

import { direct, inverse } from "./geodesics.ts";

/** A point on the WGS 84 ellipsoid. [degrees] */
export type Position = { readonly lon: number; readonly lat: number };

/** RangeError for what is not a number, is infinite, or lies outside +-180 and +-90. */
export function position(lon: number, lat: number): Position {
  if (!(lon >= -180 && lon <= 180)) throw new RangeError(`lon ${lon} is not between -180 and 180 degrees`);
  if (!(lat >= -90 && lat <= 90)) throw new RangeError(`lat ${lat} is not between -90 and 90 degrees`);
  return { lon, lat };
}

/** Geodesic distance between two positions. [m] */
export function distanceM(a: Position, b: Position): number {
  return inverse(a.lon, a.lat, b.lon, b.lat).distanceM;
}

/**
 * Azimuth in which the geodesic from a to b sets out: clockwise from true north, 0 <= bearing < 360. [degrees]
 *
 * 0 for equal positions. At a pole the longitude written with the pole counts.
 */
export function bearingDeg(a: Position, b: Position): number {
  const found = inverse(a.lon, a.lat, b.lon, b.lat);
  return found.distanceM === 0 ? 0 : (found.azimuthDeg + 360) % 360;
}

/** Where one stands after distanceM along the geodesic that leaves a at bearingDeg; backwards if negative. */
export function destination(a: Position, bearingDeg: number, distanceM: number): Position {
  if (!Number.isFinite(bearingDeg) || !Number.isFinite(distanceM)) {
    throw new RangeError(`cannot go ${distanceM} m towards ${bearingDeg} degrees`);
  }
  const { lon, lat } = direct(a.lon, a.lat, bearingDeg, distanceM);
  return position(lon, lat);
}

/** How far to turn from one direction to another: positive to the right, -180 < turn <= 180. [degrees] */
export function turnDeg(headingDeg: number, wantedDeg: number): number {
  const turn = (wantedDeg - headingDeg) % 360;
  if (turn > 180) return turn - 360;
  return turn <= -180 ? turn + 360 : turn;
}
