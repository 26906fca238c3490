/** A map on the page, of our own tiles and looks; MapLibre is read when the first one is made. */

import type { Map as MapLibre } from "maplibre-gl";

import { wanted } from "../app/language.svelte.ts";
import { chain } from "../app/languages.ts";
import { settings } from "../app/settings.svelte.ts";
import { baseMap } from "../data/basemap.ts";
import { style, tokens } from "./style.ts";

/** The middle of the region, until it is known where somebody is. */
const MIDDLE = { lon: 14.6, lat: 63.1, zoom: 6.2 };

/** `over`: whether it is not wanted any more, asked once all is read; then there is none. Rejects without WebGL. */
export async function makeMap(
  box: HTMLElement,
  from: { readonly lon: number; readonly lat: number } | null,
  zoom: number,
  over: () => boolean,
): Promise<MapLibre | null> {
  const [{ AttributionControl, MapLibre }, ours] = await Promise.all([import("./engine.ts"), baseMap()]);
  if (over()) return null;
  // Pictures are large: who is sparing has our own map alone.
  const base = settings.sparing ? { ...ours, named: null } : ours;
  const made = new MapLibre({
    container: box,
    style: style(location.origin, base, chain(wanted()), tokens(document.documentElement), {
      large: settings.textSize > 1.25,
      dark: document.documentElement.dataset["theme"] === "dark",
    }),
    center: [from?.lon ?? MIDDLE.lon, from?.lat ?? MIDDLE.lat],
    zoom: from ? zoom : MIDDLE.zoom,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: settings.still ? 0 : 150,
    maxZoom: 18,
    minZoom: 4,
  });
  made.touchZoomRotate.disableRotation();
  const credits = base.named ? [base.named.attribution, base.attribution] : [base.attribution];
  made.addControl(new AttributionControl({ compact: true, customAttribution: credits }));
  return made;
}
