/** What somebody has begun, by name: on this phone, and as the same player on another. */

import { answered, client, SaidNo, type Schemas, Unreachable } from "../api/client.ts";
import { wanted } from "../app/language.svelte.ts";
import { best } from "../app/languages.ts";
import { db, type Journey } from "./db.ts";
import { authorization, identity } from "./identity.ts";

const MOST = 50;

export type BegunHere = {
  readonly journey: Journey;
  readonly language: string | undefined;
  readonly title: string;
};

/** The one that was touched last comes first. */
export async function begunHere(): Promise<BegunHere[]> {
  const all = await db.journeys.orderBy("touched_at").reverse().toArray();
  const versions = new Map((await db.versions.toArray()).map((kept) => [kept.version, kept.quest]));
  return all.map((journey) => {
    const texts = versions.get(journey.version)?.texts ?? {};
    const language = best(Object.keys(texts), wanted());
    return { journey, language, title: (language && texts[language]?.title) || journey.code };
  });
}

/** On another phone. The one that was begun last comes first; none while the server cannot be asked. */
export async function begunElsewhere(): Promise<Schemas["ListedJourney"][]> {
  const who = await identity();
  if (!who.registered) return [];
  try {
    const query = { lang: wanted().join(","), limit: MOST };
    const { journeys } = await answered(
      client.GET("/api/v1/journeys", { headers: authorization(who), params: { query } }),
    );
    const here = new Set(await db.journeys.toCollection().primaryKeys());
    return journeys.filter(({ journey }) => !here.has(journey.id));
  } catch (error) {
    if (error instanceof Unreachable || error instanceof SaidNo) return [];
    throw error;
  }
}
