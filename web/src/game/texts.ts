/** What the languages' own lists of blanks disagree on, written out: the blanks of Python. */

const BLANK = "\\t-\\r\\x1c-\\x1f \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const BLANKS = new RegExp(`[${BLANK}]+`, "gu");
const AT_THE_ENDS = new RegExp(`^[${BLANK}]+|[${BLANK}]+$`, "gu");

/** Without blanks at its ends, as Python's `strip`. */
export function stripped(text: string): string {
  return text.replace(AT_THE_ENDS, "");
}

/** Without any blank. */
export function unspaced(text: string): string {
  return text.replace(BLANKS, "");
}

/** What stands between blanks, as Python's `split`. */
export function words(text: string): readonly string[] {
  return text.split(BLANKS).filter((word) => word !== "");
}
