import { describe, expect, test } from "vitest";

import type { Fix } from "../src/game/forms.ts";
import { judgeFree } from "../src/game/judge.ts";
import {
  canonicalJson,
  chosenFixes,
  freeMoveOf,
  type Making,
  MOVE_MAX_BYTES,
  moveOf,
  newId,
  readFreeMove,
  readMove,
  sizeOf,
} from "../src/game/moves.ts";

const ME = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";
const AT = new Date("2026-12-15T15:10:00.250Z");
const AT_STAGE = { questVersion: "a".repeat(64), stage: "bridge", task: "come", closuresRevision: 7 };

function fix(secondsAgo: number, more: Partial<Fix> = {}): Fix {
  const at = new Date(AT.getTime() - secondsAgo * 1000).toISOString();
  return { lon: 14.6, lat: 63.2, accuracy_m: 8, at, altitude_m: null, heading_deg: null, speed_mps: null, ...more };
}

function making(more: Partial<Making> = {}): Making {
  return { id: ME, by: [ME], device: ME, madeAt: AT, body: { kind: "arrive" }, ...more };
}

test("a move is the envelope that the server reads, with nothing left out", () => {
  const move = moveOf(making({ fixes: [fix(1)], elapsedMs: 12.7, seq: 4, app: "1.2.3" }), AT_STAGE);

  expect(move).toEqual({
    v: 1,
    id: ME,
    by: [ME],
    device: ME,
    seq: 4,
    made_at: "2026-12-15T15:10:00.250Z",
    elapsed_ms: 12,
    fixes: [fix(1)],
    media: [],
    replaces: null,
    app: "1.2.3",
    stage: "bridge",
    variant: null,
    task: "come",
    body: { kind: "arrive", here: false, from_card: false },
    quest_version: "a".repeat(64),
    closures_revision: 7,
  });
  expect(readMove(JSON.parse(canonicalJson(move)))).toEqual(move);
});

test("positions are sent with seven decimals, and what a phone reports out of range is left out", () => {
  const odd = fix(0, { lon: 14.123456789, lat: 63.98765432149, altitude_m: -5000, heading_deg: -1, speed_mps: 3 });

  const [sent] = moveOf(making({ fixes: [odd] }), AT_STAGE).fixes;

  expect(sent).toMatchObject({
    lon: 14.1234568,
    lat: 63.9876543,
    altitude_m: null,
    heading_deg: null,
    speed_mps: 3,
  });
});

test("halves of characters and NULs are left out of what somebody wrote", () => {
  const move = moveOf(making({ body: { kind: "reflect", text: "a\ud83d b\0🐻" } }), AT_STAGE);

  expect(move.body).toMatchObject({ text: "a b🐻" });
});

describe("what the server could not read is not made", () => {
  const long = "é".repeat(4_000); // 24,000 bytes as ASCII
  test.each([
    ["an id in capitals", making({ id: ME.toUpperCase() }), /UUID/],
    ["nobody", making({ by: [] }), /1 to 30 players/],
    ["six fixes", making({ fixes: Array.from({ length: 6 }, () => fix(0)) }), /at most 5 fixes/],
    ["a place beyond the pole", making({ fixes: [fix(0, { lat: 91 })] }), /not on the earth/],
    ["swapped coordinates", making({ fixes: [fix(0, { lon: 63.2, lat: 14.6 })] }), /swapped/],
    ["a long answer", making({ body: { kind: "answer", text: "a".repeat(201) } }), /201 characters/],
    ["a move of more than 16 kB", making({ body: { kind: "reflect", text: long } }), /bytes, at most 16000/],
  ])("%s", (_, made, said) => expect(() => moveOf(made, AT_STAGE)).toThrow(said));

  test("two hundred bears are two hundred characters", () => {
    expect(() => moveOf(making({ body: { kind: "answer", text: "🐻".repeat(200) } }), AT_STAGE)).not.toThrow();
  });

  test("its size is counted as the server counts it", () => {
    expect(sizeOf({ b: "å\u007f🐻", a: [1, 0.5, null, true] })).toBe(
      '{"a":[1,0.5,null,true],"b":"\\u00e5\\u007f\\ud83d\\udc3b"}'.length,
    );
    expect(MOVE_MAX_BYTES).toBe(16_000);
  });
});

test("canonical JSON has one spelling for equal values", () => {
  expect(canonicalJson({ b: 1, a: { 10: 1, 9: 2 } })).toBe('{"a":{"10":1,"9":2},"b":1}');
  expect(() => canonicalJson({ a: Number.NaN })).toThrow(TypeError);
  expect(() => canonicalJson({ a: undefined })).toThrow(TypeError);
});

test("what is said of any place needs no journey, and what belongs to a stage does", () => {
  const move = freeMoveOf(making({ body: { kind: "feel", feeling: "calm", strength: 3 } }));

  expect(move).not.toHaveProperty("quest_version");
  expect(readFreeMove(JSON.parse(canonicalJson(move)))).toEqual(move);
  expect(judgeFree(move)).toMatchObject({
    outcome: "accepted",
    code: "done",
    facts: [{ fact: "said", kind: "feel" }],
  });
  expect(() => freeMoveOf(making())).toThrow(/not said of just any place/);
});

test("ids are random UUIDs of version 4", () => {
  expect(newId(new Uint8Array(16))).toBe("00000000-0000-4000-8000-000000000000");
  expect(newId(new Uint8Array(16).fill(255))).toBe("ffffffff-ffff-4fff-bfff-ffffffffffff");
  expect(newId()).not.toBe(newId());
});

describe("chosen fixes", () => {
  test("are the most accurate of the last half minute, in the order of time", () => {
    const all = [40, 25, 20, 15, 10, 5, 0].map((ago, at) => fix(ago, { accuracy_m: 10 + ((at * 3) % 7) }));

    const chosen = chosenFixes(all, AT);

    expect(chosen.map((one) => one.accuracy_m)).toEqual(
      all
        .filter(
          (one) => one.at !== all[0]?.at && one.accuracy_m !== Math.max(...all.slice(1).map((it) => it.accuracy_m)),
        )
        .map((one) => one.accuracy_m),
    );
    expect(chosen).toHaveLength(5);
  });

  test("hold the newest, however it compares: a walker was elsewhere half a minute ago", () => {
    const alike = [25, 20, 16, 12, 8, 4, 0].map((ago) => fix(ago, { accuracy_m: 12 }));
    const worse = [...alike.slice(0, -1), fix(0, { accuracy_m: 30 })];

    expect(chosenFixes(alike, AT)).toEqual(alike.slice(2));
    expect(chosenFixes(worse, AT).at(-1)).toEqual(worse.at(-1));
  });

  test("of somebody who stayed begin with the first and end with the last", () => {
    const all = Array.from({ length: 60 }, (_, at) => fix(590 - at * 10, { accuracy_m: at === 30 ? 3 : 9 }));

    const chosen = chosenFixes(all, AT, { sinceMs: AT.getTime() - 600_000 });

    expect(chosen).toHaveLength(5);
    expect([chosen[0], chosen.at(-1)]).toEqual([all[0], all.at(-1)]);
    expect(chosen.map((one) => one.accuracy_m)).toContain(3);
    expect([...chosen].sort((one, other) => (one.at < other.at ? -1 : 1))).toEqual(chosen);
  });
});
