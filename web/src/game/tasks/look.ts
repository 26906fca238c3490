/** Face a direction. A compass adds no trust and is never alone; without one the player's word counts. */

import { turnDeg } from "../../geo/positions.ts";
import { rounded } from "../../geo/rounding.ts";
import { isThere } from "../evidence.ts";
import { BODY, notThere, saysSo, TASK, taskKind, verdict } from "./kind.ts";

const CONE_DEFAULT_DEG = 25;
const COMPASS_DOUBT_MOST_DEG = 30; // a phone that says it is worse than this is believed no further

export const look = taskKind("look", {
  defaults: { ...TASK, cone_deg: CONE_DEFAULT_DEG },
  bodyDefaults: { ...BODY, heading_deg: null, accuracy_deg: null },
  atThePlace: true,
  asks: (task) => ({ bearing_deg: task.bearing_deg, cone_deg: task.cone_deg }),
  judge(task, body, { presence }) {
    if (!isThere(presence) && !saysSo(body)) return notThere(presence);
    if (body.heading_deg === null) return verdict("self-report");
    const offDeg = turnDeg(body.heading_deg, task.bearing_deg);
    if (Math.abs(offDeg) > task.cone_deg + Math.min(body.accuracy_deg ?? 0, COMPASS_DOUBT_MOST_DEG)) {
      return verdict(offDeg > 0 ? "turn-right" : "turn-left", { details: { turn_deg: rounded(Math.abs(offDeg)) } });
    }
    return verdict(isThere(presence) ? "done" : "self-report");
  },
});
