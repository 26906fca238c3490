/** What the phone keeps: IndexedDB through Dexie. Rows are plain values; what may be had again says so. */

import Dexie, { type EntityTable } from "dexie";

import type { Schemas } from "../api/client.ts";
import { isShared } from "../app/shelf.ts";

export type Kit = {
  readonly code: string;
  readonly id: string;
  readonly version: string;
  readonly kit: Schemas["KitAnswer"];
  /** When it was fetched last: how old its knowledge of closures is. [ms of 1970] */
  readonly fetched_at: number;
  /** Taken along on purpose: never cleared to make room. */
  readonly taken: boolean;
  /** Whether all of its media and its map are here too. */
  readonly ready: boolean;
  readonly bytes: number;
};

/** A version that a journey was begun with stays, whatever is published later. */
export type KeptVersion = { readonly version: string; readonly code: string; readonly quest: Schemas["Quest"] };

export type Journey = {
  readonly id: string;
  readonly code: string;
  readonly version: string;
  readonly players: readonly string[];
  readonly started_at: string;
  readonly variants: Readonly<Record<string, string>>;
  /** The server has it. */
  readonly known: 0 | 1;
  readonly touched_at: number;
  readonly finished: 0 | 1;
  /** Why the server will not have it; its moves stay here, and can be saved as a file. */
  readonly stuck?: string;
};

export type Move = Schemas["Move"];
export type FreeMove = Schemas["FreeMove"];

/** A move, from its making on; it stays after it was sent, since the journey is folded from it. */
export type OutboxMove = {
  readonly id: string;
  /** The journey; `free` for what was said outside of any quest. */
  readonly journey: string;
  readonly move: Move | FreeMove;
  readonly made_at: number;
  /** 1 until the server has told an outcome: a number, so that it can be an index. */
  readonly pending: 0 | 1;
  /** It was part of a request: it may be known there, and can no longer be undone. */
  readonly sent: 0 | 1;
  readonly outcome?: Schemas["Told"];
};

/** A picture or sound of one's own, until the server has it and as long as its owner keeps it. */
export type Medium = {
  readonly id: string;
  readonly move: string | null;
  readonly blob: Blob;
  readonly type: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly made_at: number;
  readonly pending: 0 | 1;
  /** Where the upload goes on after a break. */
  readonly upload_url?: string;
  readonly sent_bytes: number;
  readonly refused?: string;
};

/** A file of a quest (picture, sound) or of the map, that can be had again. */
export type KeptFile = {
  readonly key: string;
  readonly owner: string;
  readonly blob: Blob;
  readonly bytes: number;
  readonly used_at: number;
};

/** A place that one marked: private. Nothing of it is sent but feelings, and they go as moves of their own. */
export type MyPlace = {
  readonly id: string;
  /** Null where the phone did not know, or for a place that was written down from memory. */
  readonly lon: number | null;
  readonly lat: number | null;
  readonly accuracy_m: number | null;
  readonly name: string;
  readonly note: string;
  readonly own: 0 | 1; // mitt ställe
  /** What it felt like, in the order of time; `move`: what told the server. */
  readonly feelings: readonly PlaceFeeling[];
  readonly media: readonly string[];
  readonly made_at: number;
  readonly changed_at: number;
  readonly from: "here" | "feeling" | "hand" | "drift";
};

export type PlaceFeeling = {
  readonly feeling: Schemas["FeelBody"]["feeling"];
  readonly strength: number;
  readonly at: number;
  readonly move: string;
};

export type MyWord = {
  readonly id: string;
  readonly word: string;
  readonly language: string;
  readonly meaning: string;
  /** The language of the meaning, BCP 47. */
  readonly meaning_language: string;
  /** How it is said, in letters; may be empty. */
  readonly said: string;
  readonly where: string;
  readonly kept_at: number;
};

export type DrawnPrompt = { readonly key: string; readonly drawn_at: number; readonly passed: 0 | 1 };

/** A prompt as it was shown: its words too, so that a drift goes on without its deck. */
export type ShownPrompt = {
  readonly name: string;
  readonly text: string;
  readonly language: string;
  readonly checked_by: string;
  readonly widened: readonly string[];
  readonly drawn_at: number;
  /** Where that was. */
  readonly lon: number | null;
  readonly lat: number | null;
};

export type Drift = {
  readonly id: string;
  readonly began_at: number;
  readonly ended_at: number | null;
  readonly seed: string;
  readonly company: "alone" | "two" | "child";
  readonly mobility: "sits" | "wheels" | "walks";
  readonly nerve: number;
  readonly ground: Schemas["DeckPrompt"]["ground"][number];
  readonly walked: readonly (readonly [number, number, number])[]; // lon, lat, at [ms]
  /** The words, pictures and sounds are with the place that each became. */
  readonly finds: readonly { readonly place: string; readonly prompt: string; readonly at: number }[];
  /** The last is the one that is shown now. */
  readonly shown: readonly ShownPrompt[];
  /** How long the app was closed since the prompt was drawn. [ms] */
  readonly paused_ms: number;
  /** When it was last seen to be under way. */
  readonly seen_at: number;
  readonly felt: PlaceFeeling | null;
};

export type KeptAward = { readonly key: string; readonly award: Schemas["Award"]; readonly seen: 0 | 1 };

/** Answers of the server that are shown while there is no network: a list, what today brought, a deck. */
export type Remembered = { readonly key: string; readonly value: unknown; readonly at: number };

export type Note = { readonly key: string; readonly value: unknown };

export class Keep extends Dexie {
  declare kits: EntityTable<Kit, "code">;
  declare versions: EntityTable<KeptVersion, "version">;
  declare journeys: EntityTable<Journey, "id">;
  declare moves: EntityTable<OutboxMove, "id">;
  declare media: EntityTable<Medium, "id">;
  declare files: EntityTable<KeptFile, "key">;
  declare places: EntityTable<MyPlace, "id">;
  declare words: EntityTable<MyWord, "id">;
  declare prompts: EntityTable<DrawnPrompt, "key">;
  declare drifts: EntityTable<Drift, "id">;
  declare awards: EntityTable<KeptAward, "key">;
  declare remembered: EntityTable<Remembered, "key">;
  declare notes: EntityTable<Note, "key">;

  constructor(name: string) {
    super(name);
    this.version(1).stores({
      kits: "code, id, version",
      versions: "version, code",
      journeys: "id, code, touched_at",
      moves: "id, journey, pending, made_at",
      media: "id, move, pending",
      files: "key, owner, used_at",
      places: "id, made_at",
      words: "id, kept_at",
      prompts: "key, drawn_at",
      drifts: "id, began_at",
      awards: "key, seen",
      remembered: "key, at",
      notes: "key",
    });
    // Forgotten by another tab: then this one must not bring it back by opening it once more.
    this.on("versionchange", ({ newVersion }) => {
      if (newVersion !== null) return;
      this.close();
      return false;
    });
  }
}

const OWN = "rotfaste";
const SHARED = "rotfaste-shared";

/** On a phone of a library everything lies apart, so that forgetting it is one act. */
export const nameOfKeep = (shared: boolean): string => (shared ? SHARED : OWN);

export let db: Keep = new Keep(nameOfKeep(isShared()));

/** Everything that lies here is gone. */
export async function forget(): Promise<void> {
  const gone = db;
  gone.on("blocked", () => false); // until what is under way has ended, here or in another tab
  await gone.delete();
  db = new Keep(gone.name);
}
