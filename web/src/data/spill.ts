/**
 * The last resort for a move on a full phone: `localStorage` has a room of its own, some megabytes, that a full disk
 * of pictures and maps does not take. A move is a kilobyte.
 */

import { shelve, shelved } from "../app/shelf.ts";
import { db, type OutboxMove } from "./db.ts";

const KEY = "spilled";

export function spilled(): OutboxMove[] {
  try {
    const kept: unknown = JSON.parse(shelved(KEY) ?? "[]");
    return Array.isArray(kept) ? (kept as OutboxMove[]) : [];
  } catch {
    return [];
  }
}

/** Throws what `localStorage` throws when it is full too. */
export function spill(row: OutboxMove): void {
  shelve(KEY, JSON.stringify([...spilled().filter(({ id }) => id !== row.id), row]));
}

/** Whether it lay here, and was made since: until then no request holds it. [ms of 1970] */
export function takeBackSpilled(id: string, madeSince: number): boolean {
  const rows = spilled();
  const left = rows.filter((row) => row.id !== id || row.made_at < madeSince);
  if (left.length === rows.length) return false;
  shelve(KEY, left.length > 0 ? JSON.stringify(left) : null);
  return true;
}

/** Moves back to where they belong, if there is room again; `told` need not go back. */
export async function unspill(told: readonly string[] = []): Promise<void> {
  if (typeof localStorage === "undefined") return; // in a service worker
  const rows = spilled();
  if (rows.length === 0) return;
  const left: OutboxMove[] = [];
  for (const row of rows.filter(({ id }) => !told.includes(id))) {
    try {
      if (!(await db.moves.get(row.id))) await db.moves.add(row);
    } catch {
      left.push(row);
    }
  }
  shelve(KEY, left.length > 0 ? JSON.stringify(left) : null);
}
