/** Whether the phone may lead to a stage: nobody is led onto ground that is closed, or may be by now. */

import { closedWays } from "../game/closures.ts";
import type { Closure, Quest } from "../game/forms.ts";
import { fenceOf, inVariant, stageOf } from "../game/model.ts";

/** A kit that is older bars new starts on the fell, and leads nowhere there (moves.md, Kit). [ms] */
export const OLD_AFTER_MS = 72 * 3600 * 1000;

/** `closed`: known to be, now. `unknown`: on the fell, and what is known of closures is too old. */
export type Ground = "free" | "closed" | "unknown";

export function groundOf(
  quest: Quest,
  known: { readonly closures: readonly Closure[]; readonly fetched_at: number } | null,
  stage: string,
  variant: string | null,
  nowMs: number,
): Ground {
  const own = stageOf(quest, stage);
  if (own === null || fenceOf(inVariant(own, variant) ?? own) === null) return "free";
  const closed = closedWays(quest, known?.closures ?? [], new Date(nowMs));
  if (closed.some((way) => way.stage === stage && way.variant === variant)) return "closed";
  const old = known === null || nowMs - known.fetched_at > OLD_AFTER_MS;
  return old && quest.setting.includes("fell") ? "unknown" : "free";
}
