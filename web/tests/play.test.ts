import { expect } from "vitest";

import { readQuest } from "../src/game/model.ts";
import type { Judged } from "../src/game/outcomes.ts";
import { advance, type Journey, play } from "../src/game/play.ts";
import { each, type Row, vectors } from "./vectors.ts";

type Playing = Row & {
  readonly quest: string;
  readonly judged: readonly Partial<Judged>[];
  readonly expected: Readonly<Record<string, unknown>>;
};
const playing = vectors<{
  readonly quests: Readonly<Record<string, unknown>>;
  readonly rows: readonly Playing[];
}>("play");

each("play", playing.rows, (row) => {
  const quest = readQuest(playing.quests[row.quest]);
  const judged = row.judged.map((one) => ({ trust: 0, facts: [], ...one }) as unknown as Judged);

  for (const order of permutations(judged)) {
    const journey = play(quest, order);

    expect(told(journey)).toEqual(row.expected);
    expect(order.reduce((so_far, one) => advance(quest, so_far, one), play(quest, []))).toEqual(journey);
  }
});

function told(journey: Journey): Record<string, unknown> {
  return {
    open: [...journey.open].sort(),
    satisfied: [...journey.satisfied].sort(),
    passed: [...journey.passed].sort(),
    settled: [...journey.settled].sort(),
    finished: journey.finished,
    trust: Object.fromEntries(journey.trust),
    ...(journey.facts.row === null ? {} : { right: journey.facts.row.value.right }),
  };
}

function permutations<One>(values: readonly One[]): One[][] {
  if (values.length === 0) return [[]];
  return values.flatMap((one, at) =>
    permutations(values.filter((_, other) => other !== at)).map((rest) => [one, ...rest]),
  );
}
