import { expect, test } from "vitest";

import {
  area,
  certainty,
  circle,
  corridor,
  type Fence,
  gapM,
  outsideM,
  startOf,
  widened,
} from "../src/geo/fences.ts";
import { destination, distanceM, position } from "../src/geo/positions.ts";
import { each, type Row, vectors } from "./vectors.ts";

type Pair = readonly [number, number];
type Described =
  | { shape: "circle"; lon: number; lat: number; radius_m: number }
  | { shape: "corridor"; line: readonly Pair[]; half_width_m: number }
  | { shape: "area"; rings: readonly (readonly Pair[])[]; margin_m?: number };
type Fences = {
  readonly rows: readonly (Row & {
    fence: Described;
    at: Pair;
    outside_m: number;
    tolerance_m: number;
    fixes: readonly { accuracy_m: number; certainty: string }[];
  })[];
  readonly refused: readonly (Row & { fence: Described })[];
  readonly starts: readonly (Row & { fence: Described; start: Pair })[];
  readonly gaps: readonly (Row & { one: Described; other: Described; gap_m: number; tolerance_m: number })[];
};

function fenceOf(described: Described): Fence {
  switch (described.shape) {
    case "circle":
      return circle(position(described.lon, described.lat), described.radius_m);
    case "corridor":
      return corridor(
        described.line.map((point) => position(...point)),
        described.half_width_m,
      );
    case "area":
      return area(
        described.rings.map((ring) => ring.map((point) => position(...point))),
        described.margin_m,
      );
  }
}

const fences = vectors<Fences>("fences");

each("fences: how far outside", fences.rows, (row) => {
  const found = outsideM(fenceOf(row.fence), position(...row.at));

  expect(Math.abs(found - row.outside_m)).toBeLessThanOrEqual(row.tolerance_m);
  expect(found === 0).toBe(row.outside_m === 0);
});

each("fences: what a fix is worth", fences.rows, (row) => {
  for (const fix of row.fixes) {
    expect(certainty(fenceOf(row.fence), position(...row.at), fix.accuracy_m)).toBe(fix.certainty);
  }
});

each("fences: no fences", fences.refused, (row) => expect(() => fenceOf(row.fence)).toThrow(RangeError));

each("fences: where to walk to", fences.starts, (row) => {
  const found = startOf(fenceOf(row.fence));

  expect(distanceM(found, position(...row.start))).toBeLessThan(0.05);
});

each("fences: ground between", fences.gaps, (row) => {
  const found = gapM(fenceOf(row.one), fenceOf(row.other));

  expect(Math.abs(found - row.gap_m)).toBeLessThanOrEqual(row.tolerance_m);
  expect(found === 0).toBe(row.gap_m === 0);
});

test("a fence is widened by moving its edge outwards", () => {
  const here = position(14.6, 63.2);
  const shapes = [
    circle(here, 30),
    corridor([here, destination(here, 90, 200)], 30),
    area([[0, 90, 180].map((bearing) => destination(here, bearing, 40))]),
  ];

  for (const fence of shapes) {
    const away = destination(here, 270, 400);
    expect(outsideM(widened(fence, 100), away)).toBeCloseTo(outsideM(fence, away) - 100, 6);
  }
  expect(() => widened(circle(here, 30), -1)).toThrow(RangeError);
});
