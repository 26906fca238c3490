/**
 * Chance that is drawn from words, so that the same words always draw the same, here and on the server.
 *
 * The twin of `quests/chance.py`; `tests/vectors/chance.json` holds both to the same answers.
 */

import { sha256 } from "@noble/hashes/sha2.js";

import { utf8 } from "./bytes.ts";

const BYTES = 6; // 48 bits, which every language's numbers hold exactly

/** Between 0 and 1, evenly: the first 48 bits of SHA-256 over the words with U+001F between them. */
export function fraction(...words: readonly string[]): number {
  const digest = sha256(utf8(words.join("\u001f")));
  return digest.subarray(0, BYTES).reduce((number, byte) => number * 256 + byte, 0) / 2 ** (8 * BYTES);
}

/**
 * Where a name comes on a day, the least first: one of weight 2 is twice as often before one of weight 1.
 *
 * Each name is drawn for itself, so that two people who choose among nearly the same names nearly always meet the same
 * first one.
 */
export function rank(day: string, name: string, weight: number): number {
  return Math.min(...Array.from({ length: weight }, (_, turn) => fraction(day, name, String(turn))));
}
