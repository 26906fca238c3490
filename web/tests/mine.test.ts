/** Feelings and places of one's own: asked for again in months, taken back in seconds, and what leaves the phone. */
// @vitest-environment happy-dom

import "fake-indexeddb/auto";

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { db, type MyPlace, type PlaceFeeling } from "../src/data/db.ts";
import { undo } from "../src/data/outbox.svelte.ts";
import { sendAll } from "../src/data/sending.ts";
import type { DeckPrompt } from "../src/drift/decks.ts";
import { Walking } from "../src/drift/walking.svelte.ts";
import { destination } from "../src/geo/positions.ts";
import { sendFeeling } from "../src/mine/feel.ts";
import { keepsakes } from "../src/mine/keepsakes.ts";
import { plane } from "../src/mine/plane.ts";
import {
  addPlace,
  askAgainAt,
  changePlace,
  feltAt,
  inOrder,
  jottedAt,
  leaveInPeace,
  leftInPeace,
  placeAt,
  removePlace,
  unfelt,
} from "../src/mine/places.ts";

const JANUARY = Date.parse("2026-01-10T12:00:00Z");
const DAY = 86_400_000;
const HERE = { lon: 14.64, lat: 63.18, accuracy_m: 10 };
const at = (metres: number) => ({ ...destination(HERE, 45, metres), accuracy_m: 10 });
const lonely = (when: number, move = crypto.randomUUID()): PlaceFeeling => ({
  feeling: "lonely",
  strength: 3,
  at: when,
  move,
});
const reading = (when: number) => ({ ...HERE, at: when });

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  await Promise.all(db.tables.map((table) => table.clear()));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("months later and within sixty metres the place asks again; sooner, farther or unsure it does not", () => {
  const place = { id: "p", ...HERE, feelings: [lonely(JANUARY)] } as unknown as MyPlace;
  const asked = (where: typeof HERE, days: number) => askAgainAt([place], where, JANUARY + days * DAY) !== null;

  expect(asked(at(55), 30)).toBe(true);
  expect(asked(at(55), 29.9)).toBe(false);
  expect(asked(at(65), 90)).toBe(false);
  expect(asked({ ...HERE, accuracy_m: 300 }, 90)).toBe(false);
  expect(askAgainAt([{ ...place, feelings: [] }], HERE, JANUARY + 90 * DAY)).toBeNull();
});

test("the last feeling counts: who answered today is left alone for a month", async () => {
  const place = await feltAt(lonely(JANUARY), HERE, JANUARY);
  await feltAt({ ...lonely(JANUARY + 60 * DAY), feeling: "calm" }, at(20), JANUARY + 60 * DAY);

  const all = await db.places.toArray();
  expect(all).toHaveLength(1);
  expect(all[0]!.feelings.map(({ feeling }) => feeling)).toEqual(["lonely", "calm"]);
  expect(all[0]!.id).toBe(place.id);
  expect(askAgainAt(all, HERE, JANUARY + 61 * DAY)).toBeNull();
  expect(askAgainAt(all, HERE, JANUARY + 90 * DAY)?.id).toBe(place.id);
});

test("of two places the nearer one is where one stands", () => {
  const [near, far] = [at(10), at(50)].map((where, number) => ({ id: String(number), ...where, feelings: [] }));

  expect(placeAt([far, near] as unknown as MyPlace[], HERE)?.id).toBe("0");
  expect(placeAt([far, near] as unknown as MyPlace[], null)).toBeNull();
});

test("who says not now is asked again in a month, and elsewhere all the same", async () => {
  await leaveInPeace("p", JANUARY);

  expect([...(await leftInPeace(JANUARY + 29 * DAY))]).toEqual(["p"]);
  expect((await leftInPeace(JANUARY + 31 * DAY)).size).toBe(0);
});

test("a feeling is kept without a position too, and no two such are taken for one place", async () => {
  await feltAt(await sendFeeling("calm", 2, [], JANUARY), null, JANUARY);
  await feltAt(await sendFeeling("glad", 2, [], JANUARY + 1), null, JANUARY + 1);

  expect(await db.places.count()).toBe(2);
  expect((await db.moves.toArray()).map(({ move }) => move.fixes)).toEqual([[], []]);
});

test("a feeling taken back leaves neither a move nor a place; a place that has more stays", async () => {
  const now = Date.now();
  const felt = await sendFeeling("lonely", 4, [reading(now)], now);
  const place = await feltAt(felt, HERE, now);
  expect(await undo(felt.move)).toBe(true);
  await unfelt(place.id, felt.move, now);
  expect([await db.moves.count(), await db.places.count()]).toEqual([0, 0]);

  const second = await sendFeeling("lonely", 4, [reading(now)], now);
  const other = await feltAt(second, HERE, now);
  await jottedAt(other.id, { words: "wind", pictures: [], sound: null }, now);
  await unfelt(other.id, second.move, now);
  expect(await db.places.get(other.id)).toMatchObject({ note: "wind", feelings: [] });
});

test("a feeling carries at most five positions, and only those of its moment", async () => {
  const now = Date.now();
  const readings = Array.from({ length: 40 }, (_, second) => reading(now - second * 5_000));

  await sendFeeling("proud", 5, readings, now);

  const [row] = await db.moves.toArray();
  expect(row!.move.fixes).toHaveLength(5);
  for (const fix of row!.move.fixes) expect(now - Date.parse(fix.at)).toBeLessThanOrEqual(30_000);
});

test("nothing of a drift and of one's places leaves the phone but the feelings", async () => {
  const sent: { path: string; body: string }[] = [];
  vi.spyOn(navigator, "locks", "get").mockReturnValue({
    request: async (_name: string, work: () => unknown) => work(),
  } as unknown as LockManager);
  vi.stubGlobal("fetch", async (request: Request) => {
    const body = await request.text();
    sent.push({ path: new URL(request.url).pathname, body });
    const answer = request.url.endsWith("/moves")
      ? {
          outcomes: (JSON.parse(body) as { moves: { id: string }[] }).moves.map(({ id }, index) => ({
            index,
            id,
            outcome: "accepted",
          })),
          awards: [],
        }
      : {};
    return new Response(JSON.stringify(answer), { headers: { "Content-Type": "application/json" } });
  });
  const now = Date.now();
  const prompt = {
    name: "some/secret-prompt",
    text: "secret prompt",
    language: "en",
    checked_by: "",
    ground: ["village"],
    seasons: [],
    light: "any",
    company: [],
    mobility: "sits",
    nerve: 1,
  } as DeckPrompt;
  const picture = new Blob(["secret picture"], { type: "image/jpeg" });
  const walking = await Walking.begin(
    { company: "alone", mobility: "walks", nerve: 3, ground: "village" },
    "secret word",
    [prompt],
    now,
    HERE,
  );
  await walking.tick(now + 1_000, HERE);
  await walking.keepFind({ words: "secret find", pictures: [picture], sound: picture }, walking.prompt!, now, HERE);
  await walking.end(now + 2_000);
  await sendFeeling("free", 5, [], now); // how the drift was
  const place = await feltAt(await sendFeeling("calm", 3, [reading(now)], now + 1), HERE, now);
  await jottedAt(place.id, { words: "secret note", pictures: [picture], sound: null }, now);
  await changePlace(place.id, () => ({ name: "secret name", own: 1 }), now);

  await sendAll({ languages: ["en"], now: () => now + 20_000 });

  expect(sent.map(({ path }) => path.replace(/[0-9a-f-]{36}/, "{id}"))).toEqual([
    "/api/v1/players/{id}",
    "/api/v1/moves",
  ]);
  expect(sent.map(({ body }) => body).join()).not.toMatch(/secret/);
  const { moves } = JSON.parse(sent[1]!.body) as { moves: { body: object; fixes: unknown[]; media: unknown[] }[] };
  expect(moves.map(({ body, fixes, media }) => [body, fixes.length, media.length])).toEqual([
    [{ kind: "feel", feeling: "free", strength: 5, here: false, from_card: false }, 0, 0],
    [{ kind: "feel", feeling: "calm", strength: 3, here: false, from_card: false }, 1, 0],
  ]);
  expect(await db.media.where("pending").equals(1).count()).toBe(0);
});

test("a place that is taken away takes its pictures with it", async () => {
  const place = await addPlace({ from: "hand", name: "Well" }, JANUARY);
  await jottedAt(place.id, { words: "", pictures: [new Blob(["x"], { type: "image/png" })], sound: null }, JANUARY);

  await removePlace(place.id);

  expect([await db.places.count(), await db.media.count()]).toEqual([0, 0]);
});

test("one's own places come first, then what was touched last", () => {
  const rows = [
    { id: "old", own: 0, changed_at: 1 },
    { id: "new", own: 0, changed_at: 3 },
    { id: "mine", own: 1, changed_at: 2 },
  ] as MyPlace[];

  expect(inOrder(rows).map(({ id }) => id)).toEqual(["mine", "new", "old"]);
});

test("what was kept at stages is shown with its quest and stage; a replaced text once; a refused one not", async () => {
  const move = (id: string, body: object, more: object = {}) => ({
    id,
    stage: "door",
    body,
    media: [],
    replaces: null,
    ...more,
  });
  const row = (id: string, made_at: number, body: object, more: object = {}, outcome?: string) =>
    db.moves.add({
      id,
      journey: "j",
      move: move(id, body, more) as never,
      made_at,
      pending: 0,
      sent: 1,
      ...(outcome ? { outcome: { outcome } as never } : {}),
    });
  await db.journeys.add({ id: "j", code: "JH22222", version: "v" } as never);
  await db.versions.add({
    version: "v",
    code: "JH22222",
    quest: { texts: { sv: { title: "Runda", stages: { door: { title: "Dörren" } } } } } as never,
  });
  await db.media.add({ id: "m1", blob: new Blob(), pending: 0 } as never);
  await row("a", 1, { kind: "photo", told: "" }, { media: [{ id: "m1" }] });
  await row("b", 2, { kind: "reflect", text: "first" });
  await row("c", 3, { kind: "reflect", text: "second" }, { replaces: "b" });
  await row("d", 4, { kind: "reflect", text: "  " });
  await row("e", 5, { kind: "record", told: "no" }, {}, "refused");
  await row("f", 6, { kind: "arrive" });

  const kept = await keepsakes();

  expect(kept.map(({ words, media }) => [words, media])).toEqual([
    ["second", []],
    ["", ["m1"]],
  ]);
  expect(kept[0]).toMatchObject({ quest: "Runda", stage: "Dörren", journey: "j", language: "sv" });
});

test("the small map keeps shapes and directions, and its scale is a round length", () => {
  const [west, east] = [HERE, destination(HERE, 90, 1_000)];
  const north = destination(HERE, 0, 1_000);
  const flat = plane([west, east, north])!;
  const [w, e, n] = [west, east, north].map((position) => flat.dot(position)) as [
    { x: number; y: number },
    { x: number; y: number },
    { x: number; y: number },
  ];

  expect(e.x - w.x).toBeGreaterThan(0);
  expect(n.y).toBeLessThan(w.y);
  expect((e.x - w.x) / (w.y - n.y)).toBeCloseTo(1, 1);
  expect(flat.scale.metres).toBe(200);
  expect((flat.scale.across / flat.scale.metres) * 1_000).toBeCloseTo(e.x - w.x, -1);
  expect(plane([])).toBeNull();
});
