/** Answer in words or with a number. `anything`: every answer is right, and none is checked. */

import { numberForm } from "../answers.ts";
import type { TaskOf } from "../forms.ts";
import { type Checked, elsewhere, TASK, taskKind, verdict, weighed } from "./kind.ts";

export const answer = taskKind("answer", {
  defaults: { ...TASK, expects: "words", letters_apart: true, accepted: [] },
  judge(task, body, scene) {
    const miss = elsewhere(task, body, scene.presence);
    if (miss !== null) return miss;
    const given = task.expects === "number" ? numberForm(body.text) : body.text;
    return given === null ? verdict("not-a-number") : weighed(checked(task), given, scene);
  },
});

function checked(task: TaskOf<"answer">): Checked {
  return { bits: task.accepted, lettersApart: task.letters_apart, mustBeAnswered: task.expects !== "anything" };
}
