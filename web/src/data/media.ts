/** Pictures and sounds of one's own: made small and bare on the phone, kept here, sent after their moves. */

import type { MediaReference } from "../game/forms.ts";
import { newId } from "../game/moves.ts";
import { db } from "./db.ts";
import { sha256Hex } from "./identity.ts";
import { writing } from "./room.ts";

const SIDE_MOST = 2560;
const QUALITY = 0.82;

/**
 * The picture without what a camera writes into it (where, when, which phone), upright, at most 2,560 pixels wide.
 *
 * A format that this browser cannot draw is kept as it is: the server does the same then.
 */
export async function bare(picture: Blob): Promise<Blob> {
  try {
    const image = await createImageBitmap(picture, { imageOrientation: "from-image" });
    const scale = Math.min(1, SIDE_MOST / Math.max(image.width, image.height));
    const canvas = new OffscreenCanvas(
      Math.max(1, Math.round(image.width * scale)),
      Math.max(1, Math.round(image.height * scale)),
    );
    canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
    image.close();
    return await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
  } catch {
    return picture;
  }
}

/**
 * Keeps it on the phone, to be sent when there is coverage; `own`: it stays here, and is never sent. Throws StorageFull.
 */
export async function keepMedium(
  blob: Blob,
  { own = false }: { readonly own?: boolean } = {},
): Promise<MediaReference> {
  const type = (blob.type || "application/octet-stream").split(";")[0]!.toLowerCase();
  const reference = { id: newId(), sha256: await sha256Hex(await blob.arrayBuffer()), bytes: blob.size, type };
  await writing(() =>
    db.media.add({ ...reference, move: null, blob, made_at: Date.now(), pending: own ? 0 : 1, sent_bytes: 0 }),
  );
  return reference;
}

export async function belongs(media: readonly MediaReference[], move: string): Promise<void> {
  await db.media.bulkUpdate(media.map(({ id }) => ({ key: id, changes: { move } })));
}

/** What was made and then not used. */
export async function drop(id: string): Promise<void> {
  await db.media.delete(id);
}
