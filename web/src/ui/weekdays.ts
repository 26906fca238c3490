/** Days of the week by their names, as the language has them. */

import { spoken } from "../app/language.svelte.ts";
import { locale } from "../app/languages.ts";

const A_SUNDAY = Date.UTC(2023, 11, 31);
const DAY_MS = 86_400_000;

/** 1 is Monday. */
export const weekday = (day: number): string =>
  new Intl.DateTimeFormat(locale(spoken()), { weekday: "long", timeZone: "UTC" }).format(A_SUNDAY + day * DAY_MS);
