import { expect, test } from "vitest";

import { folded, searchForms } from "../src/geo/names.ts";
import { each, type Row, vectors } from "./vectors.ts";

const names = vectors<{ readonly rows: readonly (Row & { text: string; expected: string })[] }>("names");

each("names", names.rows, (row) => {
  expect(folded(row.text)).toBe(row.expected);
  expect(folded(row.expected)).toBe(row.expected);
});

test("a name is found from each of its words on", () => {
  expect(searchForms("Östra Norra-Byn")).toEqual(["ostra norra byn", "norra byn", "byn"]);
  expect(searchForms("Ås")).toEqual(["as"]);
  expect(searchForms("--")).toEqual([]);
});
