/** Stop first: above 25 km/h nothing is played, unless somebody else drives. */

import { position } from "../app/position.svelte.ts";
import { movesFast } from "./fast.ts";

export function tooFast(): { readonly gate: boolean; passenger(): void } {
  const held = $state({ fast: false, passenger: false });
  $effect(() => {
    const fast = movesFast(position.readings);
    if (fast === true) held.fast = true;
    else if (fast === false) held.fast = held.passenger = false;
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
