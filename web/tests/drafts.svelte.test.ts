// @vitest-environment happy-dom
/** What somebody began to write: there again when the page is, gone when it was sent. */

import { flushSync } from "svelte";
import { beforeEach, expect, test, vi } from "vitest";

import { type Draft, draft, drafts, forgetDrafts } from "../src/app/drafts.svelte.ts";

const EMPTY = { words: "", faith: false };
const DAY_MS = 24 * 3_600_000;

beforeEach(() => {
  localStorage.clear();
  vi.useRealTimers();
});

/** A form that is shown, filled in, and left as when the browser is closed. */
function shown(name: string, fill: (one: Draft<typeof EMPTY>) => void = () => {}): typeof EMPTY {
  let fields = EMPTY;
  const leave = $effect.root(() => {
    const one = draft(name, EMPTY);
    flushSync();
    fill(one);
    flushSync();
    fields = { ...one.fields };
  });
  leave();
  return fields;
}

test("what was written is there when the form is opened again, and in no other form", () => {
  shown("one", ({ fields }) => Object.assign(fields, { words: "Bron är borta", faith: true }));

  expect(shown("one")).toEqual({ words: "Bron är borta", faith: true });
  expect(shown("other")).toEqual(EMPTY);
});

test("what was sent is forgotten, and what was taken away again too", () => {
  shown("sent", ({ fields }) => (fields.words = "Hej"));
  shown("sent", (one) => one.forget());
  shown("emptied", ({ fields }) => (fields.words = "Hej"));
  shown("emptied", ({ fields }) => (fields.words = ""));

  expect([shown("sent"), shown("emptied"), drafts()]).toEqual([EMPTY, EMPTY, 0]);
  expect(JSON.stringify({ ...localStorage })).not.toContain("Hej");
});

test("what was saved is what the form begins with from then on", () => {
  shown("saved", ({ fields }) => (fields.words = "Hej"));
  const saved = shown("saved", (one) => one.forget({ words: "Hej, sagt", faith: false }));
  const kept = drafts();
  shown("again", (one) => {
    one.forget({ words: "Hej", faith: false });
    one.fields.words = "Nej";
    flushSync();
    one.fields.words = "Hej";
  });

  expect([saved.words, kept, drafts()]).toEqual(["Hej, sagt", 0, 0]);
});

test("after a week nothing is left", () => {
  vi.useFakeTimers({ now: new Date("2026-12-01T12:00:00Z") });
  shown("one", ({ fields }) => (fields.words = "Hej"));

  vi.setSystemTime(Date.now() + 6 * DAY_MS);
  const soon = shown("one").words;
  vi.setSystemTime(Date.now() + 8 * DAY_MS);

  expect([soon, shown("one").words]).toEqual(["Hej", ""]);
  expect(JSON.stringify({ ...localStorage })).not.toContain("Hej");
});

test("who signs out leaves what they wrote in the app, and nothing of the studio", () => {
  shown("studio/apply me", ({ fields }) => (fields.words = "Hej"));
  shown("notice quest JH22222", ({ fields }) => (fields.words = "Hej"));

  forgetDrafts("studio/");

  expect([shown("studio/apply me").words, shown("notice quest JH22222").words]).toEqual(["", "Hej"]);
});

test("what cannot be read is an empty form", () => {
  localStorage.setItem("rotfaste.drafts", "{]");
  const unreadable = shown("one");
  localStorage.setItem(
    "rotfaste.drafts",
    JSON.stringify({ one: { at: Date.now(), fields: { words: 7, more: "x", faith: true } } }),
  );

  expect([unreadable, shown("one")]).toEqual([EMPTY, { words: "", faith: true }]);
});
