/**
 * What a player may see of a journey now: the view that the server sends, made on the phone.
 *
 * The twin of `for_player` in `quests/views.py`. A kit holds hidden stages and what is told later; screens show what is in
 * this view and nothing else of them.
 */

import { startOf } from "../geo/fences.ts";
import { rounded } from "../geo/rounding.ts";
import {
  type AnyTask,
  DEFAULTS,
  type JourneyView,
  type PlaceView,
  type Quest,
  type QuestTexts,
  type Stage,
  type StageTexts,
  type StageView,
  type TaskTexts,
  type TaskView,
  type VariantView,
} from "./forms.ts";
import { best } from "./languages.ts";
import { drawn, inVariant } from "./model.ts";
import { type Journey, taskAt } from "./play.ts";
import { own } from "./reading.ts";
import { kindOf } from "./tasks/index.ts";

/** A journey as its player may see it now, in the best language there is. */
export function forPlayer(quest: Quest, journey: Journey, wanted: Iterable<string>): JourneyView {
  const language = best(Object.keys(quest.texts), wanted);
  const texts = quest.texts[language] as QuestTexts;
  const row = journey.facts.row?.value ?? null;
  const told = quest.feedback === "at_once" || row !== null;
  return {
    quest: quest.code,
    quest_version: quest.version,
    title: texts.title,
    language,
    checked_by: texts.checked_by,
    finished: journey.finished,
    stages: quest.stages
      .filter((stage) => !stage.hidden || journey.open.has(stage.key))
      .map((stage) => stageView(stage, texts, journey, told)),
    stages_in_all: quest.stages.length,
    settled: journey.settled.size,
    before: texts.before,
    after: journey.finished ? texts.after : "",
    tie_break: quest.tie_break ? texts.tie_break : "",
    score: row && {
      right: row.right,
      of: row.of,
      row: Object.fromEntries(row.row),
      tie_break: row.tie_break,
      tie_break_off_by: row.tie_break_off_by,
    },
  };
}

/** The stage to lead somebody to: the first that is open and not yet settled, in the author's order; null at the end. */
export function currentStage(view: JourneyView): StageView | null {
  return view.stages.find((stage) => stage.state === "open") ?? null;
}

function stageView(stage: Stage, texts: QuestTexts, journey: Journey, told: boolean): StageView {
  const its = own(texts.stages, stage.key) ?? { ...DEFAULTS.StageTexts, title: stage.key };
  const state = stateOf(stage.key, journey);
  const view: StageView = {
    key: stage.key,
    state,
    title: its.title,
    place: placeView(stage),
    way: "",
    arrived: "",
    after: "",
    hints: [],
    helpers: [],
    variants: [],
    tasks: [],
    trust: null,
  };
  if (state === "later") return view;
  const arrived = hasArrived(stage, journey);
  return {
    ...view,
    way: its.way,
    arrived: arrived ? its.arrived : "",
    after: state === "satisfied" && told ? its.after : "",
    hints: its.hints,
    helpers: stage.helpers
      .slice(0, its.helpers.length || undefined)
      .map((helper, number) => ({ ...helper, text: its.helpers[number] ?? "" })),
    variants: stage.variants.map((variant) => variantView(variant.key, stage, its, journey, arrived, told)),
    tasks: stage.tasks.map((task) => taskView(stage.key, task, own(its.tasks, task.key), journey, arrived, told)),
    trust: journey.trust.get(stage.key) ?? null,
  };
}

function variantView(
  key: string,
  stage: Stage,
  texts: StageTexts,
  journey: Journey,
  arrived: boolean,
  told: boolean,
): VariantView {
  const varied = inVariant(stage, key) ?? stage;
  const its = own(texts.variants, key) ?? DEFAULTS.VariantTexts;
  return {
    key,
    place: placeView(varied),
    way: its.way || texts.way,
    arrived: arrived ? its.arrived || texts.arrived : "",
    tasks: varied.tasks.map((task) => {
      const said = own<TaskTexts>(its.tasks, task.key) ?? own(texts.tasks, task.key);
      return taskView(stage.key, task, said, journey, arrived, told);
    }),
  };
}

function taskView(
  stage: string,
  task: AnyTask,
  texts: TaskTexts | undefined,
  journey: Journey,
  asked: boolean,
  told: boolean,
): TaskView {
  const kind = kindOf(task.kind);
  const at = taskAt(stage, task.key);
  const done = journey.facts.done.has(at);
  return {
    key: task.key,
    kind: task.kind,
    done,
    on_the_spot: task.on_the_spot,
    prompt: texts !== undefined && (asked || task.kind === "arrive") ? texts.prompt : null,
    options: (asked ? (kind?.named(task) ?? []) : []).map((key) => ({
      key,
      text: own(texts?.options ?? {}, key) ?? key,
    })),
    asks: { ...kind?.asks(task) },
    chosen: journey.facts.newest.get(at)?.value ?? null,
    told: texts !== undefined && done && told ? texts.right : null,
  };
}

function stateOf(key: string, journey: Journey): StageView["state"] {
  if (!journey.open.has(key)) return "later";
  if (journey.satisfied.has(key)) return "satisfied";
  return journey.passed.has(key) ? "passed" : "open";
}

/** Whether what is told on arrival may be told: arrival is done in some variant, not asked for, or given up. */
function hasArrived(stage: Stage, journey: Journey): boolean {
  const tasks = [...stage.tasks, ...stage.variants.flatMap((variant) => variant.tasks ?? [])];
  const arrivals = tasks.filter((task) => task.kind === "arrive");
  return (
    stage.place === null ||
    arrivals.length === 0 ||
    journey.passed.has(stage.key) ||
    journey.satisfied.has(stage.key) ||
    arrivals.some((task) => journey.facts.done.has(taskAt(stage.key, task.key)))
  );
}

function placeView(stage: Stage): PlaceView | null {
  if (stage.place === null) return null;
  const start = startOf(drawn(stage.place));
  return { lon: rounded(start.lon, 6), lat: rounded(start.lat, 6), known_to_m: stage.place.known_to_m };
}
