/** Be at the place; at a generic stage, say that you have found one. */

import { isThere } from "../evidence.ts";
import { notThere, saysSo, taskKind, verdict } from "./kind.ts";

export const arrive = taskKind("arrive", {
  atThePlace: true,
  judge(_, body, { presence }) {
    if (isThere(presence)) return verdict("done");
    return saysSo(body) ? verdict("self-report") : notThere(presence);
  },
});
