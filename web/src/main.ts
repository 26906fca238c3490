import "./styles/index.css";

import { mount } from "svelte";

import { learn, speak } from "./app/language.svelte.ts";
import { dress, settings } from "./app/settings.svelte.ts";
import App from "./App.svelte";
import { tend } from "./data/outbox.svelte.ts";
import { watchForUpdates } from "./app/updates.svelte.ts";

dress(document.documentElement);
// The first words are there before the first screen is: no flash of nothing.
await learn(settings.languages);
speak(document.documentElement);
mount(App, { target: document.getElementById("app")! });
watchForUpdates();
tend();
