/** Words of places that a person kept: theirs, on this phone. */

import type { PlaceWord } from "../game/forms.ts";
import { db, type MyWord } from "./db.ts";
import { writing } from "./room.ts";

export const idOf = ({ word, language }: Pick<PlaceWord, "word" | "language">): string => `${language} ${word}`;

/** The first place where one met it stands. Throws StorageFull. */
export async function keepWord(word: PlaceWord, meaningIn: string, where: string): Promise<void> {
  const kept: MyWord = {
    id: idOf(word),
    word: word.word,
    language: word.language,
    meaning: word.meaning,
    meaning_language: meaningIn,
    said: word.said,
    where,
    kept_at: Date.now(),
  };
  await writing(async () => {
    if (!(await db.words.get(kept.id))) await db.words.put(kept);
  });
}
