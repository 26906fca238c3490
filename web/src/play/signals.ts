/** One soft vibration, one low sound; both can be off. */

import { settings } from "../app/settings.svelte.ts";

type Signal = "arrived" | "done" | "prompt";
const PATTERN: Readonly<Record<Signal, number[]>> = { arrived: [180, 90, 180], done: [140], prompt: [90, 60, 90] };
const PITCH: Readonly<Record<Signal, number>> = { arrived: 294, done: 247, prompt: 220 };

let context: AudioContext | null = null;

export function signal(which: Signal): void {
  if (settings.vibration) navigator.vibrate?.(PATTERN[which]);
  if (!settings.sound || typeof AudioContext === "undefined") return;
  try {
    context ??= new AudioContext();
    const [tone, loud] = [context.createOscillator(), context.createGain()];
    tone.frequency.value = PITCH[which];
    loud.gain.setValueAtTime(0.0001, context.currentTime);
    loud.gain.exponentialRampToValueAtTime(0.2, context.currentTime + 0.05);
    loud.gain.exponentialRampToValueAtTime(0.0001, context.currentTime + 0.7);
    tone.connect(loud).connect(context.destination);
    tone.start();
    tone.stop(context.currentTime + 0.75);
  } catch {
    // A phone that will not sound: it vibrated.
  }
}
