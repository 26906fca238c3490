/** Choose one of a few options, as in 1-X-2. With none right every option is: a way is chosen, not judged. */

import type { TaskOf } from "../forms.ts";
import { type Checked, elsewhere, isRight, TASK, taskKind, verdict, weighed } from "./kind.ts";

export const choice = taskKind("choice", {
  taps: 1,
  defaults: { ...TASK, right: [] },
  named: (task) => task.options,
  judge(task, body, scene) {
    if (!task.options.includes(body.option)) return verdict("unknown-option");
    return elsewhere(task, body, scene.presence) ?? weighed(checked(task), body.option, scene, body.option);
  },
});

export function isRightOption(task: TaskOf<"choice">, option: string, salt: Uint8Array): boolean {
  return isRight(checked(task), option, salt);
}

function checked(task: TaskOf<"choice">): Checked {
  return { bits: task.right, lettersApart: true, mustBeAnswered: false };
}
