/** How each task kind is done on a phone: one component each. The type says when one is missing. */

import type { Component } from "svelte";

import type { MediaReference, StageView, TaskKey, TaskView } from "../game/forms.ts";
import type { NewBody } from "../game/moves.ts";
import type { Brought, Did, Seen } from "../play/played.svelte.ts";
import Answer from "./Answer.svelte";
import Arrive from "./Arrive.svelte";
import Choice from "./Choice.svelte";
import Count from "./Count.svelte";
import Dwell from "./Dwell.svelte";
import Feel from "./Feel.svelte";
import Listen from "./Listen.svelte";
import Look from "./Look.svelte";
import Meet from "./Meet.svelte";
import Order from "./Order.svelte";
import Photo from "./Photo.svelte";
import Record_ from "./Record.svelte";
import Reflect from "./Reflect.svelte";
import Scan from "./Scan.svelte";

export type TaskProps = {
  readonly task: TaskView;
  readonly stage: StageView;
  /** Where the phone is, seen from the stage; null where that cannot be said, or does not matter. */
  readonly seen: Seen | null;
  /** The language of the stage's texts. */
  readonly language: string;
  /** What an answer's form is: "number" asks for digits. */
  readonly expects?: string;
  /** Makes the move. `here`: the player's word stands in for a position. */
  readonly did: (body: NewBody, brought?: Brought) => Promise<Did | null>;
};

export type { MediaReference };

export const TASKS: Readonly<Record<TaskKey, Component<TaskProps>>> = {
  arrive: Arrive,
  answer: Answer,
  choice: Choice,
  scan: Scan,
  dwell: Dwell,
  count: Count,
  photo: Photo,
  record: Record_,
  reflect: Reflect,
  feel: Feel,
  look: Look,
  listen: Listen,
  meet: Meet,
  order: Order,
};
