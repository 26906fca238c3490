import { expect } from "vitest";

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
const sun = vectors<Sun>("sun");

each("sun: elevations", sun.elevations, (row) => {
  const found = elevationDeg(new Date(row.at), place(row));

  expect(Math.abs(found - row.elevation_deg)).toBeLessThanOrEqual(row.tolerance_deg);
});

each("sun: lights", sun.lights, (row) => expect(light(new Date(row.at), place(row))).toBe(row.light));

each("sun: crossings", sun.crossings, (row) => {
  const withinS = (row.within_h ?? 24) * 3600;
  const found = nextCrossing(new Date(row.at), place(row), row.elevation_deg, { rising: row.rising, withinS });

  expect(found?.toISOString() ?? null).toBe(row.crossing === null ? null : new Date(row.crossing).toISOString());
});
