import { expect } from "vitest";

import { readPlace } from "../src/game/model.ts";
import { openingOf, readWay } from "../src/game/openness.ts";
import { position } from "../src/geo/positions.ts";
import { each, type Row, vectors } from "./vectors.ts";

const CLOSE_ENOUGH_MS = 30_000;

type Opening = Row & {
  readonly at: string;
  readonly here: readonly [number, number];
  readonly way: unknown;
  readonly closed: readonly { place: unknown; start: string; end: string }[];
  readonly fell: boolean;
  readonly expected: { readonly open: boolean; readonly why: readonly string[]; readonly until: string | null };
};
const openness = vectors<{ readonly rows: readonly Opening[] }>("openness");

each("openness", openness.rows, (row) => {
  const closed = row.closed.map(({ place, start, end }) => ({
    place: readPlace(place),
    start: new Date(start),
    end: new Date(end),
  }));

  const found = openingOf(readWay(row.way), new Date(row.at), position(...row.here), closed, { fell: row.fell });

  expect([found.open, found.why]).toEqual([row.expected.open, row.expected.why]);
  if (row.expected.until === null) expect(found.until).toBeNull();
  else {
    const off = Math.abs((found.until as Date).getTime() - Date.parse(row.expected.until));
    expect(off).toBeLessThanOrEqual(CLOSE_ENOUGH_MS);
  }
});
