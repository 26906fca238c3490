/**
 * Flat views of a curved earth: earth-centred coordinates, and the plane that touches the earth at one position.
 *
 * The twin of `geo/frames.py`, which says why the plane is gnomonic: on it geodesics are straight, and what is nearest
 * to its origin is nearest on the ground.
 */

import { ECCENTRICITY_SQUARED, SEMI_MAJOR_M } from "./geodesics.ts";
import { destination, type Position } from "./positions.ts";

const RADIANS = Math.PI / 180;

/** Points by their coordinates, one array for each. [m] */
export type Points = { readonly x: Float64Array; readonly y: Float64Array; readonly z: Float64Array };
export type Flat = { readonly x: Float64Array; readonly y: Float64Array };

/** [m, WGS 84 earth-centred, earth-fixed] */
export function earthCentred(positions: readonly Position[]): Points {
  const count = positions.length;
  const [x, y, z] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)];
  positions.forEach((position, at) => {
    const [lon, lat] = [position.lon * RADIANS, position.lat * RADIANS];
    const primeVertical = SEMI_MAJOR_M / Math.sqrt(1 - ECCENTRICITY_SQUARED * Math.sin(lat) ** 2);
    x[at] = primeVertical * Math.cos(lat) * Math.cos(lon);
    y[at] = primeVertical * Math.cos(lat) * Math.sin(lon);
    z[at] = primeVertical * (1 - ECCENTRICITY_SQUARED) * Math.sin(lat);
  });
  return { x, y, z };
}

/** The gnomonic plane at a position: x to the east, y to the north. [m] */
export class TangentPlane {
  readonly origin: Position;
  readonly #meridianRadiusM: number;
  readonly #primeVerticalRadiusM: number;
  readonly #radiusM: number;
  readonly #axes: readonly (readonly [number, number, number])[];
  readonly #eye: readonly [number, number, number];

  constructor(origin: Position) {
    const [lon, lat] = [origin.lon * RADIANS, origin.lat * RADIANS];
    const [sinLon, cosLon, sinLat, cosLat] = [Math.sin(lon), Math.cos(lon), Math.sin(lat), Math.cos(lat)];
    const flattening = 1 - ECCENTRICITY_SQUARED * sinLat * sinLat;
    const primeVertical = SEMI_MAJOR_M / Math.sqrt(flattening);
    const meridian = (primeVertical * (1 - ECCENTRICITY_SQUARED)) / flattening;
    const radius = Math.sqrt(primeVertical * meridian); // Gauss's mean radius of curvature
    this.origin = origin;
    this.#meridianRadiusM = meridian;
    this.#primeVerticalRadiusM = primeVertical;
    this.#radiusM = radius;
    this.#axes = [
      [-sinLon, cosLon, 0],
      [-sinLat * cosLon, -sinLat * sinLon, cosLat],
      [cosLat * cosLon, cosLat * sinLon, sinLat],
    ];
    this.#eye = [
      (primeVertical - radius) * cosLat * cosLon,
      (primeVertical - radius) * cosLat * sinLon,
      (primeVertical * (1 - ECCENTRICITY_SQUARED) - radius) * sinLat,
    ];
  }

  /** Images of earth-centred points. Those that `sees` denies have none. [m] */
  project(points: Points): Flat {
    const count = points.x.length;
    const [x, y] = [new Float64Array(count), new Float64Array(count)];
    for (let at = 0; at < count; at++) {
      const up = this.#along(2, points, at);
      x[at] = (this.#radiusM * this.#along(0, points, at)) / up;
      y[at] = (this.#radiusM * this.#along(1, points, at)) / up;
    }
    return { x, y };
  }

  /** Whether all of these points lie within 2,900 km, where the plane is good to 0.1 %. */
  sees(points: Points): boolean {
    for (let at = 0; at < points.x.length; at++) {
      if (!(this.#along(2, points, at) > 0.9 * this.#radiusM)) return false;
    }
    return true;
  }

  /** Length on the ground from the origin to a point of the plane. [m] */
  groundM(x: number, y: number): number {
    const flat = Math.hypot(x, y);
    if (flat < 1) return flat; // flat to 1e-14; and the squares below would underflow for next to nothing
    // Euler's theorem: the curvature of the ellipsoid in this direction.
    const curvature = ((y * y) / this.#meridianRadiusM + (x * x) / this.#primeVerticalRadiusM) / (flat * flat);
    return Math.atan(flat * curvature) / curvature;
  }

  /** The position whose image is x, y: right to 2 cm within 20 km. [m] */
  unproject(x: number, y: number): Position {
    return destination(this.origin, Math.atan2(x, y) / RADIANS, this.groundM(x, y));
  }

  #along(axis: 0 | 1 | 2, points: Points, at: number): number {
    const [east, north, up] = this.#axes[axis] as readonly [number, number, number];
    const [eyeX, eyeY, eyeZ] = this.#eye;
    return (
      east * ((points.x[at] as number) - eyeX) +
      north * ((points.y[at] as number) - eyeY) +
      up * ((points.z[at] as number) - eyeZ)
    );
  }
}
