/** A query of the phone's own database as state that follows it. */

import { liveQuery } from "dexie";

/** Call it while a component is made; it ends with the component. */
export function live<Value>(
  query: () => Promise<Value>,
  before: Value,
): { readonly now: Value; readonly known: boolean } {
  const held = $state<{ value: Value; known: boolean }>({ value: before, known: false });
  $effect(() => {
    const listening = liveQuery(query).subscribe({
      next: (value) => {
        held.value = value;
        held.known = true;
      },
      error: () => {},
    });
    return () => listening.unsubscribe();
  });
  return {
    get now() {
      return held.value;
    },
    get known() {
      return held.known;
    },
  };
}
