/** What a drift draws next, and when; and the chance that it is drawn by. */

import assert from "node:assert/strict";

import { type Circumstances, draw, type Prompt } from "../src/drift/draw.ts";
import { due, type Pace } from "../src/drift/pace.ts";
import { fraction } from "../src/game/chance.ts";
import { each, type Row, vectors } from "./vectors.ts";

type Words = Row & { readonly words: readonly string[]; readonly expected: number };
type Draw = Row & {
  readonly prompts: string;
  readonly seed: string;
  readonly now: Omit<Circumstances, "at"> & { readonly at: string };
  readonly cards: readonly { readonly prompt: string; readonly at: string; readonly passed?: boolean }[];
  readonly expected: { readonly name: string; readonly widened: readonly string[] } | null;
};
type Step = Row & {
  readonly pace: Pace;
  readonly since_s: number;
  readonly away_m: number | null;
  readonly accuracy_m?: number;
  readonly speed_mps?: number | null;
  readonly expected: { readonly now: boolean; readonly in_s: number; readonly in_m: number | null };
};
type Drift = {
  readonly prompts: Readonly<Record<string, readonly Prompt[]>>;
  readonly draws: readonly Draw[];
  readonly paces: readonly Step[];
};

const drift = vectors<Drift>("drift");

each("chance", vectors<{ rows: readonly Words[] }>("chance").rows, (row) =>
  assert.equal(fraction(...row.words), row.expected),
);

each("drift: draws", drift.draws, (row) => {
  const prompts = drift.prompts[row.prompts];
  assert.ok(prompts);
  const now = { ...row.now, at: new Date(row.now.at) };
  const cards = row.cards.map((card) => ({ ...card, at: new Date(card.at) }));

  for (const one of [
    draw(prompts, row.seed, now, cards),
    draw(prompts.toReversed(), row.seed, now, cards.toReversed()),
  ]) {
    assert.deepEqual(one && { name: one.prompt.name, widened: one.widened }, row.expected);
  }
});

each("drift: paces", drift.paces, (row) => {
  const found = due(row.pace, row.since_s, row.away_m, {
    accuracyM: row.accuracy_m ?? 0,
    speedMps: row.speed_mps ?? null,
  });

  assert.deepEqual({ now: found.now, in_s: found.inS, in_m: found.inM }, row.expected);
});
