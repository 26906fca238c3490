/** Which tiles of the map lie around places. */

type Place = { readonly lon: number; readonly lat: number };

type Base = "plain" | "imported";
type Layer = readonly [name: string, from: number, to: number];

/** What is drawn by the base map there is, with the zooms that are worth carrying; closer, a map enlarges the last. */
const GROUND: Readonly<Record<Base, readonly Layer[]>> = {
  plain: [
    ["municipalities", 5, 10],
    ["water", 5, 12],
    ["places", 5, 12],
  ],
  imported: [["base", 5, 14]],
};
const GAME: readonly Layer[] = [
  ["quests", 5, 14],
  ["stages", 8, 14],
];
/** The map asks for these and no others, so that what it asks for is what was taken along. */
export const layersOf = (base: Base): readonly Layer[] => [...GROUND[base], ...GAME];

const AROUND_M = 1_500;
const EARTH_M = 40_075_016.7; // the equator, in Web Mercator
/** More than this and the deepest zoom is left out: nobody waits an hour for a map. */
export const TILES_MOST = 600;

/** The tile that a place lies in, in Web Mercator. */
export function tileOf({ lon, lat }: Place, zoom: number): readonly [x: number, y: number] {
  const across = 2 ** zoom;
  const sine = Math.sin((lat * Math.PI) / 180);
  const x = ((lon + 180) / 360) * across;
  const y = (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * across;
  const inside = (value: number) => Math.min(across - 1, Math.max(0, Math.floor(value)));
  return [inside(x), inside(y)];
}

/** The paths of all tiles within 1.5 km of the places, from afar to near; none where there is no place. */
export function aroundTiles(places: readonly Place[], base: Base): string[] {
  const layers = layersOf(base);
  const deepest = Math.max(...layers.map(([, , to]) => to));
  const found: string[] = [];
  for (let zoom = 5; zoom <= deepest; zoom++) {
    const cells = new Map<string, readonly [number, number]>();
    for (const place of places) {
      // A metre is longer on the map, the further north.
      const margin = (AROUND_M / EARTH_M / Math.cos((place.lat * Math.PI) / 180)) * 360;
      const latMargin = (AROUND_M / EARTH_M) * 360;
      const [west, north] = tileOf({ lon: place.lon - margin, lat: place.lat + latMargin }, zoom);
      const [east, south] = tileOf({ lon: place.lon + margin, lat: place.lat - latMargin }, zoom);
      for (let x = west; x <= east; x++) for (let y = north; y <= south; y++) cells.set(`${x}/${y}`, [x, y]);
    }
    const here = layers
      .filter(([, from, to]) => zoom >= from && zoom <= to)
      .flatMap(([layer]) => [...cells.keys()].map((cell) => `/tiles/${layer}/${zoom}/${cell}.mvt`));
    if (found.length + here.length > TILES_MOST) break;
    found.push(...here);
  }
  return found;
}
