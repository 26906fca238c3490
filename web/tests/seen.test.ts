/** What was looked at is kept, but not without end. */

import { expect, test } from "vitest";

import { trim } from "../src/data/seen.ts";

/** As browsers do: what was put last is listed last. */
function cacheOf(bytes: readonly number[]) {
  const kept = new Map(bytes.map((size, number) => [`https://x.test/${number}`, size]));
  return {
    kept,
    keys: () => Promise.resolve([...kept.keys()].map((url) => new Request(url))),
    match: (request: Request) =>
      Promise.resolve(new Response(new Uint8Array(kept.get(request.url) ?? 0)) as Response | undefined),
    delete: (request: Request) => Promise.resolve(kept.delete(request.url)),
  };
}

const left = (cache: ReturnType<typeof cacheOf>) =>
  [...cache.kept.keys()].map((url) => Number(url.split("/").pop()));

test("the oldest go when there are too many", async () => {
  const cache = cacheOf([1, 1, 1, 1, 1]);
  await trim(cache as never, { entries: 3 });
  expect(left(cache)).toEqual([2, 3, 4]);
});

test("the oldest go when they weigh too much together", async () => {
  const cache = cacheOf([50, 40, 30, 20, 10]);
  await trim(cache as never, { bytes: 60 });
  expect(left(cache)).toEqual([2, 3, 4]);
});

test("nothing goes while there is room", async () => {
  const cache = cacheOf([10, 10]);
  await trim(cache as never);
  expect(left(cache)).toEqual([0, 1]);
});
