/** When nobody touches a phone any more. By the clock and not by timers: a phone that sleeps has idle minutes too. */

import { shelve, shelved } from "./shelf.ts";

export const QUIET_MS = 180_000;
/** So long before that it is asked whether somebody is still there. */
export const WARNED_MS = 30_000;
const SIGNS = ["pointerdown", "keydown", "wheel", "touchmove"] as const;
const KEY = "touched";
const WRITTEN_EVERY_MS = 5_000;

type Told = {
  /** Again each second from 30 seconds before the end. [ms left] */
  readonly warn: (leftMs: number) => void;
  /** Somebody was still there after all. */
  readonly back: () => void;
  readonly over: () => void;
};

/** How long nobody had touched the phone when the app was opened; 0 where nothing is known. [ms] */
export function quietBefore(now: number): number {
  const touched = Number(shelved(KEY));
  return touched > 0 ? Math.max(0, now - touched) : 0;
}

/** Watches until the returned function is called, or it is over. */
export function watchIdle({ warn, back, over }: Told): () => void {
  let touched = Date.now();
  let written = 0;
  let warned = false;
  let timer: ReturnType<typeof setTimeout>;

  function write(): void {
    written = touched;
    try {
      shelve(KEY, String(touched));
    } catch {
      // Then the phone begins anew only while the app is open.
    }
  }
  function touch(): void {
    look(); // whoever takes up a phone that slept does not find what another left
    if (ended) return;
    touched = Date.now();
    if (touched - written > WRITTEN_EVERY_MS) write();
    if (warned) {
      warned = false;
      back();
      again();
    }
  }
  function look(): void {
    if (ended) return;
    const quiet = Date.now() - touched;
    if (quiet >= QUIET_MS) {
      stop();
      over();
    } else if (quiet >= QUIET_MS - WARNED_MS) {
      warned = true;
      warn(QUIET_MS - quiet);
      again();
    } else again();
  }
  function again(): void {
    clearTimeout(timer);
    const quiet = Date.now() - touched;
    timer = setTimeout(look, Math.max(1_000, QUIET_MS - WARNED_MS - quiet));
  }

  let ended = false;
  function stop(): void {
    ended = true;
    clearTimeout(timer);
    for (const sign of SIGNS) window.removeEventListener(sign, touch, true);
    document.removeEventListener("visibilitychange", look);
  }
  for (const sign of SIGNS) window.addEventListener(sign, touch, { capture: true, passive: true });
  document.addEventListener("visibilitychange", look);
  write();
  again();
  return stop;
}
