/** Who may close ground, and why, as the form offers it: the server's table (`server/policy/authority.py`) decides. */

import type { Schemas } from "../api/client.ts";

export type Kind = Schemas["ClosureWish"]["kind"];

export const MAY_CLOSE: Readonly<Record<string, readonly Kind[]>> = {
  sameby: ["calving", "gathering", "moving", "other"],
  municipality: ["municipal", "hazard", "other"],
  region: ["calving", "gathering", "moving", "municipal", "reserve", "hazard", "other"],
};
/** Who marks ground that is closed every year. */
export const MAY_MARK: ReadonlySet<string> = new Set(["sameby", "region"]);

export const STAYS_OPEN = ["winter-trails", "ski-areas", "roads"] as const;

const DAY = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Stockholm" });

/** The Swedish day of a moment, as forms and the API write it. */
export const dayOf = (moment: string): string => DAY.format(new Date(moment));
/** The last closed day of what opens at that moment. */
export const lastDayOf = (ends: string): string => DAY.format(new Date(Date.parse(ends) - 1));
