import { expect } from "vitest";

import { closedTo } from "../src/game/closures.ts";
import { judge, NOT_HEARD } from "../src/game/judge.ts";
import { readClosure, readQuest } from "../src/game/model.ts";
import { moveOf } from "../src/game/moves.ts";
import { each, type Row, vectors } from "./vectors.ts";

const ME = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";

type Refusing = Row & {
  readonly closures: string;
  readonly revision: number | null;
  readonly stage: string;
  readonly variant?: string;
  readonly at: readonly [number, number];
  readonly made_at: string;
  readonly refused: boolean;
};
const closures = vectors<{
  readonly quest: unknown;
  readonly lists: Readonly<Record<string, readonly unknown[]>>;
  readonly rows: readonly Refusing[];
}>("closures");

each("closures", closures.rows, (row) => {
  const quest = readQuest(closures.quest);
  const known = (closures.lists[row.closures] as readonly unknown[]).map((one) => readClosure(one));
  const [lon, lat] = row.at;
  const fix = { lon, lat, accuracy_m: 5, at: row.made_at, altitude_m: null, heading_deg: null, speed_mps: null };
  const move = moveOf(
    { id: ME, by: [ME], device: ME, madeAt: new Date(row.made_at), body: { kind: "arrive" }, fixes: [fix] },
    {
      questVersion: quest.version,
      stage: row.stage,
      task: "come",
      variant: row.variant ?? null,
      closuresRevision: row.revision,
    },
  );

  for (const order of [known, [...known].reverse()]) {
    const judged = judge(quest, move, { ...NOT_HEARD, at: row.made_at, closed: closedTo(quest, move, order) });
    expect(judged.code === "closed-ground").toBe(row.refused);
  }
});
