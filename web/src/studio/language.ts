/** What the studio says, in a file of its own for each language: a phone that plays never reads it. */

import { learnBeside } from "../app/language.svelte.ts";
import { type LanguageFile, loadersOf } from "../app/languages.ts";

const LOADERS = loadersOf(
  import.meta.glob<{ default: LanguageFile }>("../../../seed_data/languages/*.json", { query: "?studio" }),
);

export const learnStudio = (tags: readonly string[]): Promise<void> => learnBeside(LOADERS, tags);
