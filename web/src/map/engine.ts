/** MapLibre, loaded when a map is shown: with its worker from our own server. It writes from the right by itself. */

import "maplibre-gl/dist/maplibre-gl.css";

import { AttributionControl, Map as MapLibre, setWorkerUrl } from "maplibre-gl";
import worker from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";

setWorkerUrl(worker);

export { AttributionControl, MapLibre };
