/** Who plays, as the server knows it: ids and a token made here, so that nothing waits for a network. */

import { answered, client, whenUnknown } from "../api/client.ts";
import { db, type OutboxMove } from "./db.ts";

export type Identity = {
  readonly player: string;
  readonly device: string;
  /** 32 random bytes as base64url without padding. Never leaves the phone but to our own server. */
  readonly token: string;
  readonly registered: boolean;
};

const KEY = "identity";
const SHUT_OUT = "shut-out";

export function randomToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** The one that there is, or a new one. Two tabs that begin at once agree: the first that is written stands. */
export async function identity(): Promise<Identity> {
  return db.transaction("rw", db.notes, async () => {
    const found = await db.notes.get(KEY);
    if (found) return found.value as Identity;
    const made = newIdentity();
    await db.notes.add({ key: KEY, value: made });
    return made;
  });
}

const newIdentity = (): Identity => ({
  player: crypto.randomUUID(),
  device: crypto.randomUUID(),
  token: randomToken(),
  registered: false,
});

/** Whoever was erased goes on as somebody new; what lies on this phone, and what it never sent, is theirs. */
export const beginAsNew = (): Promise<void> => goOnAs(newIdentity());

/** What lies on this phone, and what it never sent, is that player's from now on. */
export async function goOnAs(now: Identity): Promise<void> {
  await db.transaction("rw", db.notes, db.journeys, db.moves, async () => {
    const before = (await db.notes.get(KEY))?.value as Identity | undefined;
    const renamed = (ids: readonly string[]) => ids.map((id) => (id === before?.player ? now.player : id));
    await db.notes.put({ key: KEY, value: now });
    await db.notes.delete(SHUT_OUT);
    for (const { stuck, ...journey } of await db.journeys.toArray()) {
      await db.journeys.put({ ...journey, known: 0, players: renamed(journey.players) }); // what stuck is tried anew
    }
    for (const row of await db.moves.where("pending").equals(1).toArray()) {
      const move = { ...row.move, by: renamed(row.move.by), device: now.device } as OutboxMove["move"];
      await db.moves.update(row.id, { move, sent: 0 });
    }
  });
}

/**
 * Whether the server knows this phone no more: somebody who is signed in as its player shut it out. What is done here
 * stays, and is sent when the phone plays on as that player again.
 */
export const isShutOut = async (): Promise<boolean> => (await db.notes.get(SHUT_OUT)) !== undefined;

export async function setShutOut(out: boolean): Promise<void> {
  if (out) await db.notes.put({ key: SHUT_OUT, value: true });
  else await db.notes.delete(SHUT_OUT);
}

whenUnknown(() => setShutOut(true));

/** A device of its own, by which a player that is there already is played on; made known by whoever may let it in. */
export async function anotherDeviceOf(player: string): Promise<{ who: Identity; token_sha256: string }> {
  const who = { ...newIdentity(), player, registered: true };
  return { who, token_sha256: await sha256Hex(fromBase64Url(who.token)) };
}

export const authorization = (who: Identity): { Authorization: string } => ({
  Authorization: `Bearer ${who.player}.${who.token}`,
});

/** Makes the player known to the server, once. Throws Unreachable while there is no network. */
export async function registered(language: string | undefined): Promise<Identity> {
  const who = await identity();
  if (who.registered) return who;
  const sha256 = await sha256Hex(fromBase64Url(who.token));
  // Repeating it is safe: the same player, device and token answer 200.
  await answered(
    client.PUT("/api/v1/players/{player_id}", {
      params: { path: { player_id: who.player } },
      body: { device: who.device, token_sha256: sha256, language: language ?? null },
    }),
  );
  const now: Identity = { ...who, registered: true };
  await db.notes.put({ key: KEY, value: now });
  return now;
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const raw = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(raw, (character) => character.charCodeAt(0));
}

export async function sha256Hex(bytes: BufferSource): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
