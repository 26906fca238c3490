/** Taking a quest or an area along: texts, rules, pictures, sounds and map, so that nothing has to be fetched out there. */

import { Unreachable } from "../api/client.ts";
import type { Schemas } from "../api/client.ts";
import { startOf } from "../geo/fences.ts";
import { fencesOf, readQuest } from "../game/model.ts";
import { baseMap } from "./basemap.ts";
import { gallery, type Gallery } from "./badges.ts";
import { db, type Kit } from "./db.ts";
import { fetchKit } from "./quests.svelte.ts";
import { writing } from "./room.ts";
import { aroundTiles } from "./tiles.ts";

export type Progress = { readonly done: number; readonly of: number; readonly bytes: number };

/** Where a quest's tiles lie: a cache for each, so that dropping one takes nothing from another. */
const cacheOf = (code: string): string => `taken ${code}`;
const AT_ONCE = 4;

/**
 * Everything of a quest, fetched anew. What was fetched before a break is not fetched again.
 *
 * Throws Unreachable where the network ends on the way: what came stays, and the quest is not marked as ready.
 */
export async function take(code: string, tell: (progress: Progress) => void = () => {}): Promise<Kit> {
  const kept = await db.kits.get(code);
  const kit = await fetchKit(code, kept);
  await db.kits.update(code, { taken: true, ready: false });
  const [tiles, media] = [await tilesOf(kit.kit.quest), kit.kit.quest.media.map(mediumAddress)];
  const cache = await caches.open(cacheOf(code));
  const addresses = [...media, ...tiles, `/q/${kit.code}/qr.svg`];
  let bytes = JSON.stringify(kit.kit).length;
  let done = 1;
  const say = () => tell({ done, of: addresses.length + 1, bytes });
  say();
  const waiting = [...addresses];
  const work = async () => {
    for (let address = waiting.shift(); address !== undefined; address = waiting.shift()) {
      bytes += await fetchInto(cache, address);
      done += 1;
      say();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await takeBadges();
  if (kit.kit.quest.stages.some((stage) => (stage.codes ?? []).length > 0)) await takeReader();
  // What an older version had and this one has not.
  const wanted = new Set(addresses);
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url);
    if (!wanted.has(pathname)) await cache.delete(request);
  }
  await writing(() => db.kits.update(code, { taken: true, ready: true, bytes }));
  return (await db.kits.get(code)) ?? kit;
}

/** Fetches what is not there yet, and says how heavy it is. [bytes] */
async function fetchInto(cache: Cache, address: string): Promise<number> {
  const there = await cache.match(address);
  if (there) return weight(there);
  let response: Response;
  try {
    response = await fetch(address, { signal: AbortSignal.timeout(30_000) });
  } catch (error) {
    throw new Unreachable(error instanceof Error ? error.message : "no answer");
  }
  // A picture that was withdrawn since, or a tile that there is not: nothing to wait for.
  if (response.status === 404 || response.status === 410) return 0;
  if (!response.ok) throw new Unreachable(`status ${response.status}`);
  const copy = response.clone();
  await writing(() => cache.put(address, response));
  return weight(copy);
}

/** What can be earned and how it looks, for all quests once. */
async function takeBadges(): Promise<void> {
  let badges: Gallery = [];
  await gallery((told) => (badges = told));
  const cache = await caches.open("badges");
  const wanted = badges.map((badge) => `${badge.picture}?size=128`);
  for (const address of wanted) await fetchInto(cache, address);
}

/** Where the browser has no reader of codes, ours is WASM, which the app fetches when it is first needed. */
async function takeReader(): Promise<void> {
  const { wasm } = await import("../ui/qr.ts");
  await fetchInto(await caches.open("later"), wasm);
}

async function weight(response: Response): Promise<number> {
  return (await response.blob()).size;
}

const mediumAddress = (medium: Schemas["Medium"]): string => `/media/${medium.sha256}`;

async function tilesOf(raw: Schemas["Quest"]): Promise<string[]> {
  const quest = readQuest(raw);
  const places = fencesOf(quest).map(startOf);
  return aroundTiles(places, (await baseMap()).kind);
}

/** No longer along; what was begun can be gone on with, and its moves stay. */
export async function drop(code: string): Promise<void> {
  await caches.delete(cacheOf(code));
  await db.files.where("owner").equals(code).delete();
  await db.kits.update(code, { taken: false, ready: false });
}
