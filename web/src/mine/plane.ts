/** Positions on a small flat picture: true enough for a walk or a county, drawn without any tiles. */

import type { Position } from "../geo/positions.ts";

const METRES_PER_DEGREE = 111_320;

export type Dot = { readonly x: number; readonly y: number };

/** `metres`: what `across` of the picture's width are; a round number. */
export type Scale = { readonly metres: number; readonly across: number };

export type Plane = {
  readonly width: number;
  readonly height: number;
  readonly scale: Scale;
  /** North is up. */
  dot(position: Position): Dot;
};

/** A picture that holds all positions with a margin, no closer than `leastM` across; null where there are none. */
export function plane(
  positions: readonly Position[],
  {
    width = 320,
    margin = 28,
    leastM = 200,
    tallest = 320,
  }: {
    readonly width?: number;
    readonly margin?: number;
    readonly leastM?: number;
    readonly tallest?: number;
  } = {},
): Plane | null {
  if (positions.length === 0) return null;
  const [west, east] = ends(positions.map(({ lon }) => lon));
  const [south, north] = ends(positions.map(({ lat }) => lat));
  const perLon = METRES_PER_DEGREE * Math.cos((((south + north) / 2) * Math.PI) / 180);
  const wideM = Math.max((east - west) * perLon, leastM);
  const tallM = Math.max((north - south) * METRES_PER_DEGREE, leastM / 2);
  const perM = Math.min((width - 2 * margin) / wideM, (tallest - 2 * margin) / tallM);
  const height = Math.round(tallM * perM + 2 * margin);
  const [lon0, lat0] = [(west + east) / 2, (south + north) / 2];
  return {
    width,
    height,
    scale: scaleOf(perM, width),
    dot: ({ lon, lat }) => ({
      x: tenth(width / 2 + (lon - lon0) * perLon * perM),
      y: tenth(height / 2 - (lat - lat0) * METRES_PER_DEGREE * perM),
    }),
  };
}

/** The longest of 1, 2, 5, 10 … metres that fills at most a third of the width. */
function scaleOf(perM: number, width: number): Scale {
  let metres = 1;
  for (let power = 1; power < 1e7; power *= 10) {
    for (const step of [1, 2, 5]) if (step * power * perM <= width / 3) metres = step * power;
  }
  return { metres, across: tenth(metres * perM) };
}

function ends(numbers: readonly number[]): readonly [number, number] {
  return [numbers.reduce((least, one) => Math.min(least, one)), numbers.reduce((most, one) => Math.max(most, one))];
}

const tenth = (value: number): number => Math.round(value * 10) / 10;
