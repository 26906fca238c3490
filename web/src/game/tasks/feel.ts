/** Say how a place feels: a feeling and how strong it is. None is wrong. */

import { elsewhere, taskKind, verdict } from "./kind.ts";

export const feel = taskKind("feel", {
  taps: 2,
  anywhere: true,
  judge: (task, body, scene) => elsewhere(task, body, scene.presence) ?? verdict("done"),
});
