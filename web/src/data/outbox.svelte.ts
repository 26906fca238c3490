/** What waits to be sent, for screens; and when it is tried. */

import { liveQuery } from "dexie";

import { Unreachable } from "../api/client.ts";
import { wanted } from "../app/language.svelte.ts";
import { isShared } from "../app/shelf.ts";
import { db, type FreeMove, type Move, type OutboxMove } from "./db.ts";
import { afterTheLastDay } from "./leaving.ts";
import { identity } from "./identity.ts";
import { StorageFull, writing } from "./room.ts";
import { FREE, pendingMoves, sendAll, UNDO_MS, waitMs } from "./sending.ts";
import { spill, takeBackSpilled } from "./spill.ts";

const seen = $state<{
  waiting: OutboxMove[];
  media: number;
  sending: boolean;
  lastTold: number | null;
  reachable: boolean;
  full: boolean;
}>({ waiting: [], media: 0, sending: false, lastTold: null, reachable: navigator.onLine, full: false });

export const outbox = {
  get waiting(): readonly OutboxMove[] {
    return seen.waiting;
  },
  /** Pictures and sounds that are not on the server yet. */
  get media(): number {
    return seen.media;
  },
  get sending(): boolean {
    return seen.sending;
  },
  get reachable(): boolean {
    return seen.reachable;
  },
  /** The phone is full, and the last move lies where little has room. */
  get full(): boolean {
    return seen.full;
  },
  get lastTold(): number | null {
    return seen.lastTold;
  },
};

/** Keeps a move; it is sent when it can no longer be undone. Throws only when there is no room at all. */
export async function keep(move: Move | FreeMove, journey: string = FREE): Promise<OutboxMove> {
  const row: OutboxMove = {
    id: move.id,
    journey,
    move,
    made_at: Date.parse(move.made_at),
    pending: 1,
    sent: 0,
  };
  try {
    await writing(() => db.moves.add(row));
    seen.full = false;
  } catch (error) {
    if (!(error instanceof StorageFull)) throw error;
    spill(row);
    seen.full = true;
    await look();
  }
  wakeIn(UNDO_MS);
  return row;
}

/** Takes a move back. False once it was part of a request: it may be known there. */
export async function undo(id: string): Promise<boolean> {
  if (takeBackSpilled(id, Date.now() - UNDO_MS)) {
    await look();
    return true;
  }
  return db.transaction("rw", db.moves, async () => {
    const row = await db.moves.get(id);
    if (!row || row.sent === 1) return false;
    await db.moves.delete(id);
    return true;
  });
}

/** What every move says of itself beside what was done. */
export async function envelope(): Promise<
  Pick<Move, "v" | "id" | "by" | "device" | "made_at" | "elapsed_ms" | "app">
> {
  const who = await identity();
  return {
    v: 1,
    id: crypto.randomUUID(),
    by: [who.player],
    device: who.device,
    made_at: new Date().toISOString(),
    elapsed_ms: Math.round(performance.now()),
    app: `web ${import.meta.env.MODE}`,
  };
}

let timer: ReturnType<typeof setTimeout> | undefined;
let wakesAt = Infinity;
let tries = 0;

/** At the earliest of what was asked for: who does something every few seconds is not put off by each. */
function wakeIn(ms: number): void {
  const at = Date.now() + ms;
  if (at >= wakesAt) return;
  clearTimeout(timer);
  wakesAt = at;
  timer = setTimeout(() => void tryNow(), ms);
}

/** Sends what may be sent now. Never throws for the network's sake: that is a normal state. */
export async function tryNow(): Promise<void> {
  if (seen.sending) return;
  clearTimeout(timer);
  wakesAt = Infinity;
  seen.sending = true;
  try {
    const { told, next } = await sendAll({ languages: wanted(), now: Date.now });
    seen.reachable = true;
    tries = 0;
    if (told > 0) seen.lastTold = Date.now();
    void import("./uploads.ts").then(({ sendMedia }) => sendMedia());
    if (next !== null) wakeIn(Math.max(500, next - Date.now()));
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    seen.reachable = false;
    wakeIn(waitMs(tries, error.afterS, Math.random()));
    tries += 1;
    askForAWakeUp();
  } finally {
    seen.sending = false;
  }
}

/** Where browsers can, the service worker is woken when there is coverage, also with the app closed. */
function askForAWakeUp(): void {
  if (isShared()) return; // the service worker knows only what belongs to the phone's owner
  void navigator.serviceWorker?.ready
    .then((worker) =>
      (worker as unknown as { sync?: { register(tag: string): Promise<void> } }).sync?.register("outbox"),
    )
    .catch(() => {});
}

async function look(): Promise<void> {
  seen.waiting = await pendingMoves();
}

/** Begins to look after the outbox. Once, when the app starts. */
export function tend(): void {
  liveQuery(() => Promise.all([pendingMoves(), db.media.where("pending").equals(1).count()])).subscribe({
    next: ([rows, media]) => {
      seen.waiting = rows;
      seen.media = media;
    },
    error: () => {}, // a database that was closed to be forgotten
  });
  const now = () => void tryNow();
  window.addEventListener("online", () => {
    now();
    void import("./codes.ts").then(({ fetchKeptCodes }) => fetchKeptCodes());
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") now();
  });
  void afterTheLastDay(new Date()).catch(() => {}); // without a network the next start asks
  now();
}
