/** Where the phone is: asked for after it was explained, followed only while a screen needs it, kept nowhere. */

import { untrack } from "svelte";

import type { Fix as SentFix } from "../game/forms.ts";
import { change, settings } from "./settings.svelte.ts";

/** One reading of the phone's position. */
export type Fix = {
  readonly lon: number;
  readonly lat: number;
  readonly accuracy_m: number;
  /** When it was measured. [ms of 1970] */
  readonly at: number;
  readonly altitude_m?: number;
  readonly heading_deg?: number;
  readonly speed_mps?: number;
};

/**
 * `off`: nobody follows it, or the person plays without. `waiting`: asked, nothing yet. `refused`: the phone or the
 * person said no. `none`: this phone cannot tell, or not here.
 */
export type State = "off" | "waiting" | "known" | "refused" | "none";

/** A reading that is older says where the phone was, and no longer where it is. [ms] */
export const STALE_AFTER_MS = 30_000;
const KEPT_READINGS = 60;

const seen = $state<{ state: State; fix: Fix | null; readings: Fix[] }>({ state: "off", fix: null, readings: [] });

let followers = 0;
let watching: number | null = null;

export const position = {
  get state(): State {
    return seen.state;
  },
  get fix(): Fix | null {
    return seen.fix;
  },
  /** The last readings, the newest last: what a move takes its evidence from. */
  get readings(): readonly Fix[] {
    return seen.readings;
  },
};

/** Follows the position until the returned function is called. Asks the phone for it, if the person wanted that. */
export function follow(): () => void {
  // Called from effects, which must not run again whenever a position comes.
  followers += 1;
  if (followers === 1) untrack(begin);
  let over = false;
  return () => {
    if (over) return;
    over = true;
    followers -= 1;
    if (followers === 0) untrack(end);
  };
}

/** The person said "use my position": from now on the phone may be asked. */
export function want(): void {
  change({ position: "wanted" });
  end();
  begin();
}

export function goWithout(): void {
  change({ position: "unwanted" });
  end();
  seen.state = "off";
  seen.fix = null;
  seen.readings = [];
}

function begin(): void {
  if (settings.position !== "wanted" || watching !== null) return;
  if (!("geolocation" in navigator)) {
    seen.state = "none";
    return;
  }
  if (seen.state !== "known") seen.state = "waiting";
  watching = navigator.geolocation.watchPosition(heard, failed, {
    enableHighAccuracy: !settings.sparing,
    maximumAge: settings.sparing ? 15_000 : 2_000,
    timeout: 30_000,
  });
}

function end(): void {
  if (watching !== null) navigator.geolocation.clearWatch(watching);
  watching = null;
  if (seen.state === "waiting") seen.state = "off";
}

function heard({ coords, timestamp }: GeolocationPosition): void {
  const fix: Fix = {
    lon: round(coords.longitude, 7),
    lat: round(coords.latitude, 7),
    accuracy_m: Math.max(0.1, round(coords.accuracy, 1)),
    at: Math.round(timestamp),
    ...measured("altitude_m", coords.altitude),
    ...measured("heading_deg", coords.heading),
    ...measured("speed_mps", coords.speed),
  };
  seen.state = "known";
  seen.fix = fix;
  seen.readings = [...seen.readings.slice(1 - KEPT_READINGS), fix];
}

function failed(error: GeolocationPositionError): void {
  if (error.code === error.PERMISSION_DENIED) {
    seen.state = "refused";
    end();
  } else if (seen.fix === null) seen.state = "none";
}

function measured<Name extends string>(name: Name, value: number | null): Partial<Record<Name, number>> {
  return value === null || Number.isNaN(value) ? {} : ({ [name]: round(value, 1) } as Record<Name, number>);
}

function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

/** Whether a reading still says where the phone is. */
export function fresh(fix: Fix, now: number): boolean {
  return now - fix.at <= STALE_AFTER_MS;
}

/** As a move carries it. */
export function asFix(reading: Fix): SentFix {
  return {
    lon: reading.lon,
    lat: reading.lat,
    accuracy_m: reading.accuracy_m,
    at: new Date(reading.at).toISOString(),
    altitude_m: reading.altitude_m ?? null,
    heading_deg: reading.heading_deg ?? null,
    speed_mps: reading.speed_mps ?? null,
  };
}
