/**
 * A drift as values: begun, led on by draws, and ended. Nothing here knows a clock, a network or a screen.
 *
 * It stays on the phone. What leaves it is a feeling at its end, and only if somebody gives one.
 */

import type { Drift, DrawnPrompt, ShownPrompt } from "../data/db.ts";
import { timeOfYear } from "../game/today.ts";
import { distanceM } from "../geo/positions.ts";
import { light } from "../geo/sun.ts";
import type { DeckPrompt } from "./decks.ts";
import { type Card, type Circumstances, draw } from "./draw.ts";
import { due, PACE, type Due } from "./pace.ts";

/** Where the phone is, and how well it knows. [degrees, m, m/s] */
export type Here = {
  readonly lon: number;
  readonly lat: number;
  readonly accuracy_m: number;
  readonly speed_mps?: number;
};

export type Choices = Pick<Drift, "company" | "mobility" | "nerve" | "ground">;

/** Light is asked for here where nobody knows where the phone is: Östersund. */
const MIDDLE = { lon: 14.64, lat: 63.18 };
/** A step of the small map; and how well a position must be known to be drawn on it. [m] */
const STEP_M = 12;
const DRAWN_FROM_ACCURACY_M = 60;
const STEPS_MOST = 4_000;
/** When nobody saw a drift for longer, the app was closed in between. [ms] */
const PAUSE_FROM_MS = 60_000;

/** A word two people share, however it is written: the same word on two phones draws the same. */
export function seedOf(word: string): string {
  return word.normalize("NFC").trim().replace(/\s+/g, " ").toLocaleLowerCase("sv");
}

export function began(id: string, choices: Choices, seed: string, now: number): Drift {
  return {
    id,
    began_at: now,
    ended_at: null,
    seed,
    ...choices,
    walked: [],
    finds: [],
    shown: [],
    paused_ms: 0,
    seen_at: now,
    felt: null,
  };
}

/** The drift as it goes on after its screen was away, closed or not: that time counts for no prompt. */
export function resumed(drift: Drift, now: number): Drift {
  const away = now - drift.seen_at;
  return { ...drift, seen_at: now, paused_ms: drift.paused_ms + (away >= PAUSE_FROM_MS ? away : 0) };
}

export function circumstances(drift: Drift, now: number, here: Here | null): Circumstances {
  const at = new Date(now);
  return {
    at,
    ground: drift.ground,
    season: timeOfYear(at),
    light: light(at, here ?? MIDDLE),
    company: drift.company,
    mobility: drift.mobility,
    nerve: drift.nerve,
  };
}

/** When the next prompt comes; null before the first. */
export function dueAt(drift: Drift, now: number, here: Here | null): Due | null {
  const last = drift.shown.at(-1);
  if (!last) return null;
  const sinceS = Math.max(0, now - last.drawn_at - drift.paused_ms) / 1000;
  const from = last.lon === null || last.lat === null ? null : { lon: last.lon, lat: last.lat };
  return due(PACE, sinceS, here && from ? distanceM(here, from) : null, {
    accuracyM: here?.accuracy_m ?? 0,
    speedMps: here?.speed_mps ?? null,
  });
}

/** The drift with its next prompt, and what the phone remembers of it; null where all that fits was drawn lately. */
export function ledOn(
  drift: Drift,
  prompts: readonly DeckPrompt[],
  remembered: readonly DrawnPrompt[],
  now: number,
  here: Here | null,
): { readonly drift: Drift; readonly card: DrawnPrompt } | null {
  const cards: Card[] = remembered.map(({ key, drawn_at }) => ({ prompt: key, at: new Date(drawn_at) }));
  const drawn = draw(
    prompts as readonly (DeckPrompt & { nerve: number })[],
    drift.seed,
    circumstances(drift, now, here),
    cards,
  );
  if (!drawn) return null;
  const { name, text, language, checked_by } = drawn.prompt;
  const shown: ShownPrompt = {
    name,
    text,
    language,
    checked_by,
    widened: drawn.widened,
    drawn_at: now,
    lon: here?.lon ?? null,
    lat: here?.lat ?? null,
  };
  return {
    drift: { ...drift, shown: [...drift.shown, shown], paused_ms: 0, seen_at: now },
    card: { key: name, drawn_at: now, passed: 0 },
  };
}

/** The small map goes on: a step where the phone has moved, and knows it well enough. The same drift otherwise. */
export function stepped(drift: Drift, here: Here, now: number): Drift {
  if (here.accuracy_m > DRAWN_FROM_ACCURACY_M || drift.walked.length >= STEPS_MOST) return drift;
  const last = drift.walked.at(-1);
  if (last && distanceM({ lon: last[0], lat: last[1] }, here) < Math.max(STEP_M, here.accuracy_m / 2)) return drift;
  return { ...drift, walked: [...drift.walked, [here.lon, here.lat, now]] };
}

/** The way that was walked, broken where nobody walked it: the app was closed, or a bus came. */
export function ways(drift: Drift): readonly (readonly (readonly [number, number])[])[] {
  const parts: [number, number][][] = [];
  let before: readonly [number, number, number] | null = null;
  for (const step of drift.walked) {
    const [lon, lat, at] = step;
    const gap =
      before !== null &&
      at - before[2] > 180_000 &&
      distanceM({ lon: before[0], lat: before[1] }, { lon, lat }) > 200;
    if (before === null || gap) parts.push([]);
    parts.at(-1)!.push([lon, lat]);
    before = step;
  }
  return parts;
}

/** How far that is. [m] */
export function walkedM(drift: Drift): number {
  return ways(drift).reduce((sum, way) => {
    return way.reduce((length, [lon, lat], at) => {
      const [lon0, lat0] = way[Math.max(0, at - 1)]!;
      return length + distanceM({ lon: lon0, lat: lat0 }, { lon, lat });
    }, sum);
  }, 0);
}
