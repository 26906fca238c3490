/**
 * Answers that a phone can check without holding them: ten bits of each.
 *
 * The twin of `quests/answers.py`; `tests/vectors/answers.json` holds both to the same answers.
 */

import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";

import { utf8 } from "./bytes.ts";

export const ANSWER_BITS = 10;

// Lower-casing is the same in Python and JavaScript but for what this table folds after it (Unicode's full case
// folding, CaseFolding.txt, of letters that have no lower-case form of their own).
const FOLDED: Readonly<Record<string, string>> = { ß: "ss", ſ: "s", ς: "σ", ŉ: "'n", ǰ: "j", "\u0307": "" };
const PLAIN_LETTERS: Readonly<Record<string, string>> = { å: "a", ä: "a", æ: "a", ö: "o", ø: "o" };

// What both languages call a space differs, so the set is written out; what cannot be seen is dropped.
const SPACES = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/gu;
const UNSEEN = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/gu;

/**
 * An answer as it is compared: NFC, trimmed, spaces folded, case folded.
 *
 * å, ä and ö stay letters of their own unless the stage says otherwise; then æ and ø follow them. Normalising twice is
 * normalising once.
 */
export function normalForm(text: string, lettersApart = true): string {
  const lowered = text.normalize("NFC").replace(UNSEEN, "").toLowerCase();
  let form = translated(lowered, FOLDED).normalize("NFC");
  if (!lettersApart) form = translated(form, PLAIN_LETTERS);
  return form.replace(SPACES, " ").replace(/^ +| +$/g, "");
}

/** The first ten bits of HMAC-SHA-256(salt, normal form), 0–1023. */
export function answerBits(salt: Uint8Array, answer: string, lettersApart = true): number {
  const digest = hmac(sha256, salt, utf8(normalForm(answer, lettersApart)));
  return (((digest[0] as number) << 8) | (digest[1] as number)) >> (16 - ANSWER_BITS);
}

/** A number as it is compared, or null: `1 200`, `01200` and `١٢٠٠` are `1200`; `2,50` is `2.5`. */
export function numberForm(text: string): string | null {
  const digits = plainDigits(normalForm(text));
  const found = /^([+\-\u2212]?)([0-9]{1,15}(?: [0-9]{3})*)(?:[.,]([0-9]{1,9}))?$/.exec(digits);
  if (found === null) return null;
  const [, sign, whole, part] = found;
  const front = (whole as string).replaceAll(" ", "").replace(/^0+/, "") || "0";
  const behind = (part ?? "").replace(/0+$/, "");
  const number = behind ? `${front}.${behind}` : front;
  return (sign === "-" || sign === "\u2212") && number !== "0" ? `-${number}` : number;
}

/** Digits of any script as 0 to 9. */
export function plainDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, (digit) => String(valueOf(digit)));
}

/** Unicode keeps the digits of a script together, from nought to nine. */
function valueOf(digit: string): number {
  const at = digit.codePointAt(0) as number;
  let first = at;
  while (/^\p{Nd}$/u.test(String.fromCodePoint(first - 1))) first--;
  return (at - first) % 10;
}

function translated(text: string, table: Readonly<Record<string, string>>): string {
  return Array.from(text, (letter) => table[letter] ?? letter).join("");
}
