/**
 * What a drift draws next.
 *
 * The twin of `quests/drift.py`, where each rule has its why; `tests/vectors/drift.json` holds both to the same answers:
 * change neither without the other. Nothing here knows a clock or a network.
 */

import { rank } from "../game/chance.ts";

export type Ground = "town" | "village" | "forest" | "shore" | "fell" | "indoors";
export type Season = "winter" | "spring" | "summer" | "autumn";
export type Together = "alone" | "two" | "child";
export type Mobility = "sits" | "wheels" | "walks";
export type Widening = "like-ground" | "company" | "season" | "ground";

/** As much of a prompt as drawing needs; `/api/v1/decks/{key}` has these and its text. */
export type Prompt = {
  /** Among all decks. */
  readonly name: string;
  readonly ground: readonly Ground[];
  /** Empty for all the year. */
  readonly seasons: readonly Season[];
  readonly light: "any" | "day" | "dark";
  /** Empty for anybody. */
  readonly company: readonly Together[];
  readonly mobility: Mobility;
  readonly nerve: number;
};

/** Of one player at one moment. `nerve` and `mobility` are the most that a prompt may take. */
export type Circumstances = {
  readonly at: Date;
  readonly ground: Ground;
  readonly season: Season;
  readonly light: "day" | "dark";
  readonly company: Together;
  readonly mobility: Mobility;
  readonly nerve: number;
};

/** A prompt that was drawn, and when. Whether it was passed makes no difference. */
export type Card = { readonly prompt: string; readonly at: Date };

/** `widened`: which of the circumstances were left out of account, in their order; mostly none. */
export type Drawn<One extends Prompt> = { readonly prompt: One; readonly widened: readonly Widening[] };

export const RESTS_MS = 30 * 86_400_000;
const OF_THIS_MOMENT = 2;

const MOBILITIES: readonly Mobility[] = ["sits", "wheels", "walks"];
const WILD: readonly Ground[] = ["forest", "shore", "fell"];
const LIKE: Readonly<Record<Ground, readonly Ground[]>> = {
  town: ["village"],
  village: ["town"],
  forest: ["shore", "fell"],
  shore: ["forest"],
  fell: ["forest"],
  indoors: [],
};
const WIDENINGS: readonly Widening[] = ["like-ground", "company", "season", "ground"];

/**
 * The next prompt: the same for the same arguments, whatever the order of prompts and cards. `seed` is the drift's own.
 *
 * Null only where no safe prompt is left: each has been drawn in the last 30 days, or there never was one.
 */
export function draw<One extends Prompt>(
  prompts: readonly One[],
  seed: string,
  now: Circumstances,
  cards: readonly Card[] = [],
): Drawn<One> | null {
  const resting = new Set(
    cards.filter((card) => now.at.getTime() - card.at.getTime() < RESTS_MS).map((card) => card.prompt),
  );
  const left = prompts.filter((prompt) => !resting.has(prompt.name) && isSafe(prompt, now));
  for (let count = 0; count <= WIDENINGS.length; count++) {
    const widened = WIDENINGS.slice(0, count);
    const [first, ...others] = left.filter((prompt) => fits(prompt, now, widened));
    if (first === undefined) continue;
    const place = (prompt: Prompt): number => rank(seed, prompt.name, weight(prompt, now));
    let best = first;
    let least = place(first);
    for (const prompt of others) {
      const found = place(prompt);
      if (found < least || (found === least && prompt.name < best.name)) [best, least] = [prompt, found];
    }
    return { prompt: best, widened };
  }
  return null;
}

/** What is never widened: light, nerve, mobility, who is alone, and wild ground in the dark for who is not there. */
export function isSafe(prompt: Prompt, now: Circumstances): boolean {
  const takesTwo = prompt.company.length > 0 && !prompt.company.includes("alone");
  return (
    (prompt.light === "any" || prompt.light === now.light) &&
    prompt.nerve <= now.nerve &&
    MOBILITIES.indexOf(prompt.mobility) <= MOBILITIES.indexOf(now.mobility) &&
    !(takesTwo && now.company === "alone") &&
    !(now.light === "dark" && !WILD.includes(now.ground) && prompt.ground.every((ground) => WILD.includes(ground)))
  );
}

/** Whether it is meant for this ground, company and season, as far as these are still looked at. */
export function fits(prompt: Prompt, now: Circumstances, widened: readonly Widening[] = []): boolean {
  const grounds = [now.ground, ...(widened.includes("like-ground") ? LIKE[now.ground] : [])];
  return (
    (widened.includes("ground") || prompt.ground.some((ground) => grounds.includes(ground))) &&
    (widened.includes("company") || prompt.company.length === 0 || prompt.company.includes(now.company)) &&
    (widened.includes("season") || prompt.seasons.length === 0 || prompt.seasons.includes(now.season))
  );
}

function weight(prompt: Prompt, now: Circumstances): number {
  return prompt.seasons.includes(now.season) || prompt.light === "dark" ? OF_THIS_MOMENT : 1;
}
