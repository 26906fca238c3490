/**
 * Closures: ground that is closed for a while, and what a player could know of it.
 *
 * The twin of `quests/closures.py`, which says how revisions work; `tests/vectors/closures.json` holds both to the same
 * answers. A move names the revision that its player's phone had, and by that alone it is judged.
 */

import { type Fence, gapM, outsideM } from "../geo/fences.ts";
import type { Position } from "../geo/positions.ts";
import type { AnyPlace, Closure, Move, Quest, Stage } from "./forms.ts";
import { drawn, fenceOf, fencesOf, inVariant, readPlace, stageOf } from "./model.ts";
import type { Closed } from "./openness.ts";

/** Whose a closure is that comes by default, and that no body closed. */
export const DEFAULT_SEASON = "default-season";
/** A kit holds the closures that come as near as this to one of its stages: an hour's walk. */
const NEAR_STAGES_M = 5_000;
/** A box in degrees around a closure holds all of it, whose sides bend away from the parallel. */
const BOX_MARGIN_DEG = 0.1;

const places = new WeakMap<Closure, readonly AnyPlace[]>();

/** Its ground, as moves are judged by it. */
export function placesOf(closure: Closure): readonly AnyPlace[] {
  let found = places.get(closure);
  if (found === undefined) {
    found = closure.area.map((rings) => readPlace({ shape: "area", rings }));
    places.set(closure, found);
  }
  return found;
}

/** Whether the ground is closed at that moment. */
export function isClosed(closure: Closure, atMs: number): boolean {
  return Date.parse(closure.starts) <= atMs && atMs < Date.parse(closure.ends);
}

/** The newest row of each id, of those up to that revision; in the order of their ids. */
export function newest(closures: readonly Closure[], revision = Infinity): readonly Closure[] {
  const found = new Map<string, Closure>();
  for (const one of closures) {
    const before = found.get(one.id);
    if (one.revision <= revision && (before === undefined || before.revision < one.revision))
      found.set(one.id, one);
  }
  return [...found.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
}

/** Those that come within 5 km of one of its stages, in any variant: what a kit holds of them. */
export function ofQuest(quest: Quest, closures: readonly Closure[]): readonly Closure[] {
  const fences = fencesOf(quest);
  return closures.filter((one) => fences.some((fence) => awayM(one, fence) <= NEAR_STAGES_M));
}

/** Whether the stage has a place in any variant: a move there names the kit's revision, elsewhere that of the list. */
export function hasPlace(quest: Quest, key: string | null): boolean {
  const stage = stageOf(quest, key);
  return stage !== null && waysOf(stage).some(({ fence }) => fence !== null);
}

/** Those that the revision in a move at this stage speaks of, so that phone and server mean the same ones. */
export function knowable(quest: Quest, key: string | null, closures: readonly Closure[]): readonly Closure[] {
  return hasPlace(quest, key) ? ofQuest(quest, closures) : closures;
}

/** A way of doing a stage that cannot be gone now. `variant` null is the stage itself. */
export type ClosedWay = { readonly stage: string; readonly variant: string | null };

/** The ways of doing stages that lie in or reach into ground closed at that moment. */
export function closedWays(quest: Quest, closures: readonly Closure[], at: Date): readonly ClosedWay[] {
  const now = newest(closures).filter((one) => isClosed(one, at.getTime()));
  return quest.stages.flatMap((stage) =>
    waysOf(stage)
      .filter(({ fence }) => fence !== null && now.some((one) => awayM(one, fence) === 0))
      .map(({ variant }) => ({ stage: stage.key, variant })),
  );
}

/** The ground around a move's fixes that its player could know to be closed when it was made: `Heard.closed`. */
export function closedTo(quest: Quest, move: Move, closures: readonly Closure[]): readonly AnyPlace[] {
  if (move.closures_revision === null) return [];
  const madeAt = Date.parse(move.made_at);
  const here = newest(closures, move.closures_revision).filter(
    (one) => isClosed(one, madeAt) && move.fixes.some((fix) => isNear(one, fix)),
  );
  return knowable(quest, move.stage, here).flatMap(placesOf);
}

/** As `offer` takes them: the ground of the newest of each, with when it is closed. */
export function notOffered(closures: readonly Closure[]): readonly Closed[] {
  return newest(closures)
    .map((one) => ({ one, start: new Date(one.starts), end: new Date(one.ends) }))
    .filter(({ start, end }) => start < end)
    .flatMap(({ one, start, end }) => placesOf(one).map((place) => ({ place, start, end })));
}

/** Each way of doing a stage, with its fence. */
function waysOf(stage: Stage): readonly { readonly variant: string | null; readonly fence: Fence | null }[] {
  return [null, ...stage.variants.map((variant) => variant.key)].map((variant) => ({
    variant,
    fence: fenceOf(inVariant(stage, variant) as Stage),
  }));
}

function awayM(closure: Closure, what: Fence | Position): number {
  return Math.min(
    ...placesOf(closure).map((place) =>
      "shape" in what ? gapM(what, drawn(place)) : outsideM(drawn(place), what),
    ),
  );
}

/** Whether the position lies in the box around it; cheap, and sure only in saying no. */
function isNear(closure: Closure, position: Position): boolean {
  const corners = closure.area.flatMap((polygon) => polygon[0] ?? []);
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lon, lat] of corners) {
    [west, east] = [Math.min(west, lon), Math.max(east, lon)];
    [south, north] = [Math.min(south, lat), Math.max(north, lat)];
  }
  return (
    west - BOX_MARGIN_DEG <= position.lon &&
    position.lon <= east + BOX_MARGIN_DEG &&
    south - BOX_MARGIN_DEG <= position.lat &&
    position.lat <= north + BOX_MARGIN_DEG
  );
}
