/** Stop first: above 25 km/h nothing is played, unless somebody else drives. */

import { type Fix, position } from "../app/position.svelte.ts";
import { distanceM } from "../geo/positions.ts";

const FAST_MPS = 25 / 3.6;
const STILL_FAST_MPS = 15 / 3.6;
/** Two readings further apart than this say nothing of one speed. [ms] */
const APART_MOST_MS = 20_000;

/** Between two readings, as far as it is more than their own error. [m/s] */
function speedOf(before: Fix | undefined, now: Fix | undefined): number | null {
  if (!now) return null;
  if (now.speed_mps !== undefined) return now.speed_mps;
  if (!before || now.at - before.at > APART_MOST_MS || now.at <= before.at) return null;
  return Math.max(0, distanceM(before, now) - before.accuracy_m - now.accuracy_m) / ((now.at - before.at) / 1000);
}

export function tooFast(): { readonly gate: boolean; passenger(): void } {
  const held = $state({ fast: false, passenger: false });
  // One jump of a position is not a journey: two in a row are.
  const speeds = $derived.by(() => {
    const [first, second, third] = position.readings.slice(-3);
    return [speedOf(first, second), speedOf(second, third)];
  });
  $effect(() => {
    const [before, now] = speeds;
    if (typeof before === "number" && typeof now === "number" && Math.min(before, now) > FAST_MPS) held.fast = true;
    else if (typeof now === "number" && now < STILL_FAST_MPS) held.fast = held.passenger = false;
  });
  return {
    get gate() {
      return held.fast && !held.passenger;
    },
    passenger() {
      held.passenger = true;
    },
  };
}
