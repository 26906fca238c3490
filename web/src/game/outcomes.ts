/**
 * What a move came to: the outcome, its code, and the positive facts it brings.
 *
 * The twin of `quests/outcomes.py`. Codes are for ever; their sentences are in the languages under `outcome.<code>`.
 */

import type { Certainty } from "../geo/fences.ts";
import type { TimeClass } from "./evidence.ts";
import type { Outcome } from "./forms.ts";

/** Every code a judged move can carry. */
export const CODES = {
  done: "accepted",
  kept: "accepted",
  "self-report": "accepted",
  "unverified-code": "accepted",
  "unverified-word": "accepted",
  passed: "accepted",
  "handed-in": "accepted",
  "too-far": "missed",
  "no-position": "missed",
  "position-unsure": "missed",
  "wrong-answer": "missed",
  "not-a-number": "missed",
  "not-our-code": "missed",
  "other-stage": "missed",
  "too-short": "missed",
  "turn-right": "missed",
  "turn-left": "missed",
  "nothing-brought": "missed",
  "no-word": "missed",
  "unknown-stage": "refused",
  "unknown-variant": "refused",
  "unknown-task": "refused",
  "unknown-option": "refused",
  "wrong-kind": "refused",
  "other-version": "refused",
  "closed-ground": "refused",
  "no-row": "refused",
  unreadable: "unreadable",
  "unknown-form": "unreadable",
  swapped: "unreadable",
  "duplicate-key": "unreadable",
  "too-large": "unreadable",
  "id-reused": "refused",
} as const satisfies Readonly<Record<string, Outcome>>;

export type Code = keyof typeof CODES;

/** The task has been done, in whatever variant. */
export type TaskDone = { readonly fact: "task-done"; readonly stage: string; readonly task: string };
/** That option was chosen: it opens its branch and is the row's newest mark there. */
export type Chosen = {
  readonly fact: "chosen";
  readonly stage: string;
  readonly task: string;
  readonly option: string;
};
/** The stage could not be done: cannot-reach, not-safe, closed or gone. */
export type StagePassed = { readonly fact: "stage-passed"; readonly stage: string; readonly reason: string };
/** A row as it was handed in, and what it scored. Of several the first by `(made_at, move)` stands. */
export type HandedIn = {
  readonly fact: "handed-in";
  readonly row: readonly (readonly [stage: string, option: string])[];
  readonly right: number;
  readonly of: number;
  readonly tie_break: number | null;
  /** Known to the server alone: the phone does not hold the true number. */
  readonly tie_break_off_by: number | null;
};
/** Something was said of a place, outside of any quest; `kind` is that of the body. */
export type Said = { readonly fact: "said"; readonly kind: string };
export type Fact = TaskDone | Chosen | StagePassed | HandedIn | Said;

export type Details = Readonly<Record<string, string | number>>;

/** One move, judged alone against one quest version: all that `play` ever sees of it. `facts` only when accepted. */
export type Judged = {
  readonly move: string;
  readonly made_at: string;
  readonly outcome: Outcome;
  readonly code: Code;
  readonly stage: string | null;
  readonly task: string | null;
  readonly trust: number;
  readonly certainty: Certainty;
  readonly time_class: TimeClass;
  readonly facts: readonly Fact[];
  readonly details: Details;
};
