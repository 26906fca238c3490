import { expect, test } from "vitest";

import { fromHex } from "../src/game/bytes.ts";
import { printedCode, questCode, scannedCodeHash, typedCode } from "../src/game/codes.ts";
import { each, type Row, vectors } from "./vectors.ts";

type Codes = {
  readonly typed: readonly (Row & { text: string; expected: string | null })[];
  readonly scanned: readonly (Row & { text: string; expected: string | null })[];
  readonly printed: readonly (Row & { bytes: string; expected: string })[];
  readonly quests: readonly (Row & { seed: string; attempt: number; expected: string })[];
};
const codes = vectors<Codes>("codes");

each("codes: typed", codes.typed, (row) => expect(typedCode(row.text)).toBe(row.expected));

each("codes: scanned", codes.scanned, (row) => expect(scannedCodeHash(row.text)).toBe(row.expected));

each("codes: printed", codes.printed, (row) => expect(printedCode(fromHex(row.bytes))).toBe(row.expected));

each("codes: quests", codes.quests, (row) => {
  expect(questCode(fromHex(row.seed), row.attempt)).toBe(row.expected);
});

test("a printed code has sixteen bytes", () => {
  expect(() => printedCode(new Uint8Array(15))).toThrow(RangeError);
});
