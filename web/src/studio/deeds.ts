/** What was done, in words: of the words of the log (`bodies.write_down`), which are stable. */

import { knows, say } from "../app/language.svelte.ts";

/** The reason of a case that was over before anybody decided (`server.use_cases.cases.opening`). */
export const BY_ITSELF = "by-itself";

/** What was decided, in a sentence; none for what a later release of the server decides. `reason`: the code of why. */
export function decided(kind: string, decision: string, reason = ""): string {
  const key = reason === BY_ITSELF ? "case.decided.by-itself" : `case.decided.${kind}.${decision}`;
  return knows(key) ? say(key) : "";
}

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
