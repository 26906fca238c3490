/** Stay at the place for a while. The phone's clock says how long; fixes that say the same add trust. */

import { isThere, TRUST_STAYED } from "../evidence.ts";
import { notThere, saysSo, taskKind, tooShort, verdict } from "./kind.ts";

const FIXES_MAY_MISS = 0.8; // of the time: a phone's first fix comes late, and its last one early

export const dwell = taskKind("dwell", {
  atThePlace: true,
  asks: (task) => ({ seconds: task.seconds }),
  judge(task, body, { presence, stayedS }) {
    if (body.stayed_s < task.seconds) return tooShort(body.stayed_s, task.seconds);
    if (!isThere(presence)) return saysSo(body) ? verdict("self-report") : notThere(presence);
    const seen = presence.placed && stayedS >= FIXES_MAY_MISS * task.seconds;
    return verdict("done", { trust: seen ? TRUST_STAYED : 0 });
  },
});
