/**
 * What somebody has begun to write and not sent yet: kept on the phone, so that a browser that is closed, a network that
 * is gone or a sign-in that is over takes no word. One for each form; gone when it is sent, and after a week.
 */

import { shelve, shelved } from "./shelf.ts";

type Fields = Readonly<Record<string, string | number | boolean>>;
type Kept = Record<string, { readonly at: number; readonly fields: Fields }>;

/** What they all lie under. */
export const DRAFTS = "drafts";
const KEPT_MS = 7 * 24 * 3_600_000;

export type Draft<These extends Fields> = {
  /** What the form shows, and what is kept of it. */
  readonly fields: { -readonly [Name in keyof These]: These[Name] };
  /** It was sent, or somebody would rather not. `now`: what the form shows from here on, else what it began with. */
  forget(now?: These): void;
};

/**
 * A form's fields, as they were left. Called where a component begins.
 *
 * `name`: of the form and what it is about. `lastsMs`: for what is of no use later.
 */
export function draft<These extends Fields>(name: string, empty: These, lastsMs = KEPT_MS): Draft<These> {
  const all = kept();
  keep(all); // without those that are too old
  const began = all[name];
  const left = began && Date.now() - began.at < lastsMs ? began.fields : {};
  let start = empty;
  const fields: Record<string, string | number | boolean> = $state({ ...empty, ...known(left, empty) });
  $effect(() => {
    const now = { ...fields };
    const same = Object.keys(empty).every((one) => now[one] === start[one]);
    if (same) drop(name);
    else keep({ ...kept(), [name]: { at: Date.now(), fields: now } });
  });
  return {
    fields: fields as Draft<These>["fields"],
    forget(now = empty) {
      start = now;
      Object.assign(fields, start);
      drop(name);
    },
  };
}

/** How many forms are begun and not sent. */
export const drafts = (): number => Object.keys(kept()).length;

/** Those whose names begin so. */
export function forgetDrafts(beginning: string): void {
  keep(Object.fromEntries(Object.entries(kept()).filter(([name]) => !name.startsWith(beginning))));
}

/** For a copy of what lies on the phone. */
export const draftsAsKept = (): Kept => kept();

/** Only fields that the form still has, of the kind that they have in it. */
function known(left: Fields, empty: Fields): Fields {
  return Object.fromEntries(Object.entries(left).filter(([one, value]) => typeof value === typeof empty[one]));
}

function kept(): Kept {
  try {
    const all = JSON.parse(shelved(DRAFTS) ?? "{}") as Kept;
    return Object.fromEntries(Object.entries(all).filter(([, { at }]) => Date.now() - at < KEPT_MS));
  } catch {
    return {}; // written by nobody, or by a version to come
  }
}

function drop(name: string): void {
  const { [name]: gone, ...others } = kept();
  if (gone) keep(others);
}

function keep(all: Kept): void {
  try {
    shelve(DRAFTS, Object.keys(all).length > 0 ? JSON.stringify(all) : null);
  } catch {
    // A full phone: what is written stays as long as the page is open.
  }
}
