/**
 * SWEREF 99 TM, the grid of Swedish maps and of those who come to help.
 *
 * WGS 84 is taken for SWEREF 99: they part by less than a metre, since the one follows the plates and the other stays
 * with the rock of 1999. Only the phone needs it; `tests/vectors/sweref.json` holds it to PROJ.
 * Source: Krüger, "Konforme Abbildung des Erdellipsoids in der Ebene", 1912, as Lantmäteriet gives the series.
 */

import type { Position } from "./positions.ts";

/** [m] */
export type GridPoint = { readonly northM: number; readonly eastM: number };

const RADIANS = Math.PI / 180;
const SEMI_MAJOR_M = 6_378_137; // GRS 80
const FLATTENING = 1 / 298.257222101; // GRS 80
const CENTRAL_MERIDIAN_DEG = 15;
const SCALE = 0.9996;
const FALSE_EASTING_M = 500_000;

const THIRD = FLATTENING / (2 - FLATTENING);
const RADIUS_M = (SEMI_MAJOR_M / (1 + THIRD)) * (1 + THIRD ** 2 / 4 + THIRD ** 4 / 64);
const ECCENTRICITY = Math.sqrt(FLATTENING * (2 - FLATTENING));
const SERIES = [
  THIRD / 2 - (2 / 3) * THIRD ** 2 + (5 / 16) * THIRD ** 3 + (41 / 180) * THIRD ** 4,
  (13 / 48) * THIRD ** 2 - (3 / 5) * THIRD ** 3 + (557 / 1440) * THIRD ** 4,
  (61 / 240) * THIRD ** 3 - (103 / 140) * THIRD ** 4,
  (49_561 / 161_280) * THIRD ** 4,
];

/** North and east in SWEREF 99 TM, right to a millimetre in Sweden beside PROJ. [m] */
export function sweref99Tm(position: Position): GridPoint {
  const sinLat = Math.sin(position.lat * RADIANS);
  const east = (position.lon - CENTRAL_MERIDIAN_DEG) * RADIANS;
  // The latitude on the sphere that is conformal to the ellipsoid, by its tangent.
  const conformal = Math.sinh(Math.atanh(sinLat) - ECCENTRICITY * Math.atanh(ECCENTRICITY * sinLat));
  const along = Math.atan2(conformal, Math.cos(east));
  const across = Math.asinh(Math.sin(east) / Math.hypot(conformal, Math.cos(east)));
  let [northM, eastM] = [along, across];
  SERIES.forEach((factor, at) => {
    const twice = 2 * (at + 1);
    northM += factor * Math.sin(twice * along) * Math.cosh(twice * across);
    eastM += factor * Math.cos(twice * along) * Math.sinh(twice * across);
  });
  return { northM: SCALE * RADIUS_M * northM, eastM: FALSE_EASTING_M + SCALE * RADIUS_M * eastM };
}
