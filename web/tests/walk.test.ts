/** A drift on a phone: what it asks and when, what it remembers, and that it outlives the app being closed. */
// @vitest-environment happy-dom

import "fake-indexeddb/auto";

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { db, type Drift, type DrawnPrompt } from "../src/data/db.ts";
import type { DeckPrompt } from "../src/drift/decks.ts";
import { keptPrompts, takeDecks } from "../src/drift/decks.ts";
import { timeOfYear } from "../src/game/today.ts";
import { began, dueAt, ledOn, resumed, seedOf, stepped, walkedM, ways } from "../src/drift/walk.ts";
import { underWay, Walking } from "../src/drift/walking.svelte.ts";
import { destination } from "../src/geo/positions.ts";

const NOON = Date.parse("2026-06-15T10:00:00Z");
const MINUTE = 60_000;
const DAY = 86_400_000;
const HOME = { lon: 14.64, lat: 63.18, accuracy_m: 8 };
const CHOICES = { company: "alone", mobility: "walks", nerve: 2, ground: "village" } as const;

const prompt = (key: string, more: Partial<DeckPrompt> = {}): DeckPrompt => ({
  name: `some/${key}`,
  text: `do ${key}`,
  language: "en",
  checked_by: "nobody yet",
  ground: ["village"],
  seasons: [],
  light: "any",
  company: [],
  mobility: "walks",
  nerve: 1,
  ...more,
});
const PROMPTS = ["one", "two", "three", "four", "five"].map((key) => prompt(key));
const away = (metres: number) => ({ ...destination(HOME, 90, metres), accuracy_m: 8 });
const names = (drift: Drift) => drift.shown.map(({ name }) => name);

beforeEach(async () => {
  await Promise.all([
    db.drifts.clear(),
    db.prompts.clear(),
    db.places.clear(),
    db.media.clear(),
    db.remembered.clear(),
  ]);
});
afterEach(() => vi.unstubAllGlobals());

test("a drift asks at once, and then after five minutes", async () => {
  const walking = await Walking.begin(CHOICES, "seed", PROMPTS, NOON, null);
  expect(names(walking.drift)).toHaveLength(1);

  expect(await walking.tick(NOON + 4 * MINUTE, null)).toBe(false);
  expect(await walking.tick(NOON + 5 * MINUTE, null)).toBe(true);

  expect(new Set(names(walking.drift)).size).toBe(2);
});

test("a drift asks after some hundred metres, without waiting for the minutes", async () => {
  const walking = await Walking.begin(CHOICES, "seed", PROMPTS, NOON, HOME);

  expect(await walking.tick(NOON + 2 * MINUTE, away(390))).toBe(false);
  expect(await walking.tick(NOON + 3 * MINUTE, away(420))).toBe(true);
});

test("nobody in a bus is asked, and nobody in the midst of a find", async () => {
  const walking = await Walking.begin(CHOICES, "seed", PROMPTS, NOON, HOME);

  expect(await walking.tick(NOON + 6 * MINUTE, { ...away(3_000), speed_mps: 14 })).toBe(false);
  expect(await walking.tick(NOON + 6 * MINUTE, HOME, true)).toBe(false);
  expect(await walking.tick(NOON + 6 * MINUTE, HOME)).toBe(true);
});

test("a drift goes on after the app was closed, and the time in between counts for no prompt", async () => {
  const first = await Walking.begin(CHOICES, "seed", PROMPTS, NOON, HOME);
  await first.tick(NOON + 20_000, HOME);
  await first.tick(NOON + 2 * MINUTE, away(50));
  await first.keepFind(
    { words: "a red door", pictures: [], sound: null },
    first.prompt!,
    NOON + 2 * MINUTE,
    away(50),
  );

  const found = await underWay();
  const back = NOON + 60 * MINUTE;
  const again = await Walking.goOn(found!, PROMPTS, back);

  expect(again.drift.id).toBe(first.drift.id);
  expect(again.prompt).toEqual(first.prompt);
  expect(again.drift.finds).toHaveLength(1);
  expect(again.drift.walked.length).toBe(2);
  expect(await again.tick(back + 2.5 * MINUTE, null)).toBe(false);
  expect(await again.tick(back + 3.5 * MINUTE, null)).toBe(true);
});

test("a screen that was dark in a pocket is no pause: who comes back within a minute has walked on", () => {
  const drift = ledOn(began("d", CHOICES, "seed", NOON), PROMPTS, [], NOON, null)!.drift;

  expect(resumed(drift, NOON + 59_000).paused_ms).toBe(0);
  expect(resumed(drift, NOON + 61_000).paused_ms).toBe(61_000);
});

test("a prompt is never drawn twice in thirty days, passed or not, in this drift or the next", async () => {
  const first = await Walking.begin(CHOICES, "seed", PROMPTS, NOON, null);
  await first.another(NOON + 1_000, null);
  await first.end(NOON + 2_000);
  const second = await Walking.begin(CHOICES, "seed", PROMPTS, NOON + DAY, null);
  await second.another(NOON + DAY + 1_000, null);
  await second.another(NOON + DAY + 2_000, null);

  expect(new Set([...names(first.drift), ...names(second.drift)]).size).toBe(5);
  expect(await second.another(NOON + DAY + 3_000, null)).toBe(false);
  expect(second.through).toBe(true);
  expect((await db.prompts.get(names(first.drift)[0]!))?.passed).toBe(1);

  const later = await Walking.begin(CHOICES, "seed", PROMPTS, NOON + 30 * DAY, null);
  expect(names(later.drift)).toEqual([names(first.drift)[0]]);
});

test("two phones with the same word are asked the same, in the same order", () => {
  const walk = (word: string, prompts: readonly DeckPrompt[]) => {
    let drift = began(crypto.randomUUID(), CHOICES, seedOf(word), NOON);
    const cards: DrawnPrompt[] = [];
    for (let turn = 0; turn < 5; turn++) {
      const next = ledOn(drift, prompts, cards, NOON + turn * MINUTE, null)!;
      drift = next.drift;
      cards.push(next.card);
    }
    return names(drift);
  };

  expect(walk("Grönt  ljus ", PROMPTS)).toEqual(walk("grönt ljus", PROMPTS.toReversed()));
  expect(walk("grönt ljus", PROMPTS)).not.toEqual(walk("rött ljus", PROMPTS));
});

test("two ticks at once draw one prompt", async () => {
  const walking = await Walking.begin(CHOICES, "seed", PROMPTS, NOON, null);

  const came = await Promise.all([walking.tick(NOON + 6 * MINUTE, null), walking.tick(NOON + 6 * MINUTE, null)]);

  expect(came.filter(Boolean)).toHaveLength(1);
  expect(names(walking.drift)).toHaveLength(2);
});

test("a find is a place of one's own at once, with its picture, and its picture is not to be sent", async () => {
  const walking = await Walking.begin(CHOICES, "seed", PROMPTS, NOON, HOME);
  const picture = new Blob(["picture"], { type: "image/jpeg" });

  await walking.keepFind({ words: "moss", pictures: [picture], sound: null }, walking.prompt!, NOON, HOME);

  const [place] = await db.places.toArray();
  expect(place).toMatchObject({ note: "moss", from: "drift", lon: HOME.lon });
  expect(place!.media).toHaveLength(1);
  expect(await db.media.where("pending").equals(1).count()).toBe(0);
  expect(await db.media.count()).toBe(1);
});

test("an ended drift is not under way, and is asked nothing more", async () => {
  const walking = await Walking.begin(CHOICES, "seed", PROMPTS, NOON, null);
  await walking.end(NOON + MINUTE);

  expect(await underWay()).toBeNull();
  expect(await walking.tick(NOON + 10 * MINUTE, null)).toBe(false);
});

test("the small map has steps and no jitter, and no line where nobody walked", () => {
  let drift = began("d", CHOICES, "seed", NOON);
  for (const [metres, minute] of [
    [0, 0],
    [3, 1],
    [40, 2],
    [80, 3],
    [2_000, 20],
    [2_050, 21],
  ] as const) {
    drift = stepped(drift, away(metres), NOON + minute * MINUTE);
  }
  drift = stepped(drift, { ...away(9_000), accuracy_m: 400 }, NOON + 22 * MINUTE);

  expect(ways(drift).map((way) => way.length)).toEqual([3, 2]);
  expect(walkedM(drift)).toBeCloseTo(130, 0);
});

test("the pace knows nothing of metres without a position", () => {
  const drift = ledOn(began("d", CHOICES, "seed", NOON), PROMPTS, [], NOON, HOME)!.drift;

  expect(dueAt(drift, NOON + MINUTE, null)).toMatchObject({ now: false, inM: null });
  expect(dueAt(began("e", CHOICES, "seed", NOON), NOON, null)).toBeNull();
});

test("seasons are those of a place with five months of snow, by the Swedish calendar", () => {
  const at = (day: string) => timeOfYear(new Date(day));

  expect(
    ["01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12"].map((m) =>
      at(`2026-${m}-15T12:00:00Z`),
    ),
  ).toEqual([
    "winter",
    "winter",
    "winter",
    "spring",
    "spring",
    "summer",
    "summer",
    "summer",
    "autumn",
    "autumn",
    "winter",
    "winter",
  ]);
  expect(at("2026-03-31T22:30:00Z")).toBe("spring"); // past midnight in Sweden
});

test("decks are fetched once, an unchanged one never again, and they are there without a network", async () => {
  const asked: string[] = [];
  const card = (key: string, version: string) => ({
    key,
    version,
    address: "",
    title: key,
    about: "",
    language: "en",
    checked_by: "",
    count: 1,
    ground: [],
  });
  let versions: Record<string, string> = { one: "a".repeat(64), two: "b".repeat(64) };
  vi.stubGlobal("fetch", async (request: Request) => {
    const { pathname } = new URL(request.url);
    asked.push(pathname);
    const key = pathname.split("/")[4];
    const body = key
      ? {
          ...card(key, versions[key]!),
          prompts: [prompt(key, { name: `${key}/p`, text: versions[key]!.slice(0, 1) })],
        }
      : { decks: Object.entries(versions).map(([name, version]) => card(name, version)) };
    return new Response(JSON.stringify(body), { headers: { "Content-Type": "application/json" } });
  });

  await takeDecks(["en"], NOON);
  await takeDecks(["en"], NOON + 1_000);
  expect(asked).toEqual(["/api/v1/decks", "/api/v1/decks/one", "/api/v1/decks/two"]);

  versions = { ...versions, two: "c".repeat(64) };
  await takeDecks(["en"], NOON + 2 * DAY);
  expect(asked.slice(3)).toEqual(["/api/v1/decks", "/api/v1/decks/two"]);

  vi.stubGlobal("fetch", async () => Promise.reject(new TypeError("no network")));
  await expect(takeDecks(["en"], NOON + 4 * DAY)).rejects.toThrow();
  expect((await keptPrompts(["en"])).map(({ name, text }) => [name, text])).toEqual([
    ["one/p", "a"],
    ["two/p", "c"],
  ]);
  expect(await keptPrompts(["ar"])).toHaveLength(2);
});
