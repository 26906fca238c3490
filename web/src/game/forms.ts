/**
 * The forms of what travels: types from the API's own description, so that they cannot go stale, and their defaults.
 *
 * What a form leaves out has its default; those of tasks and their bodies are with their kinds. A test holds all of
 * them to `docs/api/openapi.json`.
 */

import type { components } from "../api/schema.d.ts";

type Schemas = components["schemas"];

/** As it is, and never changed. */
export type Frozen<Value> = Value extends object ? { readonly [Name in keyof Value]: Frozen<Value[Name]> } : Value;

export type Quest = Frozen<Schemas["Quest"]>;
export type Stage = Frozen<Schemas["Stage"]>;
export type Variant = Frozen<Schemas["Variant"]>;
export type AnyTask = Stage["tasks"][number];
export type TaskKey = AnyTask["kind"];
export type TaskOf<Kind extends TaskKey> = Extract<AnyTask, { kind: Kind }>;
export type AnyPlace = NonNullable<Stage["place"]>;
export type Condition = NonNullable<Stage["opens"]>;
export type Open = Frozen<Schemas["Open"]>;
export type Season = Frozen<Schemas["Season"]>;
export type Takes = Frozen<Schemas["Takes"]>;
export type QuestTexts = Frozen<Schemas["QuestTexts"]>;
export type StageTexts = Frozen<Schemas["StageTexts"]>;
export type PlaceWord = Frozen<Schemas["PlaceWord"]>;
export type VariantTexts = Frozen<Schemas["VariantTexts"]>;
export type TaskTexts = Frozen<Schemas["TaskTexts"]>;
export type Plan = Frozen<Schemas["Plan"]>;
export type PlannedStage = Frozen<Schemas["PlannedStage"]>;
export type Way = Frozen<Schemas["Way"]>;
export type Closure = Frozen<Schemas["Closure"]>;
export type Kit = Frozen<Schemas["KitAnswer"]>;

export type Move = Frozen<Schemas["Move"]>;
export type FreeMove = Frozen<Schemas["FreeMove"]>;
export type AnyBody = Move["body"];
export type BodyKey = AnyBody["kind"];
export type BodyOf<Kind extends BodyKey> = Extract<AnyBody, { kind: Kind }>;
export type Fix = Frozen<Schemas["Fix"]>;
export type MediaReference = Frozen<Schemas["MediaReference"]>;
export type Outcome = Schemas["Outcome"];

export type JourneyView = Frozen<Schemas["JourneyView"]>;
export type StageView = Frozen<Schemas["StageView"]>;
export type VariantView = Frozen<Schemas["VariantView"]>;
export type TaskView = Frozen<Schemas["TaskView"]>;
export type PlaceView = Frozen<Schemas["PlaceView"]>;

type Defaults = { readonly [Name in keyof Schemas]?: Frozen<Partial<Schemas[Name]>> };

const PLACE = { known_to_m: 10, source: "" };
const OPEN = { seasons: [], hours: [], light: null } as const;
const WAY = { variant: null, open: OPEN, special: false, lon: null, lat: null, takes: null } as const;
const BODY = { here: false, from_card: false };
const MADE = { v: 1, seq: 0, elapsed_ms: 0, fixes: [], media: [], replaces: null, app: "" } as const;

export const DEFAULTS = {
  Quest: {
    order: "ordered",
    feedback: "at_once",
    done_at: null,
    finish: null,
    tie_break: false,
    association: "",
    minutes: null,
    length_m: null,
    company: [],
    setting: [],
    municipalities: [],
    open: null,
    media: [],
  },
  Stage: {
    place: null,
    needs: null,
    opens: null,
    hidden: false,
    variants: [],
    helpers: [],
    open: null,
    takes: null,
    physical: "none",
    ground: [],
    tree_line: null,
    answer_within_h: 24,
    salt: "00000000000000000000000000000000",
    codes: [],
  },
  Variant: { place: null, tasks: null, open: null, takes: null },
  CirclePlace: { ...PLACE, radius_m: 30 },
  CorridorPlace: { ...PLACE, half_width_m: 30 },
  AreaPlace: PLACE,
  Open: OPEN,
  Hours: { days: [] },
  Takes: {
    minutes: null,
    length_m: null,
    climb_m: null,
    terrain: null,
    difficulty: null,
    pram: null,
    wheelchair: null,
    dog: null,
    bus_stop_m: null,
    toilet_m: null,
    shelter_m: null,
  },
  QuestTexts: { before: "", after: "", tie_break: "", checked_by: "nobody yet" },
  StageTexts: { way: "", arrived: "", after: "", hints: [], helpers: [], tasks: {}, variants: {}, words: [] },
  PlaceWord: { said: "", source: "" },
  VariantTexts: { way: "", arrived: "", tasks: {} },
  TaskTexts: { options: {}, right: "", wrong: "" },
  Plan: { minutes: 0, company: [], setting: [], quick: false },
  PlannedStage: { opens: null, ways: [WAY] },
  Way: WAY,
  Closure: { revision: 0, texts: {}, withdrawn: false },
  Move: { ...MADE, stage: null, variant: null, task: null, closures_revision: null },
  FreeMove: MADE,
  Fix: { altitude_m: null, heading_deg: null, speed_mps: null },
  BlockedBody: { ...BODY, note: "" },
  HandInBody: { ...BODY, tie_break: null },
} as const satisfies Defaults;
