/**
 * Carries moves to the server: every move once, in any order, however often it is tried.
 *
 * Nothing here knows of screens: a page and the service worker call the same `sendAll`. A move leaves the outbox
 * only on an outcome (moves.md); ids made on the phone make repeating safe.
 */

import { answered, client, SaidNo, UNKNOWN_PHONE, Unreachable, type Schemas } from "../api/client.ts";
import { db, type Journey, type OutboxMove } from "./db.ts";
import { askWhetherLeaving, BEING_ERASED, leavingUntil } from "./leaving.ts";
import { authorization, type Identity, registered, setShutOut } from "./identity.ts";
import { spilled, unspill } from "./spill.ts";

/** A move waits so long before it is sent: until then it can be undone. */
export const UNDO_MS = 10_000;
export const FREE = "free";
export const OUTBOX_LOCK = "rotfaste-outbox";
const BATCH = 200;
const BATCH_BYTES = 400_000;

export type Sent = {
  readonly told: number;
  readonly awards: readonly Schemas["Award"][];
  /** When some that wait now may be sent. [ms of 1970] */
  readonly next: number | null;
};

const AGAIN_MS = [5_000, 15_000, 60_000, 180_000];

/**
 * How long to wait after so many tries in vain; `afterS` as the server said, `chance` from 0 to 1. [ms]
 *
 * Drawn apart, and never less than what was asked for: phones that lost the server at one moment must not all come back
 * at one moment, or it falls again.
 */
export function waitMs(tries: number, afterS: number | null, chance: number): number {
  const least = afterS === null ? (AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)] as number) / 2 : afterS * 1000;
  return Math.round(least * (1 + chance));
}

type Wish = { readonly languages: readonly string[]; readonly now: () => number };

/** One sender at a time, whatever tabs are open. Throws Unreachable when the network is gone: what was told is kept. */
export async function sendAll(wish: Wish): Promise<Sent> {
  const work = () => send(wish);
  return navigator.locks ? navigator.locks.request(OUTBOX_LOCK, work) : work();
}

async function send({ languages, now }: Wish): Promise<Sent> {
  await unspill();
  if (await leavingUntil()) return { told: 0, awards: [], next: null }; // what waits is sent after a regret
  const waiting = await pendingMoves();
  const ripe = waiting.filter((row) => row.sent === 1 || row.made_at + UNDO_MS <= now());
  const later = waiting.filter((row) => !ripe.includes(row)).map((row) => row.made_at + UNDO_MS);
  const next = later.length > 0 ? Math.min(...later) : null;
  const awards: Schemas["Award"][] = [];
  let told = 0;
  const unknown = (await db.journeys.toArray()).filter((journey) => !journey.known && !journey.stuck);
  if (ripe.length === 0 && unknown.length === 0) return { told, awards, next };

  const who = await registered(languages[0]);
  const journeys = new Set([...ripe.map((row) => row.journey), ...unknown.map((journey) => journey.id)]);
  let unreachable: Unreachable | null = null;
  for (const id of journeys) {
    const rows = ripe.filter((row) => row.journey === id);
    try {
      if (id !== FREE && !(await journeyKnown(id, who))) continue;
      for (const batch of batches(rows)) {
        const heard = await sendBatch(id, batch, who, languages);
        told += heard.outcomes.length;
        awards.push(...(heard.awards ?? []));
      }
    } catch (error) {
      if (error instanceof SaidNo && error.code === BEING_ERASED) {
        await askWhetherLeaving(); // on another of the player's phones
        break;
      } else if (error instanceof SaidNo && error.code === UNKNOWN_PHONE) {
        return { told, awards, next };
      } else if (error instanceof SaidNo) await stuck(id, error);
      else if (error instanceof Unreachable)
        unreachable = error; // another journey may still get through
      else throw error;
      if (unreachable) break;
    }
  }
  if (unreachable) throw unreachable;
  await setShutOut(false);
  return { told, awards, next };
}

export async function pendingMoves(): Promise<OutboxMove[]> {
  const kept = await db.moves.where("pending").equals(1).toArray();
  const known = new Set(kept.map((row) => row.id));
  return [...kept, ...spilled().filter((row) => !known.has(row.id))].sort((a, b) => a.made_at - b.made_at);
}

function* batches(rows: readonly OutboxMove[]): Generator<OutboxMove[]> {
  let batch: OutboxMove[] = [];
  let bytes = 0;
  for (const row of rows) {
    const more = JSON.stringify(row.move).length * 2;
    if (batch.length > 0 && (batch.length >= BATCH || bytes + more > BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(row);
    bytes += more;
  }
  if (batch.length > 0) yield batch;
}

async function sendBatch(
  journey: string,
  rows: readonly OutboxMove[],
  who: Identity,
  languages: readonly string[],
): Promise<Schemas["Heard"] | Schemas["HeardFree"]> {
  // From here on it may be known there, also if the answer never comes: no undo any more.
  await db.moves.bulkUpdate(rows.map((row) => ({ key: row.id, changes: { sent: 1 as const } })));
  const headers = { ...authorization(who), "Accept-Language": languages.join(",") };
  const body = { moves: rows.map((row) => row.move) };
  const heard =
    journey === FREE
      ? await answered(client.POST("/api/v1/moves", { headers, body: body as never }))
      : await answered(
          client.POST("/api/v1/journeys/{journey_id}/moves", {
            params: { path: { journey_id: journey } },
            headers,
            body: body as never,
          }),
        );
  await db.transaction("rw", db.moves, db.awards, async () => {
    for (const outcome of heard.outcomes) {
      // By place in the batch: an outcome of an unreadable move may have no id.
      const row = rows[outcome.index];
      if (!row) continue;
      await db.moves.put({ ...row, sent: 1, pending: 0, outcome });
    }
    for (const award of heard.awards ?? []) {
      if (!(await db.awards.get(award.key))) await db.awards.put({ key: award.key, award, seen: 0 });
    }
  });
  await unspill(heard.outcomes.map((outcome) => rows[outcome.index]?.id ?? ""));
  return heard;
}

async function journeyKnown(id: string, who: Identity): Promise<boolean> {
  const journey = await db.journeys.get(id);
  if (!journey || journey.stuck) return false;
  if (journey.known) return true;
  await answered(
    client.PUT("/api/v1/journeys/{journey_id}", {
      params: { path: { journey_id: id } },
      headers: authorization(who),
      body: {
        quest: journey.code,
        quest_version: journey.version,
        players: [...journey.players],
        started_at: journey.started_at,
      },
    }),
  );
  await db.journeys.update(id, { known: 1 });
  return true;
}

/** The server will not have it, and trying again will not help: it stays here and says why. */
async function stuck(journey: string, error: SaidNo): Promise<void> {
  if (journey === FREE) throw error;
  await db.journeys.update(journey, { stuck: error.detail || error.code } satisfies Partial<Journey>);
}
