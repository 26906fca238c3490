import { expect } from "vitest";

import { bearingDeg, distanceM, type Position, position } from "../src/geo/positions.ts";
import { each, type Row, vectors } from "./vectors.ts";

type Pair = readonly [number, number];
type Way = Row & {
  from: Pair;
  to: Pair;
  distance_m: number;
  tolerance_m: number;
  bearing_deg?: number;
  tolerance_deg?: number;
};
const distance = vectors<{
  readonly rows: readonly Way[];
  readonly refused: readonly (Row & { position: Pair })[];
}>("distance");

const ends = (row: Way): [Position, Position] => [position(...row.from), position(...row.to)];

each("distance: metres", distance.rows, (row) => {
  const [from, to] = ends(row);

  expect(Math.abs(distanceM(from, to) - row.distance_m)).toBeLessThanOrEqual(row.tolerance_m);
  expect(Math.abs(distanceM(to, from) - row.distance_m)).toBeLessThanOrEqual(row.tolerance_m);
});

each(
  "distance: bearings",
  distance.rows.filter((row) => row.bearing_deg !== undefined),
  (row) => {
    const found = bearingDeg(...ends(row));

    const turn = ((((found - (row.bearing_deg as number) + 180) % 360) + 360) % 360) - 180;
    expect(Math.abs(turn)).toBeLessThanOrEqual(row.tolerance_deg as number);
    expect(found).toBeGreaterThanOrEqual(0);
    expect(found).toBeLessThan(360);
  },
);

each("distance: no positions", distance.refused, (row) => {
  expect(() => position(...row.position)).toThrow(/is not between/);
});

each(
  "distance: no numbers",
  [
    { name: "lon", why: "not a number", lon: Number.NaN, lat: 63 },
    { name: "lat", why: "infinite", lon: 14, lat: Number.NEGATIVE_INFINITY },
  ],
  (row) => expect(() => position(row.lon, row.lat)).toThrow(/is not between/),
);
