/** As fast as a car, and what only looks so. */

import { expect, test } from "vitest";

import { movesFast } from "../src/play/fast.ts";

const LAT = 63.18;
const METRE_OF_LON = 1 / (111_320 * Math.cos((LAT * Math.PI) / 180));

/** Readings every `everyS` seconds along a parallel, by how far each is from the first. [m] */
function readings(ways: readonly number[], everyS = 1, more: { speed_mps?: number; accuracy_m?: number } = {}) {
  return ways.map((way, number) => ({
    lon: 14.63 + way * METRE_OF_LON,
    lat: LAT,
    accuracy_m: 12,
    at: number * everyS * 1000,
    ...more,
  }));
}

const evenly = (mps: number, count: number, everyS = 1) =>
  Array.from({ length: count }, (_, number) => number * everyS * mps);

test("a car is fast however often its phone reads the position", () => {
  const mps = 50 / 3.6;
  expect(movesFast(readings(evenly(mps, 20)))).toBe(true);
  expect(movesFast(readings(evenly(mps, 6, 4), 4))).toBe(true);
  expect(movesFast(readings(evenly(mps, 4, 12), 12))).toBe(true);
});

test("walkers, runners and a bicycle at ease are not", () => {
  for (const kmh of [0, 5, 12]) expect(movesFast(readings(evenly(kmh / 3.6, 20)))).toBe(false);
  expect(movesFast(readings(evenly(20 / 3.6, 20)))).not.toBe(true);
});

test("a car that goes on at a steady speed is not taken for one that stopped", () => {
  for (let last = 17; last < 40; last++) expect(movesFast(readings(evenly(50 / 3.6, last)))).not.toBe(false);
});

test("what stopped is slow again within ten seconds", () => {
  const driven = evenly(50 / 3.6, 20);
  const stands = Array.from({ length: 9 }, () => driven.at(-1) as number);
  expect(movesFast(readings([...driven, ...stands]))).toBe(false);
});

test("jumps of a receiver are no journey, one or two in a row", () => {
  const still = Array.from({ length: 20 }, () => 0);
  const onceAway = [...still, ...Array.from({ length: 12 }, () => 2_000)];
  const twiceAway = [
    ...still,
    ...Array.from({ length: 6 }, () => 2_000),
    ...Array.from({ length: 12 }, () => 3_750),
  ];
  for (const ways of [onceAway, twiceAway]) {
    for (let last = 1; last <= ways.length; last++) expect(movesFast(readings(ways.slice(0, last)))).not.toBe(true);
  }
});

test("a receiver that wavers while one stands is not fast", () => {
  const wavering = Array.from({ length: 30 }, (_, number) => (number % 2 === 0 ? 0 : 60));
  expect(movesFast(readings(wavering, 1, { accuracy_m: 40 }))).not.toBe(true);
});

test("what the phone itself says of its speed counts, twice in a row", () => {
  expect(movesFast(readings([0, 30, 60], 1, { speed_mps: 30 }))).toBe(true);
  expect(movesFast(readings([0, 30, 60], 1, { speed_mps: 1 }))).toBe(false);
});

test("one reading, or two too far apart, say nothing", () => {
  expect(movesFast([])).toBeNull();
  expect(movesFast(readings([0]))).toBeNull();
  expect(movesFast(readings(evenly(30, 5, 60), 60))).toBeNull();
});
