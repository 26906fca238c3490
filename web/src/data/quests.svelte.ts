/** Quests on this phone: kits, the versions that journeys were begun with, and what lists said last. */

import { answered, client, SaidNo, type Schemas } from "../api/client.ts";
import { wanted } from "../app/language.svelte.ts";
import { db, type Journey, type Kit } from "./db.ts";
import { authorization, identity, registered } from "./identity.ts";
import type { Plan } from "../game/forms.ts";
import { readQuest } from "../game/model.ts";
import { planOf, readPlan } from "../game/openness.ts";
import { OLD_AFTER_MS } from "../play/ground.ts";
import { writing } from "./room.ts";

export { OLD_AFTER_MS };
export type Reason = Schemas["KitRest"]["reason"];

/** What is known of closures on the fell is too old to set out by. */
export class TooOld extends Error {}

export function tooOldToBegin(kit: Kit, now: number): boolean {
  return now - kit.fetched_at > OLD_AFTER_MS && (kit.kit.quest.setting ?? []).includes("fell");
}

/** What the quest is offered by: without what rests. A kit of an older app does not say. */
export const planOfKit = ({ kit }: Kit): Plan =>
  (kit as Partial<Schemas["KitAnswer"]>).plan ? readPlan(kit.plan) : planOf(readQuest(kit.quest));

/** By its key, why each stage rests that does. */
export const restsOf = ({ kit }: Kit): ReadonlyMap<string, Reason> =>
  new Map(((kit as Partial<Schemas["KitAnswer"]>).rests ?? []).map((one) => [one.stage, one.reason]));

/** The kit, fresh if there is a network, otherwise as it was taken. Throws Unreachable if there is neither. */
export async function kitOf(code: string, freshEnoughMs = 10 * 60_000): Promise<Kit> {
  const kept = await db.kits.get(code);
  if (kept && Date.now() - kept.fetched_at < freshEnoughMs) return kept;
  try {
    return await fetchKit(code, kept);
  } catch (error) {
    if (kept && !(error instanceof SaidNo)) return kept;
    throw error;
  }
}

export async function fetchKit(code: string, kept: Kit | undefined): Promise<Kit> {
  const who = await registered(wanted()[0]);
  const kit: Schemas["KitAnswer"] = (await answered(
    client.GET("/api/v1/quests/{code}/kit", { params: { path: { code } }, headers: authorization(who) }),
  )) as Schemas["KitAnswer"];
  const same = kept?.version === kit.version;
  const row: Kit = {
    code: kit.code,
    id: kit.quest.id,
    version: kit.version,
    kit,
    fetched_at: Date.now(),
    taken: kept?.taken ?? false,
    ready: same && (kept?.ready ?? false),
    bytes: same ? kept.bytes : JSON.stringify(kit).length,
  };
  await writing(() => db.kits.put(row));
  return row;
}

/** Begins a journey with the version that this phone holds; the server learns of it when it can. Throws TooOld. */
export async function begin(kit: Kit): Promise<Journey> {
  if (tooOldToBegin(kit, Date.now())) throw new TooOld(kit.code);
  const who = await identity();
  const journey: Journey = {
    id: crypto.randomUUID(),
    code: kit.code,
    version: kit.version,
    players: [who.player],
    started_at: new Date().toISOString(),
    variants: {},
    known: 0,
    touched_at: Date.now(),
    finished: 0,
  };
  await writing(() =>
    db.transaction("rw", db.journeys, db.versions, async () => {
      await db.versions.put({ version: kit.version, code: kit.code, quest: kit.kit.quest });
      await db.journeys.add(journey);
    }),
  );
  return journey;
}

/** What the server said last for this question, at once, and what it says now when it answers. */
export async function remembered<Value>(
  key: string,
  ask: () => Promise<Value>,
  show: (value: Value, at: number) => void,
): Promise<void> {
  const last = await db.remembered.get(key);
  if (last) show(last.value as Value, last.at);
  try {
    const value = await ask();
    const at = Date.now();
    show(value, at);
    await db.remembered.put({ key, value, at }).catch(() => {}); // a full phone: then the next time asks again
  } catch (error) {
    if (!last) throw error;
  }
}

/** Three decimals, about 110 × 50 m: what a search needs to know, and no more (moves.md, Coordinates). */
export const coarse = (degrees: number): number => Math.round(degrees * 1000) / 1000;
