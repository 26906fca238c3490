/** Count something. Without a right number every number is one: what was found, not what was known. */

import { elsewhere, TASK, taskKind, weighed } from "./kind.ts";

export const count = taskKind("count", {
  defaults: { ...TASK, off_by: 0, accepted: [] },
  judge(task, body, scene) {
    const checked = { bits: task.accepted, lettersApart: true, mustBeAnswered: false };
    return elsewhere(task, body, scene.presence) ?? weighed(checked, String(body.number), scene);
  },
});
