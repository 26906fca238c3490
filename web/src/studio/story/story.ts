/** A story of one's own: where it is kept while it is written, and what may be done with it. */

import type { Schemas } from "../../api/client.ts";
import { said, studio } from "../../api/studio.ts";
import { draftsAsKept } from "../../app/drafts.svelte.ts";
import { session } from "../session.svelte.ts";

export type Story = Schemas["StoryAnswer"];
export type Step = "rest" | "return" | "withdraw";

const BEGUN = "studio/story ";

/** The form of a story among those that are begun and not sent. */
export const draftOf = (story: string): string => `${BEGUN}${story} ${session.account!.id}`;

/** Stories of which something lies in this browser alone, with their titles. */
export const begunHere = (): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(draftsAsKept()).flatMap(([name, { fields }]) => {
      const [story = "", account = ""] = name.startsWith(BEGUN) ? name.slice(BEGUN.length).split(" ") : [];
      return account === session.account!.id ? [[story, String(fields["title"] ?? "")] as const] : [];
    }),
  );

/** What stories are told in here, beside the languages that the app speaks: no list could be whole, and a longer one is read by nobody. */
export const ALSO_TOLD_IN: readonly string[] = [
  "sma",
  "ckb",
  "es",
  "fa",
  "fi",
  "fr",
  "pl",
  "ps",
  "ru",
  "so",
  "th",
  "ti",
  "tr",
];

/** One's own, the newest first. */
export const stories = async (): Promise<readonly Story[]> => (await said(studio.GET("/api/v1/stories"))).stories;

/** What one may do with a story that is not being written. The first is what one likes to do. */
export const STEPS: Readonly<Record<string, readonly Step[]>> = {
  asked: ["return"],
  published: ["rest", "return"],
  resting: ["return", "withdraw"],
  withdrawn: ["return"],
};

export function take(step: Step, { id, version }: Story): Promise<Story> {
  const of = { params: { path: { story_id: id }, header: { "If-Match": `"${version}"` } } };
  if (step === "rest") return said(studio.POST("/api/v1/stories/{story_id}/resting", of));
  if (step === "withdraw") return said(studio.POST("/api/v1/stories/{story_id}/withdrawal", of));
  return said(studio.POST("/api/v1/stories/{story_id}/return", of));
}
