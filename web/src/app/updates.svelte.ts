/** The app's next version: fetched while one plays, taken over between two things, never in the middle of one. */

import { Workbox } from "workbox-window";

const held = $state<{ ready: boolean }>({ ready: false });
let worker: Workbox | null = null;

export const update = {
  get ready(): boolean {
    return held.ready;
  },
};

export function watchForUpdates(): void {
  if (!("serviceWorker" in navigator) || !import.meta.env.PROD) return;
  worker = new Workbox("/sw.js");
  worker.addEventListener("waiting", () => (held.ready = true));
  void worker.register().catch(() => {}); // a private window: then without a network there is no app
}

/** Called where nothing is under way: what was typed would be lost. */
export function takeOver(): void {
  if (!held.ready || !worker) return;
  held.ready = false;
  worker.addEventListener("controlling", () => location.reload());
  worker.messageSkipWaiting(); // to the one that waits, and not to the one in charge
}
