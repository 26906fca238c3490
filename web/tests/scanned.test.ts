import "fake-indexeddb/auto";

import { afterEach, describe, expect, test } from "vitest";

import { db, type Journey, type KeptVersion, type Kit } from "../src/data/db.ts";
import { hand, readScanned, takeHanded, whereTo } from "../src/data/scanned.ts";
import { scannedCodeHash } from "../src/game/codes.ts";

const POST = "AAECAwQFBgcICQoLDA0ODw";
const HASH = scannedCodeHash(POST)!;

describe("a code that was read", () => {
  test.each([
    "JHXTDZW",
    "jhxtdzw",
    " JH XTD-ZW\n",
    "https://quest.example.se/q/JHXTDZW",
    "https://quest.example.se/q/jhxtdzw/",
    "http://192.168.1.7:8123/q/JHXTDZW?lang=sv",
    "HTTPS://QUEST.EXAMPLE.SE/q/JHXTDZW",
    "quest.example.se/q/JHXTDZW",
    "https://quest.example.se/q/JHXTDZW#c=short",
  ])("leads to its quest: %s", (text) => {
    expect(readScanned(text)).toEqual({ is: "quest", code: "JHXTDZW" });
  });

  test.each([POST, ` ${POST}\n`])("is a post's: %s", (text) => {
    expect(readScanned(text)).toEqual({ is: "post", code: POST, hash: HASH, quest: null });
  });

  test("is a post's, with the quest that it stands in", () => {
    expect(readScanned(`https://quest.example.se/q/JHXTDZW#c=${POST}`)).toEqual({
      is: "post",
      code: POST,
      hash: HASH,
      quest: "JHXTDZW",
    });
  });

  test.each([
    "javascript:alert(1)//q/JHXTDZW",
    "javascript:/q/JHXTDZW",
    "data:text/html,<script>/q/JHXTDZW",
    "file:///q/JHXTDZW",
    "intent://q/JHXTDZW#Intent;scheme=http;end",
    "blob:https://quest.example.se/q/JHXTDZW",
    "https://quest.example.se@evil.example/q/JHXTDZW",
    "https://user:secret@evil.example/q/JHXTDZW",
    "https://evil.example/",
    "https://evil.example/q/JHXTDZW/../../login",
    "https://evil.example/q/JHXTDZW/login",
    "https://evil.example/?next=/q/JHXTDZW",
    "https://evil.example/#/q/JHXTDZW",
    "https://evil.example/q/%4AHXTDZW",
    "https://evil.example/q/JHXTDZ0",
    "//evil.example/q/JHXTDZW/x",
    "tel:112",
    "WIFI:S:net;T:WPA;P:secret;;",
    `https://quest.example.se/q/JHXTDZW#${"c=".repeat(5_000)}`,
    "JHXTDZW".repeat(100_000),
  ])("of somebody else is not opened: %s", (text) => {
    expect(["foreign", "unread"]).toContain(readScanned(text).is);
  });

  test.each([
    "",
    "   ",
    "7310500144511",
    "JH",
    "JHXTDZWX",
    "Hej hopp",
    "\0",
    "\u202eWZDTXHJ",
    "A".repeat(22) + "=",
  ])("is no code: %j", (text) => {
    expect(["foreign", "unread"]).toContain(readScanned(text).is);
  });

  test("never keeps more of an address than a code", () => {
    const read = readScanned("https://evil.example/q/JHXTDZW?x=<script>#<img onerror=1>");
    expect(JSON.stringify(read)).toBe('{"is":"quest","code":"JHXTDZW"}');
  });
});

describe("where it leads", () => {
  const quest = {
    stages: [
      { key: "bridge", codes: [], tasks: [{ kind: "arrive", key: "there" }] },
      { key: "den", codes: [HASH], tasks: [{ kind: "scan", key: "post" }] },
    ],
  };
  const version = { version: "v1", code: "JHXTDZW", quest } as unknown as KeptVersion;
  const journey = (id: string, more: Partial<Journey> = {}): Journey => ({
    id,
    code: "JHXTDZW",
    version: "v1",
    players: [],
    started_at: "2026-06-20T10:00:00Z",
    variants: {},
    known: 1,
    touched_at: 1,
    finished: 0,
    ...more,
  });

  afterEach(async () => {
    await Promise.all([db.journeys.clear(), db.versions.clear(), db.kits.clear()]);
  });

  test("a post leads to the journey under way that was played last, and to its stage", async () => {
    await db.versions.put(version);
    await db.journeys.bulkPut([
      journey("old", { touched_at: 1 }),
      journey("new", { touched_at: 3 }),
      journey("done", { touched_at: 5, finished: 1 }),
      journey("stuck", { touched_at: 6, stuck: "gone" }),
    ]);

    const leads = await whereTo(readScanned(`https://quest.example.se/q/JHXTDZW#c=${POST}`));

    expect(leads).toEqual({ to: "post", post: { journey: "new", stage: "den", task: "post", code: POST } });
  });

  test("without a journey it leads to the quest that is on the phone, or that the address names", async () => {
    expect(await whereTo(readScanned(`https://quest.example.se/q/JH22222#c=${POST}`))).toEqual({
      to: "quest",
      code: "JH22222",
    });
    await db.kits.put({ code: "JHXTDZW", id: "1", version: "v1", kit: { quest } } as unknown as Kit);
    expect(await whereTo(readScanned(POST))).toEqual({ to: "quest", code: "JHXTDZW" });
  });

  test("of nothing that is here, that is said", async () => {
    expect(await whereTo(readScanned(POST))).toEqual({ to: "elsewhere" });
    expect(await whereTo(readScanned("https://evil.example/"))).toEqual({ to: "nothing", why: "foreign" });
    expect(await whereTo(readScanned("Hej hopp"))).toEqual({ to: "nothing", why: "unread" });
  });

  test("what is handed over is taken once, and by its own journey alone", () => {
    const post = { journey: "new", stage: "den", task: "post", code: POST };
    hand(post);

    expect(takeHanded("old")).toBeNull();
    expect(takeHanded("new")).toEqual(post);
    expect(takeHanded("new")).toBeNull();
  });
});
