/**
 * Names of places, folded so that they are found however they are typed.
 *
 * The twin of `geo/names.py`; `tests/vectors/names.json` holds both to the same answers.
 */

// What is left of these when marks are taken off is no letter of a plain keyboard.
const PLAIN: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  đ: "d",
  ð: "d",
  ł: "l",
  ŋ: "n",
  ŧ: "t",
  þ: "th",
  ı: "i",
  ς: "σ",
};
// Typed inside a word and never a break in it; joiners and marks of direction stand inside words of several scripts.
const UNHEARD = /['\u2019\u02bc\u02b9\u00b4`]/gu;
const DROPPED = /[\p{M}\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff]/gu;

/**
 * Without case, marks and punctuation, words apart by one space; `Östersund`, `ostersund`, `OESTERSUND` alike.
 *
 * `aa`, `ae`, `oe` count as a, a, o. The beginning of a name folds to a beginning of the folded name. Folding twice is
 * folding once.
 */
export function folded(name: string): string {
  const lowered = name.normalize("NFKD").toLowerCase().normalize("NFKD");
  const plain = Array.from(lowered, (sign) => PLAIN[sign] ?? sign).join("");
  const words = plain
    .replace(UNHEARD, "")
    .replace(DROPPED, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
  return words.replace(/a[ae]+/g, "a").replace(/oe+/g, "o");
}

/** The folded name from each of its words on, whole first: what somebody types begins one of them. */
export function searchForms(name: string): readonly string[] {
  const words = folded(name).split(" ");
  return [...new Set(words.map((_, at) => words.slice(at).join(" ")).filter((form) => form !== ""))];
}
