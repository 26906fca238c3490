/**
 * Scan the code that is printed at the place. A code of ours that the version does not know is taken on trust: it may
 * have been printed anew since the kit was taken along.
 */

import { scannedCodeHash } from "../codes.ts";
import { TRUST_CHECKED, TRUST_SELF_REPORT, trustOf } from "../evidence.ts";
import { taskKind, verdict } from "./kind.ts";

export const scan = taskKind("scan", {
  atThePlace: true,
  judge(_, body, scene) {
    const hash = scannedCodeHash(body.code);
    if (hash === null) return verdict("not-our-code");
    const belongsTo = scene.codes.get(hash);
    if (belongsTo !== undefined && belongsTo !== scene.stage) {
      return verdict("other-stage", { details: { stage: belongsTo } });
    }
    const claimed = Math.max(0, TRUST_SELF_REPORT - trustOf(scene.presence)); // whoever scans says that they are there
    if (belongsTo === undefined) {
      return verdict("unverified-code", { trust: claimed + (scene.equal === true ? TRUST_CHECKED : 0) });
    }
    return verdict("done", { trust: claimed + TRUST_CHECKED });
  },
});
