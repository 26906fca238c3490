/**
 * What every task kind is. One file per kind, one name in `TASK_KINDS`.
 *
 * The twin of `quests/tasks/kind.py`. A kind holds its defaults and its judgement; screens ask it what they want to know
 * of a task, so that nothing else lists kinds.
 */

import { rounded } from "../../geo/rounding.ts";
import { answerBits } from "../answers.ts";
import { isThere, type Presence, TRUST_CHECKED } from "../evidence.ts";
import type { AnyBody, AnyTask, BodyOf, TaskKey, TaskOf } from "../forms.ts";
import type { Code, Details } from "../outcomes.ts";

/**
 * What a task may know when it judges a move, beside the move's body.
 *
 * `equal` is the server's full comparison, null on the phone. `codes` maps the hash of every printed code of the quest
 * to its stage. `atEnd` is a tipspromenad's feedback. `stayedS`: how long the move's own fixes put the player at the
 * place without a break. [s] `media`: what sorts of media the move brings, "image" or "audio".
 */
export type Scene = {
  readonly stage: string;
  readonly presence: Presence;
  readonly salt: Uint8Array;
  readonly codes: ReadonlyMap<string, string>;
  readonly atEnd: boolean;
  readonly equal: boolean | null;
  readonly stayedS: number;
  readonly media: ReadonlySet<string>;
};

/** What came of it. `trust` counts only when accepted; `option` is the choice that was made. */
export type Verdict = {
  readonly code: Code;
  readonly trust: number;
  readonly option: string | null;
  readonly details: Details;
};

export function verdict(code: Code, more: Partial<Omit<Verdict, "code">> = {}): Verdict {
  return { code, trust: 0, option: null, details: {}, ...more };
}

export type TaskKind<Kind extends TaskKey> = {
  readonly kind: Kind;
  /** What a task leaves out, and what a body does. */
  readonly defaults: Partial<TaskOf<Kind>> & typeof TASK;
  readonly bodyDefaults: Partial<BodyOf<Kind>> & typeof BODY;
  /** A position, a code or the player's word is asked for by the kind itself. */
  readonly atThePlace: boolean;
  /** Can be said of any place, outside of any quest. */
  readonly anywhere: boolean;
  /** How many taps do it at least; null where something is written, waited for, or looked for first. */
  readonly taps: number | null;
  /** The keys that texts name one by one: what can be chosen or put in order. */
  named(task: TaskOf<Kind>): readonly string[];
  /** The numbers of the task that a player has to know, with their unit in the name. */
  asks(task: TaskOf<Kind>): Readonly<Record<string, number>>;
  judge(task: TaskOf<Kind>, body: BodyOf<Kind>, scene: Scene): Verdict;
};

export const TASK = { on_the_spot: false } as const;
export const BODY = { here: false, from_card: false } as const;

/** A kind, of which most say little. */
export function taskKind<Kind extends TaskKey>(
  kind: Kind,
  said: Pick<TaskKind<Kind>, "judge"> & Partial<TaskKind<Kind>>,
): TaskKind<Kind> {
  return {
    kind,
    defaults: TASK as TaskKind<Kind>["defaults"],
    bodyDefaults: BODY as TaskKind<Kind>["bodyDefaults"],
    atThePlace: false,
    anywhere: false,
    taps: null,
    named: () => [],
    asks: () => ({}),
    ...said,
  };
}

/** A task that may have right answers: its kit holds ten bits of each. */
export type Checked = {
  readonly bits: readonly number[];
  readonly lettersApart: boolean;
  /** Whether right answers have to be listed. Where they need not and are not, every answer is right. */
  readonly mustBeAnswered: boolean;
};

/** As a phone decides it: one in a thousand wrong answers is taken for right. */
export function isRight(checked: Checked, given: string, salt: Uint8Array): boolean {
  return checked.bits.includes(answerBits(salt, given, checked.lettersApart));
}

/** An answer that was given where it counts. */
export function weighed(checked: Checked, given: string, scene: Scene, option: string | null = null): Verdict {
  if (scene.atEnd) return verdict("kept", { option });
  if (checked.bits.length === 0 && !checked.mustBeAnswered) return verdict("done", { option });
  if (!isRight(checked, given, scene.salt)) return verdict("wrong-answer");
  return verdict("done", { trust: scene.equal === true ? TRUST_CHECKED : 0, option });
}

/** Whether the player's word stands in for a position. */
export function saysSo(body: AnyBody): boolean {
  return body.here || body.from_card;
}

/** The miss, if this task wants its answer on the spot and the player is not there. */
export function elsewhere(task: AnyTask, body: AnyBody, presence: Presence): Verdict | null {
  return !task.on_the_spot || isThere(presence) || saysSo(body) ? null : notThere(presence);
}

/** The miss of somebody whose position does not put them at the place. */
export function notThere(presence: Presence): Verdict {
  if (presence.awayM === null) return verdict("no-position");
  const accuracy = presence.accuracyM === null ? {} : { accuracy_m: rounded(presence.accuracyM) };
  return verdict(presence.certainty === "unusable" ? "position-unsure" : "too-far", {
    details: { away_m: rounded(presence.awayM), ...accuracy },
  });
}

export function tooShort(stayedS: number, askedS: number): Verdict {
  return verdict("too-short", { details: { stayed_s: rounded(stayedS), asked_s: rounded(askedS) } });
}
