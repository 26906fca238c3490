/** Take a picture, or say in words what it would show: nobody needs a camera, or to see. */

import { stripped } from "../texts.ts";
import { BODY, elsewhere, type Scene, taskKind, type Verdict, verdict } from "./kind.ts";

export const photo = taskKind("photo", {
  bodyDefaults: { ...BODY, told: "" },
  judge: (task, body, scene) => elsewhere(task, body, scene.presence) ?? brought("image", body.told, scene),
});

/** Done by a medium of that sort, or by words. */
export function brought(sort: "image" | "audio", told: string, scene: Scene): Verdict {
  return verdict(scene.media.has(sort) || stripped(told) !== "" ? "done" : "nothing-brought");
}
