/** Badges: what can be earned, what one has, and what was not shown yet. */

import { answered, client, SaidNo, type Schemas, Unreachable } from "../api/client.ts";
import { wanted } from "../app/language.svelte.ts";
import { db } from "./db.ts";
import { authorization, identity } from "./identity.ts";
import { remembered } from "./quests.svelte.ts";

export type Gallery = readonly Schemas["BadgeCard"][];

/** What can be earned, as the server said it last and as it says it now. Throws Unreachable when it never did. */
export async function gallery(show: (badges: Gallery, asked_at: number) => void): Promise<void> {
  const languages = wanted();
  await remembered<Gallery>(
    `badges ${languages.join()}`,
    async () => {
      const headers = { "Accept-Language": languages.join(",") };
      return (await answered(client.GET("/api/v1/badges", { headers }))).badges;
    },
    show,
  );
}

/** Awards of another phone, or in another language, come here too. Those that are new are shown once. */
export async function fetchAwards(): Promise<void> {
  const who = await identity();
  if (!who.registered) return;
  const headers = { ...authorization(who), "Accept-Language": wanted().join(",") };
  try {
    const { awards } = await answered(client.GET("/api/v1/awards", { headers }));
    await db.transaction("rw", db.awards, async () => {
      for (const award of awards) {
        const before = await db.awards.get(award.key);
        await db.awards.put({ key: award.key, award, seen: before?.seen ?? 0 });
      }
    });
  } catch (error) {
    if (!(error instanceof Unreachable || error instanceof SaidNo)) throw error;
  }
}

export async function seen(key: string): Promise<void> {
  await db.awards.update(key, { seen: 1 });
}
