import { describe, expect, test } from "vitest";

import { partsOf, spokenForm } from "../src/ui/parts.ts";

const LAKE = { name: "lake.webp", sha256: "a".repeat(64), type: "image/webp" };
const BIRD = { name: "bird.ogg", sha256: "b".repeat(64), type: "audio/ogg" };

describe("a text with pictures and sounds", () => {
  test("comes in its order, each with its words", () => {
    const text = "Look.\n\n![The lake](lake.webp)\n\nListen: ![A bird](bird.ogg) Good.";

    expect(partsOf(text, [LAKE, BIRD])).toEqual([
      { kind: "words", text: "Look." },
      { kind: "picture", address: `/media/${LAKE.sha256}`, text: "The lake" },
      { kind: "words", text: "Listen:" },
      { kind: "sound", address: `/media/${BIRD.sha256}`, text: "A bird" },
      { kind: "words", text: "Good." },
    ]);
    expect(spokenForm(text)).toBe("Look.\n\nThe lake\n\nListen: A bird Good.");
  });

  test("says in words what is not there", () => {
    expect(partsOf("![The lake](lake.webp)", [])).toEqual([{ kind: "words", text: "The lake" }]);
  });
});
