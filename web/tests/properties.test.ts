/** What holds of every journey, whatever is drawn; and twins that break it on purpose, which must be caught. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { Condition, Quest } from "../src/game/forms.ts";
import { readQuest } from "../src/game/model.ts";
import type { Fact, Judged } from "../src/game/outcomes.ts";
import { advance, type Journey, play } from "../src/game/play.ts";

type Play = (quest: Quest, judged: Iterable<Judged>) => Journey;
type Case = { readonly quest: Quest; readonly judged: readonly Judged[] };

const OPTIONS = ["1", "x", "2"] as const;
const KEYS = ["s0", "s1", "s2", "s3"];
const START = Date.parse("2026-06-20T20:00:00Z");

const atom = fc.oneof(
  fc.record({ is: fc.constant("settled"), stage: fc.constantFrom(...KEYS) }),
  fc.record({ is: fc.constant("satisfied"), stage: fc.constantFrom(...KEYS) }),
  fc.record({
    is: fc.constant("chose"),
    stage: fc.constantFrom(...KEYS),
    task: fc.constant("t0"),
    option: fc.constantFrom(...OPTIONS),
  }),
) as fc.Arbitrary<Condition>;
const parts = fc.array(atom, { minLength: 1, maxLength: 3 });
const condition = fc.oneof(
  atom,
  fc.record({ is: fc.constantFrom("all", "any"), of: parts }),
  fc.record({ is: fc.constant("at_least"), count: fc.integer({ min: 1, max: 3 }), of: parts }),
) as fc.Arbitrary<Condition>;

const quests = fc
  .record({
    order: fc.constantFrom("ordered", "any"),
    opens: fc.array(fc.option(condition), { minLength: KEYS.length, maxLength: KEYS.length }),
    needs: fc.option(fc.constantFrom(1, 2)),
    finish: fc.option(condition),
    done_at: fc.option(fc.integer({ min: 1, max: KEYS.length })),
  })
  .map(({ order, opens, needs, finish, done_at }) =>
    readQuest({
      id: "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
      code: "JHABCDE",
      version: "a".repeat(64),
      kind: "trail",
      order,
      finish,
      done_at,
      languages: ["sv"],
      texts: {},
      stages: KEYS.map((key, at) => ({
        key,
        needs,
        opens: opens[at],
        tasks: [
          { kind: "choice", key: "t0", options: OPTIONS },
          { kind: "arrive", key: "t1" },
        ],
        variants: [{ key: "dark", tasks: [{ kind: "arrive", key: "t1" }] }],
      })),
    }),
  );

const facts: fc.Arbitrary<readonly Fact[]> = fc
  .record({
    stage: fc.constantFrom(...KEYS),
    what: fc.constantFrom("arrived", "chose", "passed", "row", "nothing"),
    option: fc.constantFrom(...OPTIONS),
    right: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ stage, what, option, right }): readonly Fact[] => {
    switch (what) {
      case "arrived":
        return [{ fact: "task-done", stage, task: "t1" }];
      case "chose":
        return [
          { fact: "task-done", stage, task: "t0" },
          { fact: "chosen", stage, task: "t0", option },
        ];
      case "passed":
        return [{ fact: "stage-passed", stage, reason: option }];
      case "row":
        return [
          { fact: "handed-in", row: [[stage, option]], right, of: 3, tie_break: null, tie_break_off_by: null },
        ];
      default:
        return [];
    }
  });

const judgedMoves = fc
  .array(
    fc.record({
      number: fc.integer({ min: 0, max: 999 }),
      minutes: fc.integer({ min: 0, max: 5 }),
      trust: fc.integer({ min: 0, max: 4 }),
      facts,
    }),
    { maxLength: 12 },
  )
  .map((drawn) => {
    const byNumber = new Map(drawn.map((one) => [one.number, one]));
    return [...byNumber.values()].map(({ number, minutes, trust, facts }): Judged => ({
      move: `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`,
      made_at: new Date(START + minutes * 60_000).toISOString(),
      outcome: facts.length > 0 ? "accepted" : "missed",
      code: facts.length > 0 ? "done" : "wrong-answer",
      stage: null,
      task: null,
      trust,
      certainty: "inside",
      time_class: "on-time",
      facts,
      details: {},
    }));
  });

const cases: fc.Arbitrary<Case> = fc.record({ quest: quests, judged: judgedMoves });

function progress(journey: Journey): Set<string> {
  const named = (name: string, stages: Iterable<string>): string[] =>
    [...stages].map((stage) => `${name} ${stage}`);
  return new Set([
    ...named("satisfied", journey.satisfied),
    ...named("passed", journey.passed),
    ...named("open", journey.open),
    ...named("settled", journey.settled),
    ...(journey.finished ? ["finished"] : []),
  ]);
}

const properties = {
  "order, batches and repetition change nothing": (play: Play) =>
    fc.property(cases, fc.infiniteStream(fc.nat()), ({ quest, judged }, chance) => {
      const drawn = [...judged, ...judged.slice(0, 4)].map((one) => ({ one, at: chance.next().value as number }));
      const mixed = drawn.sort((one, other) => one.at - other.at).map(({ one }) => one);
      expect(play(quest, mixed)).toEqual(play(quest, judged));
    }),

  "one more move takes no progress away": (play: Play) =>
    fc.property(cases, fc.nat(), ({ quest, judged }, number) => {
      const before = play(
        quest,
        judged.filter((_, at) => at !== number % Math.max(1, judged.length)),
      );
      const after = play(quest, judged);
      expect([...progress(before)].filter((one) => !progress(after).has(one))).toEqual([]);
      for (const [stage, trust] of before.trust) expect(after.trust.get(stage)).toBeGreaterThanOrEqual(trust);
    }),

  "time never orders progress": (play: Play) =>
    fc.property(cases, fc.infiniteStream(fc.integer({ min: -90, max: 90 })), ({ quest, judged }, chance) => {
      const moved = judged.map((one) => ({
        ...one,
        made_at: new Date(Date.parse(one.made_at) + (chance.next().value as number) * 60_000).toISOString(),
      }));
      expect(progress(play(quest, moved))).toEqual(progress(play(quest, judged)));
    }),

  "what is settled is done and its turn has come": (play: Play) =>
    fc.property(cases, ({ quest, judged }) => {
      const journey = play(quest, judged);
      const done = [...journey.satisfied, ...journey.passed].filter((stage) => journey.open.has(stage));
      expect(journey.settled).toEqual(new Set(done));
    }),

  "the first row stands": (play: Play) =>
    fc.property(cases, ({ quest, judged }) => {
      const rows = judged.filter((one) => one.facts.some((fact) => fact.fact === "handed-in"));
      const [first] = [...rows].sort((one, other) =>
        one.made_at + one.move < other.made_at + other.move ? -1 : 1,
      );
      expect(play(quest, judged).facts.row?.value).toEqual(first?.facts[0]);
    }),
};

/** Properties draw different things; whoever runs them need not know. */
function anyOf(property: unknown): fc.IRawProperty<unknown, false> {
  return property as fc.IRawProperty<unknown, false>;
}

const RUNS = { numRuns: 300, seed: 24, endOnFailure: true };

describe("of every journey", () => {
  for (const [name, property] of Object.entries(properties)) {
    test(name, () => fc.assert(anyOf(property(play)), RUNS));
  }

  test("advancing is playing the larger set", () => {
    fc.assert(
      fc.property(cases, ({ quest, judged }) => {
        let journey = play(quest, []);
        judged.forEach((one, at) => {
          journey = advance(quest, journey, one);
          expect(journey).toEqual(play(quest, judged.slice(0, at + 1)));
        });
      }),
      RUNS,
    );
  });
});

const byTime = (judged: Iterable<Judged>): Judged[] =>
  [...judged].sort((one, other) => (one.made_at + one.move < other.made_at + other.move ? -1 : 1));

/** Each wrong in the way that a property forbids. */
const twins: Readonly<Record<string, readonly [keyof typeof properties, Play]>> = {
  "the trust of the last that is heard counts": [
    "order, batches and repetition change nothing",
    (quest, judged) => {
      const trust = new Map<string, number>();
      for (const { facts, trust: supported } of judged) {
        for (const fact of facts) if (fact.fact === "task-done") trust.set(fact.stage, supported);
      }
      return { ...play(quest, judged), trust };
    },
  ],
  "a wrong answer closes what was open": [
    "one more move takes no progress away",
    (quest, judged) => {
      const all = [...judged];
      return play(quest, all.some((one) => one.outcome === "missed") ? [] : all);
    },
  ],
  "a stage counts only after those before it": [
    "time never orders progress",
    (quest, judged) =>
      byTime(judged).reduce(
        (journey, one) => {
          const inTurn = one.facts.every((fact) => !("stage" in fact) || journey.open.has(fact.stage));
          return inTurn ? advance(quest, journey, one) : journey;
        },
        play(quest, []),
      ),
  ],
  "what is done early counts at once": [
    "what is settled is done and its turn has come",
    (quest, judged) => {
      const journey = play(quest, judged);
      return { ...journey, settled: new Set([...journey.satisfied, ...journey.passed]) };
    },
  ],
  "the best row stands": [
    "the first row stands",
    (quest, judged) => {
      const rows = [...judged].filter((one) => one.facts.some((fact) => fact.fact === "handed-in"));
      const others = [...judged].filter((one) => !rows.includes(one));
      const right = (one: Judged): number =>
        Math.max(...one.facts.map((fact) => ("right" in fact ? fact.right : 0)));
      return play(quest, [...others, ...rows.sort((one, other) => right(other) - right(one)).slice(0, 1)]);
    },
  ],
};

describe("a twin is caught", () => {
  for (const [name, [property, twin]] of Object.entries(twins)) {
    test(`${name}: ${property}`, () => {
      expect(fc.check(anyOf(properties[property](twin)), RUNS).failed).toBe(true);
    });
  }
});
