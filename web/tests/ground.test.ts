/** Where nobody is led: closed ground, and the fell when what is known of it is old. */

import { expect, test } from "vitest";

import { readQuest } from "../src/game/model.ts";
import type { Closure } from "../src/game/forms.ts";
import { groundOf, OLD_AFTER_MS } from "../src/play/ground.ts";
import { vectors } from "./vectors.ts";

const NOW = Date.parse("2026-07-20T10:00:00Z");
const quests = vectors<{ readonly quests: Readonly<Record<string, object>> }>("judge").quests;
const raw = Object.values(quests).find((one) => JSON.stringify(one).includes('"circle"')) as {
  stages: { key: string; place?: { shape: string; lon: number; lat: number } | null }[];
};
const placed = raw.stages.find((stage) => stage.place?.shape === "circle") as (typeof raw.stages)[number];
const place = placed.place as { lon: number; lat: number };
const on = (setting: string) => readQuest({ ...raw, setting: [setting] });
const known = (ageMs: number, closures: readonly Closure[] = []) => ({ closures, fetched_at: NOW - ageMs });

function closure(starts: string, ends: string): Closure {
  const [west, south, east, north] = [place.lon - 0.01, place.lat - 0.01, place.lon + 0.01, place.lat + 0.01];
  const ring = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
  return { id: "c", revision: 1, starts, ends, area: [[ring]] } as unknown as Closure;
}

test("on the fell the way is shown for 72 hours, and then no more", () => {
  expect(groundOf(on("fell"), known(OLD_AFTER_MS), placed.key, null, NOW)).toBe("free");
  expect(groundOf(on("fell"), known(OLD_AFTER_MS + 1), placed.key, null, NOW)).toBe("unknown");
  expect(groundOf(on("fell"), null, placed.key, null, NOW)).toBe("unknown");
});

test("elsewhere an old kit leads as it did", () => {
  expect(groundOf(on("village"), known(30 * OLD_AFTER_MS), placed.key, null, NOW)).toBe("free");
});

test("ground that was announced to close is led to until then and no longer", () => {
  const announced = closure("2026-07-20T12:00:00Z", "2026-07-25T12:00:00Z");

  expect(groundOf(on("village"), known(0, [announced]), placed.key, null, NOW)).toBe("free");
  expect(groundOf(on("village"), known(0, [announced]), placed.key, null, NOW + 2 * 3_600_000)).toBe("closed");
  expect(groundOf(on("village"), known(0, [announced]), placed.key, null, NOW + 7 * 86_400_000)).toBe("free");
});

test("a stage without a place leads nowhere, and so not astray", () => {
  const bare = readQuest({
    ...raw,
    setting: ["fell"],
    stages: raw.stages.map((stage) => (stage.key === placed.key ? { ...stage, place: null, variants: [] } : stage)),
  });

  expect(groundOf(bare, null, placed.key, null, NOW)).toBe("free");
});
