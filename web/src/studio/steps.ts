/** What may be done with a trail: each step, its door, and whether it is asked why. The first is what one likes to do. */

import type { Schemas } from "../api/client.ts";
import { said, studio } from "../api/studio.ts";

export type Step = "ask" | "publish" | "return" | "rest" | "withdraw";
type Take = (
  trail: string,
  version: number,
  reason: string,
  /** Where it is another body's: that body is told why, and may appeal. */
  reason_code: string,
) => Promise<Schemas["TrailAnswer"]>;

const of = (trail_id: string, version: number) => ({
  params: { path: { trail_id }, header: { "If-Match": `"${version}"` } },
});

export const STEPS: Readonly<Record<Step, { readonly take: Take; readonly asks: boolean }>> = {
  publish: {
    take: (id, version) => said(studio.POST("/api/v1/trails/{trail_id}/publishing", of(id, version))),
    asks: false,
  },
  ask: {
    take: (id, version) => said(studio.POST("/api/v1/trails/{trail_id}/asking", of(id, version))),
    asks: false,
  },
  return: {
    take: (id, version) => said(studio.POST("/api/v1/trails/{trail_id}/return", of(id, version))),
    asks: false,
  },
  rest: {
    take: (id, version, reason, reason_code) =>
      said(
        studio.POST("/api/v1/trails/{trail_id}/resting", {
          ...of(id, version),
          body: { reason, reason_code },
        }),
      ),
    asks: true,
  },
  withdraw: {
    take: (id, version, reason) =>
      said(studio.POST("/api/v1/trails/{trail_id}/withdrawal", { ...of(id, version), body: { reason } })),
    asks: true,
  },
};
