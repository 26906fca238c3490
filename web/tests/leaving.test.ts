// @vitest-environment happy-dom
/** To be erased: what the phone sends and keeps meanwhile, and as whom it goes on. */

import "fake-indexeddb/auto";

import Dexie from "dexie";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const DAY = "2026-12-29T12:00:00Z";
let answers: Record<string, () => Response>;
let asked: string[];

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
const problem = (code: string, status: number) =>
  json({ type: `/problems/${code}`, title: code, detail: code }, status);

beforeEach(async () => {
  vi.resetModules();
  for (const { name } of await indexedDB.databases()) await Dexie.delete(name!);
  localStorage.clear();
  asked = [];
  answers = {
    "POST /api/v1/me/erasure": () => json({ asked_at: "2026-12-15T12:00:00Z", final_at: DAY }, 201),
    "GET /api/v1/me/erasure": () => json({ asked_at: "2026-12-15T12:00:00Z", final_at: DAY }),
    "DELETE /api/v1/me/erasure": () => json({ asked_at: null, final_at: null }),
  };
  vi.stubGlobal("fetch", async (request: Request) => {
    const what = `${request.method} ${new URL(request.url).pathname}`;
    asked.push(what);
    const answer = answers[what];
    if (!answer) throw new TypeError("no network");
    return answer();
  });
});
afterEach(() => vi.unstubAllGlobals());

async function phone() {
  const { db } = await import("../src/data/db.ts");
  const { identity } = await import("../src/data/identity.ts");
  const who = { ...(await identity()), registered: true };
  await db.notes.put({ key: "identity", value: who });
  await db.journeys.put({
    id: "j1",
    code: "JH22222",
    version: "v",
    players: [who.player],
    started_at: "2026-12-15T11:00:00Z",
    variants: {},
    known: 1,
    touched_at: 1,
    finished: 0,
  });
  await db.moves.put({
    id: "m1",
    journey: "j1",
    move: { v: 1, id: "m1", by: [who.player], device: who.device } as never,
    made_at: 1,
    pending: 1,
    sent: 1,
  });
  return {
    db,
    who,
    leaving: await import("../src/data/leaving.ts"),
    sending: await import("../src/data/sending.ts"),
  };
}

const WISH = { languages: ["sv"], now: Date.now };

test("nothing is sent while one is leaving, and what waited is still there", async () => {
  const { db, leaving, sending } = await phone();
  await leaving.askToBeErased(false);
  asked = [];

  expect(await sending.sendAll(WISH)).toMatchObject({ told: 0 });

  expect(asked).toEqual([]);
  expect(await db.moves.where("pending").equals(1).count()).toBe(1);
  expect((await leaving.leavingUntil())?.toISOString()).toBe("2026-12-29T12:00:00.000Z");
});

test("who asked on another phone learns of it here, and no journey is called stuck", async () => {
  const { db, leaving, sending } = await phone();
  answers["POST /api/v1/journeys/j1/moves"] = () => problem("being-erased", 403);

  await sending.sendAll(WISH);

  expect((await db.journeys.get("j1"))?.stuck).toBeUndefined();
  expect(await leaving.leavingUntil()).not.toBeNull();
  expect((await db.moves.get("m1"))?.pending).toBe(1);
});

test("without a network nothing was asked for, and nothing is cleared", async () => {
  const { db, leaving } = await phone();
  delete answers["POST /api/v1/me/erasure"];

  await expect(leaving.askToBeErased(true)).rejects.toThrow();

  expect(await leaving.leavingUntil()).toBeNull();
  expect(await db.moves.count()).toBe(1);
});

test("a cleared phone keeps only what can regret it", async () => {
  const { db, leaving, who } = await phone();
  localStorage.setItem("rotfaste.place", '{"name":"Hammerdal","lon":15.35,"lat":63.58}');
  localStorage.setItem("rotfaste.spilled", '[{"id":"m9","journey":"free","pending":1}]');

  await leaving.askToBeErased(true);

  expect(Object.keys({ ...localStorage })).toEqual([]);
  expect(await db.journeys.count()).toBe(0);
  expect(await db.moves.count()).toBe(0);
  expect((await db.notes.toCollection().primaryKeys()).sort()).toEqual(["erasure", "identity"]);
  await leaving.regret();
  expect(asked.at(-1)).toBe("DELETE /api/v1/me/erasure");
  expect(await db.notes.get("identity")).toMatchObject({ value: { player: who.player } });
  expect(await leaving.leavingUntil()).toBeNull();
});

test("after the last day the phone goes on as somebody new, with what it holds", async () => {
  const { db, leaving, who } = await phone();
  await leaving.askToBeErased(false);
  answers["GET /api/v1/me/erasure"] = () => problem("unknown-token", 401);

  await leaving.afterTheLastDay(new Date("2026-12-29T11:59:00Z"));
  expect(await db.notes.get("identity")).toMatchObject({ value: { player: who.player } });
  await leaving.afterTheLastDay(new Date("2026-12-29T12:01:00Z"));

  const { player, registered } = (await db.notes.get("identity"))!.value as { player: string; registered: boolean };
  expect(player).not.toBe(who.player);
  expect(registered).toBe(false);
  expect(await db.journeys.get("j1")).toMatchObject({ known: 0, players: [player] });
  expect((await db.moves.get("m1"))!.move.by).toEqual([player]);
  expect(await leaving.leavingUntil()).toBeNull();
});

test("who regretted it on another phone stays who they are", async () => {
  const { db, leaving, who } = await phone();
  await leaving.askToBeErased(false);
  answers["GET /api/v1/me/erasure"] = () => json({ asked_at: null, final_at: null });

  await leaving.afterTheLastDay(new Date("2027-01-10T12:00:00Z"));

  expect(await db.notes.get("identity")).toMatchObject({ value: { player: who.player } });
  expect(await leaving.leavingUntil()).toBeNull();
});
