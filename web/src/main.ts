import "./styles/index.css";

import { mount } from "svelte";

import { learnFirst, speak } from "./app/language.svelte.ts";
import { watchForInstall } from "./app/install.svelte.ts";
import { dress, settings } from "./app/settings.svelte.ts";
import { clearedBefore } from "./app/shared.svelte.ts";
import App from "./App.svelte";
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
target.replaceChildren();
mount(App, { target });
watchForUpdates();
tend();
