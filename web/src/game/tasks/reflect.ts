/** A question to oneself: every answer is right, the unwritten one too. */

import { BODY, elsewhere, taskKind, verdict } from "./kind.ts";

export const reflect = taskKind("reflect", {
  taps: 1,
  bodyDefaults: { ...BODY, text: "", shared: false },
  anywhere: true,
  judge: (task, body, scene) => elsewhere(task, body, scene.presence) ?? verdict("done"),
});
