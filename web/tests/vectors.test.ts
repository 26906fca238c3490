/** The sun. */

import assert from "node:assert/strict";

import type { Position } from "../src/geo/positions.ts";
import { elevationDeg, light, nextCrossing } from "../src/geo/sun.ts";
import { each, type Row, vectors } from "./vectors.ts";

type AtAPlace = Row & { readonly at: string; readonly lon: number; readonly lat: number };
type Sun = {
  readonly elevations: readonly (AtAPlace & { elevation_deg: number; tolerance_deg: number })[];
  readonly lights: readonly (AtAPlace & { light: string })[];
  readonly crossings: readonly (AtAPlace & {
    elevation_deg: number;
    rising: boolean;
    within_h?: number;
    crossing: string | null;
  })[];
};

const place = (row: AtAPlace): Position => ({ lon: row.lon, lat: row.lat });
const close = (found: number, expected: number, tolerance: number): void =>
  assert.ok(Math.abs(found - expected) <= tolerance, `${found} is not ${expected} within ${tolerance}`);

const sun = vectors<Sun>("sun");

each("sun: elevations", sun.elevations, (row) =>
  close(elevationDeg(new Date(row.at), place(row)), row.elevation_deg, row.tolerance_deg),
);

each("sun: lights", sun.lights, (row) => assert.equal(light(new Date(row.at), place(row)), row.light));

each("sun: crossings", sun.crossings, (row) => {
  const withinS = (row.within_h ?? 24) * 3600;
  const found = nextCrossing(new Date(row.at), place(row), row.elevation_deg, { rising: row.rising, withinS });

  assert.equal(found?.toISOString() ?? null, row.crossing === null ? null : new Date(row.crossing).toISOString());
});
