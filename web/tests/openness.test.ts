import { expect, test } from "vitest";

import { readPlace, readQuest } from "../src/game/model.ts";
import { type Closed, offer, type Opening, openingOf, planOf, readPlan, readWay } from "../src/game/openness.ts";
import { position } from "../src/geo/positions.ts";
import { each, type Row, vectors } from "./vectors.ts";

const CLOSE_ENOUGH_MS = 30_000;

type Expected = { readonly open: boolean; readonly why: readonly string[]; readonly until: string | null };
type Asked = Row & {
  readonly at: string;
  readonly here: readonly [number, number];
  readonly closed: readonly { place: unknown; start: string; end: string }[];
};
type OneWay = Asked & { readonly way: unknown; readonly fell: boolean; readonly expected: Expected };
type Offered = Asked & {
  readonly quest: string;
  readonly plan: unknown;
  readonly expected: {
    readonly playable: boolean;
    readonly opening: Expected;
    readonly stages: readonly { key: string; ways: readonly (string | null)[]; opening: Expected }[];
  };
};
const openness = vectors<{
  readonly rows: readonly OneWay[];
  readonly quests: Readonly<Record<string, unknown>>;
  readonly offers: readonly Offered[];
}>("openness");

function closedIn(row: Asked): readonly Closed[] {
  return row.closed.map(({ place, start, end }) => ({
    place: readPlace(place),
    start: new Date(start),
    end: new Date(end),
  }));
}

function agree(found: Opening, expected: Expected): void {
  expect([found.open, found.why]).toEqual([expected.open, expected.why]);
  expect(found.until === null).toBe(expected.until === null);
  if (found.until !== null && expected.until !== null) {
    const off = Math.abs(found.until.getTime() - Date.parse(expected.until));
    expect(off).toBeLessThanOrEqual(CLOSE_ENOUGH_MS);
  }
}

each("openness", openness.rows, (row) => {
  const closed = closedIn(row);

  agree(
    openingOf(readWay(row.way), new Date(row.at), position(...row.here), closed, { fell: row.fell }),
    row.expected,
  );
});

each("openness: offers", openness.offers, (row) => {
  const plan = planOf(readQuest(openness.quests[row.quest]));

  const found = offer(plan, new Date(row.at), position(...row.here), closedIn(row));

  expect(plan).toEqual(readPlan(row.plan));
  expect(found.playable).toBe(row.expected.playable);
  agree(found.opening, row.expected.opening);
  expect(found.stages.map(({ key, openWays }) => [key, openWays.map((way) => way.variant)])).toEqual(
    row.expected.stages.map(({ key, ways }) => [key, ways]),
  );
  for (const [at, stage] of found.stages.entries()) {
    expect(stage.way).toBe(stage.openWays[0] ?? null);
    agree(stage.opening, (row.expected.stages[at] as { opening: Expected }).opening);
  }
});

test("nothing hidden is in a plan", () => {
  const plan = planOf(readQuest(openness.quests["a hidden end"]));

  expect(JSON.stringify(plan)).not.toContain("treasure");
});
