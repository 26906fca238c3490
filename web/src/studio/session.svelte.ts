/** Who is signed in here. Where somebody was when they had to sign in stays in the address, and nowhere else. */

import type { Schemas } from "../api/client.ts";
import { said, studio, whenSignedOut } from "../api/studio.ts";
import { SaidNo } from "../api/client.ts";
import { forgetDrafts } from "../app/drafts.svelte.ts";

export type Account = Schemas["AccountAnswer"];

const held = $state<{ account: Account | null }>({ account: null });

export const session = {
  get account(): Account | null {
    return held.account;
  },
  set account(account: Account | null) {
    held.account = account;
  },
};

whenSignedOut(() => (held.account = null));

/** Asks the server who is signed in: nobody is an answer too. Throws Unreachable, and SaidNo for all else. */
export async function know(): Promise<Account | null> {
  try {
    held.account = await said(studio.GET("/api/v1/account"));
  } catch (error) {
    if (!(error instanceof SaidNo && error.code === "signed-out")) throw error;
  }
  return held.account;
}

export async function signOut(): Promise<void> {
  await said(studio.DELETE("/api/v1/sign-in"));
  forgetDrafts("studio/");
  held.account = null;
}

/** What the person is in a body; nothing where they are not in it. */
export const roleIn = (body: string): string | undefined =>
  held.account?.bodies.find((membership) => membership.body === body)?.role;

/** Whether the person has one of these duties, there or everywhere. */
export const hasDuty = (names: readonly string[], municipality: string): boolean =>
  held.account?.duties.some(
    (duty) => names.includes(duty.duty) && (duty.municipality === "" || duty.municipality === municipality),
  ) ?? false;
