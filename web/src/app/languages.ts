/** The languages there are: each is one file of `seed_data/languages`, and the folder is the list. */

import { best as bestOf, chain } from "../game/languages.ts";

export type Sentences = Readonly<Record<string, string>>;
export type LanguageFile = Sentences & { readonly _fallback?: readonly string[] };

const FILES = import.meta.glob<{ default: LanguageFile }>("../../../seed_data/languages/*.json");

const tagOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1, path.lastIndexOf(".json"));

export type Loaders = ReadonlyMap<string, () => Promise<LanguageFile>>;

export const loadersOf = (files: typeof FILES): Loaders =>
  new Map(Object.entries(files).map(([path, load]) => [tagOf(path), async () => (await load()).default]));

export const LOADERS: Loaders = loadersOf(FILES);

/** How each language names itself, in the order in which they are offered. */
export const OWN_NAMES: Readonly<Record<string, string>> = {
  sv: "Svenska",
  "sv-simple": "Lätt svenska",
  en: "English",
  uk: "Українська",
  ar: "العربية",
  nl: "Nederlands",
  de: "Deutsch",
  sma: "Åarjelsaemien",
};

/** What the browser's own tables know a language as. */
export const locale = (tag: string): string => (tag === "sv-simple" ? "sv-SE" : tag === "sv" ? "sv-SE" : tag);

export const direction = (tag: string): "ltr" | "rtl" => (/^(ar|fa|he|ur|ckb|ps)\b/.test(tag) ? "rtl" : "ltr");

/** What an element says of the text in it, in whatever language the app itself speaks. */
export const written = (tag: string | undefined): { lang?: string; dir?: "ltr" | "rtl" } =>
  tag ? { lang: locale(tag), dir: direction(tag) } : {};

/** The languages that are offered: those with a file, ours first, then by tag. */
export function offered(): string[] {
  const known = Object.keys(OWN_NAMES).filter((tag) => LOADERS.has(tag));
  const others = [...LOADERS.keys()].filter((tag) => !(tag in OWN_NAMES)).sort();
  return [...known, ...others];
}

export function ownName(tag: string): string {
  return OWN_NAMES[tag] ?? new Intl.DisplayNames([tag], { type: "language" }).of(tag) ?? tag;
}

export { chain };

/** The first available language of the chain; any available one rather than none. */
export const best = (available: readonly string[], wanted: readonly string[]): string | undefined =>
  available.length > 0 ? bestOf(available, wanted) : undefined;
