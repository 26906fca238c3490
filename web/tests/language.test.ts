// @vitest-environment happy-dom
/** What parts of the app say that are read later. */

import { expect, test } from "vitest";

import { learnBeside, say } from "../src/app/language.svelte.ts";

test("what one part says does not silence what another says", async () => {
  const of = (sentences: Record<string, string>) => new Map([["sv", async () => sentences]]);
  const [notice, story] = [of({ "app.notice.x": "Säg till" }), of({ "app.story.x": "Berätta" })];

  for (const loaders of [notice, story, notice]) await learnBeside(loaders, ["sv"]);

  expect([say("app.notice.x"), say("app.story.x")]).toEqual(["Säg till", "Berätta"]);
});
