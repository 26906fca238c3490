import { expect } from "vitest";

import { position } from "../src/geo/positions.ts";
import { sweref99Tm } from "../src/geo/sweref.ts";
import { each, type Row, vectors } from "./vectors.ts";

type Grid = Row & { lon: number; lat: number; north_m: number; east_m: number; tolerance_m: number };
const sweref = vectors<{ readonly rows: readonly Grid[] }>("sweref");

each("sweref", sweref.rows, (row) => {
  const found = sweref99Tm(position(row.lon, row.lat));

  expect(Math.abs(found.northM - row.north_m)).toBeLessThanOrEqual(row.tolerance_m);
  expect(Math.abs(found.eastM - row.east_m)).toBeLessThanOrEqual(row.tolerance_m);
});
