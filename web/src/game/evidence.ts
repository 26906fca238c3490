/**
 * How well a move is supported: what its own fixes say, and what follows for trust.
 *
 * The twin of `quests/evidence.py`. Trust is 0–4. It comes from the move's own evidence alone, never from another move,
 * and no rule lowers it afterwards.
 */

import { CERTAINTIES, type Certainty, certainty, certaintyAt, type Fence, outsideM } from "../geo/fences.ts";
import type { Fix } from "./forms.ts";

export const FIX_FRESH_S = 30; // a fix further than this from the moment of the move says nothing about it
const LATE_BY_MS = 30 * 86_400_000;
const AHEAD_BY_MS = 5 * 60_000;

export const TRUST_SELF_REPORT = 1;
const TRUST_WEAK = 1;
const TRUST_NEAR = 2;
export const TRUST_CHECKED = 1; // what a code or an answer, found equal, adds
export const TRUST_STAYED = 1; // what fixes add that put the player there for all of the time asked
export const TRUST_MET = 2; // what a host's code of the day, found right, adds
const TRUST_MOST = 4;
const TRUST_AT_MOST_UNCERTAIN = 1; // for an uncertain time, or a fence widened because its place is not well known

const BY_CERTAINTY: Readonly<Partial<Record<Certainty, number>>> = {
  inside: TRUST_NEAR,
  near: TRUST_NEAR,
  weak: TRUST_WEAK,
};

/** Whether the phone's clock can be relied on for time-bound badges. */
export type TimeClass = "on-time" | "uncertain";

/** Uncertain when heard more than 30 days after it was made, or made over 5 minutes ahead; on time while not heard. */
export function timeClass(madeAt: string, heardAt: string | null): TimeClass {
  if (heardAt === null) return "on-time";
  const late = Date.parse(heardAt) - Date.parse(madeAt);
  return -AHEAD_BY_MS <= late && late <= LATE_BY_MS ? "on-time" : "uncertain";
}

/**
 * Where the player was, as well as the fixes of one move can tell.
 *
 * `awayM` is the least distance outside the fence's edge, null without a usable fix. `placed` is false for a generic
 * stage, which is wherever the player says it is.
 */
export type Presence = {
  readonly placed: boolean;
  readonly certainty: Certainty;
  readonly awayM: number | null;
  readonly accuracyM: number | null;
};

export const ANYWHERE: Presence = { placed: false, certainty: "unusable", awayM: null, accuracyM: null };

export function isThere(presence: Presence): boolean {
  return !presence.placed || presence.certainty in BY_CERTAINTY;
}

/** What presence alone supports; a generic stage is a self-report. */
export function trustOf(presence: Presence): number {
  return presence.placed ? (BY_CERTAINTY[presence.certainty] ?? 0) : TRUST_SELF_REPORT;
}

/** The best that any fresh fix of the move says: an honest player needs one good fix, not five. */
export function presenceOf(fence: Fence | null, fixes: readonly Fix[], madeAt: string): Presence {
  if (fence === null) return ANYWHERE;
  let found: Presence = { ...ANYWHERE, placed: true };
  for (const fix of fixes) {
    if (!isFresh(fix, madeAt)) continue;
    const awayM = outsideM(fence, fix);
    const here = { placed: true, certainty: certaintyAt(awayM, fix.accuracy_m), awayM, accuracyM: fix.accuracy_m };
    if (isBetter(here, found)) found = here;
  }
  return found;
}

export function isFresh(fix: Fix, madeAt: string): boolean {
  return Math.abs(Date.parse(madeAt) - Date.parse(fix.at)) <= FIX_FRESH_S * 1000;
}

/**
 * The longest time that the move's fixes put the player there, with none between that says otherwise. [s]
 *
 * A fix that is too inaccurate says nothing either way. 0 for a generic stage.
 */
export function stayedS(fence: Fence | null, fixes: readonly Fix[], madeAt: string): number {
  if (fence === null) return 0;
  const last = Date.parse(madeAt) + FIX_FRESH_S * 1000;
  let longest = 0;
  let since: number | null = null;
  for (const [at, fix] of fixes.map((fix) => [Date.parse(fix.at), fix] as const).sort(([a], [b]) => a - b)) {
    if (at > last) continue;
    const sure = certainty(fence, fix, fix.accuracy_m);
    if (sure in BY_CERTAINTY) {
      since ??= at;
      longest = Math.max(longest, at - since);
    } else if (sure === "outside") {
      since = null;
    }
  }
  return longest / 1000;
}

/** Trust as it may count: at most 1 for an uncertain time or a fence widened for doubt. */
export function capped(trust: number, { widened, when }: { widened: boolean; when: TimeClass }): number {
  const most = widened || when === "uncertain" ? TRUST_AT_MOST_UNCERTAIN : TRUST_MOST;
  return Math.max(0, Math.min(trust, most));
}

function isBetter(one: Presence, other: Presence): boolean {
  const [rank, its] = [CERTAINTIES.indexOf(one.certainty), CERTAINTIES.indexOf(other.certainty)];
  return rank < its || (rank === its && (one.awayM ?? Infinity) < (other.awayM ?? Infinity));
}
