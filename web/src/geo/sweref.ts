/**
 * SWEREF 99 TM, the grid of Swedish maps and of those who come to help.
 *
 * WGS 84 is taken for SWEREF 99: they part by less than a metre, since the one follows the plates and the other stays
 * with the rock of 1999. Only phone and studio need it; `tests/vectors/sweref.json` holds it to PROJ.
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
const STEPS = 6;
const NUDGE_DEG = 1e-5;

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

/** The position of a point of the grid, right to a centimetre in Sweden: the series, gone back by steps (Newton). */
export function fromSweref99Tm({ northM, eastM }: GridPoint): Position {
  let lat = northM / SCALE / RADIUS_M / RADIANS;
  let lon = CENTRAL_MERIDIAN_DEG + (eastM - FALSE_EASTING_M) / SCALE / RADIUS_M / RADIANS / Math.cos(lat * RADIANS);
  for (let step = 0; step < STEPS; step++) {
    const here = sweref99Tm({ lon, lat });
    const [toEast, toNorth] = [
      sweref99Tm({ lon: lon + NUDGE_DEG, lat }),
      sweref99Tm({ lon, lat: lat + NUDGE_DEG }),
    ];
    const [a, b] = [(toEast.eastM - here.eastM) / NUDGE_DEG, (toNorth.eastM - here.eastM) / NUDGE_DEG];
    const [c, d] = [(toEast.northM - here.northM) / NUDGE_DEG, (toNorth.northM - here.northM) / NUDGE_DEG];
    const [east, north] = [eastM - here.eastM, northM - here.northM];
    lon += (d * east - b * north) / (a * d - b * c);
    lat += (a * north - c * east) / (a * d - b * c);
  }
  return { lon, lat };
}
