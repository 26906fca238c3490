/** Sentences and figures in the language of whoever holds the phone. No text stands in code. */

import { chain, direction, locale, type LanguageFile, type Loaders, LOADERS } from "./languages.ts";
import { settings } from "./settings.svelte.ts";

export type Details = Readonly<Record<string, string | number>>;

const files: Record<string, LanguageFile> = $state({});
/** What parts of the app say beside, that are read later. */
const beside: Record<string, LanguageFile> = $state({});
const learned = new Set<() => Promise<LanguageFile>>();

/** The language that the app speaks now: the first one wanted that there is. */
export function spoken(): string {
  return chain(settings.languages).find((tag) => tag in files) ?? "sv";
}

/** The languages one reads, for the server and for texts of quests. */
export function wanted(): string[] {
  return settings.languages.length > 0 ? [...settings.languages] : ["sv"];
}

/** Reads what is needed to speak the wanted languages; sentences that one lacks come from the next. */
export async function learn(tags: readonly string[]): Promise<void> {
  await Promise.all(
    chain(tags)
      .filter((tag) => LOADERS.has(tag) && !(tag in files))
      .map(async (tag) => {
        files[tag] = await LOADERS.get(tag)!();
      }),
  );
}

/** The sentences of a part that is read later. Every language has all of them, so that the first is enough. */
export async function learnBeside(loaders: Loaders, tags: readonly string[]): Promise<void> {
  const first = chain(tags).find((tag) => loaders.has(tag));
  if (!first) return;
  const load = loaders.get(first)!;
  if (learned.has(load)) return;
  const sentences = await load();
  beside[first] = { ...beside[first], ...sentences };
  learned.add(load);
}

/** The language that is spoken first: what the first screen waits for. What stands in for it follows by `learn`. */
export async function learnFirst(tags: readonly string[]): Promise<void> {
  const first = chain(tags).find((tag) => LOADERS.has(tag));
  if (first) await learnOne(first);
}

/** A language's own file, for the first screen, which greets in each. */
export async function learnOne(tag: string): Promise<void> {
  const load = LOADERS.get(tag);
  if (load && !(tag in files)) files[tag] = await load();
}

const KEYS_MISSING = new Set<string>();

/**
 * The sentence of a key, its `{placeholders}` filled.
 *
 * With a detail `count`, the form for that number is taken where the language has one: `key#one`, `key#few`,
 * `key#other` (CLDR). Numbers are written as the language writes them.
 */
export function say(key: string, details: Details = {}, languages: readonly string[] = wanted()): string {
  for (const tag of chain(languages)) {
    const sentence = form(files[tag], key, details, tag) ?? form(beside[tag], key, details, tag);
    if (sentence !== undefined) return filled(sentence, details, tag);
  }
  if (!KEYS_MISSING.has(key) && Object.keys(files).length > 0) {
    KEYS_MISSING.add(key);
    console.warn(`no sentence for ${key}`);
  }
  return "";
}

/** Whether anybody has put words to a key: the server may know of more than this release of the pages. */
export function knows(key: string, languages: readonly string[] = wanted()): boolean {
  return chain(languages).some((tag) => key in (files[tag] ?? {}) || key in (beside[tag] ?? {}));
}

function form(file: LanguageFile | undefined, key: string, details: Details, tag: string): string | undefined {
  if (!file) return undefined;
  const count = details["count"];
  if (typeof count === "number") {
    const rule = new Intl.PluralRules(locale(tag)).select(count);
    const found = file[`${key}#${rule}`] ?? file[`${key}#other`];
    if (found !== undefined) return found;
  }
  return file[key];
}

/** What ends with a full stop of its own, as a Ukrainian date does, ends the sentence too. */
function filled(sentence: string, details: Details, tag: string): string {
  return sentence.replace(/\{(\w+)\}(\.?)/g, (whole, name: string, stop: string) => {
    const value = details[name];
    if (value === undefined) return whole;
    const said = typeof value === "number" ? number(value, {}, tag) : value;
    return said.endsWith(".") ? said : said + stop;
  });
}

/** What a language is called in the one that is spoken now: "Swedish", "svenska". */
export function languageName(tag: string): string {
  return new Intl.DisplayNames([locale(spoken())], { type: "language" }).of(tag) ?? tag;
}

const FORMATS = new Map<string, Intl.NumberFormat>();

export function number(value: number, options: Intl.NumberFormatOptions = {}, tag = spoken()): string {
  const key = `${tag}${JSON.stringify(options)}`;
  let format = FORMATS.get(key);
  if (!format) FORMATS.set(key, (format = new Intl.NumberFormat(locale(tag), options)));
  return format.format(value);
}

/** 40 m, 350 m, 2,4 km: as exact as feet need it. [m] */
export function distance(metres: number): string {
  const unit = (value: number, name: "meter" | "kilometer", digits = 0): string =>
    number(value, { style: "unit", unit: name, maximumFractionDigits: digits });
  if (metres < 100) return unit(Math.round(metres / 5) * 5, "meter");
  if (metres < 1000) return unit(Math.round(metres / 10) * 10, "meter");
  return metres < 10_000 ? unit(metres / 1000, "kilometer", 1) : unit(Math.round(metres / 1000), "kilometer");
}

/** How long something takes. [min] */
export function minutes(value: number): string {
  if (value < 90) return number(value, { style: "unit", unit: "minute" });
  return number(value / 60, { style: "unit", unit: "hour", maximumFractionDigits: 1 });
}

/** What a file weighs. [bytes] */
export function size(bytes: number): string {
  if (bytes < 1_000_000) return number(Math.max(1, Math.round(bytes / 1000)), { style: "unit", unit: "kilobyte" });
  if (bytes < 1_000_000_000)
    return number(bytes / 1_000_000, { style: "unit", unit: "megabyte", maximumFractionDigits: 1 });
  return number(bytes / 1_000_000_000, { style: "unit", unit: "gigabyte", maximumFractionDigits: 1 });
}

const ZONE = "Europe/Stockholm";

export function clock(at: Date): string {
  return new Intl.DateTimeFormat(locale(spoken()), { hour: "2-digit", minute: "2-digit", timeZone: ZONE }).format(
    at,
  );
}

export function day(at: Date): string {
  return new Intl.DateTimeFormat(locale(spoken()), { dateStyle: "long", timeZone: ZONE }).format(at);
}

/** "Tuesday 1 December": a day that somebody waits for. */
export function weekdayOf(at: Date): string {
  const how = { weekday: "long", day: "numeric", month: "long", timeZone: ZONE } as const;
  return new Intl.DateTimeFormat(locale(spoken()), how).format(at);
}

/** "January", or "January 2025" where the name alone would be taken for another year's. */
export function month(at: Date, now: Date): string {
  const away = (now.getTime() - at.getTime()) / 86_400_000;
  return new Intl.DateTimeFormat(locale(spoken()), {
    month: "long",
    ...(away < 330 ? {} : { year: "numeric" }),
    timeZone: ZONE,
  }).format(at);
}

/** "20:42", "tomorrow 20:42", "3 December 20:42". */
export function moment(at: Date, now: Date): string {
  const days = daysOf(at) - daysOf(now);
  if (days === 0) return clock(at);
  if (days > 1) return `${day(at)} ${clock(at)}`;
  return `${new Intl.RelativeTimeFormat(locale(spoken()), { numeric: "auto" }).format(days, "day")} ${clock(at)}`;
}

/** Days since some day, by the clocks of the place. */
function daysOf(at: Date): number {
  const [year, month, date] = new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE })
    .format(at)
    .split("-")
    .map(Number);
  return Date.UTC(year!, month! - 1, date!) / 86_400_000;
}

/** "3 days ago", "in 2 hours", "now". */
export function ago(at: Date, now: Date): string {
  const seconds = (at.getTime() - now.getTime()) / 1000;
  const format = new Intl.RelativeTimeFormat(locale(spoken()), { numeric: "auto" });
  const steps: readonly [Intl.RelativeTimeFormatUnit, number][] = [
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
  ];
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) return format.format(Math.round(seconds / length), unit);
  }
  return format.format(0, "second");
}

/** Tells the page which language it is in. */
export function speak(root: HTMLElement): void {
  const tag = spoken();
  root.lang = tag === "sv-simple" ? "sv" : tag;
  root.dir = direction(tag);
}
