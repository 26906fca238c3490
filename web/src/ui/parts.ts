/** A text of a quest in parts: its paragraphs, and the pictures and sounds that it names, with their words. */

export type Named = { readonly name: string; readonly sha256: string; readonly type: string };
export type Part =
  | { readonly kind: "words"; readonly text: string }
  | { readonly kind: "picture" | "sound"; readonly address: string; readonly text: string };

export const MEDIA_OF = Symbol("the media of the quest that is shown");

const NAMED = /!\[([^\]\n]*)\]\(([^)\s]*)\)/g; // as `content/packs/checks/texts.py` reads them

/** In the order of the text. What is named and not there is said in its words. */
export function partsOf(text: string, media: readonly Named[]): Part[] {
  const found: Part[] = [];
  const say = (words: string) => {
    for (const paragraph of words.split(/\n{2,}/)) {
      if (paragraph.trim()) found.push({ kind: "words", text: paragraph.trim() });
    }
  };
  let at = 0;
  for (const match of text.matchAll(NAMED)) {
    say(text.slice(at, match.index));
    at = match.index + match[0].length;
    const [, described = "", name] = match;
    const medium = media.find((one) => one.name === name);
    if (!medium) say(described);
    else
      found.push({
        kind: medium.type.startsWith("audio/") ? "sound" : "picture",
        address: `/media/${medium.sha256}`,
        text: described,
      });
  }
  say(text.slice(at));
  return found;
}

/** The same for who listens: what is seen is described. */
export const spokenForm = (text: string): string => text.replaceAll(NAMED, "$1");
