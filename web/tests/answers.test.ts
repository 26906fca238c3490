import { expect } from "vitest";

import { answerBits, normalForm, numberForm } from "../src/game/answers.ts";
import { fromHex } from "../src/game/bytes.ts";
import { each, type Row, vectors } from "./vectors.ts";

type Answers = {
  readonly forms: readonly (Row & { text: string; letters_apart?: boolean; expected: string })[];
  readonly numbers: readonly (Row & { text: string; expected: string | null })[];
  readonly bits: readonly (Row & { salt: string; answer: string; letters_apart?: boolean; expected: number })[];
};
const answers = vectors<Answers>("answers");

each("answers: forms", answers.forms, (row) => {
  const found = normalForm(row.text, row.letters_apart);

  expect(found).toBe(row.expected);
  expect(normalForm(found, row.letters_apart)).toBe(found);
});

each("answers: numbers", answers.numbers, (row) => {
  const found = numberForm(row.text);

  expect(found).toBe(row.expected);
  expect(found === null || numberForm(found) === found).toBe(true);
});

each("answers: bits", answers.bits, (row) => {
  expect(answerBits(fromHex(row.salt), row.answer, row.letters_apart)).toBe(row.expected);
});
