import { expect, test } from "vitest";

import { fraction, rank } from "../src/game/chance.ts";
import { each, type Row, vectors } from "./vectors.ts";

const chance = vectors<{ readonly rows: readonly (Row & { words: readonly string[]; expected: number })[] }>(
  "chance",
);

each("chance", chance.rows, (row) => expect(fraction(...row.words)).toBe(row.expected));

test("a name of weight 2 draws twice, and the better draw counts", () => {
  const draws = ["0", "1"].map((turn) => fraction("2026-12-15", "walk", turn));

  expect(rank("2026-12-15", "walk", 2)).toBe(Math.min(...draws));
  expect(rank("2026-12-15", "walk", 1)).toBe(draws[0]);
});
