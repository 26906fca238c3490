// @vitest-environment happy-dom
/** A shared phone: nothing of whoever used it is left, and nothing of its owner is touched. */

import "fake-indexeddb/auto";

import Dexie, { liveQuery } from "dexie";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

type Db = typeof import("../src/data/db.ts");
type Shared = typeof import("../src/app/shared.svelte.ts");

const NOON = new Date("2026-12-15T12:00:00Z");
let replaced: string[];
const stops: (() => void)[] = [];

/** The app as it is when a page is loaded: nothing in memory. */
async function opened(): Promise<{ shared: Shared; data: Db; anew: typeof import("../src/data/anew.ts") }> {
  vi.resetModules();
  const shared = await import("../src/app/shared.svelte.ts");
  const data = await import("../src/data/db.ts");
  return { shared, data, anew: await import("../src/data/anew.ts") };
}

async function used(data: Db): Promise<void> {
  const { identity } = await import("../src/data/identity.ts");
  const { change } = await import("../src/app/settings.svelte.ts");
  const { choose } = await import("../src/data/where.svelte.ts");
  await identity();
  await data.db.words.put({
    id: "sv älv",
    word: "älv",
    language: "sv",
    meaning: "En flod.",
    meaning_language: "sv",
    said: "",
    where: "",
    kept_at: 1,
  });
  change({ languages: ["ar"], age: "grown" });
  choose({ name: "Hammerdal", lon: 15.35, lat: 63.58 });
}

/** Every value that the phone holds, wherever: databases, `localStorage`, caches. */
async function everything(): Promise<string> {
  const found: string[] = Object.entries({ ...localStorage }).map(([key, value]) => `${key}=${value}`);
  for (const { name } of await indexedDB.databases()) {
    const database = await new Dexie(name!).open();
    for (const table of database.tables)
      found.push(`${name}.${table.name}=${JSON.stringify(await table.toArray())}`);
    database.close();
  }
  return found.join("\n");
}

const names = async (): Promise<string[]> => (await indexedDB.databases()).map(({ name }) => name ?? "").sort();

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: NOON });
  for (const { name } of await indexedDB.databases()) await Dexie.delete(name!);
  localStorage.clear();
  replaced = [];
  vi.spyOn(location, "replace").mockImplementation((path) => void replaced.push(String(path)));
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no network")));
});

afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

async function sharedPhone() {
  localStorage.setItem("rotfaste.is-shared", "1");
  return opened();
}

const cleared = () => vi.waitFor(() => expect(replaced).toEqual(["/"]));

test("what belongs to the owner and to those who borrow lies apart, the token first of all", async () => {
  const own = await opened();
  await used(own.data);
  const ownToken = /"token":"([^"]+)"/.exec(await everything())![1]!;
  own.shared.share();

  const borrowed = await opened();
  await used(borrowed.data);

  expect(await names()).toEqual(["rotfaste", "rotfaste-shared"]);
  expect(await borrowed.data.db.notes.get("identity")).not.toMatchObject({ value: { token: ownToken } });
  expect(JSON.stringify(await new Dexie("rotfaste").open().then((db) => db.table("notes").toArray()))).toContain(
    ownToken,
  );
});

test("after three idle minutes nothing of the person is left, and the owner's own is", async () => {
  const own = await opened();
  await used(own.data);
  const before = await everything();
  own.data.db.close();
  own.shared.share();
  replaced = [];
  const { shared, data } = await opened();
  await used(data);
  stops.push(shared.watchShared());

  vi.advanceTimersByTime(180_000);
  await cleared();
  const again = await opened();
  expect(await again.shared.clearedBefore()).toBe(true);

  const after = (await everything()).replace("rotfaste.is-shared=1\n", "");
  expect(after).toBe(before);
  expect(await names()).toEqual(["rotfaste"]);
});

test("it is asked half a minute before, and a touch is enough to go on", async () => {
  const { shared, data } = await sharedPhone();
  await used(data);
  stops.push(shared.watchShared());

  vi.advanceTimersByTime(149_000);
  expect(shared.shared.leftMs).toBeNull();
  vi.advanceTimersByTime(2_000);
  expect(shared.shared.leftMs).toBeGreaterThan(25_000);
  window.dispatchEvent(new Event("pointerdown"));
  expect(shared.shared.leftMs).toBeNull();
  vi.advanceTimersByTime(140_000);

  expect(replaced).toEqual([]);
  expect(await data.db.words.count()).toBe(1);
  vi.advanceTimersByTime(41_000);
  await cleared();
});

test("a phone that slept has idle minutes too: whoever wakes it finds nothing", async () => {
  const { shared, data } = await sharedPhone();
  await used(data);
  stops.push(shared.watchShared());

  vi.setSystemTime(NOON.getTime() + 200_000); // timers do not run in a pocket
  window.dispatchEvent(new Event("pointerdown"));

  await cleared();
  expect(await everything()).not.toContain("älv");
});

test("an app that was closed begins anew when it is opened after three minutes, and not before", async () => {
  const first = await sharedPhone();
  await used(first.data);
  first.shared.watchShared()();
  first.data.db.close();

  vi.setSystemTime(NOON.getTime() + 170_000);
  expect(await (await opened()).shared.clearedBefore()).toBe(false);
  vi.setSystemTime(NOON.getTime() + 181_000);
  const late = await opened();
  expect(await late.shared.clearedBefore()).toBe(true);

  expect(replaced).toEqual(["/"]);
  expect(await everything()).toBe("rotfaste.is-shared=1");
});

test("what a crash left half cleared is cleared before anything is shown", async () => {
  const { data, anew } = await sharedPhone();
  await used(data);
  vi.spyOn(data.db, "close").mockImplementation(() => {
    throw new Error("killed");
  });
  await expect(anew.leaveNothing()).rejects.toThrow("killed");
  vi.restoreAllMocks();
  vi.spyOn(location, "replace").mockImplementation((path) => void replaced.push(String(path)));
  data.db.close();
  expect(await everything()).toContain("älv");

  expect(await (await opened()).shared.clearedBefore()).toBe(true);

  expect(await everything()).toBe("rotfaste.is-shared=1");
});

test("caches with what was seen go, and those with the app itself stay", async () => {
  const kept = new Set(["workbox-precache-v2-x", "later", "seen", "badges", "media"]);
  vi.stubGlobal("caches", { keys: async () => [...kept], delete: async (name: string) => kept.delete(name) });
  const { anew } = await sharedPhone();

  await anew.leaveNothing();

  expect([...kept]).toEqual(["workbox-precache-v2-x", "later"]);
});

async function withAMove(data: Db): Promise<void> {
  const { identity } = await import("../src/data/identity.ts");
  const who = await identity();
  await data.db.moves.put({
    id: "m1",
    journey: "free",
    move: { v: 1, id: "m1", by: [who.player], device: who.device, made_at: NOON.toISOString() } as never,
    made_at: NOON.getTime(),
    pending: 1,
    sent: 0,
  });
}

test("who is done without a network is told what would be lost, and nothing is cleared before they say so", async () => {
  const { shared, data } = await sharedPhone();
  await withAMove(data);

  expect(await shared.done()).toBe(false);

  expect(shared.shared.waiting).toBe(1);
  expect(replaced).toEqual([]);
  expect(await data.db.moves.count()).toBe(1);
  await shared.beginAnew();
  expect(await everything()).not.toContain("m1");
});

test("who is done with a network has everything sent first, also what could still be undone", async () => {
  const sent: string[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    sent.push(`${request.method} ${new URL(request.url).pathname}`);
    const body = request.url.endsWith("/moves")
      ? { outcomes: [{ index: 0, id: "m1", outcome: "accepted", code: "done", message: "" }] }
      : { id: "x", device: "y", language: null };
    return new Response(JSON.stringify(body), { headers: { "Content-Type": "application/json" } });
  });
  const { shared, data } = await sharedPhone();
  await withAMove(data);

  expect(await shared.done()).toBe(true);

  expect(sent.at(-1)).toBe("POST /api/v1/moves");
  expect(replaced).toEqual(["/"]);
  expect(await everything()).not.toContain("m1");
});

test("when it is made an ordinary phone again, what was borrowed is gone and the owner's is back", async () => {
  const own = await opened();
  await used(own.data);
  own.data.db.close();
  own.shared.share();
  const borrowed = await opened();
  await borrowed.data.db.notes.put({ key: "secret", value: "borrowed" });

  await borrowed.shared.unshare();

  const back = await opened();
  expect(await everything()).not.toContain("borrowed");
  expect(await back.data.db.words.count()).toBe(1);
});

test("another tab neither brings back what was forgotten nor goes on showing it", async () => {
  const warned = vi.spyOn(console, "warn");
  const here = await sharedPhone();
  await used(here.data);
  const there = await opened(); // another tab, with a screen that follows what it shows
  const shown = liveQuery(() => there.data.db.words.toArray()).subscribe({ error: () => {} });
  await there.data.db.words.count();
  stops.push(there.shared.watchShared(), () => shown.unsubscribe());
  const underWay = here.data.db.transaction("rw", here.data.db.words, async () => {
    for (let number = 0; number < 50; number++) await here.data.db.words.count();
  });

  await here.shared.beginAnew();
  await underWay.catch(() => {});
  window.dispatchEvent(new StorageEvent("storage", { key: "rotfaste.begin-anew", newValue: "1" }));

  expect(replaced).toEqual(["/", "/"]);
  await expect(there.data.db.words.count()).rejects.toThrow(/closed/i);
  expect(await names()).not.toContain("rotfaste-shared");
  expect(warned).not.toHaveBeenCalled();
});

test("a move that was taken back on a full shared phone lies nowhere any more", async () => {
  const { data, anew } = await sharedPhone();
  const { spill, spilled, takeBackSpilled } = await import("../src/data/spill.ts");
  for (const id of ["m1", "m2"])
    spill({ id, journey: "free", move: { id } as never, made_at: NOON.getTime(), pending: 1, sent: 0 });

  expect(takeBackSpilled("m1", NOON.getTime() - 1)).toBe(true);

  expect(spilled().map(({ id }) => id)).toEqual(["m2"]);
  await used(data);
  await anew.leaveNothing();
  expect(await everything()).not.toMatch(/m1|m2/);
});
