/** The cases that Python runs too. Each row has a name and a why. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { suite, test } from "node:test";

import type { Position } from "../src/geo/positions.ts";
import { elevationDeg, light, nextCrossing } from "../src/geo/sun.ts";

type Row = { readonly name: string; readonly why: string };
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

function vectors<Table>(name: string): Table {
  const file = new URL(`../../tests/vectors/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf-8")) as Table;
}

/** One test for each row; a table without rows is a mistake, and not a success. */
function each<One extends Row>(table: string, rows: readonly One[], check: (row: One) => void): void {
  suite(table, () => {
    assert.notEqual(rows.length, 0, `${table} has no rows`);
    for (const row of rows) test(`${row.name}: ${row.why}`, () => check(row));
  });
}

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
