/**
 * Fences: the ground that counts as being at a place, and how sure a fix can make us of standing on it.
 *
 * The twin of `geo/fences.py`; `tests/vectors/fences.json` holds both to the same answers. How far outside is measured
 * from the fence's edge, on the ground; edges are geodesics.
 */

import { earthCentred, type Points, TangentPlane } from "./frames.ts";
import { distanceM, type Position } from "./positions.ts";
import { areaM2, type Drawing, drawing, encloses, gapBetween, innerPoint, uncleanAt } from "./rings.ts";

const WIDEST_M = 1_000_000; // no fence reaches farther from its first point; what does has a lost or swapped coordinate
const SMALLEST_AREA_M2 = 1; // less is three points on a line, blurred by rounding
const SMALLEST_SQUARE_M2 = 1e-12; // keeps the edge between two equal points from dividing by zero

export type Line = readonly Position[];
type Outline = {
  readonly lines: readonly Line[];
  readonly points: Points;
  readonly ends: readonly number[];
  readonly closed: boolean;
};

/** All within radiusM of a centre. [m, more than 0] */
export type Circle = { readonly shape: "circle"; readonly centre: Position; readonly radiusM: number };
/** All within halfWidthM of a line of geodesics: round at its ends and bends. [m, more than 0] */
export type Corridor = { readonly shape: "corridor"; readonly outline: Outline; readonly halfWidthM: number };
/** All inside the first ring and outside the others (its holes), and within marginM of that. [m, 0 or more] */
export type Area = { readonly shape: "area"; readonly outline: Outline; readonly marginM: number };
export type Fence = Circle | Corridor | Area;

/** How sure a fix makes us that somebody stands within a fence; from the best down. */
export const CERTAINTIES = ["inside", "near", "weak", "outside", "unusable"] as const;
export type Certainty = (typeof CERTAINTIES)[number];

export function circle(centre: Position, radiusM: number): Circle {
  refuseUnlessPositive("radius", radiusM);
  return { shape: "circle", centre, radiusM };
}

/** RangeError for a line without two different points. */
export function corridor(line: Line, halfWidthM: number): Corridor {
  refuseUnlessPositive("half width", halfWidthM);
  if (different(line) < 2) throw new RangeError("a corridor needs two different points");
  return { shape: "corridor", outline: outlineOf([line], false), halfWidthM };
}

/**
 * RangeError for a ring of fewer than three different points, for less than a square metre, and for rings that cross
 * themselves or one another. A ring may repeat its first point at the end or not.
 */
export function area(rings: readonly Line[], marginM = 0): Area {
  const made = publishedArea(rings, marginM);
  const plane = new TangentPlane(firstOf(made));
  const flat = drawn(made, plane);
  const unclean = uncleanAt(flat);
  if (unclean !== null) {
    const at = plane.unproject(unclean.x, unclean.y);
    const where = `near lon ${at.lon.toFixed(5)}, lat ${at.lat.toFixed(5)}`;
    throw new RangeError(`the area is not a clean outline: ${unclean.what} ${where}`);
  }
  if (areaM2(flat) < SMALLEST_AREA_M2) throw new RangeError("the area encloses less than a square metre");
  return made;
}

/** An area whose rings were looked through when they were published: a closure may have thousands of corners. */
export function publishedArea(rings: readonly Line[], marginM = 0): Area {
  if (!(marginM >= 0 && marginM <= WIDEST_M))
    throw new RangeError(`margin ${marginM} m is not between 0 and 1,000 km`);
  if (rings.length === 0 || rings.some((ring) => different(ring) < 3)) {
    throw new RangeError("an area needs three different points in each ring");
  }
  const closed = rings.map((ring) =>
    same(ring[0] as Position, ring.at(-1) as Position) ? ring : [...ring, ring[0] as Position],
  );
  return { shape: "area", outline: outlineOf(closed, true), marginM };
}

/** How far from the fence's edge the position is; 0 within the fence and in no case less. [m] */
export function outsideM(fence: Fence, position: Position): number {
  switch (fence.shape) {
    case "circle":
      return Math.max(0, distanceM(fence.centre, position) - fence.radiusM);
    case "corridor":
      return Math.max(0, edgeM(fence.outline, position) - fence.halfWidthM);
    case "area":
      return Math.max(0, edgeM(fence.outline, position) - fence.marginM);
  }
}

/**
 * What a fix with this accuracy says about being within the fence. [m, radius of 68 % confidence]
 *
 * A precise fix outside is surely outside, a vague one might be within. `unusable` is an accuracy above 100 m or none
 * at all (negative, not a number). The age of a fix is for the caller to judge.
 */
export function certainty(fence: Fence, position: Position, accuracyM: number): Certainty {
  return certaintyAt(outsideM(fence, position), accuracyM);
}

/** The same for somebody who is known to be that far outside. [m] */
export function certaintyAt(awayM: number, accuracyM: number): Certainty {
  if (!(accuracyM >= 0 && accuracyM <= 100)) return "unusable";
  if (awayM === 0 && accuracyM <= 30) return "inside";
  if (awayM <= Math.min(accuracyM, 25) && accuracyM <= 50) return "near";
  if (awayM <= Math.min(accuracyM, 75)) return "weak";
  return "outside";
}

/** A point within the fence to walk to: centre, first point of the line, or a point well inside the area. */
export function startOf(fence: Fence): Position {
  if (fence.shape !== "area") return firstOf(fence);
  const plane = new TangentPlane(firstOf(fence));
  const inner = innerPoint(drawn(fence, plane));
  return plane.unproject(inner.x, inner.y);
}

/**
 * How much ground lies between two fences; 0 where they touch or overlap. [m]
 *
 * Measured on the plane at one's first point: 6 m in 100 km too long at a distance of 50 km. Of fences over 2,900 km
 * apart it is the distance of their first points.
 */
export function gapM(one: Fence, other: Fence): number {
  const plane = new TangentPlane(firstOf(one));
  if (!plane.sees(pointsOf(other))) return distanceM(firstOf(one), firstOf(other));
  const between = gapBetween(drawn(one, plane), drawn(other, plane));
  return Math.max(0, between - reachM(one) - reachM(other));
}

/** The same fence with its edge moved outwards, for places that are not well known. [m, 0 or more] */
export function widened(fence: Fence, byM: number): Fence {
  if (!(byM >= 0)) throw new RangeError(`a fence cannot be widened by ${byM} m`);
  switch (fence.shape) {
    case "circle":
      return circle(fence.centre, fence.radiusM + byM);
    case "corridor":
      return { ...fence, halfWidthM: fence.halfWidthM + byM };
    case "area":
      return { ...fence, marginM: fence.marginM + byM };
  }
}

function outlineOf(lines: readonly Line[], closed: boolean): Outline {
  const points = earthCentred(lines.flat());
  for (const along of [points.x, points.y, points.z]) {
    if (along.some((value) => Math.abs(value - (along[0] as number)) > WIDEST_M)) {
      throw new RangeError("the points lie more than 1,000 km apart");
    }
  }
  let end = 0;
  return { lines, points, ends: lines.map((line) => (end += line.length)), closed };
}

/** Distance from the position to the nearest edge; 0 inside, if the outline is closed. [m] */
function edgeM(outline: Outline, position: Position): number {
  const plane = new TangentPlane(position);
  if (!plane.sees(outline.points)) return vertexM(outline, position);
  const { x, y } = plane.project(outline.points);
  if (outline.closed && encloses(drawing({ x, y }, outline.ends, true), 0, 0)) return 0;
  let least = Infinity;
  let [nearestX, nearestY] = [0, 0];
  let start = 0;
  for (const end of outline.ends) {
    for (let at = start + 1; at < end; at++) {
      const [x1, y1] = [x[at - 1] as number, y[at - 1] as number];
      const [dx, dy] = [(x[at] as number) - x1, (y[at] as number) - y1];
      const part = -(x1 * dx + y1 * dy) / Math.max(dx * dx + dy * dy, SMALLEST_SQUARE_M2);
      const along = Math.max(0, Math.min(1, part));
      const [nearX, nearY] = [x1 + along * dx, y1 + along * dy];
      const square = nearX * nearX + nearY * nearY;
      if (square < least) [least, nearestX, nearestY] = [square, nearX, nearY];
    }
    start = end;
  }
  return plane.groundM(nearestX, nearestY);
}

/** From the other side of the earth: the distance to the nearest vertex, by the chord. [m] */
function vertexM(outline: Outline, position: Position): number {
  const here = earthCentred([position]);
  const { x, y, z } = outline.points;
  let [least, nearest] = [Infinity, 0];
  for (let at = 0; at < x.length; at++) {
    const chord = Math.hypot(
      (x[at] as number) - (here.x[0] as number),
      (y[at] as number) - (here.y[0] as number),
      (z[at] as number) - (here.z[0] as number),
    );
    if (chord < least) [least, nearest] = [chord, at];
  }
  return distanceM(position, outline.lines.flat()[nearest] as Position);
}

function firstOf(fence: Fence): Position {
  return fence.shape === "circle" ? fence.centre : ((fence.outline.lines[0] as Line)[0] as Position);
}

function pointsOf(fence: Fence): Points {
  return fence.shape === "circle" ? earthCentred([fence.centre]) : fence.outline.points;
}

/** How far a fence goes beyond what it is drawn by. [m] */
function reachM(fence: Fence): number {
  switch (fence.shape) {
    case "circle":
      return fence.radiusM;
    case "corridor":
      return fence.halfWidthM;
    case "area":
      return fence.marginM;
  }
}

/** What a fence is drawn by, on the plane. */
function drawn(fence: Fence, plane: TangentPlane): Drawing {
  const flat = plane.project(pointsOf(fence));
  return fence.shape === "circle"
    ? drawing(flat, [1], false)
    : drawing(flat, fence.outline.ends, fence.outline.closed);
}

function different(line: Line): number {
  return new Set(line.map((position) => `${position.lon} ${position.lat}`)).size;
}

function same(one: Position, other: Position): boolean {
  return one.lon === other.lon && one.lat === other.lat;
}

function refuseUnlessPositive(what: string, metres: number): void {
  if (!(metres > 0 && metres <= WIDEST_M))
    throw new RangeError(`${what} ${metres} m is not between 0 and 1,000 km`);
}
