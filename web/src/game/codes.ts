/**
 * Codes that people type, print and scan.
 *
 * The twin of `quests/codes.py`, without the host's code of the day, whose secret no phone holds;
 * `tests/vectors/codes.json` holds both to the same answers.
 */

import { sha256 } from "@noble/hashes/sha2.js";

import { base64url, fromBase64url, hex } from "./bytes.ts";
import { stripped, unspaced } from "./texts.ts";

const CODE_LETTERS = "23456789ABCDEFGHJKMNPQRTVWXYZ"; // without 0 O, 1 I L, S and U: they are misread and misheard
const CODE_LENGTH = 5;
const CODE_PATTERN = new RegExp(`^JH[${CODE_LETTERS}]{${CODE_LENGTH}}$`);
const PRINTED_CODE_BYTES = 16;
const PRINTED_CODE_PATTERN = /^[A-Za-z0-9_-]{22}$/;

export const ROTATING_DIGITS = 6;

/** The code somebody meant by what they typed, or null: case, spaces and dashes do not matter. */
export function typedCode(text: string): string | null {
  const code = unspaced(text).replaceAll("-", "").toUpperCase();
  return CODE_PATTERN.test(code) ? code : null;
}

/**
 * The SHA-256 that a kit holds for a scanned code, as hex; null when it is no code of ours.
 *
 * Takes the bare code or the whole address of a printed QR code, whose fragment is `c=<code>`.
 */
export function scannedCodeHash(scanned: string): string | null {
  const code = stripped(scanned).split("#c=").at(-1) as string;
  return PRINTED_CODE_PATTERN.test(code) ? hex(sha256(fromBase64url(code))) : null;
}

/** A printed code as text: base64url of its 16 bytes, 22 characters. */
export function printedCode(secret: Uint8Array): string {
  if (secret.length !== PRINTED_CODE_BYTES) {
    throw new RangeError(`a printed code has ${PRINTED_CODE_BYTES} bytes, not ${secret.length}`);
  }
  return base64url(secret);
}

/** A quest's code, `JH` and five letters; the next attempt gives another when one is taken. */
export function questCode(seed: Uint8Array, attempt = 0): string {
  const counted = new Uint8Array(seed.length + 4);
  counted.set(seed);
  new DataView(counted.buffer).setUint32(seed.length, attempt);
  let number = new DataView(sha256(counted).buffer).getBigUint64(0);
  let letters = "";
  for (let place = 0; place < CODE_LENGTH; place++) {
    letters += CODE_LETTERS[Number(number % BigInt(CODE_LETTERS.length))];
    number /= BigInt(CODE_LETTERS.length);
  }
  return `JH${letters}`;
}
