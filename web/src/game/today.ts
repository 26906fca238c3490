/**
 * One small thing near me today.
 *
 * The twin of `quests/today.py`, which says how it is drawn; `tests/vectors/today.json` holds both to the same answers. The
 * phone draws among the quests that lie on it, where there is no network to ask.
 */

import type { Position } from "../geo/positions.ts";
import { rounded } from "../geo/rounding.ts";
import { light, type Light } from "../geo/sun.ts";
import { fraction, rank } from "./chance.ts";
import type { Plan } from "./forms.ts";
import { type Closed, offer } from "./openness.ts";
import { DAY_MS, monthDay, swedishDay } from "./region.ts";

const MINUTES_MOST = 30;
export const WALK_MOST_M = 2_000;
const WALK_MPS = 1.2;
const NEAR_M = 15 * 60 * WALK_MPS;
const [NEAR_WEIGHT, WALK_WEIGHT, SPECIAL_WEIGHT] = [11, 2, 1];
const PATCH_KM = 60;
const [KM_A_DEGREE_EAST, KM_A_DEGREE_NORTH] = [50.7, 111.4];
const UNLIKELY: readonly string[] = ["bus", "fell"];

export type TimeOfYear = "winter" | "spring" | "summer" | "autumn";
const SEASONS: readonly TimeOfYear[] = [
  ...Array<TimeOfYear>(3).fill("winter"),
  ...Array<TimeOfYear>(2).fill("spring"),
  ...Array<TimeOfYear>(3).fill("summer"),
  ...Array<TimeOfYear>(2).fill("autumn"),
  ...Array<TimeOfYear>(2).fill("winter"),
];

/** The time of year, by the months of a place with five months of snow, whatever the phone's clock is set to. */
export function timeOfYear(at: Date): TimeOfYear {
  return SEASONS[Math.floor(monthDay(swedishDay(at.getTime())) / 100) - 1] as TimeOfYear;
}

/** A quest that might be it. `distanceM` to its nearest entrance, null where it begins anywhere. [m] */
export type Candidate = {
  readonly id: string;
  readonly code: string;
  readonly plan: Plan;
  readonly distanceM: number | null;
  readonly done: boolean;
};

/** Why this one: what its sentence is made of. `minutes` there on foot, null where it is right here. */
export type Reasons = {
  readonly season: TimeOfYear;
  readonly light: Light;
  readonly minutes: number | null;
  readonly new: boolean;
};

export type Drawn = { readonly candidate: Candidate; readonly reasons: Reasons };

type Wish = {
  readonly around?: Position | null;
  readonly company?: string | null;
  readonly closed?: readonly Closed[];
  readonly first?: boolean;
};

/** Today's, best first. Empty only where nothing so short and so near can be played now. */
export function draw(
  candidates: readonly Candidate[],
  at: Date,
  here: Position,
  wish: Wish = {},
): readonly Drawn[] {
  const { around = null, company = null, closed = [], first = false } = wish;
  const day = new Date(swedishDay(at.getTime()) * DAY_MS).toISOString().slice(0, 10);
  const [season, sky] = [timeOfYear(at), light(at, here)];
  const fitting = candidates
    .filter(
      ({ plan, distanceM }) =>
        plan.minutes <= MINUTES_MOST && (distanceM ?? 0) <= WALK_MOST_M && offer(plan, at, here, closed).playable,
    )
    .map((one) => {
      const { plan } = one;
      const last = [
        one.done,
        plan.setting.length > 0 && plan.setting.every((setting) => UNLIKELY.includes(setting)),
        company !== null && !(plan.company as readonly string[]).includes(company),
        first && !(plan.quick && one.distanceM === null),
      ];
      const name = `${one.id} ${patch(day, one.id, around ?? here)}`;
      return { one, key: [...last.map(Number), rank(day, name, weight(one))] };
    });
  return fitting
    .sort((a, b) => inOrder(a.key, b.key) || (a.one.id < b.one.id ? -1 : 1))
    .map(({ one }) => ({
      candidate: one,
      reasons: { season, light: sky, minutes: walkingMinutes(one.distanceM), new: !one.done },
    }));
}

function inOrder(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((value, number) => value !== other[number]);
  return at < 0 ? 0 : (one[at] as number) - (other[at] as number);
}

/** Which of the quest's patches of that day a position lies in. */
function patch(day: string, quest: string, at: Position): string {
  const east = (at.lon * KM_A_DEGREE_EAST) / PATCH_KM + fraction(day, quest, "east");
  const north = (at.lat * KM_A_DEGREE_NORTH) / PATCH_KM + fraction(day, quest, "north");
  return `${Math.floor(east)} ${Math.floor(north)}`;
}

/** A place nearby, and what is made for this season or light, come up more often. */
function weight({ plan, distanceM }: Candidate): number {
  const special = plan.stages.some((stage) =>
    stage.ways.some((way) => way.open.seasons.length > 0 || way.open.light === "dark"),
  );
  const near = distanceM === null ? 0 : distanceM <= NEAR_M ? NEAR_WEIGHT : WALK_WEIGHT;
  return 1 + near + (special ? SPECIAL_WEIGHT : 0);
}

/** At a child's pace; never nought. */
export function walkingMinutes(distanceM: number | null): number | null {
  return distanceM === null ? null : Math.max(1, rounded(distanceM / WALK_MPS / 60));
}
