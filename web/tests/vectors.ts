/** The cases that Python runs too. Each row has a name and a why; a table without rows is a mistake, not a success. */

import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

export type Row = { readonly name: string; readonly why: string };

export function vectors<Table>(name: string): Table {
  const file = new URL(`../../tests/vectors/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf-8")) as Table;
}

/** One test for each row. */
export function each<One extends Row>(table: string, rows: readonly One[], check: (row: One) => void): void {
  describe(table, () => {
    test("has rows", () => expect(rows.length).toBeGreaterThan(0));
    for (const row of rows) test(`${row.name}: ${row.why}`, () => check(row));
  });
}
