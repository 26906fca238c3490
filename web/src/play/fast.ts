/** Whether the phone moves as fast as a car, from its last readings alone. */

import type { Fix } from "../app/position.svelte.ts";
import { distanceM } from "../geo/positions.ts";

const FAST_MPS = 25 / 3.6;
const STILL_FAST_MPS = 15 / 3.6;
/** Nothing that one can sit in goes as fast here: that was the receiver, not the phone. */
const JUMP_MPS = 300 / 3.6;
/** Over less than this a receiver's own error is as long as the way. [ms] */
const APART_LEAST_MS = 8_000;
/** Two readings further apart than this say nothing of one speed. [ms] */
const APART_MOST_MS = 20_000;

/** `least`: as far as it is more than the readings' own errors. [m/s] */
type Speed = { readonly least: number; readonly plain: number };

/**
 * True and false are certain enough to act on; null says to leave it as it is.
 *
 * Two legs in a row make it fast, since one jump of a position is no journey.
 */
export function movesFast(readings: readonly Fix[]): boolean | null {
  const now = readings.length - 1;
  const between = before(readings, now);
  const last = speed(readings, between, now);
  if (last === null) return null;
  if (last.plain < STILL_FAST_MPS) return false;
  const first = speed(readings, before(readings, between), between);
  return first !== null && Math.min(first.least, last.least) > FAST_MPS ? true : null;
}

/** The newest reading from which on there is enough of a way to one; -1 where there is none. */
function before(readings: readonly Fix[], to: number): number {
  const end = readings[to];
  if (end === undefined) return -1;
  if (end.speed_mps !== undefined) return to - 1;
  for (let at = to - 1; at >= 0; at--) {
    if (end.at - (readings[at] as Fix).at >= APART_LEAST_MS) return at;
  }
  return -1;
}

function speed(readings: readonly Fix[], from: number, to: number): Speed | null {
  const [start, end] = [readings[from], readings[to]];
  if (end?.speed_mps !== undefined) return { least: end.speed_mps, plain: end.speed_mps };
  if (!start || !end || end.at - start.at > APART_MOST_MS || end.at <= start.at) return null;
  const [wayM, tookS] = [distanceM(start, end), (end.at - start.at) / 1000];
  if (wayM / tookS > JUMP_MPS) return null;
  return { least: Math.max(0, wayM - start.accuracy_m - end.accuracy_m) / tookS, plain: wayM / tookS };
}
