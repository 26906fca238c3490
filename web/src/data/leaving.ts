/** To be erased, everywhere: asked for, regretted within 14 days, and what this phone knows of it. */

import { answered, client, SaidNo, type Schemas, UNKNOWN_PHONE } from "../api/client.ts";
import { DRAFTS } from "../app/drafts.svelte.ts";
import { RECEIPTS } from "../notices/receipts.ts";
import { shelve } from "../app/shelf.ts";
import { db } from "./db.ts";
import { authorization, beginAsNew, type Identity, identity } from "./identity.ts";

export const BEING_ERASED = "being-erased";
const KEY = "erasure";

type State = Schemas["ErasureState"];

/** When the player will be erased, as far as this phone knows; null where nobody asked for it. */
export async function leavingUntil(): Promise<Date | null> {
  const kept = await db.notes.get(KEY);
  const finalAt = (kept?.value as State | undefined)?.final_at;
  return finalAt ? new Date(finalAt) : null;
}

/** Throws Unreachable, and then nothing was asked for. `clear`: what this phone holds goes too, but for what regrets. */
export async function askToBeErased(clear: boolean): Promise<void> {
  const who = await identity();
  const asked = who.registered && (await askTheServer(who));
  if (clear) await clearThisPhone(asked);
}

/** False where the server knows this phone no more: there is nothing that it could ask to have erased. */
async function askTheServer(who: Identity): Promise<boolean> {
  const headers = authorization(who);
  try {
    const state = await answered(client.POST("/api/v1/me/erasure", { headers, body: { player: who.player } }));
    await db.notes.put({ key: KEY, value: state });
    return true;
  } catch (error) {
    if (error instanceof SaidNo && error.code === UNKNOWN_PHONE) return false;
    throw error;
  }
}

/** Throws Unreachable, and SaidNo when it is too late. */
export async function regret(): Promise<void> {
  await answered(client.DELETE("/api/v1/me/erasure", { headers: authorization(await identity()) }));
  await db.notes.delete(KEY);
}

export async function askWhetherLeaving(): Promise<void> {
  const state = await answered(client.GET("/api/v1/me/erasure", { headers: authorization(await identity()) }));
  if (state.final_at) await db.notes.put({ key: KEY, value: state });
  else await db.notes.delete(KEY);
}

/** When the last day has passed and the server knows nobody of that name any more, the phone begins as somebody new. */
export async function afterTheLastDay(now: Date): Promise<void> {
  const until = await leavingUntil();
  if (!until || until > now) return;
  try {
    await askWhetherLeaving(); // it may have been regretted on another phone
  } catch (error) {
    if (!(error instanceof SaidNo) || error.code !== UNKNOWN_PHONE) return;
    await db.notes.delete(KEY);
    await beginAsNew();
  }
}

/** Everything of the person's own, and what came for it; the token stays as long as it can regret something. */
async function clearThisPhone(keepsToken: boolean): Promise<void> {
  const kept = keepsToken ? await db.notes.where("key").anyOf(KEY, "identity").toArray() : [];
  await db.transaction("rw", db.tables, async () => {
    for (const table of db.tables) await table.clear();
    await db.notes.bulkAdd(kept);
  });
  for (const name of ["place", "spilled", DRAFTS, RECEIPTS]) shelve(name, null); // where one was, beside the database
  if (typeof caches !== "undefined") await caches.delete("seen");
}
