/** What the same player began on another phone: it stays there, and is known here by its name. */

import { answered, client, SaidNo, type Schemas, Unreachable } from "../api/client.ts";
import { wanted } from "../app/language.svelte.ts";
import { db } from "./db.ts";
import { authorization, identity } from "./identity.ts";

const MOST = 50;

/** The one that was begun last comes first; none while the server cannot be asked. */
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
