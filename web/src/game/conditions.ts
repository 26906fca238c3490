/**
 * When a stage opens and when a quest is finished: and, or and count over positive facts.
 *
 * The twin of `quests/conditions.py`: without *not*, *first* or *at most*, what holds for a set of facts holds for every
 * larger set, and hearing one more move can never take progress away.
 */

import type { Condition } from "./forms.ts";

type Has = { has(key: string): boolean };

/** The positive facts a condition may look at: those of stages whose turn has come. `chosen` by `choiceKey`. */
export type Counted = { readonly satisfied: Has; readonly settled: Has; readonly chosen: Has };

/** One name for an option of a task of a stage: none of the three holds a slash. */
export function choiceKey(stage: string, task: string, option: string): string {
  return `${stage}/${task}/${option}`;
}

export function holds(condition: Condition, facts: Counted): boolean {
  switch (condition.is) {
    case "settled":
      return facts.settled.has(condition.stage);
    case "satisfied":
      return facts.satisfied.has(condition.stage);
    case "chose":
      return facts.chosen.has(choiceKey(condition.stage, condition.task, condition.option));
    case "all":
      return condition.of.every((part) => holds(part, facts));
    case "any":
      return condition.of.some((part) => holds(part, facts));
    case "at_least":
      return condition.of.filter((part) => holds(part, facts)).length >= condition.count;
  }
}
