/** The drift that is under way on this phone: led on by time and feet, and written down as it goes. */

import { db, type Drift, type MyPlace, type ShownPrompt } from "../data/db.ts";
import { StorageFull, writing } from "../data/room.ts";
import { newId } from "../game/moves.ts";
import { addPlace, type Jotted, keepOwn } from "../mine/places.ts";
import type { DeckPrompt } from "./decks.ts";
import { RESTS_MS } from "./draw.ts";
import { began, type Choices, dueAt, type Here, ledOn, resumed, stepped } from "./walk.ts";

/** What is only a step of the map or a second of the clock is written so seldom. [ms] */
const WRITTEN_EVERY_MS = 15_000;
/** A drift that nobody saw for so long is asked about, before it goes on. [ms] */
export const LEFT_AFTER_MS = 6 * 3_600_000;

/** The one that was begun and not ended; there is at most one. */
export async function underWay(): Promise<Drift | null> {
  const open = await db.drifts
    .orderBy("began_at")
    .reverse()
    .filter((drift) => drift.ended_at === null)
    .toArray();
  return open[0] ?? null;
}

/** On a full phone it goes on from memory. */
function unlessFull(error: unknown): void {
  if (!(error instanceof StorageFull)) throw error;
}

export class Walking {
  #drift = $state.raw<Drift>(undefined as unknown as Drift);
  /** All that fits was drawn in the last days. */
  through = $state(false);
  readonly #prompts: readonly DeckPrompt[];
  #writtenAt = 0;
  #drawing = false;

  private constructor(drift: Drift, prompts: readonly DeckPrompt[]) {
    this.#drift = drift;
    this.#prompts = prompts;
  }

  static async begin(
    choices: Choices,
    seed: string,
    prompts: readonly DeckPrompt[],
    now: number,
    here: Here | null,
  ): Promise<Walking> {
    const walking = new Walking(began(newId(), choices, seed, now), prompts);
    await writing(() => db.drifts.add(walking.drift));
    await walking.#draw(now, here);
    return walking;
  }

  static async goOn(drift: Drift, prompts: readonly DeckPrompt[], now: number): Promise<Walking> {
    const walking = new Walking(resumed(drift, now), prompts);
    await walking.#write(now);
    return walking;
  }

  get drift(): Drift {
    return this.#drift;
  }

  get prompt(): ShownPrompt | null {
    return this.#drift.shown.at(-1) ?? null;
  }

  /** A moment passed. `held`: somebody is in the midst of something, and is not interrupted. True: here is a prompt. */
  async tick(now: number, here: Here | null, held = false): Promise<boolean> {
    if (this.#drift.ended_at !== null) return false;
    this.#drift = { ...(here ? stepped(this.#drift, here, now) : this.#drift), seen_at: now };
    const due = dueAt(this.#drift, now, here);
    if (!held && !this.through && (due === null || due.now)) return this.#draw(now, here);
    if (now - this.#writtenAt >= WRITTEN_EVERY_MS) await this.#write(now);
    return false;
  }

  /** Passed, without a reason asked; the next one comes. */
  async another(now: number, here: Here | null): Promise<boolean> {
    const passed = this.prompt;
    if (passed) await db.prompts.update(passed.name, { passed: 1 });
    return this.#draw(now, here);
  }

  /** A find becomes a place of one's own at once: nothing is lost if the drift never ends. Throws StorageFull. */
  async keepFind(find: Jotted, prompt: ShownPrompt, now: number, here: Here | null): Promise<MyPlace> {
    const media = await keepOwn([...find.pictures, find.sound]);
    const at = here ? { lon: here.lon, lat: here.lat, accuracy_m: here.accuracy_m } : {};
    const place = await addPlace({ from: "drift", note: find.words, media, ...at }, now);
    const found = { place: place.id, prompt: prompt.text, at: now };
    this.#drift = { ...this.#drift, finds: [...this.#drift.finds, found], seen_at: now };
    await this.#write(now);
    return place;
  }

  async end(now: number): Promise<Drift> {
    this.#drift = { ...this.#drift, ended_at: now, seen_at: now };
    await writing(() => db.drifts.put(this.#drift));
    return this.#drift;
  }

  /** What is on the screen when it goes: written once more. */
  async leave(now: number): Promise<void> {
    if (this.#drift.ended_at === null) await this.#write(now);
  }

  async #draw(now: number, here: Here | null): Promise<boolean> {
    if (this.#drawing) return false;
    this.#drawing = true;
    try {
      const lately = await db.prompts
        .where("drawn_at")
        .above(now - RESTS_MS)
        .toArray();
      const next = ledOn(this.#drift, this.#prompts, lately, now, here);
      this.through = next === null;
      if (!next) return false;
      this.#drift = next.drift;
      this.#writtenAt = now;
      // Together, so that a phone that dies here neither forgets the prompt nor draws it twice.
      await writing(() =>
        db.transaction("rw", db.drifts, db.prompts, async () => {
          await db.prompts.put(next.card);
          await db.drifts.put(next.drift);
        }),
      ).catch(unlessFull);
      return true;
    } finally {
      this.#drawing = false;
    }
  }

  async #write(now: number): Promise<void> {
    this.#writtenAt = now;
    await writing(() => db.drifts.put(this.#drift)).catch(unlessFull);
  }
}
