/** A shared phone leaves nothing of whoever used it: what waits is sent first, then everything goes. */

import { Unreachable } from "../api/client.ts";
import { wanted } from "../app/language.svelte.ts";
import { anew, clearShelf } from "../app/shelf.ts";
import { db, forget } from "./db.ts";
import { OUTBOX_LOCK, pendingMoves, sendAll, UNDO_MS } from "./sending.ts";
import { sendMedia } from "./uploads.ts";

/** Caches that hold the app itself, and nothing of what somebody did with it. */
const OF_THE_APP = /^workbox-precache|^later$/;
const LOCKED_MS = 5_000; // also for what is asked of the server
/** So long pictures and sounds are waited for: a half-dead network must not hold up the next person. */
const MEDIA_MS = 20_000;

/** Moves, pictures and sounds that the server has not got. */
export async function waiting(): Promise<number> {
  return (await pendingMoves()).length + (await db.media.where("pending").equals(1).count());
}

/** Sends what waits, also what could still be undone; how much waits all the same. */
export async function sendFirst(): Promise<number> {
  if ((await waiting()) === 0) return 0;
  try {
    await sendAll({ languages: wanted(), now: () => Date.now() + UNDO_MS });
    await Promise.race([sendMedia(), new Promise((over) => setTimeout(over, MEDIA_MS))]);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
  }
  return waiting();
}

/**
 * Everything that lies on a shared phone is gone: database, settings, and what was seen of maps and quests.
 *
 * Marked first: what a crash or a sender in the midst of its work leaves is taken when the app begins.
 */
export async function leaveNothing(): Promise<void> {
  anew.set(true);
  await withoutSenders(forget);
  clearShelf();
  if (typeof caches !== "undefined") {
    const names = (await caches.keys()).filter((name) => !OF_THE_APP.test(name));
    await Promise.all(names.map((name) => caches.delete(name)));
  }
  // Whoever was signed in here is not any more. Without a network the session stays until the next clearing with one.
  await fetch("/api/v1/sign-in", { method: "DELETE", signal: AbortSignal.timeout(LOCKED_MS) }).catch(() => {});
}

async function withoutSenders(work: () => Promise<void>): Promise<void> {
  if (!navigator.locks) return work();
  try {
    await navigator.locks.request(OUTBOX_LOCK, { signal: AbortSignal.timeout(LOCKED_MS) }, work);
  } catch (error) {
    if ((error as Error).name !== "TimeoutError") throw error;
    await work();
  }
}
