/** How the map looks: our tiles, our colours, no glyphs or icons from elsewhere; labels are drawn with the app's own font. */

import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";

import { layersOf } from "../data/tiles.ts";

export type BaseMap = {
  readonly kind: "plain" | "imported";
  readonly attribution: string;
  /** Pictures from a host that the operator has named, drawn over ours where there is a network. */
  readonly named: { readonly tiles: string; readonly attribution: string } | null;
};

const FONT = ["Atkinson Hyperlegible Next Variable", "Noto Sans Arabic Variable", "sans-serif"];
/** Farther than this there are none of theirs. */
const NONE_BEFORE: Readonly<Record<string, number>> = { base: 5, stages: 8 };

/** The tokens as they are now: the map has no style sheet. */
export function tokens(root: HTMLElement): (name: string) => string {
  const style = getComputedStyle(root);
  return (name) => style.getPropertyValue(`--${name}`).trim();
}

type Get = ExpressionSpecification;
const get = (...names: readonly string[]): Get =>
  ["coalesce", ...names.map((name): Get => ["get", name]), ""] as Get;

/** A Swedish name, and the South Sámi one below it in equal size where a source gives one. */
const both = (name: Get, sma: string): Get =>
  ["case", ["has", sma], ["concat", name, "\n", ["get", sma]], name] as Get;

export function style(
  origin: string,
  base: BaseMap,
  languages: readonly string[],
  color: (name: string) => string,
  looks: { readonly large: boolean; readonly dark: boolean },
): StyleSpecification {
  const source = (layer: string, maxzoom: number) => ({
    type: "vector" as const,
    tiles: [`${origin}/tiles/${layer}/{z}/{x}/{y}.mvt`],
    minzoom: NONE_BEFORE[layer] ?? 0,
    maxzoom,
  });
  const size = looks.large ? 1.3 : 1;
  const halo = { "text-halo-color": color("ground"), "text-halo-width": 2, "text-color": color("text") };
  const label = (field: Get, points: number) => ({
    "text-field": field,
    "text-font": FONT,
    "text-size": points * size,
    "text-max-width": 8,
  });
  const title = get(...languages.map((tag) => `title_${tag}`), "title_sv", "title_en");
  const ground: LayerSpecification[] = [
    { id: "ground", type: "background", paint: { "background-color": color("ground") } },
  ];
  const drawn: LayerSpecification[] =
    base.kind === "plain"
      ? [
          {
            id: "water",
            type: "fill",
            source: "water",
            "source-layer": "water",
            paint: {
              "fill-color": color("water-soft"),
              "fill-outline-color": color("water"),
              // These shores are some hundred metres off: near by they are a hint, and no shore.
              "fill-opacity": ["interpolate", ["linear"], ["zoom"], 9, 1, 12, 0.35],
            },
          },
          {
            id: "municipalities",
            type: "line",
            source: "municipalities",
            "source-layer": "municipalities",
            paint: { "line-color": color("edge"), "line-width": 1.5, "line-dasharray": [3, 2] },
          },
          {
            id: "water-names",
            type: "symbol",
            source: "water",
            "source-layer": "water",
            minzoom: 7,
            layout: label(get("name"), 13),
            paint: { ...halo, "text-color": color("water") },
          },
          {
            id: "places",
            type: "symbol",
            source: "places",
            "source-layer": "places",
            layout: {
              ...label(both(get("name"), "name_sma"), 15),
              "symbol-sort-key": ["-", 0, ["coalesce", ["get", "population"], 0]],
            },
            paint: halo,
          },
        ]
      : imported(color, halo, label);
  const named: LayerSpecification[] =
    base.named === null
      ? []
      : [
          {
            id: "named",
            type: "raster",
            source: "named",
            paint: { "raster-brightness-max": looks.dark ? 0.6 : 1, "raster-fade-duration": 0 },
          },
        ];
  return {
    version: 8,
    sources: {
      ...Object.fromEntries(layersOf(base.kind).map(([layer, , to]) => [layer, source(layer, to)])),
      ...(base.named && { named: { type: "raster" as const, tiles: [base.named.tiles], tileSize: 256 } }),
      me: { type: "geojson", data: { type: "FeatureCollection", features: [] } },
    },
    layers: [
      ...ground,
      ...drawn,
      ...named,
      {
        id: "me-sure",
        type: "fill",
        source: "me",
        filter: ["==", ["geometry-type"], "Polygon"],
        paint: { "fill-color": color("here-fill"), "fill-opacity": 0.2, "fill-outline-color": color("here") },
      },
      {
        id: "stages",
        type: "circle",
        source: "stages",
        "source-layer": "stages",
        minzoom: 12,
        paint: {
          "circle-radius": 6,
          "circle-color": color("card"),
          "circle-stroke-color": color("action"),
          "circle-stroke-width": 2,
        },
      },
      {
        id: "quests",
        type: "circle",
        source: "quests",
        "source-layer": "quests",
        paint: {
          "circle-radius": ["interpolate", ["linear"], ["zoom"], 5, 6, 12, 12],
          "circle-color": ["case", ["boolean", ["get", "resting"], false], color("edge"), color("action")],
          "circle-stroke-color": color("card"),
          "circle-stroke-width": 3,
        },
      },
      {
        id: "quest-titles",
        type: "symbol",
        source: "quests",
        "source-layer": "quests",
        minzoom: 9,
        layout: { ...label(title, 15), "text-anchor": "top", "text-offset": [0, 0.9] },
        paint: { ...halo, "text-color": color("action") },
      },
      {
        id: "me",
        type: "circle",
        source: "me",
        filter: ["==", ["geometry-type"], "Point"],
        paint: {
          "circle-radius": 9,
          "circle-color": color("here-fill"),
          "circle-stroke-color": color("here"),
          "circle-stroke-width": 3,
        },
      },
    ],
  };
}

function imported(
  color: (name: string) => string,
  halo: object,
  label: (field: Get, points: number) => object,
): LayerSpecification[] {
  const of = (layer: string) => ({ source: "base", "source-layer": layer });
  const names = both(get("name:sv", "name"), "name:sma");
  const width = (thin: number, thick: number): ExpressionSpecification => [
    "interpolate",
    ["exponential", 1.4],
    ["zoom"],
    7,
    thin,
    16,
    thick,
  ];
  const big: ExpressionSpecification = [
    "in",
    ["get", "class"],
    ["literal", ["motorway", "trunk", "primary", "secondary"]],
  ];
  return [
    {
      id: "landcover",
      type: "fill",
      ...of("landcover"),
      paint: {
        "fill-color": [
          "match",
          ["get", "class"],
          "forest",
          color("action-soft"),
          ["meadow", "farmland"],
          color("here-soft"),
          "bog",
          color("card-pressed"),
          "glacier",
          color("water-soft"),
          "residential",
          color("card-pressed"),
          color("ground"),
        ],
        "fill-opacity": 0.7,
      },
    },
    {
      id: "water",
      type: "fill",
      ...of("water"),
      paint: { "fill-color": color("water-soft"), "fill-outline-color": color("water") },
    },
    {
      id: "waterway",
      type: "line",
      ...of("waterway"),
      paint: { "line-color": color("water"), "line-width": width(0.6, 3) },
    },
    {
      id: "building",
      type: "fill",
      ...of("building"),
      minzoom: 13,
      paint: { "fill-color": color("edge-soft"), "fill-outline-color": color("edge") },
    },
    {
      id: "road-edge",
      type: "line",
      ...of("road"),
      paint: { "line-color": color("edge"), "line-width": ["case", big, 4, 2.4] },
    },
    {
      id: "road",
      type: "line",
      ...of("road"),
      paint: {
        "line-color": ["case", big, color("here-fill"), color("card")],
        "line-width": ["case", big, 2.6, 1.2],
      },
    },
    {
      id: "path",
      type: "line",
      ...of("path"),
      paint: { "line-color": color("here"), "line-width": width(1, 3), "line-dasharray": [2, 1.4] },
    },
    {
      id: "rail",
      type: "line",
      ...of("rail"),
      paint: { "line-color": color("text-soft"), "line-width": 1.2, "line-dasharray": [4, 3] },
    },
    {
      id: "boundary",
      type: "line",
      ...of("boundary"),
      paint: { "line-color": color("edge"), "line-width": 1.2, "line-dasharray": [3, 2] },
    },
    {
      id: "poi",
      type: "symbol",
      ...of("poi"),
      minzoom: 14,
      layout: label(names, 12) as never,
      paint: { ...halo, "text-color": color("text-soft") },
    },
    { id: "peak", type: "symbol", ...of("peak"), minzoom: 9, layout: label(names, 13) as never, paint: halo },
    {
      id: "place",
      type: "symbol",
      ...of("place"),
      layout: label(names, 15) as never,
      paint: { ...halo, "text-color": ["match", ["get", "class"], ["lake", "bay"], color("water"), color("text")] },
    },
  ];
}
