/** What was looked at on the map and in quests: kept for where there is no network, and bounded. */

export const SEEN = "seen";
const ENTRIES_MOST = 1_500;
const BYTES_MOST = 60_000_000;
/** Weighing all takes a moment: it is done once in so many. */
const EVERY = 50;

let sinceTrimmed = EVERY - 5; // soon after each start of the service worker

/** Keeps it as the newest; a full phone shows it without keeping it. */
export async function keepSeen(request: Request, response: Response): Promise<void> {
  const cache = await caches.open(SEEN);
  try {
    await cache.put(request, response);
    if (++sinceTrimmed < EVERY) return;
    sinceTrimmed = 0;
    await trim(cache);
  } catch {
    // no room, or somebody made some at this moment
  }
}

/** Throws out the oldest until there are few enough and they weigh little enough; a cache lists the oldest first. */
export async function trim(
  cache: Pick<Cache, "keys" | "match" | "delete">,
  { entries = ENTRIES_MOST, bytes = BYTES_MOST }: { readonly entries?: number; readonly bytes?: number } = {},
): Promise<void> {
  let [kept, weighed] = [0, 0];
  for (const request of (await cache.keys()).toReversed()) {
    kept += 1;
    weighed += kept > entries ? 0 : await weight(await cache.match(request));
    if (kept > entries || weighed > bytes) await cache.delete(request);
  }
}

async function weight(response: Response | undefined): Promise<number> {
  if (!response) return 0;
  return Number(response.headers.get("Content-Length")) || (await response.blob()).size;
}
