/** What is said around what others tell, in a file of its own for each language. */

import { learnBeside } from "../app/language.svelte.ts";
import { type LanguageFile, loadersOf } from "../app/languages.ts";

const LOADERS = loadersOf(
  import.meta.glob<{ default: LanguageFile }>("../../../seed_data/languages/*.json", { query: "?story" }),
);

export const learnStories = (tags: readonly string[]): Promise<void> => learnBeside(LOADERS, tags);
