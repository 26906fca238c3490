/** What a person chose for this phone. Small, read before the first paint, and kept in `localStorage`. */

import { isShared, shelve, shelved } from "./shelf.ts";

export type Theme = "auto" | "day" | "sun" | "dark";
export type TextSize = 1 | 1.25 | 1.5 | 2;
/** `grown`: 13 or older. `together`: a child, who plays with a grown-up on the grown-up's phone. */
export type Age = "unasked" | "grown" | "together";

export type Settings = {
  /** The languages one reads, the best first (BCP 47); empty until somebody chose. */
  languages: string[];
  age: Age;
  theme: Theme;
  textSize: TextSize;
  /** Less motion than the phone itself asks for. */
  still: boolean;
  sound: boolean;
  vibration: boolean;
  /** Texts are read aloud as they come, and not only when asked. */
  readsAloud: boolean;
  /** Whether the position may be asked for: nobody is asked twice. */
  position: "unasked" | "wanted" | "unwanted";
  /** A phone or tablet of a library: keeps nothing, and begins anew after three idle minutes. See `shared.svelte.ts`. */
  readonly shared: boolean;
  /** No pictures but those asked for, and positions seldom. */
  sparing: boolean;
};

const KEY = "settings";

export const DEFAULTS: Readonly<Settings> = {
  languages: [],
  age: "unasked",
  theme: "auto",
  textSize: 1,
  still: false,
  sound: true,
  vibration: true,
  readsAloud: false,
  position: "unasked",
  shared: false,
  sparing: false,
};

function read(): Settings {
  try {
    const kept: unknown = JSON.parse(shelved(KEY) ?? "{}");
    return { ...DEFAULTS, ...(typeof kept === "object" ? kept : {}), shared: isShared() };
  } catch {
    return { ...DEFAULTS, shared: isShared() }; // written by nobody, or by a version to come
  }
}

export const settings: Settings = $state(read());

export function change(these: Partial<Omit<Settings, "shared">>): void {
  Object.assign(settings, these);
  try {
    shelve(KEY, JSON.stringify(settings));
  } catch {
    // A full phone or one that keeps nothing: the choice holds until it is closed.
  }
}

/** Tells the page how it looks. Called in an effect, so that it follows every change. */
export function dress(root: HTMLElement): void {
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset["theme"] = settings.theme === "auto" ? (dark ? "dark" : "day") : settings.theme;
  const bar = getComputedStyle(root).getPropertyValue("--bar").trim();
  for (const meta of document.querySelectorAll('meta[name="theme-color"]')) meta.setAttribute("content", bar);
  root.style.setProperty("--text-scale", String(settings.textSize));
  if (settings.still) root.dataset["motion"] = "none";
  else delete root.dataset["motion"];
}
