/** Put things in order. Without a right order every order is one's own, and right. */

import { elsewhere, TASK, taskKind, verdict, weighed } from "./kind.ts";

export const order = taskKind("order", {
  defaults: { ...TASK, accepted: [] },
  named: (task) => task.items,
  judge(task, body, scene) {
    if (sorted(body.items) !== sorted(task.items)) return verdict("unknown-option");
    const checked = { bits: task.accepted, lettersApart: true, mustBeAnswered: false };
    return elsewhere(task, body, scene.presence) ?? weighed(checked, body.items.join(" "), scene);
  },
});

/** The same for the same things, in whatever order: no key holds a space. */
function sorted(items: readonly string[]): string {
  return [...items].sort().join(" ");
}
