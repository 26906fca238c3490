/** Where "near" is: where the phone is, or a place that somebody chose by name. */

import { follow, position } from "../app/position.svelte.ts";
import { shelve, shelved } from "../app/shelf.ts";

export type Chosen = { readonly name: string; readonly lon: number; readonly lat: number };

const KEY = "place";

function read(): Chosen | null {
  try {
    return JSON.parse(shelved(KEY) ?? "null") as Chosen | null;
  } catch {
    return null;
  }
}

const held = $state<{ chosen: Chosen | null }>({ chosen: read() });

export function choose(place: Chosen | null): void {
  held.chosen = place;
  try {
    shelve(KEY, place && JSON.stringify(place));
  } catch {
    // Then it is chosen until the app is closed.
  }
}

/** Follows the position while a component lives that asks where near is. */
export function whileShown(): void {
  $effect(() => follow());
}

export const near = {
  get chosen(): Chosen | null {
    return held.chosen;
  },
  /** The place that was chosen, before the phone's own position; null while neither is known. */
  get at(): { readonly lon: number; readonly lat: number } | null {
    return held.chosen ?? position.fix;
  },
};
