/** A feeling said outside of any quest: the one thing here that is sent, and only as that. */

import { spoken } from "../app/language.svelte.ts";
import { asFix, type Fix as Reading } from "../app/position.svelte.ts";
import type { FreeMove, PlaceFeeling } from "../data/db.ts";
import { identity } from "../data/identity.ts";
import { keep } from "../data/outbox.svelte.ts";
import { chosenFixes, freeMoveOf, newId } from "../game/moves.ts";
import type { Feeling } from "../ui/Feelings.svelte";

/** `readings`: the phone's last positions, for a feeling that belongs to a place; none for one that does not. */
export async function sendFeeling(
  feeling: Feeling,
  strength: number,
  readings: readonly Reading[],
  now: number,
): Promise<PlaceFeeling> {
  const who = await identity();
  const madeAt = new Date(now);
  const move = freeMoveOf({
    id: newId(),
    by: [who.player],
    device: who.device,
    madeAt,
    elapsedMs: Math.round(performance.now()),
    body: { kind: "feel", feeling, strength },
    fixes: chosenFixes(readings.map(asFix), madeAt),
    app: `web ${spoken()}`,
  });
  await keep(move as FreeMove);
  return { feeling, strength, at: now, move: move.id };
}
