/** Places of one's own: kept on this phone, and nowhere else. */

import { db, type MyPlace, type PlaceFeeling } from "../data/db.ts";
import { keepMedium } from "../data/media.ts";
import { writing } from "../data/room.ts";
import { newId } from "../game/moves.ts";
import { distanceM, type Position } from "../geo/positions.ts";

/** So near, and it is the same place; and how well the phone must know where it is to say so. [m] */
export const SAME_PLACE_M = 60;
const KNOWN_WELL_M = 100;
/** A place is asked for again after so long. [ms] */
export const ASKS_AGAIN_MS = 30 * 86_400_000;

/** A phone that lies still may say nothing new for a while: so long it is where it last said. [ms] */
const STILL_HERE_MS = 120_000;

/** Where one is, for one's own notes; null where the phone has not said for some minutes. */
export function hereNow<Reading extends Where & { readonly at: number }>(
  fix: Reading | null,
  now: number,
): Reading | null {
  return fix && now - fix.at <= STILL_HERE_MS ? fix : null;
}

export type Where = Position & { readonly accuracy_m: number };

/** The place one stands at, the nearest first; null where there is none, or the phone does not know well enough. */
export function placeAt(places: readonly MyPlace[], here: Where | null): MyPlace | null {
  if (!here || here.accuracy_m > KNOWN_WELL_M) return null;
  let best: MyPlace | null = null;
  let least = SAME_PLACE_M;
  for (const place of places) {
    if (place.lon === null || place.lat === null) continue;
    // A hundredth of a degree is more than 400 m here: most places are told apart without a geodesic.
    if (Math.abs(place.lat - here.lat) > 0.01 || Math.abs(place.lon - here.lon) > 0.01) continue;
    const away = distanceM({ lon: place.lon, lat: place.lat }, here);
    if (away <= least) [best, least] = [place, away];
  }
  return best;
}

/** The place that is asked for again here and now: felt something at, a month ago or longer. */
export function askAgainAt(places: readonly MyPlace[], here: Where | null, now: number): MyPlace | null {
  return placeAt(
    places.filter((place) => {
      const last = place.feelings.at(-1);
      return last !== undefined && now - last.at >= ASKS_AGAIN_MS;
    }),
    here,
  );
}

/** What somebody wrote, took and recorded, before it is kept. */
export type Jotted = { readonly words: string; readonly pictures: readonly Blob[]; readonly sound: Blob | null };

export type NewPlace = Partial<Omit<MyPlace, "id" | "made_at" | "changed_at">> & Pick<MyPlace, "from">;

/** Throws StorageFull. */
export async function addPlace(place: NewPlace, now: number): Promise<MyPlace> {
  const row: MyPlace = {
    id: newId(),
    lon: null,
    lat: null,
    accuracy_m: null,
    name: "",
    note: "",
    own: 0,
    feelings: [],
    media: [],
    ...place,
    made_at: now,
    changed_at: now,
  };
  await writing(() => db.places.add(row));
  return row;
}

export async function changePlace(
  id: string,
  change: (place: MyPlace) => Partial<MyPlace>,
  now: number,
): Promise<MyPlace | null> {
  return writing(() =>
    db.transaction("rw", db.places, async () => {
      const place = await db.places.get(id);
      if (!place) return null;
      const changed: MyPlace = { ...place, ...change(place), id, changed_at: now };
      await db.places.put(changed);
      return changed;
    }),
  );
}

/** Pictures and sounds of a place stay on the phone. Their ids, in the order given. Throws StorageFull. */
export async function keepOwn(blobs: readonly (Blob | null)[]): Promise<string[]> {
  const ids: string[] = [];
  for (const blob of blobs) if (blob) ids.push((await keepMedium(blob, { own: true })).id);
  return ids;
}

/** What was jotted down of a place: its note as it is now, and what was taken and recorded beside what there was. */
export async function jottedAt(
  id: string,
  { words, pictures, sound }: Jotted,
  now: number,
): Promise<MyPlace | null> {
  const media = await keepOwn([...pictures, sound]);
  return changePlace(id, (place) => ({ note: words, media: [...place.media, ...media] }), now);
}

/** A feeling of the place one stands at; of a new one where there is none, also where nobody knows where that is. */
export async function feltAt(feeling: PlaceFeeling, here: Where | null, now: number): Promise<MyPlace> {
  const near = placeAt(await db.places.toArray(), here);
  const changed =
    near && (await changePlace(near.id, (place) => ({ feelings: [...place.feelings, feeling] }), now));
  if (changed) return changed;
  return addPlace(
    {
      from: "feeling",
      feelings: [feeling],
      ...(here ? { lon: here.lon, lat: here.lat, accuracy_m: here.accuracy_m } : {}),
    },
    now,
  );
}

/** Takes a feeling back; a place that was made for it alone goes with it. */
export async function unfelt(place: string, move: string, now: number): Promise<void> {
  const left = await changePlace(
    place,
    (one) => ({ feelings: one.feelings.filter((feeling) => feeling.move !== move) }),
    now,
  );
  if (left && left.from === "feeling" && isBare(left)) await removePlace(place);
}

function isBare(place: MyPlace): boolean {
  return (
    place.feelings.length === 0 && place.media.length === 0 && !place.name && !place.note.trim() && place.own === 0
  );
}

/** With its pictures and sounds; what a journey or a drift tells of it stays as it is. */
export async function removePlace(id: string): Promise<void> {
  await db.transaction("rw", db.places, db.media, async () => {
    const place = await db.places.get(id);
    if (!place) return;
    await db.media.bulkDelete([...place.media]);
    await db.places.delete(id);
  });
}

export async function removeMedium(place: string, medium: string, now: number): Promise<void> {
  await changePlace(place, (one) => ({ media: one.media.filter((id) => id !== medium) }), now);
  await db.media.delete(medium);
}

/** One's own places first, then what was touched last. */
export function inOrder(places: readonly MyPlace[]): readonly MyPlace[] {
  return [...places].sort((a, b) => b.own - a.own || b.changed_at - a.changed_at);
}

const IN_PEACE = "not-asked-again";

/** Somebody did not want to be asked there: for a month nobody asks. */
export async function leaveInPeace(place: string, now: number): Promise<void> {
  await db.transaction("rw", db.notes, async () => {
    const kept = ((await db.notes.get(IN_PEACE))?.value ?? {}) as Record<string, number>;
    const lately = Object.entries(kept).filter(([, at]) => now - at < ASKS_AGAIN_MS);
    await db.notes.put({ key: IN_PEACE, value: { ...Object.fromEntries(lately), [place]: now } });
  });
}

export async function leftInPeace(now: number): Promise<Set<string>> {
  const kept = ((await db.notes.get(IN_PEACE))?.value ?? {}) as Record<string, number>;
  return new Set(Object.keys(kept).filter((id) => now - kept[id]! < ASKS_AGAIN_MS));
}
