/** What was done, in words: of the words of the log (`bodies.write_down`), which are stable. */

import { knows, say } from "../app/language.svelte.ts";

/** What a later release of the server writes down is shown as it is. */
export function deed(what: string): string {
  for (const known of [`studio.deed.${what}`, `studio.trail.did.${what}`]) if (knows(known)) return say(known);
  const parts = what.split("-");
  for (let at = 1; at < parts.length; at += 1) {
    const [decision, kind] = [parts.slice(0, at).join("-"), parts.slice(at).join("-")];
    if (knows(`case.decision.${kind}.${decision}`))
      return say("studio.deed.decided", {
        kind: say(`case.kind.${kind}`),
        decision: say(`case.decision.${kind}.${decision}`),
      });
  }
  const [first, ...rest] = parts;
  const decision = `case.decision.notice.${rest.join("-")}`; // the one kind that is looked at twice
  if (first === "propose" && knows(decision)) return say("studio.deed.proposed", { decision: say(decision) });
  if (first === "decline" && knows(decision)) return say("studio.deed.declined", { decision: say(decision) });
  return what;
}
