/** Be still and listen. Watching, feeling or reading the words does as well: nobody needs to hear. */

import { BODY, elsewhere, taskKind, tooShort, verdict } from "./kind.ts";

export const listen = taskKind("listen", {
  bodyDefaults: { ...BODY, listened_s: 0, otherwise: false },
  asks: (task) => ({ seconds: task.seconds }),
  judge(task, body, scene) {
    const miss = elsewhere(task, body, scene.presence);
    if (miss !== null) return miss;
    const enough = body.listened_s >= task.seconds || body.otherwise || body.from_card;
    return enough ? verdict("done") : tooShort(body.listened_s, task.seconds);
  },
});
