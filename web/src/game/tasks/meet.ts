/**
 * Meet somebody, who tells a word: a host's word, or the host's code of the day, which is taken on trust until the
 * server has looked. Without either, whatever somebody told counts.
 */

import { normalForm, plainDigits } from "../answers.ts";
import { ROTATING_DIGITS } from "../codes.ts";
import { TRUST_MET } from "../evidence.ts";
import { unspaced } from "../texts.ts";
import { elsewhere, isRight, TASK, taskKind, verdict, weighed } from "./kind.ts";

const CODE_OF_THE_DAY = new RegExp(`^[0-9]{${ROTATING_DIGITS}}$`);

export const meet = taskKind("meet", {
  defaults: { ...TASK, rotating: false, accepted: [] },
  judge(task, body, scene) {
    const miss = elsewhere(task, body, scene.presence);
    if (miss !== null) return miss;
    if (normalForm(body.word) === "") return verdict("no-word");
    const checked = { bits: task.accepted, lettersApart: true, mustBeAnswered: false };
    if (task.rotating && isCode(body.word) && !isRight(checked, body.word, scene.salt)) {
      return verdict("unverified-word", { trust: scene.equal === true ? TRUST_MET : 0 });
    }
    if (task.rotating && task.accepted.length === 0) return verdict("wrong-answer");
    return weighed(checked, body.word, scene);
  },
});

/** Digits in any script, with or without spaces. */
function isCode(word: string): boolean {
  return CODE_OF_THE_DAY.test(plainDigits(unspaced(normalForm(word))));
}
