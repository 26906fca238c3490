/** A copy of what matters as a file of the phone's own: for whoever does not want to trust a browser's memory. */

import { strToU8, zipSync, type Zippable } from "fflate";

import { draftsAsKept } from "../app/drafts.svelte.ts";
import { db } from "./db.ts";
import { save } from "./downloads.ts";
import { spilled } from "./spill.ts";

const EXTENSION: Readonly<Record<string, string>> = {
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/webp": "webp",
  "audio/webm": "webm",
  "audio/mp4": "m4a",
  "audio/ogg": "ogg",
};

/** Moves, journeys, places, words, drifts and one's own pictures and sounds, as a ZIP. Without the token. */
export async function copy(): Promise<Blob> {
  const [journeys, moves, places, words, drifts, awards, media] = await Promise.all([
    db.journeys.toArray(),
    db.moves.toArray(),
    db.places.toArray(),
    db.words.toArray(),
    db.drifts.toArray(),
    db.awards.toArray(),
    db.media.toArray(),
  ]);
  const told = { journeys, moves: [...moves, ...spilled()], places, words, drifts, awards, drafts: draftsAsKept() };
  const files: Zippable = { "rotfaste.json": strToU8(JSON.stringify(told, null, 1)) };
  for (const medium of media) {
    const bytes = new Uint8Array(await medium.blob.arrayBuffer());
    const type = medium.type.split(";")[0] ?? "";
    files[`media/${medium.id}.${EXTENSION[type] ?? "bin"}`] = [bytes, { level: 0 }];
  }
  return new Blob([zipSync(files, { level: 6 }) as Uint8Array<ArrayBuffer>], { type: "application/zip" });
}

/** Hands it to the phone's own way of sharing where there is one, otherwise to its downloads. */
export async function copyAsFile(): Promise<void> {
  const name = `rotfaste-${new Date().toISOString().slice(0, 10)}.zip`;
  save(await copy(), name);
}
