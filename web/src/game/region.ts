/**
 * Where the game is played: by which clocks, and how a swapped pair of coordinates is told from a far traveller.
 *
 * The twin of `quests/region.py`. Seasons, hours and days are those of Swedish clocks, whatever the phone says: a day is
 * counted from 1 January 1970, a moment in milliseconds since then.
 */

const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
const KNOWN_MOST = 4_096;

const CLOCK = new Intl.DateTimeFormat("en-u-ca-gregory-nu-latn", {
  timeZone: "Europe/Stockholm",
  hourCycle: "h23",
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "numeric",
  minute: "numeric",
  second: "numeric",
});
const known = new Map<number, number>();

// Jämtland Härjedalen with a margin of some 20 km, west-south-east-north. [°]
const REGION_BBOX = [11.4, 61.3, 17.9, 65.4] as const;

/** The day by Swedish clocks. */
export function swedishDay(atMs: number): number {
  return Math.floor((atMs + aheadMs(atMs)) / DAY_MS);
}

/** Day of the week, 0 for Monday. */
export function weekday(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** 1224 for Christmas Eve. */
export function monthDay(day: number): number {
  const date = new Date(day * DAY_MS);
  return (date.getUTCMonth() + 1) * 100 + date.getUTCDate();
}

/** A time by Swedish clocks. One that is skipped in spring is the hour after, one that comes twice the first. */
export function moment(day: number, clock: string): number {
  const [hour, minute] = clock.split(":").map(Number) as [number, number];
  const shown = day * DAY_MS + hour * HOUR_MS + minute * 60_000;
  const before = aheadMs(shown - 3 * HOUR_MS);
  const first = shown - before;
  if (aheadMs(first) === before) return first;
  const after = aheadMs(first);
  return aheadMs(shown - after) === after ? shown - after : first;
}

/** Whether latitude and longitude stand in each other's place: read the other way round they lie in the region. */
export function looksSwapped(lon: number, lat: number): boolean {
  const [west, south, east, north] = REGION_BBOX;
  return west <= lat && lat <= east && south <= lon && lon <= north;
}

/** How far Swedish clocks are ahead of UTC. They change on whole hours. */
function aheadMs(atMs: number): number {
  const hour = Math.floor(atMs / HOUR_MS);
  const found = known.get(hour);
  if (found !== undefined) return found;
  const parts = new Map(CLOCK.formatToParts(hour * HOUR_MS).map((part) => [part.type, Number(part.value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) as number;
  const shown = Date.UTC(
    part("year"),
    part("month") - 1,
    part("day"),
    part("hour"),
    part("minute"),
    part("second"),
  );
  if (known.size >= KNOWN_MOST) known.clear();
  known.set(hour, shown - hour * HOUR_MS);
  return shown - hour * HOUR_MS;
}
