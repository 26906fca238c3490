/** How long a phone waits before it tries again. */

import { expect, test } from "vitest";

import { waitMs } from "../src/data/sending.ts";

test("longer each time, and never longer than three minutes", () => {
  const most = [0, 1, 2, 3, 4, 40].map((tries) => waitMs(tries, null, 1));
  expect(most).toEqual([5_000, 15_000, 60_000, 180_000, 180_000, 180_000]);
});

test("never before the moment that the server named", () => {
  expect(waitMs(0, 30, 0)).toBe(30_000);
  expect(waitMs(9, 30, 1)).toBe(60_000);
});

test("phones that lost the server together come back apart", () => {
  const waits = [0, 0.25, 0.5, 0.75, 1].map((chance) => waitMs(2, null, chance));
  expect(new Set(waits).size).toBe(5);
  expect(Math.min(...waits)).toBe(30_000);
});
