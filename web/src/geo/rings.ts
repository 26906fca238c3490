/**
 * Rings on a plane: what they enclose, whether they are clean, where their inside is, how far two drawings lie apart.
 *
 * What Python asks GEOS for. A `Drawing` is all its lines one after another; an edge over a bridge, from the end of one
 * line to the start of the next, is none.
 */

import type { Flat } from "./frames.ts";

export type Drawing = {
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Where each line ends, and the next one starts. */
  readonly ends: readonly number[];
  /** Whether its lines are rings and what they enclose belongs to it. */
  readonly closed: boolean;
};

export function drawing(flat: Flat, ends: readonly number[], closed: boolean): Drawing {
  return { x: flat.x, y: flat.y, ends, closed };
}

/** Even-odd rule: how often the rings cross the ray eastwards from a point. */
export function encloses(rings: Drawing, atX: number, atY: number): boolean {
  let inside = false;
  eachEdge(rings, (x1, y1, x2, y2) => {
    if (y1 - atY > 0 === y2 - atY > 0) return;
    const cross = (x1 - atX) * (y2 - atY) - (x2 - atX) * (y1 - atY);
    if (cross > 0 === y2 - y1 > 0) inside = !inside;
  });
  return inside;
}

/** What the first ring encloses without the others. [square metres] */
export function areaM2(rings: Drawing): number {
  const sizes = lines(rings).map(([start, end]) => {
    const [fromX, fromY] = [rings.x[start] as number, rings.y[start] as number];
    let twice = 0;
    for (let at = start + 1; at < end; at++) {
      twice +=
        ((rings.x[at - 1] as number) - fromX) * ((rings.y[at] as number) - fromY) -
        ((rings.x[at] as number) - fromX) * ((rings.y[at - 1] as number) - fromY);
    }
    return Math.abs(twice) / 2;
  });
  return sizes.reduce((whole, hole) => whole - hole);
}

/**
 * What keeps rings from being a clean outline, with a point where it is so; null where nothing does.
 *
 * A hole may touch another ring in one point. Chains of holes that cut an area in two are not found: packs are
 * checked by the server, this keeps a phone from guessing.
 */
export function uncleanAt(
  rings: Drawing,
): { readonly what: string; readonly x: number; readonly y: number } | null {
  const edges = edgesOf(rings).sort((one, other) => one.west - other.west);
  const touched = new Map<string, { x: number; y: number }>();
  for (const [first, edge] of edges.entries()) {
    for (let second = first + 1; second < edges.length; second++) {
      const other = edges[second] as Edge;
      if (other.west > edge.east) break;
      const meeting = meet(edge, other);
      if (meeting === null) continue;
      if (meeting.how === "touch") {
        if (edge.line === other.line && neighbours(edge, other)) continue;
        if (edge.line !== other.line) {
          const pair = edge.line < other.line ? `${edge.line} ${other.line}` : `${other.line} ${edge.line}`;
          const before = touched.get(pair);
          touched.set(pair, meeting);
          if (before === undefined || (before.x === meeting.x && before.y === meeting.y)) continue;
        }
      }
      return { what: "its lines meet", x: meeting.x, y: meeting.y };
    }
  }
  const [outer, ...holes] = lines(rings).map((line) => alone(rings, line));
  for (const [number, hole] of holes.entries()) {
    const others = holes.filter((_, at) => at !== number);
    const lost = outsidePoint(hole, outer as Drawing) ?? null;
    if (lost !== null) return { what: "a hole outside its area", ...lost };
    for (const other of others) {
      const inner = outsidePoint(hole, other);
      if (inner === null) return { what: "a hole in a hole", x: hole.x[0] as number, y: hole.y[0] as number };
    }
  }
  return null;
}

/**
 * A point well inside: in the middle of the longest piece of a line that crosses the rings halfway up.
 *
 * The line runs between two heights of corners, so that it meets none. Source: GEOS, InteriorPointArea.
 */
export function innerPoint(rings: Drawing): { readonly x: number; readonly y: number } {
  let [south, north] = [Infinity, -Infinity];
  for (const y of rings.y) [south, north] = [Math.min(south, y), Math.max(north, y)];
  const middle = (south + north) / 2;
  let [below, above] = [south, north];
  for (const y of rings.y) {
    if (y <= middle) below = Math.max(below, y);
    else above = Math.min(above, y);
  }
  const level = (below + above) / 2;

  const crossings: number[] = [];
  eachEdge(rings, (x1, y1, x2, y2) => {
    if ((y1 > level && y2 > level) || (y1 < level && y2 < level) || y1 === y2) return;
    if ((y1 === level && y2 < level) || (y2 === level && y1 < level)) return;
    crossings.push(x1 === x2 ? x1 : x1 + (level - y1) / ((y2 - y1) / (x2 - x1)));
  });
  crossings.sort((one, other) => one - other);
  let found = { x: rings.x[0] as number, y: rings.y[0] as number };
  let widest = 0;
  for (let at = 0; at + 1 < crossings.length; at += 2) {
    const [west, east] = [crossings[at] as number, crossings[at + 1] as number];
    if (east - west > widest) {
      widest = east - west;
      found = { x: (west + east) / 2, y: level };
    }
  }
  return found;
}

/** How much lies between two drawings; 0 where they touch or one lies in the other. A point is a line of one. [m] */
export function gapBetween(one: Drawing, other: Drawing): number {
  const inside = (rings: Drawing, what: Drawing): boolean =>
    rings.closed && encloses(rings, what.x[0] as number, what.y[0] as number);
  if (inside(one, other) || inside(other, one)) return 0;
  const [edges, others] = [edgesOf(one), edgesOf(other)];
  let least = Infinity;
  for (const edge of edges) {
    for (const its of others) {
      least = Math.min(least, between(edge, its));
      if (least === 0) return 0;
    }
  }
  return least;
}

type Edge = {
  readonly line: number;
  readonly number: number;
  readonly of: number;
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly west: number;
  readonly east: number;
};

function lines(drawn: Drawing): [start: number, end: number][] {
  return drawn.ends.map((end, line) => [line === 0 ? 0 : (drawn.ends[line - 1] as number), end]);
}

function alone(drawn: Drawing, [start, end]: [number, number]): Drawing {
  return { ...drawn, x: drawn.x.slice(start, end), y: drawn.y.slice(start, end), ends: [end - start] };
}

function eachEdge(drawn: Drawing, look: (x1: number, y1: number, x2: number, y2: number) => void): void {
  let start = 0;
  for (const end of drawn.ends) {
    for (let at = start + 1; at < end; at++) {
      look(drawn.x[at - 1] as number, drawn.y[at - 1] as number, drawn.x[at] as number, drawn.y[at] as number);
    }
    start = end;
  }
}

/** All edges that lead anywhere; of a line of one point that point. */
function edgesOf(drawn: Drawing): Edge[] {
  const found: Edge[] = [];
  for (const [line, [start, end]] of lines(drawn).entries()) {
    const points: [number, number][] = [];
    for (let at = start; at < end; at++) {
      const [x, y] = [drawn.x[at] as number, drawn.y[at] as number];
      const last = points.at(-1);
      if (last === undefined || last[0] !== x || last[1] !== y) points.push([x, y]);
    }
    const of = Math.max(1, points.length - 1);
    for (let number = 0; number < of; number++) {
      const [x1, y1] = points[number] as [number, number];
      const [x2, y2] = points[number + 1] ?? [x1, y1];
      found.push({ line, number, of, x1, y1, x2, y2, west: Math.min(x1, x2), east: Math.max(x1, x2) });
    }
  }
  return found;
}

function neighbours(one: Edge, other: Edge): boolean {
  const apart = Math.abs(one.number - other.number);
  return apart === 1 || apart === one.of - 1;
}

/** Which side of an edge a point lies on. */
function side(edge: Edge, x: number, y: number): number {
  return Math.sign((edge.x2 - edge.x1) * (y - edge.y1) - (edge.y2 - edge.y1) * (x - edge.x1));
}

function onEdge(edge: Edge, x: number, y: number): boolean {
  const [south, north] = edge.y1 < edge.y2 ? [edge.y1, edge.y2] : [edge.y2, edge.y1];
  return x >= edge.west && x <= edge.east && y >= south && y <= north;
}

function meet(one: Edge, other: Edge): { how: "cross" | "touch"; x: number; y: number } | null {
  const [a, b] = [side(one, other.x1, other.y1), side(one, other.x2, other.y2)];
  const [c, d] = [side(other, one.x1, one.y1), side(other, one.x2, one.y2)];
  if (a * b < 0 && c * d < 0) {
    const [dx, dy] = [other.x2 - other.x1, other.y2 - other.y1];
    const across = (one.x2 - one.x1) * dy - (one.y2 - one.y1) * dx;
    const part = ((other.x1 - one.x1) * dy - (other.y1 - one.y1) * dx) / across;
    return { how: "cross", x: one.x1 + part * (one.x2 - one.x1), y: one.y1 + part * (one.y2 - one.y1) };
  }
  const shared: [number, number][] = [];
  if (a === 0 && onEdge(one, other.x1, other.y1)) shared.push([other.x1, other.y1]);
  if (b === 0 && onEdge(one, other.x2, other.y2)) shared.push([other.x2, other.y2]);
  if (c === 0 && onEdge(other, one.x1, one.y1)) shared.push([one.x1, one.y1]);
  if (d === 0 && onEdge(other, one.x2, one.y2)) shared.push([one.x2, one.y2]);
  const [first] = shared;
  if (first === undefined) return null;
  const lies = shared.some(([x, y]) => x !== first[0] || y !== first[1]);
  return { how: lies ? "cross" : "touch", x: first[0], y: first[1] };
}

/** A corner of a ring that lies outside of another, null where none does; corners on the other's edges are neither. */
function outsidePoint(ring: Drawing, other: Drawing): { x: number; y: number } | null {
  const edges = edgesOf(other);
  for (let at = 0; at < ring.x.length; at++) {
    const [x, y] = [ring.x[at] as number, ring.y[at] as number];
    if (edges.some((edge) => side(edge, x, y) === 0 && onEdge(edge, x, y))) continue;
    return encloses(other, x, y) ? null : { x, y };
  }
  return null;
}

function between(one: Edge, other: Edge): number {
  if (meet(one, other) !== null) return 0;
  return Math.min(
    toEdge(one, other.x1, other.y1),
    toEdge(one, other.x2, other.y2),
    toEdge(other, one.x1, one.y1),
    toEdge(other, one.x2, one.y2),
  );
}

function toEdge(edge: Edge, x: number, y: number): number {
  const [dx, dy] = [edge.x2 - edge.x1, edge.y2 - edge.y1];
  const square = dx * dx + dy * dy;
  const along = square === 0 ? 0 : Math.max(0, Math.min(1, ((x - edge.x1) * dx + (y - edge.y1) * dy) / square));
  return Math.hypot(x - edge.x1 - along * dx, y - edge.y1 - along * dy);
}
