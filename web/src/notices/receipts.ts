/** The notices that were sent from this phone, by what they are about: who looks there again finds how it went. */

import { shelve, shelved } from "../app/shelf.ts";
import type { About, Sent } from "./about.ts";

export const RECEIPTS = "notices";
const MOST = 20;

const nameOf = ({ kind, id, stage }: About): string => [kind, id, stage].join(" ");

export const receiptOf = (about: About): Sent | undefined => kept().find(([name]) => name === nameOf(about))?.[1];

/** Of one thing the newest alone, and of few things. */
export function keepReceipt(about: About, { id, code }: Sent): void {
  const others = kept().filter(([name]) => name !== nameOf(about));
  const all = [[nameOf(about), { id, code }], ...others].slice(0, MOST);
  try {
    shelve(RECEIPTS, JSON.stringify(all));
  } catch {
    // A full phone: the address of the receipt is shown all the same.
  }
}

function kept(): [string, Sent][] {
  try {
    const all: unknown = JSON.parse(shelved(RECEIPTS) ?? "[]");
    return Array.isArray(all) ? (all as [string, Sent][]) : [];
  } catch {
    return []; // written by nobody, or by a version to come
  }
}
