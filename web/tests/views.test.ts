import { expect, test } from "vitest";

import { readQuest } from "../src/game/model.ts";
import type { Judged } from "../src/game/outcomes.ts";
import { play } from "../src/game/play.ts";
import { currentStage, forPlayer } from "../src/game/views.ts";
import { best, chain } from "../src/game/languages.ts";
import { each, type Row, vectors } from "./vectors.ts";

type Seen = Row & {
  readonly quest: string;
  readonly judged: readonly Judged[];
  readonly languages: readonly string[];
  readonly expected: unknown;
};
const views = vectors<{ readonly quests: Readonly<Record<string, unknown>>; readonly rows: readonly Seen[] }>(
  "views",
);

each("views", views.rows, (row) => {
  const quest = readQuest(views.quests[row.quest]);

  expect(forPlayer(quest, play(quest, row.judged), row.languages)).toEqual(row.expected);
});

test("nothing hidden is in a view before it opens", () => {
  const quest = readQuest(views.quests["a trail"]);

  const seen = JSON.stringify(forPlayer(quest, play(quest, []), ["sv"]));

  expect(seen).not.toMatch(/constructor|Gömman|kvarn|Bra gått|Vart/);
});

test("one is led to the first open stage, and nowhere at the end", () => {
  const quest = readQuest(views.quests["a trail"]);
  const at = (name: string): string | undefined => {
    const row = views.rows.find((one) => one.name === name) as Seen;
    return currentStage(forPlayer(quest, play(quest, row.judged), ["sv"]))?.key;
  };

  expect(at("before setting out")).toBe("bridge");
  expect(at("a hidden stage opens")).toBe("constructor");
  expect(at("given up")).toBe("home");
  expect(at("finished")).toBeUndefined();
});

test("a language that is not there is stood in for", () => {
  expect(chain(["sv-SE"])).toEqual(["sv-SE", "sv", "sv-simple", "en"]);
  expect(chain(["uk", "sv-simple"])).toEqual(["uk", "sv-simple", "sv", "en"]);
  expect(best(["sv", "en"], ["toString"])).toBe("en");
  expect(() => best([], ["sv"])).toThrow(RangeError);
});
