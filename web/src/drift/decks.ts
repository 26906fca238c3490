/** The decks that a drift draws from: fetched once, in the languages one reads, and kept for where there is no network. */

import { answered, client, type Schemas } from "../api/client.ts";
import { db } from "../data/db.ts";
import { DECKS } from "../data/room.ts";

export type DeckPrompt = Schemas["DeckPrompt"];
type Deck = Schemas["WholeDeck"];

/** Asked for anew after a day. [ms] */
const GOOD_FOR_MS = 86_400_000;

/** What lies here: in these languages, or else as it was fetched last. Empty where nothing was ever fetched. */
export async function keptPrompts(languages: readonly string[]): Promise<readonly DeckPrompt[]> {
  const own = await db.remembered.get(DECKS + languages.join());
  const others = own ? [] : await db.remembered.where("key").startsWith(DECKS).toArray();
  const row = own ?? others.sort((a, b) => b.at - a.at)[0];
  return ((row?.value ?? []) as Deck[]).flatMap((deck) => deck.prompts);
}

/** Takes the decks along, where that is not done. A deck whose version lies here is not fetched again. Throws Unreachable. */
export async function takeDecks(languages: readonly string[], now: number): Promise<void> {
  const key = DECKS + languages.join();
  const kept = await db.remembered.get(key);
  if (kept && now - kept.at < GOOD_FOR_MS) return;
  const lang = languages.join(",");
  const { decks } = await answered(client.GET("/api/v1/decks", { params: { query: { lang } } as never }));
  const here = new Map(((kept?.value ?? []) as Deck[]).map((deck) => [`${deck.key} ${deck.version}`, deck]));
  const whole = await Promise.all(
    decks.map(
      async (card) =>
        here.get(`${card.key} ${card.version}`) ??
        ((await answered(
          client.GET("/api/v1/decks/{key}", {
            params: { path: { key: card.key }, query: { lang, version: card.version } as never },
          }),
        )) as Deck),
    ),
  );
  await db.remembered.put({ key, value: whole, at: now });
}

/** With the first start and then daily, in silence: a drift begins also where there is no network. */
export function takeDecksQuietly(languages: readonly string[]): void {
  void takeDecks(languages, Date.now()).catch(() => {});
}
