/**
 * The task kinds. A new kind is one file beside this one and one name in `TASK_KINDS`; the types say when one is missing.
 */

import type { AnyBody, AnyTask, TaskKey } from "../forms.ts";
import { answer } from "./answer.ts";
import { arrive } from "./arrive.ts";
import { choice } from "./choice.ts";
import { count } from "./count.ts";
import { dwell } from "./dwell.ts";
import { feel } from "./feel.ts";
import { type Scene, type TaskKind, type Verdict, verdict } from "./kind.ts";
import { listen } from "./listen.ts";
import { look } from "./look.ts";
import { meet } from "./meet.ts";
import { order } from "./order.ts";
import { photo } from "./photo.ts";
import { record } from "./record.ts";
import { reflect } from "./reflect.ts";
import { scan } from "./scan.ts";

export const TASK_KINDS = [
  arrive,
  answer,
  choice,
  scan,
  dwell,
  count,
  photo,
  record,
  reflect,
  feel,
  look,
  listen,
  meet,
  order,
] as const;

type Listed = (typeof TASK_KINDS)[number]["kind"];
type Missing = Exclude<TaskKey, Listed>;
const everyKind: [Missing] extends [never] ? true : Missing = true;
void everyKind;

// A kind looks at its own tasks and bodies alone; that they are its own is asked before.
type AnyKind = Omit<TaskKind<TaskKey>, "judge" | "named" | "asks" | "defaults" | "bodyDefaults"> & {
  readonly defaults: object;
  readonly bodyDefaults: object;
  named(task: AnyTask): readonly string[];
  asks(task: AnyTask): Readonly<Record<string, number>>;
  judge(task: AnyTask, body: AnyBody, scene: Scene): Verdict;
};
const BY_KEY: ReadonlyMap<string, AnyKind> = new Map(
  TASK_KINDS.map((kind) => [kind.kind as string, kind as unknown as AnyKind]),
);

/** The kind of that key; null for one that this app does not know. */
export function kindOf(key: string): AnyKind | null {
  return BY_KEY.get(key) ?? null;
}

/** What a body comes to at a task; "wrong-kind" for the body of another kind. */
export function judgeTask(task: AnyTask, body: AnyBody, scene: Scene): Verdict {
  if (body.kind !== task.kind) return verdict("wrong-kind", { details: { asked: task.kind } });
  return (BY_KEY.get(task.kind) as AnyKind).judge(task, body, scene);
}
