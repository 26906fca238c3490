/** What is near, as the server listed it last; where there is no network, what was taken along. */

import { answered, client, type Schemas } from "../api/client.ts";
import { wanted } from "../app/language.svelte.ts";
import { settings } from "../app/settings.svelte.ts";
import { coarse, remembered } from "./quests.svelte.ts";

export type Listed = Schemas["ListedQuest"];

/** What changed since it was listed: an opening whose moment has come. */
export function asOf(listed: Listed, now: number): Listed {
  if (!listed.until || Date.parse(listed.until) > now) return listed;
  return { ...listed, open: !listed.open, why: [], until: null };
}

export async function near(
  at: { readonly lon: number; readonly lat: number },
  show: (list: readonly Listed[], asked_at: number) => void,
): Promise<void> {
  const where = { lon: coarse(at.lon), lat: coarse(at.lat) };
  const company = settings.age === "together" ? { with: "child" as const } : {};
  const languages = wanted();
  await remembered<readonly Listed[]>(
    `offers ${where.lon} ${where.lat} ${languages.join()}`,
    async () =>
      (
        await answered(
          client.GET("/api/v1/offers", {
            params: { query: { ...where, ...company, lang: languages.join(",") } as never },
          }),
        )
      ).quests,
    (list, asked_at) => show(list, asked_at),
  );
}
