import "./styles/index.css";

import { mount } from "svelte";

import { learnFirst, speak } from "./app/language.svelte.ts";
import { watchForInstall } from "./app/install.svelte.ts";
import { dress, settings } from "./app/settings.svelte.ts";
import { clearedBefore } from "./app/shared.svelte.ts";
import App from "./App.svelte";
import Missing from "./ui/Missing.svelte";
import { tend } from "./data/outbox.svelte.ts";
import { watchForUpdates } from "./app/updates.svelte.ts";

// On a shared phone nobody finds what the last one left; then the page is about to be loaded anew.
if (await clearedBefore()) await new Promise(() => {});
watchForInstall();
dress(document.documentElement);
// The first words are there before the first screen is: no flash of nothing.
await learnFirst(settings.languages);
speak(document.documentElement);
const target = document.getElementById("app")!;
if (/^\/studio(\/|$)/.test(location.pathname)) {
  // For who does more than play, on a larger table: read when it is wanted, and kept on no phone.
  const Studio = await import("./studio/Studio.svelte").then((read) => read.default).catch(() => null);
  target.replaceChildren();
  if (Studio) mount(Studio, { target });
  else mount(Missing, { target, props: { onagain: () => location.reload() } });
} else {
  target.replaceChildren();
  mount(App, { target });
}
// Also in the studio: whoever goes there from a walk has something to send.
tend();
watchForUpdates();
