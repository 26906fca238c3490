import { expect } from "vitest";

import { readPlace } from "../src/game/model.ts";
import { readPlan } from "../src/game/openness.ts";
import { type Candidate, draw, type Reasons } from "../src/game/today.ts";
import { position } from "../src/geo/positions.ts";
import { each, type Row, vectors } from "./vectors.ts";

type Draw = Row & {
  readonly candidates: string;
  readonly at: string;
  readonly here: readonly [number, number];
  readonly around?: readonly [number, number];
  readonly company?: string;
  readonly first?: boolean;
  readonly closed?: readonly { place: unknown; start: string; end: string }[];
  readonly done?: readonly string[];
  readonly expected: { readonly ids: readonly string[]; readonly reasons: Reasons | null };
};
type Kept = { readonly id: string; readonly plan: unknown; readonly distance_m: number | null };
const today = vectors<{
  readonly candidates: Readonly<Record<string, readonly Kept[]>>;
  readonly rows: readonly Draw[];
}>("today");

each("today", today.rows, (row) => {
  const candidates = (today.candidates[row.candidates] ?? []).map((one): Candidate => ({
    id: one.id,
    code: one.id,
    plan: readPlan(one.plan),
    distanceM: one.distance_m,
    done: row.done?.includes(one.id) ?? false,
  }));
  const closed = (row.closed ?? []).map(({ place, start, end }) => ({
    place: readPlace(place),
    start: new Date(start),
    end: new Date(end),
  }));
  const wish = {
    closed,
    around: row.around ? position(...row.around) : null,
    company: row.company ?? null,
    first: row.first ?? false,
  };

  const found = draw(candidates, new Date(row.at), position(...row.here), wish);

  expect(found.map(({ candidate }) => candidate.id)).toEqual(row.expected.ids);
  expect(found[0]?.reasons ?? null).toEqual(row.expected.reasons);
});
