import { expect } from "vitest";

import { readMove } from "../src/game/moves.ts";
import { type Heard, judge, NOT_HEARD } from "../src/game/judge.ts";
import { readPlace, readQuest } from "../src/game/model.ts";
import { each, type Row, vectors } from "./vectors.ts";

type Judging = Row & {
  readonly quest: string;
  readonly move: unknown;
  readonly heard: Partial<Omit<Heard, "closed">> & { readonly closed?: readonly unknown[] };
  readonly expected: Readonly<Record<string, unknown>>;
};
const judging = vectors<{
  readonly quests: Readonly<Record<string, unknown>>;
  readonly rows: readonly Judging[];
}>("judge");

each("judge", judging.rows, (row) => {
  const closed = (row.heard.closed ?? []).map((place) => readPlace(place));
  const quest = readQuest(judging.quests[row.quest]);

  const judged = judge(quest, readMove(row.move), { ...NOT_HEARD, ...row.heard, closed });

  const found: Record<string, unknown> = JSON.parse(JSON.stringify(judged));
  expect(Object.fromEntries(Object.keys(row.expected).map((name) => [name, found[name]]))).toEqual(row.expected);
});
