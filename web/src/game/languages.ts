/**
 * Which language a player gets when theirs is not there. Tags are BCP 47; easy Swedish is `sv-simple`.
 *
 * The twin of `quests/languages.py`.
 */

// What stands in for a language, before the last resorts below. A language not named has none of its own.
const STANDS_IN: Readonly<Record<string, readonly string[]>> = {
  "sv-simple": ["sv", "en"],
  sv: ["sv-simple", "en"],
  sma: ["sv", "en"],
  en: ["sv"],
};
const LAST_RESORTS = ["en", "sv"];

/**
 * The languages to try, best first: those wanted, then what stands in for the first, then the last resorts.
 *
 * `sv-SE` is tried as itself and then as `sv`.
 */
export function chain(wanted: Iterable<string>): readonly string[] {
  const tried: string[] = [];
  for (const tag of wanted)
    tried.push(tag, ...(Object.hasOwn(STANDS_IN, tag) ? [] : [tag.split("-")[0] as string]));
  const first = tried.find((tag) => Object.hasOwn(STANDS_IN, tag));
  return [
    ...new Set([
      ...tried,
      ...(first === undefined ? [] : (STANDS_IN[first] as readonly string[])),
      ...LAST_RESORTS,
    ]),
  ];
}

/** The first available language of the chain; any available one rather than none. RangeError where there is none. */
export function best(available: Iterable<string>, wanted: Iterable<string>): string {
  const there = [...available];
  const found = chain(wanted).find((tag) => there.includes(tag)) ?? there.sort()[0];
  if (found === undefined) throw new RangeError("no language is available");
  return found;
}
