/**
 * What a set of judged moves has come to.
 *
 * The twin of `quests/play.py`; `tests/vectors/play.json` holds both to the same answers. Facts are only ever joined,
 * stages open by positive conditions over facts whose turn has come, and nothing is ever taken away: order, batches and
 * repetition change nothing.
 */

import { choiceKey, type Counted, holds } from "./conditions.ts";
import type { Quest } from "./forms.ts";
import { finishingOf, openingOf, waysOf } from "./model.ts";
import type { HandedIn, Judged } from "./outcomes.ts";

/** What stands in for time where a first or a last is needed: the same on every device. */
export type Order = readonly [madeAtMs: number, move: string];
export type Marked<Value> = { readonly order: Order; readonly value: Value };

/**
 * Everything the accepted moves say, joined; tasks by `taskAt`, options by `choiceKey`.
 *
 * `done`: trust per task, the best of its moves. `chosen`: every option ever chosen. `newest`: the last choice per task,
 * for showing. `passed`: a reason per stage that could not be done. `row`: the first row handed in.
 */
export type Facts = {
  readonly done: ReadonlyMap<string, number>;
  readonly chosen: ReadonlySet<string>;
  readonly newest: ReadonlyMap<string, Marked<string>>;
  readonly passed: ReadonlyMap<string, Marked<string>>;
  readonly row: Marked<HandedIn> | null;
};

/**
 * Where a journey stands. *Progress* is `satisfied`, `passed`, `open` and `finished`.
 *
 * `satisfied` may hold stages done before their turn; `settled` holds those satisfied or passed whose turn has come, and
 * only these open others and count for finishing.
 */
export type Journey = {
  readonly facts: Facts;
  readonly satisfied: ReadonlySet<string>;
  readonly passed: ReadonlySet<string>;
  readonly open: ReadonlySet<string>;
  readonly settled: ReadonlySet<string>;
  readonly finished: boolean;
  readonly trust: ReadonlyMap<string, number>;
};

/** One name for a task of a stage: neither holds a slash. */
export function taskAt(stage: string, task: string): string {
  return `${stage}/${task}`;
}

/** The journey that a set of judged moves makes. Cost: one step a move, then one fixpoint. */
export function play(quest: Quest, judged: Iterable<Judged>): Journey {
  const joining = new Joining();
  for (const one of judged) joining.add(one);
  return journeyOf(quest, joining);
}

/** The journey after one more move: the same as that of the larger set. */
export function advance(quest: Quest, journey: Journey, judged: Judged): Journey {
  const joining = new Joining(journey.facts);
  joining.add(judged);
  return joining.news ? journeyOf(quest, joining) : journey;
}

/** Facts while they are joined. */
class Joining implements Facts {
  readonly done: Map<string, number>;
  readonly chosen: Set<string>;
  readonly newest: Map<string, Marked<string>>;
  readonly passed: Map<string, Marked<string>>;
  row: Marked<HandedIn> | null;
  news = false;

  constructor(facts?: Facts) {
    this.done = new Map(facts?.done);
    this.chosen = new Set(facts?.chosen);
    this.newest = new Map(facts?.newest);
    this.passed = new Map(facts?.passed);
    this.row = facts?.row ?? null;
  }

  add(judged: Judged): void {
    if (judged.outcome !== "accepted") return;
    const order: Order = [Date.parse(judged.made_at), judged.move];
    for (const fact of judged.facts) {
      switch (fact.fact) {
        case "task-done": {
          const at = taskAt(fact.stage, fact.task);
          if (judged.trust > (this.done.get(at) ?? -1)) this.#set(this.done, at, judged.trust);
          break;
        }
        case "chosen": {
          const option = choiceKey(fact.stage, fact.task, fact.option);
          if (!this.chosen.has(option)) {
            this.chosen.add(option);
            this.news = true;
          }
          const at = taskAt(fact.stage, fact.task);
          const last = this.newest.get(at);
          const newer =
            last === undefined ||
            before(last.order, order) ||
            (same(last.order, order) && last.value < fact.option);
          if (newer) this.#set(this.newest, at, { order, value: fact.option });
          break;
        }
        case "stage-passed": {
          const first = this.passed.get(fact.stage);
          const older =
            first === undefined ||
            before(order, first.order) ||
            (same(first.order, order) && fact.reason < first.value);
          if (older) this.#set(this.passed, fact.stage, { order, value: fact.reason });
          break;
        }
        case "handed-in":
          if (this.row === null || before(order, this.row.order)) {
            this.row = { order, value: fact };
            this.news = true;
          }
          break;
        case "said":
          break;
      }
    }
  }

  #set<Value>(facts: Map<string, Value>, at: string, value: Value): void {
    facts.set(at, value);
    this.news = true;
  }
}

function before(one: Order, other: Order): boolean {
  return one[0] < other[0] || (one[0] === other[0] && one[1] < other[1]);
}

function same(one: Order, other: Order): boolean {
  return one[0] === other[0] && one[1] === other[1];
}

function journeyOf(quest: Quest, { done, chosen, newest, passed, row }: Facts): Journey {
  const facts: Facts = { done, chosen, newest, passed, row };
  const { satisfied, trust } = satisfiedIn(quest, facts);
  const away = new Set(passed.keys());
  const { turns, open } = turnsOf(quest, facts, satisfied, away);
  return {
    facts,
    satisfied,
    passed: away,
    open,
    settled: turns.settled,
    finished: holds(finishingOf(quest), turns),
    trust,
  };
}

/** The stages done in one of their ways, and each stage's trust: the best of its accepted moves. */
function satisfiedIn(quest: Quest, facts: Facts): { satisfied: Set<string>; trust: Map<string, number> } {
  const doneAt = new Map<string, Set<string>>();
  const trust = new Map<string, number>();
  for (const [at, supported] of facts.done) {
    const [stage, task] = at.split("/") as [string, string];
    doneAt.set(stage, (doneAt.get(stage) ?? new Set()).add(task));
    trust.set(stage, Math.max(supported, trust.get(stage) ?? 0));
  }
  const satisfied = new Set<string>();
  for (const stage of quest.stages) {
    const done = doneAt.get(stage.key);
    if (done === undefined) continue;
    const enough = waysOf(stage).some(
      ({ tasks, needs }) => [...tasks].filter((task) => done.has(task)).length >= needs,
    );
    if (enough) satisfied.add(stage.key);
  }
  return { satisfied, trust };
}

/** The least fixpoint of "open stages count, and what counts opens stages". */
function turnsOf(
  quest: Quest,
  facts: Facts,
  satisfied: ReadonlySet<string>,
  passed: ReadonlySet<string>,
): { turns: Counted & { settled: Set<string> }; open: Set<string> } {
  const chosenAt = new Map<string, string[]>();
  for (const choice of facts.chosen) {
    const [stage] = choice.split("/") as [string];
    chosenAt.set(stage, [...(chosenAt.get(stage) ?? []), choice]);
  }
  const turns = { satisfied: new Set<string>(), settled: new Set<string>(), chosen: new Set<string>() };
  const waiting = new Map(openingOf(quest));
  const open = new Set<string>();
  let news = true;
  while (news) {
    news = false;
    for (const [key, condition] of waiting) {
      if (condition !== null && !holds(condition, turns)) continue;
      waiting.delete(key);
      open.add(key);
      if (satisfied.has(key)) turns.satisfied.add(key);
      if (satisfied.has(key) || passed.has(key)) turns.settled.add(key);
      for (const choice of chosenAt.get(key) ?? []) turns.chosen.add(choice);
      news = true;
    }
  }
  return { turns, open };
}
