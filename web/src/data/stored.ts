/** What lies on this phone and on the server, in figures that a person can check. */

import { answered, client, type Schemas, Unreachable } from "../api/client.ts";
import { drafts } from "../app/drafts.svelte.ts";
import { wanted } from "../app/language.svelte.ts";
import { save } from "./downloads.ts";
import { db } from "./db.ts";
import { authorization, identity } from "./identity.ts";
import { spilled } from "./spill.ts";

/** `own`: made by the person, and nowhere else until it is sent. Otherwise it can be had again. */
export type Lies = {
  readonly kind: string;
  readonly count: number;
  readonly bytes: number | null;
  readonly own: boolean;
};

export async function onThisPhone(): Promise<Lies[]> {
  const weigh = async (rows: { each(what: (row: { bytes: number }) => void): Promise<unknown> }) => {
    let bytes = 0;
    await rows.each((row) => (bytes += row.bytes));
    return bytes;
  };
  const [journeys, moves, places, media, words, drifts, awards, kits, files, remembered] = await Promise.all([
    db.journeys.count(),
    db.moves.count(),
    db.places.count(),
    db.media.count(),
    db.words.count(),
    db.drifts.count(),
    db.awards.count(),
    db.kits.count(),
    db.files.count(),
    db.remembered.count(),
  ]);
  const plain = (kind: string, count: number): Lies => ({ kind, count, bytes: null, own: true });
  return [
    plain("journeys", journeys),
    plain("moves", moves + spilled().length),
    plain("places", places),
    { kind: "media", count: media, bytes: await weigh(db.media), own: true },
    plain("words", words),
    plain("drifts", drifts),
    plain("awards", awards),
    plain("drafts", drafts()),
    { kind: "kits", count: kits, bytes: await weigh(db.kits), own: false },
    { kind: "files", count: files, bytes: await weigh(db.files), own: false },
    { kind: "remembered", count: remembered, bytes: null, own: false },
  ];
}

/** What the server says it has; null where it was never told of anybody. Throws Unreachable. */
export async function onTheServer(): Promise<Schemas["AboutMe"] | null> {
  const who = await identity();
  if (!who.registered) return null;
  return answered(client.GET("/api/v1/me", { headers: authorization(who) }));
}

const EXPORT_MS = 120_000;

/** Everything that the server has of the player, as a file. Throws Unreachable. */
export async function serverCopyAsFile(): Promise<void> {
  const headers = { ...authorization(await identity()), "Accept-Language": wanted().join(",") };
  let answer: Response;
  try {
    answer = await fetch("/api/v1/me/export", { headers, signal: AbortSignal.timeout(EXPORT_MS) });
    if (answer.ok) {
      save(await answer.blob(), `rotfaste-server-${new Date().toISOString().slice(0, 10)}.zip`);
      return;
    }
  } catch (error) {
    throw new Unreachable(error instanceof Error ? error.message : "no answer");
  }
  throw new Unreachable(`status ${answer.status}`, Number(answer.headers.get("Retry-After")) || null);
}
