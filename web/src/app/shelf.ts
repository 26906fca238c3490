/**
 * Small things that are read before the first paint, in `localStorage`. Those of a shared phone lie apart from those of
 * whoever owns it, so that forgetting them is one act.
 */

const MARK = "rotfaste.is-shared";
const UNDONE = "rotfaste.begin-anew";
const OWN = "rotfaste.";
const SHARED = "rotfaste-shared.";

/** Whether this is a phone of a library. Never in a service worker, which has no such memory. */
export function isShared(): boolean {
  try {
    return localStorage.getItem(MARK) === "1";
  } catch {
    return false;
  }
}

/** Throws where nothing can be kept: a phone that forgets what it is must not be called shared. */
export function setShared(on: boolean): void {
  if (on) localStorage.setItem(MARK, "1");
  else localStorage.removeItem(MARK);
}

const keyOf = (name: string): string => (isShared() ? SHARED : OWN) + name;

export function shelved(name: string): string | null {
  try {
    return localStorage.getItem(keyOf(name));
  } catch {
    return null;
  }
}

/** Throws what `localStorage` throws when it is full. */
export function shelve(name: string, value: string | null): void {
  if (value === null) localStorage.removeItem(keyOf(name));
  else localStorage.setItem(keyOf(name), value);
}

/** All that a shared phone had on it, but that it is one. */
export function clearShelf(): void {
  for (const key of Object.keys(localStorage)) if (key.startsWith(SHARED)) localStorage.removeItem(key);
  sessionStorage.clear();
}

/** What was begun to be forgotten is forgotten before anything else, whatever came in between. */
export const anew = {
  get due(): boolean {
    return isShared() && localStorage.getItem(UNDONE) === "1";
  },
  set(due: boolean): void {
    if (due) localStorage.setItem(UNDONE, "1");
    else localStorage.removeItem(UNDONE);
  },
};
