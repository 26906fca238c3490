/** Stop first: above 25 km/h nothing is played, unless somebody else drives. */

import { position } from "../app/position.svelte.ts";
import { distanceM } from "../geo/positions.ts";

const FAST_MPS = 25 / 3.6;
const STILL_FAST_MPS = 15 / 3.6;
/** Two readings further apart than this say nothing of one speed. [ms] */
const APART_MOST_MS = 20_000;

export function tooFast(): { readonly gate: boolean; passenger(): void } {
  const held = $state({ fast: false, passenger: false });
  const speed = $derived.by(() => {
    const [before, now] = position.readings.slice(-2);
    if (!now) return null;
    if (now.speed_mps !== undefined) return now.speed_mps;
    if (!before || now.at - before.at > APART_MOST_MS || now.at <= before.at) return null;
    // What may be the two readings' own error is not speed.
    const moved = distanceM(before, now) - before.accuracy_m - now.accuracy_m;
    return Math.max(0, moved) / ((now.at - before.at) / 1000);
  });
  $effect(() => {
    if (speed === null) return;
    if (speed > FAST_MPS) held.fast = true;
    else if (speed < STILL_FAST_MPS) held.fast = held.passenger = false;
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
