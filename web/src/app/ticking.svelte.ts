/** The time, as state that changes now and then while a component lives. [ms of 1970] */
export function ticking(everyMs: number): { readonly now: number } {
  const held = $state({ now: Date.now() });
  $effect(() => {
    const timer = setInterval(() => (held.now = Date.now()), everyMs);
    return () => clearInterval(timer);
  });
  return held;
}
