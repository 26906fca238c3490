/**
 * Ground as people bring it: corners in a list, a GeoJSON file, an outline on a map. One value for all three.
 *
 * Degrees in either order and metres of SWEREF 99 TM are told apart by their size: in Sweden the latitude is always the
 * larger figure, and so is the northing.
 */

import { TangentPlane, earthCentred } from "../../geo/frames.ts";
import { position } from "../../geo/positions.ts";
import { areaM2, drawing, uncleanAt } from "../../geo/rings.ts";
import { fromSweref99Tm } from "../../geo/sweref.ts";

export type Corner = readonly [lon: number, lat: number];
/** As GeoJSON's MultiPolygon has it: of each piece its outer ring and then its holes, all closed. */
export type Area = readonly (readonly (readonly Corner[])[])[];

/** What cannot be read, and where: `line` of a list from 1 on, 0 where it is the whole. */
export type Slip = {
  readonly what: "line" | "outside" | "few" | "hole" | "crossing" | "many" | "file" | "nothing";
  readonly line: number;
  readonly found: string;
};
export type Read = { readonly area: Area; readonly slips: readonly Slip[] };

export const CORNERS_MOST = 2_000;
const SWEDEN = { west: 10.5, south: 55, east: 24.5, north: 69.2 } as const;
const GRID_FROM = 100_000; // no degree is as large, and every northing and easting in Sweden is larger
const DECIMALS = 1e6;
const HOLE = "-";

type Block = { readonly hole: boolean; readonly line: number; readonly corners: Corner[] };

/** A corner on each line; an empty line begins another piece, and a line `-` a hole in the piece before. */
export function readCorners(text: string): Read {
  const slips: Slip[] = [];
  const blocks: Block[] = [];
  let open: Block | null = null;
  for (const [at, raw] of text.split(/\r?\n/).entries()) {
    const [line, written] = [at + 1, raw.trim()];
    if (written === "") {
      open = null;
    } else if (/^[-–−]$/.test(written)) {
      blocks.push((open = { hole: true, line, corners: [] }));
    } else {
      if (!open) blocks.push((open = { hole: false, line, corners: [] }));
      const figures = figuresOf(written);
      const corner = figures && cornerOf(figures[0], figures[1]);
      if (!figures) slips.push({ what: "line", line, found: written });
      else if (!corner) slips.push({ what: "outside", line, found: written });
      else open.corners.push(corner);
    }
  }
  const area: Corner[][][] = [];
  for (const { hole, line, corners } of blocks) {
    const ring = closed(corners);
    // A corner that could not be read is said already.
    if (ring.length < 4 && slips.length > 0) continue;
    if (ring.length < 4) slips.push({ what: "few", line, found: String(Math.max(0, ring.length - 1)) });
    else if (!hole) area.push([ring]);
    else if (area.length === 0) slips.push({ what: "hole", line, found: "" });
    else area.at(-1)!.push(ring);
  }
  return looked(area, slips);
}

/** The list of an area, as `readCorners` reads it: latitude first, as maps and phones show it. */
export function writeCorners(area: Area): string {
  return area
    .map((rings) =>
      rings
        .map((ring, at) => [...(at > 0 ? [HOLE] : []), ...ring.slice(0, -1).map(writeCorner)].join("\n"))
        .join("\n"),
    )
    .join("\n\n");
}

/** One corner, as a line of the list; null where it is none. */
export function readCorner(text: string): Corner | null {
  const figures = figuresOf(text.trim());
  return figures && cornerOf(figures[0], figures[1]);
}

export function writeCorner([lon, lat]: Corner): string {
  return `${rounded(lat)}, ${rounded(lon)}`;
}

/** Every area of a GeoJSON file, in degrees or in metres of SWEREF 99 TM. */
export function readGeoJson(text: string): Read {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { area: [], slips: [{ what: "file", line: 0, found: "" }] };
  }
  const slips: Slip[] = [];
  const area: Corner[][][] = [];
  for (const rings of polygonsOf(parsed)) {
    const read = rings.map((ring) => closed(ring.flatMap((pair) => cornerIn(pair, slips))));
    if (read.some((ring) => ring.length < 4)) slips.push({ what: "few", line: 0, found: "" });
    else if (read.length > 0) area.push(read);
  }
  if (area.length === 0 && slips.length === 0) slips.push({ what: "nothing", line: 0, found: "" });
  return looked(area, slips.slice(0, 1));
}

/** What an area holds, without its holes. [square kilometres] */
export function sizeKm2(area: Area): number {
  return area.reduce((sum, rings) => sum + areaM2(flat(rings)) / 1e6, 0);
}

/** What to show all of it in. [west, south, east, north] */
export function boxOf(area: Area): readonly [number, number, number, number] | null {
  const corners = area.flat(2);
  if (corners.length === 0) return null;
  const [lons, lats] = [corners.map(([lon]) => lon), corners.map(([, lat]) => lat)];
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

function looked(area: Area, slips: Slip[]): Read {
  const corners = area.flat(2).length;
  if (corners > CORNERS_MOST) slips.push({ what: "many", line: 0, found: String(corners) });
  else {
    for (const rings of area) {
      const drawn = flat(rings);
      const unclean = uncleanAt(drawn);
      if (unclean) {
        const { lon, lat } = planeOf(rings).unproject(unclean.x, unclean.y);
        slips.push({ what: "crossing", line: 0, found: `${lat.toFixed(4)}, ${lon.toFixed(4)}` });
      }
    }
  }
  return { area: slips.length > 0 ? [] : area, slips };
}

/** Two figures of a line: degrees, degrees with minutes and seconds, or metres. */
function figuresOf(written: string): readonly [number, number] | null {
  const number = (one: string) => Number(one.replace(",", "."));
  let parts = written.match(/\d+(?:[.,]\d+)?/g) ?? [];
  if (parts.length === 1) parts = written.match(/\d+/g) ?? [];
  const figures = parts.map(number);
  const half = figures.length / 2;
  if (![1, 2, 3].includes(half) || /-\s*\d/.test(written)) return null;
  const whole = (some: readonly number[]) => some.reduce((sum, one, at) => sum + one / 60 ** at, 0);
  if (half > 1 && figures.some((one, at) => at % half > 0 && one >= 60)) return null;
  return [whole(figures.slice(0, half)), whole(figures.slice(half))];
}

/** Whichever way round they stand; null where that is not in Sweden. */
function cornerOf(one: number, other: number): Corner | null {
  const [small, large] = [Math.min(one, other), Math.max(one, other)];
  const { lon, lat } =
    small >= GRID_FROM ? fromSweref99Tm({ northM: large, eastM: small }) : { lon: small, lat: large };
  const inside = lon >= SWEDEN.west && lon <= SWEDEN.east && lat >= SWEDEN.south && lat <= SWEDEN.north;
  return inside ? [rounded(lon), rounded(lat)] : null;
}

function cornerIn(pair: unknown, slips: Slip[]): Corner[] {
  const [one, other] = Array.isArray(pair) ? (pair as unknown[]) : [];
  const corner = typeof one === "number" && typeof other === "number" ? cornerOf(one, other) : null;
  if (corner) return [corner];
  slips.push({ what: "outside", line: 0, found: JSON.stringify(pair)?.slice(0, 60) ?? "" });
  return [];
}

function polygonsOf(value: unknown): unknown[][][] {
  if (typeof value !== "object" || value === null) return [];
  const { type, features, geometry, geometries, coordinates } = value as Record<string, unknown>;
  const several = (some: unknown) => (Array.isArray(some) ? some : []);
  const rings = (some: unknown) => several(some).map(several);
  if (type === "FeatureCollection") return several(features).flatMap(polygonsOf);
  if (type === "Feature") return polygonsOf(geometry);
  if (type === "GeometryCollection") return several(geometries).flatMap(polygonsOf);
  if (type === "Polygon") return [rings(coordinates)];
  if (type === "MultiPolygon") return several(coordinates).map(rings);
  return [];
}

/** With its first corner once more at its end, and no corner twice in a row. */
function closed(corners: readonly Corner[]): Corner[] {
  const ring = corners.filter((one, at) => at === 0 || !same(one, corners[at - 1]!));
  if (ring.length > 1 && !same(ring[0]!, ring.at(-1)!)) ring.push(ring[0]!);
  return ring;
}

function same(one: Corner, other: Corner): boolean {
  return one[0] === other[0] && one[1] === other[1];
}

function rounded(degrees: number): number {
  return Math.round(degrees * DECIMALS) / DECIMALS;
}

function planeOf(rings: readonly (readonly Corner[])[]): TangentPlane {
  const [west, south, east, north] = boxOf([rings])!;
  return new TangentPlane(position((west + east) / 2, (south + north) / 2));
}

function flat(rings: readonly (readonly Corner[])[]) {
  const points = earthCentred(rings.flat().map(([lon, lat]) => position(lon, lat)));
  let end = 0;
  const ends = rings.map((ring) => (end += ring.length));
  return drawing(planeOf(rings).project(points), ends, true);
}
