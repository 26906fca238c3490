/** The cases that Python runs too. Each row has a name and a why; a table without rows is a mistake, not a success. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { suite, test } from "node:test";

export type Row = { readonly name: string; readonly why: string };

export function vectors<Table>(name: string): Table {
  const file = new URL(`../../tests/vectors/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf-8")) as Table;
}

/** One test for each row. */
export function each<One extends Row>(table: string, rows: readonly One[], check: (row: One) => void): void {
  suite(table, () => {
    assert.notEqual(rows.length, 0, `${table} has no rows`);
    for (const row of rows) test(`${row.name}: ${row.why}`, () => check(row));
  });
}
