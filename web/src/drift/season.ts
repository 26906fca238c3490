/** The time of year, by the months of a place with five months of snow: the server's (`quests/today.py`). */

import type { Season } from "./draw.ts";

const BY_MONTH: readonly Season[] = [
  ...Array<Season>(3).fill("winter"),
  ...Array<Season>(2).fill("spring"),
  ...Array<Season>(3).fill("summer"),
  ...Array<Season>(2).fill("autumn"),
  ...Array<Season>(2).fill("winter"),
];

const MONTH = new Intl.DateTimeFormat("en", { month: "numeric", timeZone: "Europe/Stockholm" });

export function seasonAt(at: Date): Season {
  return BY_MONTH[Number(MONTH.format(at)) - 1] as Season;
}
