/**
 * When the next prompt of a drift is due: so many minutes or so many metres, whichever is over first.
 *
 * The twin of `due` in `quests/drift.py`; `tests/vectors/drift.json` holds both to the same answers.
 */

/** [min, m] */
export type Pace = { readonly minutes: number; readonly metres: number };

/** `inS`, `inM`: what is left of the pace, 0 or more; `inM` null without a position. [s, m] */
export type Due = { readonly now: boolean; readonly inS: number; readonly inM: number | null };

export const PACE: Pace = { minutes: 5, metres: 400 };

/** A prompt is left alone for so long, however quickly somebody walks. */
const AT_ONCE_S = 90;
/** Whoever moves faster is not on foot, and is asked nothing. */
const PASSENGER_MPS = 25 / 3.6;

/**
 * `sinceS`: since the last prompt was drawn, pauses left out. `awayM`: the straight line from where that was, null
 * without a position; `accuracyM` is taken off, so that nobody is hurried on by a fix that jumps. [s, m, m/s]
 */
export function due(
  pace: Pace,
  sinceS: number,
  awayM: number | null,
  { accuracyM = 0, speedMps = null }: { readonly accuracyM?: number; readonly speedMps?: number | null } = {},
): Due {
  const onFoot = speedMps === null || speedMps <= PASSENGER_MPS;
  const inS = Math.max(0, pace.minutes * 60 - sinceS);
  const inM = awayM === null ? null : Math.max(0, pace.metres - Math.max(0, awayM - accuracyM));
  return { now: onFoot && (inS === 0 || (inM === 0 && sinceS >= AT_ONCE_S)), inS, inM };
}
