/** Record a sound, or say in words what was heard: nobody needs a microphone, or to hear. */

import { BODY, elsewhere, taskKind } from "./kind.ts";
import { brought } from "./photo.ts";

export const record = taskKind("record", {
  bodyDefaults: { ...BODY, told: "" },
  judge: (task, body, scene) => elsewhere(task, body, scene.presence) ?? brought("audio", body.told, scene),
});
