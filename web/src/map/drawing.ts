/** Terra Draw on our map: outlines drawn corner by corner, and moved afterwards. Read when ground is drawn. */

import type { Map as MapLibre } from "maplibre-gl";
import { TerraDraw, TerraDrawPolygonMode, TerraDrawSelectMode } from "terra-draw";
import { TerraDrawMapLibreGLAdapter } from "terra-draw-maplibre-gl-adapter";

import type { Area, Corner } from "../studio/ground/ground.ts";

const PRECISION = 6;

export type Drawing = {
  /** What is drawn from now on stands in place of what was. */
  show(area: Area): void;
  draw(): void;
  move(): void;
  end(): void;
};

/** `onchange` hears of every outline that was finished or moved. `color`: the theme's tokens, as the map has them. */
export function drawOn(map: MapLibre, color: (name: string) => string, onchange: (area: Area) => void): Drawing {
  const looks = {
    fillColor: color("here-fill") as `#${string}`,
    fillOpacity: 0.35,
    outlineColor: color("here") as `#${string}`,
    outlineWidth: 3,
  };
  const pens = new TerraDraw({
    adapter: new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: PRECISION }),
    modes: [
      new TerraDrawPolygonMode({ styles: looks, showCoordinatePoints: true }),
      new TerraDrawSelectMode({
        flags: {
          polygon: {
            feature: {
              draggable: true,
              coordinates: { draggable: true, deletable: true, midpoints: { draggable: true } },
            },
          },
        },
        styles: {
          selectedPolygonColor: looks.fillColor,
          selectedPolygonFillOpacity: looks.fillOpacity,
          selectedPolygonOutlineColor: looks.outlineColor,
          selectedPolygonOutlineWidth: looks.outlineWidth,
        },
      }),
    ],
  });
  pens.start();
  pens.setMode("polygon");
  let holes: readonly (readonly (readonly Corner[])[])[] = [];

  pens.on("finish", () => {
    const drawn = pens
      .getSnapshot()
      .filter(({ geometry, properties }) => geometry.type === "Polygon" && properties["mode"] === "polygon")
      .map(({ geometry }) => geometry.coordinates as unknown as Corner[][]);
    onchange([...drawn, ...holes]);
  });

  return {
    show(area) {
      pens.clear();
      // Outlines with holes are shown beneath, and changed in the list.
      holes = area.filter((rings) => rings.length > 1);
      pens.addFeatures(
        area
          .filter((rings) => rings.length === 1)
          .map((rings) => ({
            type: "Feature" as const,
            geometry: { type: "Polygon" as const, coordinates: rings.map((ring) => ring.map((one) => [...one])) },
            properties: { mode: "polygon" },
          })),
      );
    },
    draw: () => pens.setMode("polygon"),
    move: () => pens.setMode("select"),
    end: () => pens.stop(),
  };
}
