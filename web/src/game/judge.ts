/**
 * What one move means, judged alone: its stage, its body, its own fixes.
 *
 * The twin of `quests/judge.py`; `tests/vectors/judge.json` holds both to the same answers. On the phone nobody has heard
 * a move yet (`NOT_HEARD`); what the server hears beside it may add trust and refuse closed ground, nothing else.
 */

import { outsideM } from "../geo/fences.ts";
import { fromHex } from "./bytes.ts";
import {
  ANYWHERE,
  capped,
  type Presence,
  presenceOf,
  stayedS,
  type TimeClass,
  timeClass,
  TRUST_SELF_REPORT,
  trustOf,
} from "./evidence.ts";
import type { AnyPlace, AnyTask, BodyOf, FreeMove, Move, Quest, Stage, TaskOf } from "./forms.ts";
import { drawn, fenceOf, inVariant, isWidened, stageOf, stageOfCode, taskOf } from "./model.ts";
import { CODES, type Fact, type HandedIn, type Judged } from "./outcomes.ts";
import { own } from "./reading.ts";
import { isRightOption } from "./tasks/choice.ts";
import { judgeTask } from "./tasks/index.ts";
import { type Verdict, verdict } from "./tasks/kind.ts";

/**
 * What was known when a move was first heard.
 *
 * `equal`: whether the answer or code is fully equal to one that the server holds, null where there was nothing to
 * compare. `closed`: the ground that was closed in the closures revision which the move names: `closedTo`.
 */
export type Heard = {
  readonly at: string | null;
  readonly equal: boolean | null;
  readonly tie_break: number | null;
  readonly closed: readonly AnyPlace[];
};

export const NOT_HEARD: Heard = { at: null, equal: null, tie_break: null, closed: [] };

/** The outcome of one move against one quest version, with the facts it brings. */
export function judge(quest: Quest, move: Move, heard: Heard = NOT_HEARD): Judged {
  const when = timeClass(move.made_at, heard.at);
  const refused = refusedOutright(quest, move, heard);
  if (refused !== null) return judged(move, refused, { when });
  if (move.body.kind === "hand-in") return handedIn(quest, move, move.body, heard, when);

  const stage = stageOf(quest, move.stage);
  if (stage === null) return judged(move, verdict("unknown-stage"), { when });
  if (move.body.kind === "blocked") {
    const passed: Fact = { fact: "stage-passed", stage: stage.key, reason: move.body.reason };
    return judged(move, verdict("passed"), { when, facts: [passed] });
  }
  const varied = inVariant(stage, move.variant);
  if (varied === null) return judged(move, verdict("unknown-variant"), { when });
  const task = taskOf(varied, move.task);
  if (task === null) return judged(move, verdict("unknown-task"), { when });
  if (move.body.kind !== task.kind) {
    return judged(move, verdict("wrong-kind", { details: { asked: task.kind } }), { when });
  }
  return ofTask(quest, varied, task, move, heard, when);
}

/** The outcome of a move outside of any quest: whatever somebody feels or thinks of a place is right. */
export function judgeFree(move: FreeMove, heard: Heard = NOT_HEARD): Judged {
  const facts: Fact[] = [{ fact: "said", kind: move.body.kind }];
  return judged({ ...move, stage: null, task: null }, verdict("done"), {
    when: timeClass(move.made_at, heard.at),
    facts,
  });
}

function refusedOutright(quest: Quest, move: Move, heard: Heard): Verdict | null {
  if (move.quest_version !== quest.version) return verdict("other-version");
  const onClosedGround = heard.closed.some((place) => move.fixes.some((fix) => outsideM(drawn(place), fix) === 0));
  return onClosedGround ? verdict("closed-ground") : null;
}

function ofTask(quest: Quest, stage: Stage, task: AnyTask, move: Move, heard: Heard, when: TimeClass): Judged {
  const fence = fenceOf(stage);
  const seen = presenceOf(fence, move.fixes, move.made_at);
  const came = judgeTask(task, move.body, {
    stage: stage.key,
    presence: seen,
    salt: fromHex(stage.salt),
    codes: stageOfCode(quest),
    atEnd: quest.feedback === "at_end",
    equal: heard.equal,
    // Only who stays asks for it, and a batch may have thousands of fixes.
    get stayedS() {
      return stayedS(fence, move.fixes, move.made_at);
    },
    media: new Set(move.media.map((medium) => medium.type.split("/")[0] as string)),
  });
  if (CODES[came.code] !== "accepted") return judged(move, came, { when, seen });
  const facts: Fact[] = [{ fact: "task-done", stage: stage.key, task: task.key }];
  if (came.option !== null) facts.push({ fact: "chosen", stage: stage.key, task: task.key, option: came.option });
  const claimed = Math.max(trustOf(seen), move.body.here ? TRUST_SELF_REPORT : 0);
  const trust = capped(move.body.from_card ? TRUST_SELF_REPORT : claimed + came.trust, {
    widened: isWidened(stage),
    when,
  });
  return judged(move, came, { when, seen, trust, facts });
}

/** A row counts by itself: the slip that was handed in, not what a phone remembers of the walk. */
function handedIn(quest: Quest, move: Move, body: BodyOf<"hand-in">, heard: Heard, when: TimeClass): Judged {
  const questions = new Map<string, { readonly stage: Stage; readonly task: TaskOf<"choice"> }>();
  for (const stage of quest.stages) {
    for (const task of stage.tasks) {
      if (task.kind === "choice" && task.right.length > 0) questions.set(stage.key, { stage, task });
    }
  }
  if (quest.feedback !== "at_end" || questions.size === 0) return judged(move, verdict("no-row"), { when });
  for (const [key, option] of Object.entries(body.row)) {
    const question = questions.get(key);
    if (question === undefined)
      return judged(move, verdict("unknown-stage", { details: { stage: key } }), { when });
    if (!question.task.options.includes(option)) {
      return judged(move, verdict("unknown-option", { details: { stage: key } }), { when });
    }
  }
  let right = 0;
  for (const [key, { stage, task }] of questions) {
    const option = own(body.row, key);
    if (option !== undefined && isRightOption(task, option, fromHex(stage.salt))) right++;
  }
  const guessed = body.tie_break;
  const row: HandedIn = {
    fact: "handed-in",
    row: Object.entries(body.row).sort(([one], [other]) => (one < other ? -1 : 1)),
    right,
    of: questions.size,
    tie_break: guessed,
    tie_break_off_by: guessed !== null && heard.tie_break !== null ? Math.abs(guessed - heard.tie_break) : null,
  };
  return judged(move, verdict("handed-in"), { when, facts: [row] });
}

function judged(
  move: {
    readonly id: string;
    readonly made_at: string;
    readonly stage: string | null;
    readonly task: string | null;
  },
  came: Verdict,
  {
    when,
    seen = ANYWHERE,
    trust = 0,
    facts = [],
  }: { when: TimeClass; seen?: Presence; trust?: number; facts?: readonly Fact[] },
): Judged {
  return {
    move: move.id,
    made_at: move.made_at,
    outcome: CODES[came.code],
    code: came.code,
    stage: move.stage,
    task: move.task,
    trust,
    certainty: seen.certainty,
    time_class: when,
    facts,
    details: came.details,
  };
}
