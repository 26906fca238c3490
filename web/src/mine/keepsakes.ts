/** What one kept at stages of journeys: pictures, sounds, thoughts. Shown as one's own; they are the journey's. */

import { wanted } from "../app/language.svelte.ts";
import { best } from "../app/languages.ts";
import { db, type Move } from "../data/db.ts";
import { FREE } from "../data/sending.ts";

export type Keepsake = {
  readonly id: string;
  readonly journey: string;
  readonly at: number;
  readonly words: string;
  /** Ids of pictures and sounds that lie on this phone. */
  readonly media: readonly string[];
  readonly quest: string;
  readonly stage: string;
  /** The language of the quest's and the stage's names. */
  readonly language: string | undefined;
};

/** The newest first. Of a text that was replaced the last is shown. */
export async function keepsakes(): Promise<readonly Keepsake[]> {
  const [moves, journeys, versions, media] = await Promise.all([
    db.moves.orderBy("made_at").toArray(),
    db.journeys.toArray(),
    db.versions.toArray(),
    db.media.toArray(),
  ]);
  const of = new Map(journeys.map((journey) => [journey.id, journey]));
  const quests = new Map(versions.map(({ version, quest }) => [version, quest]));
  const here = new Set(media.map(({ id }) => id));
  const found = new Map<string, Keepsake>();
  for (const row of moves) {
    if (row.journey === FREE || row.outcome?.outcome === "refused" || row.outcome?.outcome === "unreadable")
      continue;
    const move = row.move as Move;
    const journey = of.get(row.journey);
    if (!journey) continue;
    const words = wordsOf(move);
    const kept = (move.media ?? []).map(({ id }) => id).filter((id) => here.has(id));
    if (words === null || (words === "" && kept.length === 0)) continue;
    const texts = quests.get(journey.version)?.texts ?? {};
    const language = best(Object.keys(texts), wanted());
    const own = language ? texts[language] : undefined;
    const keepsake: Keepsake = {
      id: move.id,
      journey: journey.id,
      at: row.made_at,
      words,
      media: kept,
      quest: own?.title ?? journey.code,
      stage: own?.stages[move.stage ?? ""]?.title ?? "",
      language,
    };
    const before = move.replaces ? found.get(move.replaces) : undefined;
    if (before) found.set(move.replaces!, { ...keepsake, media: [...before.media, ...kept] });
    else found.set(move.id, keepsake);
  }
  return [...found.values()].sort((a, b) => b.at - a.at);
}

/** Null for a move that keeps nothing. */
function wordsOf({ body }: Move): string | null {
  switch (body.kind) {
    case "photo":
    case "record":
      return (body.told ?? "").trim();
    case "reflect":
      return (body.text ?? "").trim();
    default:
      return null;
  }
}
