/** Codes that were read where there was no network, of quests that are not on this phone: kept until there is one. */

import { Unreachable } from "../api/client.ts";
import { db } from "./db.ts";
import { kitOf } from "./quests.svelte.ts";

export type KeptCode = { readonly code: string; readonly at: number };

const KEY = "codes";
const MOST = 50;

export async function keptCodes(): Promise<readonly KeptCode[]> {
  return ((await db.notes.get(KEY))?.value as readonly KeptCode[] | undefined) ?? [];
}

/** The newest first, and each once. */
export async function keepCode(code: string, at: number): Promise<void> {
  await db.transaction("rw", db.notes, async () => {
    const others = (await keptCodes()).filter((one) => one.code !== code);
    await db.notes.put({ key: KEY, value: [{ code, at }, ...others].slice(0, MOST) });
  });
}

export async function forgetCode(code: string): Promise<void> {
  await db.transaction("rw", db.notes, async () => {
    const before = await keptCodes();
    const after = before.filter((one) => one.code !== code);
    if (after.length < before.length) await db.notes.put({ key: KEY, value: after });
  });
}

/** Fetches what they lead to, where there is a network: it opens from here on. They stay listed until they are opened. */
export async function fetchKeptCodes(): Promise<void> {
  for (const { code } of await keptCodes()) {
    try {
      await kitOf(code, Infinity);
    } catch (error) {
      if (error instanceof Unreachable) return;
      // a quest that is not there, which whoever opens the code is told
    }
  }
}
