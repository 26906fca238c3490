/**
 * What may be offered now: season, hours, light and closures. Offered, never judged.
 *
 * The twin of `quests/openness.py`, which says what a plan is; `tests/vectors/openness.json` holds both to the same
 * answers. Everything is a question about one moment, which is handed in; what changes when is found by asking each
 * constraint how long its answer holds. Hours, seasons and days are those of Sweden, whatever the phone says.
 */

import { outsideM, startOf } from "../geo/fences.ts";
import type { Position } from "../geo/positions.ts";
import { rounded } from "../geo/rounding.ts";
import { CIVIL_DEG, elevationDeg, nextCrossing, SUNRISE_DEG } from "../geo/sun.ts";
import { holds as conditionHolds } from "./conditions.ts";
import {
  type AnyPlace,
  type Condition,
  DEFAULTS,
  type Open,
  type Plan,
  type PlannedStage,
  type Quest,
  type Season,
  type Stage,
  type Way,
} from "./forms.ts";
import {
  drawn,
  finishingOf,
  inVariant,
  openingOf as conditionsOf,
  readCondition,
  readOpen,
  readTakes,
} from "./model.ts";
import { filled, list, orNull } from "./reading.ts";
import { DAY_MS, moment, monthDay, swedishDay, weekday } from "./region.ts";
import { kindOf } from "./tasks/index.ts";

const HORIZON_DAYS = 370; // nothing is looked for further ahead than the same day next year
const SOON_MS = 3 * DAY_MS; // a quest that closes later than this is told as open, and no more
const DUSK_MARGIN_MS = 30 * 60_000; // before civil dusk, by when whoever wants daylight is back
const FELL_MARGIN_MS = 60 * 60_000; // before sunset, where fells shade early
const CHANGES_MOST = 800; // of a constraint on the way to the horizon: two a day and some
const QUICK_TAPS_MOST = 2;
const TAPS_UNENDING = 100;
const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const SKY_DAYS = 4;
const SKIES_MOST = 2_048;

/** What the name of a variant says of when it is open, where its author says nothing. */
const IMPLIED: Readonly<Record<string, Open>> = { dark: { ...DEFAULTS.Open, light: "dark" } };

/** What keeps something from being offered now. Named for people under `closed.<why>`. */
export const WHYS = ["season", "hours", "too-dark", "too-light", "closed-ground"] as const;
export type Why = (typeof WHYS)[number];

/** Ground that nobody is sent to between two moments. */
export type Closed = { readonly place: AnyPlace; readonly start: Date; readonly end: Date };

/** Whether something is open, and why not. `until`: when that changes, null where it does not within a year. */
export type Opening = { readonly open: boolean; readonly why: readonly Why[]; readonly until: Date | null };

/** `way`: the one to show first, null where the stage is closed. `openWays`: all that are open. */
export type OfferedStage = {
  readonly key: string;
  readonly way: Way | null;
  readonly openWays: readonly Way[];
  readonly opening: Opening;
};

/** A quest at one moment. `playable`: whoever sets out now comes to its end in time. */
export type Offer = {
  readonly stages: readonly OfferedStage[];
  readonly playable: boolean;
  readonly opening: Opening;
};

/** A plan as the API sends it. */
export function readPlan(raw: unknown): Plan {
  const plan = filled<Plan>(DEFAULTS.Plan, raw, "");
  return {
    ...plan,
    finishing: readCondition(plan.finishing, "/finishing"),
    stages: list(plan.stages, "/stages", (one, pointer) => {
      const stage = filled<PlannedStage>(DEFAULTS.PlannedStage, one, pointer);
      return {
        ...stage,
        opens: orNull(stage.opens, `${pointer}/opens`, readCondition),
        ways: list(stage.ways, `${pointer}/ways`, readWay),
      };
    }),
  };
}

export function readWay(raw: unknown, pointer = ""): Way {
  const way = filled<Way>(DEFAULTS.Way, raw, pointer);
  return {
    ...way,
    open: readOpen(way.open, `${pointer}/open`),
    takes: orNull(way.takes, `${pointer}/takes`, readTakes),
  };
}

/** As much of a quest as everybody may know of when and where it is played. */
export function planOf(quest: Quest): Plan {
  const names = new Map(
    quest.stages.flatMap((stage, number) => (stage.hidden ? [[stage.key, `hidden-${number}`] as const] : [])),
  );
  const conditions = conditionsOf(quest);
  return {
    stages: quest.stages.map((stage) => {
      const opens = conditions.get(stage.key) ?? null;
      return {
        key: names.get(stage.key) ?? stage.key,
        opens: opens === null ? null : renamed(opens, names),
        ways: stage.hidden ? DEFAULTS.PlannedStage.ways : waysOf(quest, stage),
      };
    }),
    finishing: renamed(finishingOf(quest), names),
    minutes: quest.minutes ?? 0,
    company: quest.company,
    setting: quest.setting,
    quick: quest.stages.some((stage) => !conditions.get(stage.key) && isQuick(stage)),
  };
}

function isQuick(stage: Stage): boolean {
  if (stage.place !== null || stage.hidden) return false;
  const taps = stage.tasks.map((task) => kindOf(task.kind)?.taps ?? TAPS_UNENDING).sort((a, b) => a - b);
  return taps.slice(0, stage.needs ?? taps.length).reduce((sum, one) => sum + one, 0) <= QUICK_TAPS_MOST;
}

/**
 * What of a quest is open at a moment for somebody who is `here` (stages without a place are there).
 *
 * `playable` asks that everything needed stays open for as long as the quest takes. What closes later than in three days
 * has no `until`.
 */
export function offer(plan: Plan, at: Date, here: Position, closed: readonly Closed[] = []): Offer {
  const stages = plan.stages.map((stage) => offered(plan, stage, at, here, closed));
  const lastingUntil = at.getTime() + plan.minutes * 60_000;
  const lasts = new Set(
    stages
      .filter(
        ({ way, opening }) => way !== null && (opening.until === null || opening.until.getTime() >= lastingUntil),
      )
      .map((stage) => stage.key),
  );
  const playable = canBeFinished(plan, lasts);
  const entrances = stages.filter((_, number) => (plan.stages[number] as PlannedStage).opens === null);
  if (entrances.some((stage) => stage.way !== null)) {
    const needed = stages.filter((stage) => lasts.has(stage.key)).map((stage) => stage.opening.until);
    return { stages, playable, opening: { open: true, why: [], until: earliest(needed) } };
  }
  const why = [...new Set(entrances.flatMap((stage) => stage.opening.why))];
  const until = earliest(entrances.map((stage) => stage.opening.until));
  return { stages, playable: false, opening: { open: false, why, until } };
}

/**
 * Whether one way is open at a moment, why not, and when that changes.
 *
 * `closesWithinMs`: how far ahead a closing is looked for; an opening is looked for until the horizon.
 */
export function openingOf(
  way: Way,
  at: Date,
  here: Position,
  closed: readonly Closed[] = [],
  {
    fell = false,
    closesWithinMs = HORIZON_DAYS * DAY_MS,
  }: { readonly fell?: boolean; readonly closesWithinMs?: number } = {},
): Opening {
  const place = way.lon === null || way.lat === null ? here : { lon: way.lon, lat: way.lat };
  const constraints = constraintsOf(way, place, closed, fell);
  const atMs = at.getTime();
  const why = [...new Set(constraints.filter((one) => !one.holds(atMs)).map((one) => one.why))];
  const until = nextChange(constraints, atMs, atMs + (why.length > 0 ? HORIZON_DAYS * DAY_MS : closesWithinMs));
  return { open: why.length === 0, why, until: until === null ? null : new Date(until) };
}

/** Whether it holds at a moment, and the first moment after it at which that may be otherwise. [ms] */
type Constraint = {
  readonly why: Why;
  holds(atMs: number): boolean;
  nextChange(atMs: number): number | null;
};

/** The first moment, not after `last`, at which all hold or no longer all do. */
function nextChange(constraints: readonly Constraint[], at: number, last: number): number | null {
  let now = at;
  const opens = !constraints.every((one) => one.holds(at));
  for (let change = 0; change < CHANGES_MOST; change++) {
    let found: number | null;
    if (opens) {
      // not before the last of those that fail has changed
      const changes = constraints.filter((one) => !one.holds(now)).map((one) => one.nextChange(now));
      found = changes.includes(null) ? null : Math.max(...(changes as number[]));
    } else {
      found = least(constraints.map((one) => one.nextChange(now)));
    }
    if (found === null || found > last) return null;
    now = found;
    if (constraints.every((one) => one.holds(now)) === opens) return now;
  }
  return null;
}

function constraintsOf(way: Way, place: Position, closed: readonly Closed[], fell: boolean): Constraint[] {
  const { seasons, hours, light } = way.open;
  const found: Constraint[] = [];
  if (seasons.length > 0) {
    found.push({
      why: "season",
      holds: (at) => inSeason(seasons, swedishDay(at)),
      nextChange: (at) => seasonChanges(seasons, at),
    });
  }
  if (hours.length > 0) {
    found.push({
      why: "hours",
      holds: (at) => within(openHours(way.open, at), at),
      nextChange: (at) =>
        least(
          openHours(way.open, at)
            .flat()
            .filter((edge) => edge > at),
        ),
    });
  }
  if (light === "day") {
    found.push({
      why: "too-dark",
      holds: (at) => within(daylight(place, at, fell), at),
      nextChange: (at) => edgeAfter(daylight(place, at, fell), at),
    });
  } else if (light === "dark") {
    found.push({
      why: "too-light",
      holds: (at) => !within(sunAbove(place, at, CIVIL_DEG), at),
      nextChange: (at) => edgeAfter(sunAbove(place, at, CIVIL_DEG), at),
    });
  }
  for (const ground of closed) {
    if (outsideM(drawn(ground.place), place) > 0) continue;
    const span = [ground.start.getTime(), ground.end.getTime()] as const;
    found.push({
      why: "closed-ground",
      holds: (at) => !within([span], at),
      nextChange: (at) => least(span.filter((edge) => edge > at)),
    });
  }
  return found;
}

function offered(
  plan: Plan,
  stage: PlannedStage,
  at: Date,
  here: Position,
  closed: readonly Closed[],
): OfferedStage {
  const fell = plan.setting.includes("fell"); // daylight ends earlier there
  const openings = stage.ways.map((way) => ({
    way,
    opening: openingOf(way, at, here, closed, { fell, closesWithinMs: SOON_MS }),
  }));
  const open = openings.filter(({ opening }) => opening.open);
  // What is made for just this season or light comes first, then the stage itself, then its other ways.
  open.sort(
    (one, other) =>
      Number(other.way.special) - Number(one.way.special) ||
      Number(one.way.variant !== null) - Number(other.way.variant !== null),
  );
  const [first] = open;
  if (first !== undefined) {
    // The stage stays open for as long as any of its ways does.
    const lasts = open.map(({ opening }) => opening.until?.getTime() ?? Infinity);
    const until = Math.max(...lasts);
    return {
      key: stage.key,
      way: first.way,
      openWays: open.map(({ way }) => way),
      opening: { open: true, why: [], until: until === Infinity ? null : new Date(until) },
    };
  }
  const until = earliest(openings.map(({ opening }) => opening.until));
  return {
    key: stage.key,
    way: null,
    openWays: [],
    opening: { open: false, why: openings[0]?.opening.why ?? [], until },
  };
}

function waysOf(quest: Quest, stage: Stage): Way[] {
  const others = stage.variants.map((variant) => {
    const own = variant.open ?? (Object.hasOwn(IMPLIED, variant.key) ? (IMPLIED[variant.key] as Open) : null);
    const varied = inVariant(stage, variant.key) as Stage;
    return wayOf(quest, { ...varied, open: own ?? varied.open }, variant.key, own);
  });
  return [wayOf(quest, stage, null, null), ...others];
}

function wayOf(quest: Quest, stage: Stage, variant: string | null, own: Open | null): Way {
  const open = stage.open ?? quest.open ?? DEFAULTS.Open;
  const point = stage.place === null ? null : startOf(drawn(stage.place));
  const timed = own !== null && (own.seasons.length > 0 || own.hours.length > 0);
  return {
    variant,
    open: { ...open, light: open.light ?? (point === null ? "any" : "day") },
    special: timed || own?.light === "dark" || own?.light === "day",
    lon: point === null ? null : rounded(point.lon, 6),
    lat: point === null ? null : rounded(point.lat, 6),
    takes: stage.takes,
  };
}

/** The condition with other names for hidden stages, whose own may tell what they are. */
function renamed(condition: Condition, names: ReadonlyMap<string, string>): Condition {
  if ("of" in condition) return { ...condition, of: condition.of.map((part) => renamed(part, names)) };
  return { ...condition, stage: names.get(condition.stage) ?? condition.stage };
}

/** Whether a quest comes to its end when only these stages can be done, and everything at them is. */
function canBeFinished(plan: Plan, playable: ReadonlySet<string>): boolean {
  const done = new Set<string>();
  const facts = {
    satisfied: done,
    settled: done,
    chosen: { has: (choice: string) => done.has(choice.split("/")[0] as string) },
  };
  for (;;) {
    const more = plan.stages.filter(
      ({ key, opens }) => !done.has(key) && playable.has(key) && (opens === null || conditionHolds(opens, facts)),
    );
    if (more.length === 0) return conditionHolds(plan.finishing, facts);
    for (const stage of more) done.add(stage.key);
  }
}

function inSeason(seasons: readonly Season[], day: number): boolean {
  const today = monthDay(day);
  return seasons.some((season) => {
    const [start, end] = [Number(season.start.replace("-", "")), Number(season.end.replace("-", ""))];
    return start <= end ? start <= today && today <= end : today >= start || today <= end;
  });
}

function seasonChanges(seasons: readonly Season[], atMs: number): number | null {
  const today = swedishDay(atMs);
  const now = inSeason(seasons, today);
  for (let day = today + 1; day <= today + HORIZON_DAYS; day++) {
    if (inSeason(seasons, day) !== now) return moment(day, "00:00");
  }
  return null;
}

type Span = readonly [startMs: number, endMs: number];

/** The open hours of a week and a day around a moment. */
function openHours(open: Open, atMs: number): Span[] {
  const today = swedishDay(atMs);
  const spans: Span[] = [];
  for (let day = today - 1; day < today + 9; day++) {
    for (const hours of open.hours) {
      if (hours.days.length > 0 && !hours.days.includes(WEEKDAYS[weekday(day)] as (typeof WEEKDAYS)[number]))
        continue;
      const overMidnight = hours.end <= hours.start ? 1 : 0;
      spans.push([moment(day, hours.start), moment(day + overMidnight, hours.end)]);
    }
  }
  return spans;
}

/** The spans of daylight around a moment, cut short so that nobody is out when it ends. */
function daylight(place: Position, atMs: number, fell: boolean): Span[] {
  const [elevation, margin] = fell ? [SUNRISE_DEG, FELL_MARGIN_MS] : [CIVIL_DEG, DUSK_MARGIN_MS];
  return sunAbove(place, atMs, elevation)
    .map(([start, end]): Span => [start, end - margin])
    .filter(([start, end]) => end > start);
}

const skies = new Map<string, readonly Span[]>();

/**
 * When the sun is above an elevation, from a day before the moment to two days after it.
 *
 * A span that goes on beyond these days ends with them: around midsummer civil daylight has no end. To a hundredth of a
 * degree, so that neighbours share the sums.
 */
function sunAbove(place: Position, atMs: number, elevation: number): readonly Span[] {
  const rough = { lon: rounded(place.lon, 2), lat: rounded(place.lat, 2) };
  const day = Math.floor(atMs / DAY_MS) - 1;
  const name = `${rough.lon} ${rough.lat} ${day} ${elevation}`;
  let spans = skies.get(name);
  if (spans === undefined) {
    if (skies.size >= SKIES_MOST) skies.clear();
    spans = sky(rough, day, elevation);
    skies.set(name, spans);
  }
  return spans;
}

function sky(place: Position, day: number, elevation: number): Span[] {
  const start = day * DAY_MS;
  const last = start + SKY_DAYS * DAY_MS;
  const edges = [start];
  const above = elevationDeg(new Date(start), place) > elevation;
  let rising = !above;
  for (let edge = start; edge < last;) {
    const withinS = (last - edge) / 1000;
    const next = nextCrossing(new Date(edge), place, elevation, { rising, withinS });
    if (next === null) break;
    edge = next.getTime();
    edges.push(edge);
    rising = !rising;
  }
  edges.push(last);
  const spans: Span[] = [];
  for (let at = above ? 0 : 1; at + 1 < edges.length; at += 2)
    spans.push([edges[at] as number, edges[at + 1] as number]);
  return spans;
}

function within(spans: readonly Span[], atMs: number): boolean {
  return spans.some(([start, end]) => start <= atMs && atMs < end);
}

/** The next moment at which a span begins or ends, or at which the spans known end. */
function edgeAfter(spans: readonly Span[], atMs: number): number {
  return least(spans.flat().filter((edge) => edge > atMs)) ?? atMs + DAY_MS;
}

function least(values: readonly (number | null)[]): number | null {
  return values.reduce(
    (found, value) => (found === null || (value !== null && value < found) ? value : found),
    null,
  );
}

function earliest(dates: readonly (Date | null)[]): Date | null {
  const found = least(dates.map((date) => date?.getTime() ?? null));
  return found === null ? null : new Date(found);
}
