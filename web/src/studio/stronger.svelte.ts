/** What is decided for others asks for a passkey, used not long ago. It is asked for where it is needed, and goes on. */

import { SaidNo } from "../api/client.ts";
import { session } from "./session.svelte.ts";

/** The person would rather not. */
export class Regretted extends Error {}

type Waiting = { readonly go: () => void; readonly stop: (why: Regretted) => void };

const held = $state<{ waiting: Waiting | null }>({ waiting: null });

export const stronger = {
  get asked(): boolean {
    return held.waiting !== null;
  },
  /** They have shown who they are. Somebody else's passkey does not go on with what was begun. */
  shown(account: string): void {
    const { waiting } = held;
    held.waiting = null;
    if (account === session.account?.id) waiting?.go();
    else waiting?.stop(new Regretted());
  },
  regret(): void {
    held.waiting?.stop(new Regretted());
    held.waiting = null;
  },
};

/** Does it, and once more when the server has asked for a passkey and got one. Throws Regretted, and what it throws. */
export async function strongly<Made>(act: () => Promise<Made>): Promise<Made> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof SaidNo && error.code === "sign-in-stronger")) throw error;
  }
  await showOneself();
  return act();
}

/** Asks for a passkey. Throws Regretted. */
export function showOneself(): Promise<void> {
  return new Promise((go, stop) => (held.waiting = { go, stop }));
}
