/** The app's next version: fetched while one plays, taken over between two things, never in the middle of one. */

import { Workbox } from "workbox-window";

const held = $state<{ ready: boolean }>({ ready: false });
let worker: Workbox | null = null;

const ASK_AGAIN_MS = 3_600_000;

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
  // An app that is never closed is never asked by the browser whether there is a newer one.
  let asked = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible" || Date.now() - asked < ASK_AGAIN_MS) return;
    asked = Date.now();
    void worker?.update().catch(() => {});
  });
}

/** Called where nothing is under way: what was typed would be lost. Does nothing where there is no newer version. */
export function takeOver(): void {
  if (!held.ready || !worker) return;
  held.ready = false;
  worker.addEventListener("controlling", () => location.reload());
  worker.messageSkipWaiting(); // to the one that waits, and not to the one in charge
}
