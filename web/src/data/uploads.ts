/** Pictures and sounds go to the server after their moves, in pieces that survive a broken network (tus 1.0.0). */

import { answered, client, SaidNo, Unreachable } from "../api/client.ts";
import { wanted } from "../app/language.svelte.ts";
import { db, type Medium } from "./db.ts";
import { authorization, type Identity, registered } from "./identity.ts";
import { askWhetherLeaving, BEING_ERASED, leavingUntil } from "./leaving.ts";

const PIECE_BYTES = 1 << 20;

let under_way: Promise<void> | null = null;

/** Sends what waits, the smallest first; ends quietly where the network does. One at a time, whatever calls it. */
export function sendMedia(): Promise<void> {
  under_way ??= all().finally(() => (under_way = null));
  return under_way;
}

async function all(): Promise<void> {
  const work = async () => {
    if (await leavingUntil()) return;
    const waiting = await db.media.where("pending").equals(1).toArray();
    // A picture whose move can still be undone, or was never made, waits with it.
    const ripe = [];
    for (const medium of waiting) {
      const move = medium.move === null ? undefined : await db.moves.get(medium.move);
      if (move && move.pending === 0) ripe.push(medium);
    }
    if (ripe.length === 0) return;
    const who = await registered(wanted()[0]);
    for (const medium of ripe.sort((a, b) => a.bytes - b.bytes)) await one(medium, who);
  };
  try {
    await (navigator.locks ? navigator.locks.request("rotfaste-media", work) : work());
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
  }
}

async function one(medium: Medium, who: Identity): Promise<void> {
  try {
    const begun = await answered(
      client.PUT("/api/v1/media/{media_id}", {
        params: { path: { media_id: medium.id } },
        headers: authorization(who),
        body: { sha256: medium.sha256, bytes: medium.bytes, type: medium.type },
      }),
    );
    // What this player brought before, on whatever device, need not be sent again.
    if (begun.offset < medium.bytes) await pieces(medium, who);
    await db.media.update(medium.id, { pending: 0, sent_bytes: medium.bytes });
  } catch (error) {
    if (!(error instanceof SaidNo)) throw error;
    if (error.code === BEING_ERASED) {
      await askWhetherLeaving();
      throw new Unreachable(BEING_ERASED); // it waits for a regret
    }
    // It stays on the phone, and says why it is nowhere else.
    await db.media.update(medium.id, { pending: 0, refused: error.detail || error.code });
  }
}

async function pieces(medium: Medium, who: Identity): Promise<void> {
  const { Upload } = await import("tus-js-client");
  await new Promise<void>((resolve, reject) => {
    new Upload(medium.blob, {
      uploadUrl: new URL(`/api/v1/media/${medium.id}`, location.origin).href,
      chunkSize: PIECE_BYTES,
      retryDelays: [1_000, 5_000, 15_000],
      headers: authorization(who),
      storeFingerprintForResuming: false, // the id is the address: nothing else has to be remembered
      onProgress: (sent) => void db.media.update(medium.id, { sent_bytes: sent }),
      onSuccess: () => resolve(),
      onError: (error) => {
        const status = "originalResponse" in error ? (error.originalResponse?.getStatus() ?? 0) : 0;
        const final = status >= 400 && status < 500 && ![408, 409, 423, 429, 460].includes(status);
        reject(final ? new SaidNo(status, problem(error)) : new Unreachable(error.message));
      },
    }).start();
  });
}

function problem(error: Error): unknown {
  try {
    const body = (error as { originalResponse?: { getBody(): string } }).originalResponse?.getBody();
    return JSON.parse(body ?? "");
  } catch {
    return null;
  }
}
