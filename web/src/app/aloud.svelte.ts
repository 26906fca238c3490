/** Reading aloud, with the phone's own voices. What it has no voice for is not read in another language's. */

import { locale } from "./languages.ts";

const held = $state<{ speaking: string | null }>({ speaking: null });

export const aloud = {
  /** The text that is read now. */
  get speaking(): string | null {
    return held.speaking;
  },
};

export const canRead = typeof speechSynthesis !== "undefined";

export function read(text: string, tag: string): void {
  if (!canRead) return;
  stop();
  const words = new SpeechSynthesisUtterance(text);
  words.lang = locale(tag);
  const voice = speechSynthesis
    .getVoices()
    .find((one) => one.lang.toLowerCase().startsWith(words.lang.slice(0, 2)));
  if (voice) words.voice = voice;
  words.rate = tag === "sv-simple" ? 0.85 : 0.95;
  words.onend = words.onerror = () => {
    if (held.speaking === text) held.speaking = null;
  };
  held.speaking = text;
  speechSynthesis.speak(words);
}

export function stop(): void {
  if (canRead) speechSynthesis.cancel();
  held.speaking = null;
}
