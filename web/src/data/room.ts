/** Room on the phone: what one did is saved even where the storage is full. */

import { db } from "./db.ts";
import { SEEN } from "./seen.ts";

/** Neither the ballast nor what can be had again made room: what was to be written is only in memory. */
export class StorageFull extends Error {}

/** Under which key the decks of drift are remembered. */
export const DECKS = "decks ";
const BALLAST = "ballast";
const BALLAST_BYTES = 512 * 1024;

export function isQuota(error: unknown): boolean {
  for (let one = error; one instanceof Error; one = (one as { inner?: unknown }).inner ?? one.cause) {
    if (one.name === "QuotaExceededError" || /quota|disk|storage.*full/i.test(one.message)) return true;
  }
  return false;
}

/** Asks the phone not to clear us away, and puts some room aside for moves. Says whether it promised. */
export async function settle(): Promise<boolean> {
  let promised = false;
  try {
    promised = (await navigator.storage?.persisted?.()) || (await navigator.storage?.persist?.()) || false;
    if (!(await db.notes.get(BALLAST))) {
      await db.notes.put({ key: BALLAST, value: new Uint8Array(BALLAST_BYTES) });
    }
  } catch {
    // Without the promise and without the ballast everything works until the phone is full.
  }
  return promised;
}

/**
 * Writes what must not be lost. On a full phone first the ballast is thrown out, then what can be had again.
 *
 * Throws StorageFull when nothing helped.
 */
export async function writing<Result>(write: () => Promise<Result>): Promise<Result> {
  // What is missed least first: decks last, since a drift begins with them where there is no network.
  const making = [async () => {}, dropBallast, dropSeen, dropListed, dropKits, dropDecks];
  let last: unknown;
  for (const makeRoom of making) {
    try {
      await makeRoom();
      return await write();
    } catch (error) {
      if (!isQuota(error)) throw error;
      last = error;
    }
  }
  throw new StorageFull("no room", { cause: last });
}

async function dropBallast(): Promise<void> {
  await db.notes.delete(BALLAST);
}

/** Tiles and pictures that were looked at, and not taken along. */
async function dropSeen(): Promise<void> {
  if (typeof caches !== "undefined") await caches.delete(SEEN).catch(() => false);
  const taken = new Set((await db.kits.toArray()).filter((kit) => kit.taken).map((kit) => kit.code));
  await db.files.filter((file) => !taken.has(file.owner)).delete();
}

/** What lists said last. */
async function dropListed(): Promise<void> {
  await db.remembered.filter(({ key }) => !key.startsWith(DECKS)).delete();
}

/** Quests that were opened once, and neither taken along nor under way. */
async function dropKits(): Promise<void> {
  const journeys = await db.journeys.filter((journey) => !journey.finished).toArray();
  const underWay = new Set(journeys.map((journey) => journey.code));
  await db.kits.filter((kit) => !kit.taken && !underWay.has(kit.code)).delete();
}

async function dropDecks(): Promise<void> {
  await db.remembered.where("key").startsWith(DECKS).delete();
}

export type Room = { readonly used: number; readonly all: number } | null;

export async function room(): Promise<Room> {
  try {
    const { usage, quota } = await navigator.storage.estimate();
    return usage === undefined || quota === undefined ? null : { used: usage, all: quota };
  } catch {
    return null;
  }
}
