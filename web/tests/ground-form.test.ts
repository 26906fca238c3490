import { describe, expect, test } from "vitest";

import { position } from "../src/geo/positions.ts";
import { fromSweref99Tm, sweref99Tm } from "../src/geo/sweref.ts";
import { boxOf, readCorners, readGeoJson, sizeKm2, writeCorners } from "../src/studio/ground/ground.ts";

const SQUARE = "63.2, 14.6\n63.2, 14.62\n63.21, 14.62\n63.21, 14.6";
const RING = [
  [14.6, 63.2],
  [14.62, 63.2],
  [14.62, 63.21],
  [14.6, 63.21],
  [14.6, 63.2],
];

describe("ground from a list of corners", () => {
  test("is the same whichever way its figures are written", () => {
    const others = [
      SQUARE.replaceAll(".", ",").replaceAll(", ", "; "),
      "14.6 63.2\n14.62 63.2\n14.62 63.21\n14.6 63.21",
      "N 63.2 E 14.6\nN 63.2 E 14.62\nN 63.21 E 14.62\nN 63.21 E 14.6\nN 63.2 E 14.6",
      `63° 12' 14° 36'\n63° 12' 0" 14° 37' 12"\n63°12.6' 14°37.2'\n63 12.6 14 36`,
    ];

    expect(readCorners(SQUARE)).toEqual({ area: [[RING]], slips: [] });
    for (const other of others) expect(readCorners(other)).toEqual({ area: [[RING]], slips: [] });
  });

  test("may be in metres of the Swedish grid", () => {
    const metres = RING.slice(0, -1).map(([lon, lat]) => sweref99Tm(position(lon!, lat!)));

    const read = readCorners(
      metres.map(({ northM, eastM }) => `${northM.toFixed(1)} ${eastM.toFixed(1)}`).join("\n"),
    );

    for (const [at, [lon, lat]] of read.area[0]![0]!.entries()) {
      expect(lon).toBeCloseTo(RING[at]![0]!, 5);
      expect(lat).toBeCloseTo(RING[at]![1]!, 5);
    }
  });

  test("has pieces and holes, and is written as it is read", () => {
    const hole = "-\n63.202, 14.605\n63.202, 14.61\n63.205, 14.61";
    const text = `${SQUARE}\n${hole}\n\n63.3, 14.6\n63.3, 14.7\n63.4, 14.7`;

    const { area } = readCorners(text);

    expect(area.map((rings) => rings.length)).toEqual([2, 1]);
    expect(writeCorners(area)).toBe(text);
    expect(sizeKm2(area)).toBeLessThan(sizeKm2(readCorners(text.replace(hole, "")).area));
    expect(boxOf(area)).toEqual([14.6, 63.2, 14.7, 63.4]);
  });

  test("says on which line it cannot be read", () => {
    const said = (text: string) => readCorners(text).slips.map(({ what, line }) => [what, line]);

    expect(said("63.2, 14.6\nby the lake\n63.21, 14.6\n63.2, 14.63")).toEqual([["line", 2]]);
    expect(said("63.2, 14.6\n63.2, 14.62\n48.1, 11.5\n63.21, 14.6")).toEqual([["outside", 3]]);
    expect(said("63.2, 14.6\n63.2, 14.62")).toEqual([["few", 1]]);
    expect(said(`-\n${SQUARE}`)).toEqual([["hole", 1]]);
    expect(said("63.2, 14.6\n63.21, 14.62\n63.2, 14.62\n63.21, 14.6")).toEqual([["crossing", 0]]);
    expect(readCorners("63.2, 14.6\n63.21, 14.62\n63.2, 14.62\n63.21, 14.6").slips[0]!.found).toMatch(
      /^63\.20\d+, 14\.61\d*$/,
    );
  });

  test("measures what it encloses", () => {
    expect(sizeKm2(readCorners(SQUARE).area)).toBeCloseTo(1.12, 1);
  });
});

describe("ground from a file", () => {
  const file = (geometry: unknown) => readGeoJson(JSON.stringify({ type: "Feature", properties: {}, geometry }));

  test("is every area in it", () => {
    const polygon = { type: "Polygon", coordinates: [RING] };
    const collection = {
      type: "FeatureCollection",
      features: [
        { type: "Feature", geometry: polygon },
        { type: "Feature", geometry: { type: "Point", coordinates: [14, 63] } },
        { type: "Feature", geometry: { type: "MultiPolygon", coordinates: [[RING]] } },
      ],
    };

    expect(readGeoJson(JSON.stringify(collection))).toEqual({ area: [[RING], [RING]], slips: [] });
    expect(file(polygon)).toEqual(readGeoJson(JSON.stringify(polygon)));
  });

  test("is understood with swapped coordinates and in metres", () => {
    const metres = RING.map(([lon, lat]) => sweref99Tm(position(lon!, lat!)));
    const swapped = RING.map(([lon, lat]) => [lat, lon]);

    expect(file({ type: "Polygon", coordinates: [swapped] }).area).toEqual([[RING]]);
    expect(
      file({ type: "Polygon", coordinates: [metres.map(({ northM, eastM }) => [eastM, northM])] }).area[0]![0],
    ).toEqual(RING);
  });

  test("that has no area in it, is no file of its kind or lies elsewhere, is said to be so", () => {
    expect(readGeoJson("PK...").slips).toEqual([{ what: "file", line: 0, found: "" }]);
    expect(file({ type: "Point", coordinates: [14, 63] }).slips[0]!.what).toBe("nothing");
    expect(
      file({
        type: "Polygon",
        coordinates: [
          [
            [0, 0],
            [0, 1],
            [1, 1],
            [0, 0],
          ],
        ],
      }).slips,
    ).toHaveLength(1);
    expect(file({ type: "Polygon", coordinates: "no" }).slips[0]!.what).toBe("nothing");
  });
});

test("the grid of Swedish maps is gone back from as it is gone to", () => {
  for (const [lon, lat] of [
    [11.5, 61.4],
    [14.63, 63.18],
    [17.8, 65.3],
    [23.9, 67.9],
  ] as const) {
    const back = fromSweref99Tm(sweref99Tm(position(lon, lat)));

    expect(back.lon).toBeCloseTo(lon, 9);
    expect(back.lat).toBeCloseTo(lat, 9);
  }
});
