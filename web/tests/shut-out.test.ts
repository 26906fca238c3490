// @vitest-environment happy-dom
/** A phone that was shut out: it says so, loses nothing, and sends all of it when it plays on as the same player. */

import "fake-indexeddb/auto";

import Dexie from "dexie";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const PLAYED = "0b5e2c54-9a3f-4d55-8f0e-4f2f5f6d7a10";
let asked: string[];
let known: boolean;

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });

beforeEach(async () => {
  vi.resetModules();
  for (const { name } of await indexedDB.databases()) await Dexie.delete(name!);
  localStorage.clear();
  asked = [];
  known = false;
  vi.stubGlobal("fetch", async (request: Request) => {
    const { pathname } = new URL(request.url);
    asked.push(`${request.method} ${pathname}`);
    if (!known) return json({ type: "/problems/unknown-token", title: "A device token is needed" }, 401);
    if (request.method === "PUT") return json({ id: PLAYED }, 200);
    const { moves } = (await request.json()) as { moves: { id: string }[] };
    return json({ outcomes: moves.map(({ id }, index) => ({ index, id, outcome: "accepted" })), awards: [] });
  });
});
afterEach(() => vi.unstubAllGlobals());

/** Somebody has played on this phone, and the server knew it. `stuck`: as an earlier release left it. */
async function phone(stuck?: string) {
  const { db } = await import("../src/data/db.ts");
  const who = await import("../src/data/identity.ts");
  const { sendAll } = await import("../src/data/sending.ts");
  const me = { ...(await who.identity()), registered: true };
  await db.notes.put({ key: "identity", value: me });
  const journey = {
    id: PLAYED,
    code: "JH22222",
    version: "v",
    players: [me.player],
    started_at: "2026-12-15T11:00:00Z",
  };
  await db.journeys.put({
    ...journey,
    variants: {},
    known: 1,
    touched_at: 1,
    finished: 0,
    ...(stuck ? { stuck } : {}),
  });
  const move = { v: 1, id: "m1", by: [me.player], device: me.device } as never;
  await db.moves.put({ id: "m1", journey: PLAYED, move, made_at: 1, pending: 1, sent: 0 });
  return { db, who, me, send: () => sendAll({ languages: ["sv"], now: () => Date.now() }) };
}

test("it knows that it is shut out, and what was done on it waits", async () => {
  const { db, who, send } = await phone();

  await send();

  expect(await who.isShutOut()).toBe(true);
  expect((await db.journeys.get(PLAYED))?.stuck).toBeUndefined();
  expect((await db.moves.get("m1"))?.pending).toBe(1);
});

test.each([undefined, "an earlier release gave it up"])(
  "as the same player again it sends everything (stuck: %s)",
  async (stuck) => {
    const { db, who, me, send } = await phone(stuck);
    await send();
    const { who: again } = await who.anotherDeviceOf(me.player);

    await who.goOnAs(again);
    known = true;
    await send();

    expect(await who.isShutOut()).toBe(false);
    expect((await db.moves.get("m1"))?.pending).toBe(0);
    expect(((await db.moves.get("m1"))?.move as { device: string }).device).toBe(again.device);
    expect(asked.slice(-2)).toEqual([`PUT /api/v1/journeys/${PLAYED}`, `POST /api/v1/journeys/${PLAYED}/moves`]);
  },
);

test("it can be cleared, and whoever has it begins as somebody new", async () => {
  const { db, who, me } = await phone();
  const { askToBeErased } = await import("../src/data/leaving.ts");

  await askToBeErased(true);

  expect(await db.journeys.count()).toBe(0);
  expect((await who.identity()).player).not.toBe(me.player);
  expect(await who.isShutOut()).toBe(false);
});
