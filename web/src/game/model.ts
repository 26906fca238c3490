/**
 * What is published to be played: quest, stages, tasks, places, texts, as a kit holds them.
 *
 * The twin of `quests/model.py`. Values are plain objects of the API's forms; what is worked out of them is kept for as
 * long as they are.
 */

import { circle, corridor, type Fence, publishedArea, widened } from "../geo/fences.ts";
import { position } from "../geo/positions.ts";
import {
  type AnyPlace,
  type AnyTask,
  type Closure,
  type Condition,
  DEFAULTS,
  type Kit,
  type Open,
  type PlaceWord,
  type Quest,
  type QuestTexts,
  type Stage,
  type StageTexts,
  type TaskTexts,
  type Takes,
  type Variant,
  type VariantTexts,
} from "./forms.ts";
import { filled, list, object, orNull, table, text, Unreadable } from "./reading.ts";
import { kindOf } from "./tasks/index.ts";

/** Above this a place is "not well known": the fence is widened for doubt and gives at most trust 1. */
const WELL_KNOWN_M = 100;

// ------------------------------------------------------------------------------------------------ looking at it

export function stageOf(quest: Quest, key: string | null): Stage | null {
  return quest.stages.find((stage) => stage.key === key) ?? null;
}

/** The stage as it is in that variant, null when it has no such variant. */
export function inVariant(stage: Stage, key: string | null): Stage | null {
  if (key === null) return stage;
  const variant = stage.variants.find((one) => one.key === key);
  if (variant === undefined) return null;
  return {
    ...stage,
    place: variant.place ?? stage.place,
    tasks: variant.tasks?.length ? variant.tasks : stage.tasks,
    open: variant.open ?? stage.open,
    takes: variant.takes ?? stage.takes,
  };
}

export function taskOf(stage: Stage, key: string | null): AnyTask | null {
  return stage.tasks.find((task) => task.key === key) ?? null;
}

/** The fence as its author drew it. */
export const drawn = kept((place: AnyPlace): Fence => {
  switch (place.shape) {
    case "circle":
      return circle(position(place.lon, place.lat), place.radius_m);
    case "corridor":
      return corridor(
        place.line.map(([lon, lat]) => position(lon, lat)),
        place.half_width_m,
      );
    case "area":
      return publishedArea(place.rings.map((ring) => ring.map(([lon, lat]) => position(lon, lat))));
  }
});

const judgedBy = kept((place: AnyPlace): Fence => widened(drawn(place), widenedByM(place)));

/** The fence moves are judged by: as drawn, widened where the place is not well known. */
export function fenceOf(stage: Stage): Fence | null {
  return stage.place === null ? null : judgedBy(stage.place);
}

/** The fences of a quest: of each stage in each of its variants, where it has a place. */
export function fencesOf(quest: Quest): readonly Fence[] {
  return quest.stages.flatMap((stage) =>
    [stage, ...stage.variants.map((variant) => inVariant(stage, variant.key) as Stage)].flatMap(
      (way) => fenceOf(way) ?? [],
    ),
  );
}

export function isWidened(stage: Stage): boolean {
  return stage.place !== null && widenedByM(stage.place) > 0;
}

/** For each variant its task keys and how many of them satisfy the stage. */
export const waysOf = kept(
  (stage: Stage): readonly { readonly tasks: ReadonlySet<string>; readonly needs: number }[] =>
    [stage.tasks, ...stage.variants.flatMap((variant) => (variant.tasks?.length ? [variant.tasks] : []))].map(
      (tasks) => ({
        tasks: new Set(tasks.map((task) => task.key)),
        needs: Math.min(stage.needs ?? Infinity, tasks.length),
      }),
    ),
);

/** When each stage opens: its own condition, or what the order says; null is "from the start". In the quest's order. */
export const openingOf = kept((quest: Quest): ReadonlyMap<string, Condition | null> => {
  const conditions = new Map<string, Condition | null>();
  let before: string | null = null;
  for (const stage of quest.stages) {
    const byOrder: Condition | null =
      quest.order === "ordered" && before !== null ? { is: "settled", stage: before } : null;
    conditions.set(stage.key, stage.opens ?? byOrder);
    before = stage.key;
  }
  return conditions;
});

/** What finishes the quest. */
export const finishingOf = kept((quest: Quest): Condition => {
  const of = quest.stages.map((stage) => ({ is: "settled", stage: stage.key }) as const);
  return quest.finish ?? { is: "at_least", count: quest.done_at ?? of.length, of };
});

/** The stage of each printed code's hash. */
export const stageOfCode = kept(
  (quest: Quest): ReadonlyMap<string, string> =>
    new Map(quest.stages.flatMap((stage) => stage.codes.map((code) => [code, stage.key] as const))),
);

/** What doubt adds to the fence, so that nobody honest stands outside. [m] */
function widenedByM(place: AnyPlace): number {
  return place.known_to_m > WELL_KNOWN_M ? place.known_to_m : 0;
}

/** Worked out once for each value, and forgotten with it. */
function kept<From extends object, To>(workOut: (from: From) => To): (from: From) => To {
  const found = new WeakMap<From, { readonly to: To }>();
  return (from) => {
    let result = found.get(from);
    if (result === undefined) {
      result = { to: workOut(from) };
      found.set(from, result);
    }
    return result.to;
  };
}

// ----------------------------------------------------------------------------------------------------- reading

/**
 * What a phone took along, with its quest and closures.
 *
 * What a form leaves out gets its default. `Unreadable` for what is no kit, and for a kind of task, place or condition
 * that this app does not know: then the app is older than the quest.
 */
export function readKit(raw: unknown): Kit {
  const kit = object(raw, "");
  const closures = object(kit["closures"], "/closures");
  return {
    ...(kit as Kit),
    quest: readQuest(kit["quest"], "/quest"),
    closures: {
      ...(closures as Kit["closures"]),
      closures: list(closures["closures"], "/closures/closures", readClosure),
    },
  };
}

/** A stored version as a value, as `readKit`. */
export function readQuest(raw: unknown, pointer = ""): Quest {
  const quest = filled<Quest>(DEFAULTS.Quest, raw, pointer);
  for (const name of ["id", "code", "version", "kind"] as const) text(quest[name], `${pointer}/${name}`);
  return {
    ...quest,
    stages: list(quest.stages, `${pointer}/stages`, readStage),
    finish: orNull(quest.finish, `${pointer}/finish`, readCondition),
    open: orNull(quest.open, `${pointer}/open`, readOpen),
    texts: table(quest.texts, `${pointer}/texts`, readTexts),
  };
}

export function readClosure(raw: unknown, pointer = ""): Closure {
  const closure = filled<Closure>(DEFAULTS.Closure, raw, pointer);
  for (const name of ["id", "starts", "ends"] as const) text(closure[name], `${pointer}/${name}`);
  list(closure.area, `${pointer}/area`, (polygon, at) => list(polygon, at, (ring) => ring));
  return closure;
}

export function readPlace(raw: unknown, pointer = ""): AnyPlace {
  const place = object(raw, pointer) as AnyPlace;
  switch (place.shape) {
    case "circle":
      return { ...DEFAULTS.CirclePlace, ...place };
    case "corridor":
      return { ...DEFAULTS.CorridorPlace, ...place };
    case "area":
      return { ...DEFAULTS.AreaPlace, ...place };
    default:
      throw new Unreadable("unknown-form", `${pointer}/shape`, "no shape that this app knows");
  }
}

export function readOpen(raw: unknown, pointer = ""): Open {
  const open = filled<Open>(DEFAULTS.Open, raw, pointer);
  return {
    ...open,
    hours: list(open.hours, `${pointer}/hours`, (hours, at) =>
      filled<Open["hours"][number]>(DEFAULTS.Hours, hours, at),
    ),
  };
}

export function readTakes(raw: unknown, pointer = ""): Takes {
  return filled<Takes>(DEFAULTS.Takes, raw, pointer);
}

/** Conditions have no defaults; they are only looked through. */
export function readCondition(raw: unknown, pointer = ""): Condition {
  const condition = object(raw, pointer) as Condition;
  switch (condition.is) {
    case "all":
    case "any":
    case "at_least":
      list(condition.of, `${pointer}/of`, readCondition);
      return condition;
    case "settled":
    case "satisfied":
    case "chose":
      text(condition.stage, `${pointer}/stage`);
      return condition;
    default:
      throw new Unreadable("unknown-form", `${pointer}/is`, "no condition that this app knows");
  }
}

function readStage(raw: unknown, pointer: string): Stage {
  const stage = filled<Stage>(DEFAULTS.Stage, raw, pointer);
  text(stage.key, `${pointer}/key`);
  return {
    ...stage,
    place: orNull(stage.place, `${pointer}/place`, readPlace),
    tasks: list(stage.tasks, `${pointer}/tasks`, readTask),
    opens: orNull(stage.opens, `${pointer}/opens`, readCondition),
    variants: list(stage.variants, `${pointer}/variants`, readVariant),
    open: orNull(stage.open, `${pointer}/open`, readOpen),
    takes: orNull(stage.takes, `${pointer}/takes`, readTakes),
  };
}

function readVariant(raw: unknown, pointer: string): Variant {
  const variant = filled<Variant>(DEFAULTS.Variant, raw, pointer);
  text(variant.key, `${pointer}/key`);
  return {
    ...variant,
    place: orNull(variant.place, `${pointer}/place`, readPlace),
    tasks: orNull(variant.tasks, `${pointer}/tasks`, (tasks, at) => list(tasks, at, readTask)),
    open: orNull(variant.open, `${pointer}/open`, readOpen),
    takes: orNull(variant.takes, `${pointer}/takes`, readTakes),
  };
}

function readTask(raw: unknown, pointer: string): AnyTask {
  const task = object(raw, pointer) as AnyTask;
  const kind = kindOf(text(task.kind, `${pointer}/kind`));
  if (kind === null) throw new Unreadable("unknown-form", `${pointer}/kind`, "no kind of task that this app knows");
  text(task.key, `${pointer}/key`);
  return { ...kind.defaults, ...task };
}

function readTexts(raw: unknown, pointer: string): QuestTexts {
  const texts = filled<QuestTexts>(DEFAULTS.QuestTexts, raw, pointer);
  return { ...texts, stages: table(texts.stages, `${pointer}/stages`, readStageTexts) };
}

function readStageTexts(raw: unknown, pointer: string): StageTexts {
  const texts = filled<StageTexts>(DEFAULTS.StageTexts, raw, pointer);
  return {
    ...texts,
    tasks: table(texts.tasks, `${pointer}/tasks`, readTaskTexts),
    words: list(texts.words, `${pointer}/words`, (word, at) => ({
      ...DEFAULTS.PlaceWord,
      ...(object(word, at) as PlaceWord),
    })),
    variants: table(texts.variants, `${pointer}/variants`, (variant, at): VariantTexts => {
      const its = filled<VariantTexts>(DEFAULTS.VariantTexts, variant, at);
      return { ...its, tasks: table(its.tasks, `${at}/tasks`, readTaskTexts) };
    }),
  };
}

function readTaskTexts(raw: unknown, pointer: string): TaskTexts {
  return filled<TaskTexts>(DEFAULTS.TaskTexts, raw, pointer);
}
