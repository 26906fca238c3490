/**
 * A phone or tablet of a library: keeps nothing, and begins anew after three idle minutes.
 *
 * What belongs to it has a database and settings of its own; a page that is loaded anew has nothing left in memory.
 */

import { leaveNothing, sendFirst, waiting } from "../data/anew.ts";
import { QUIET_MS, quietBefore, watchIdle } from "./idle.ts";
import { anew, isShared, setShared } from "./shelf.ts";

const held = $state<{ leftMs: number | null; waiting: number; leaving: boolean }>({
  leftMs: null,
  waiting: 0,
  leaving: false,
});

export const shared = {
  /** How long until everything is cleared, once nobody seems to be there; null otherwise. [ms] */
  get leftMs(): number | null {
    return held.leftMs;
  },
  /** What could not be sent and would be lost. */
  get waiting(): number {
    return held.waiting;
  },
  get leaving(): boolean {
    return held.leaving;
  },
};

/** Before anything is shown: whether the page is about to be loaded anew, with what the last person left cleared. */
export async function clearedBefore(): Promise<boolean> {
  if (!isShared()) return false;
  if (!anew.due && quietBefore(Date.now()) < QUIET_MS) return false;
  await leaveNothing();
  anew.set(false);
  location.replace("/");
  return true;
}

/** Watches a shared phone. Once, when the app starts. */
export function watchShared(): () => void {
  if (!isShared()) return () => {};
  window.addEventListener("storage", clearedElsewhere);
  const stop = watchIdle({
    warn: (leftMs) => {
      if (held.leftMs === null) void trySending().catch(() => {}); // cleared meanwhile
      held.leftMs = leftMs;
    },
    back: () => (held.leftMs = null),
    over: () => void beginAnew(),
  });
  return () => {
    window.removeEventListener("storage", clearedElsewhere);
    stop();
  };
}

/** In another tab somebody was done: what is shown here is theirs too. */
function clearedElsewhere(): void {
  if (anew.due || !isShared()) location.replace("/");
}

async function trySending(): Promise<void> {
  held.waiting = await waiting();
  held.waiting = await sendFirst();
}

/** "I am done": what waits is sent. False when something could not be, and nothing was cleared. */
export async function done(): Promise<boolean> {
  held.leaving = true;
  try {
    held.waiting = await sendFirst();
  } finally {
    held.leaving = false;
  }
  if (held.waiting > 0) return false;
  await beginAnew();
  return true;
}

/** The next person finds nothing. */
export async function beginAnew(): Promise<void> {
  await leaveNothing();
  location.replace("/");
}

/** Makes this a shared phone. What its owner has on it stays where it is, and comes back when it is none any more. */
export function share(): void {
  setShared(true);
  location.replace("/");
}

export async function unshare(): Promise<void> {
  await leaveNothing();
  anew.set(false);
  setShared(false);
  location.replace("/");
}
