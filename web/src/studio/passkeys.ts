/** Passkeys: what the server asks is handed to the browser, and what the browser's authenticator answers handed back. */

import type { Schemas } from "../api/client.ts";
import { said, studio } from "../api/studio.ts";
import type { Account } from "./session.svelte.ts";

/** The person changed their mind, the time was over, or there is no passkey here. `again`: it is there already. */
export class NoPasskey extends Error {
  readonly again: boolean;

  constructor(why: unknown) {
    super("no passkey");
    this.again = why instanceof DOMException && why.name === "InvalidStateError";
  }
}

export const canUsePasskeys = typeof PublicKeyCredential !== "undefined";

/** Whether the browser offers passkeys by itself where an address is typed. */
export async function offersByItself(): Promise<boolean> {
  return canUsePasskeys && (await PublicKeyCredential.isConditionalMediationAvailable?.()) === true;
}

type Told = Record<string, unknown>;

/** Signs in. `unasked`: the browser offers it beside the address, until the signal ends that. */
export async function signInByPasskey(unasked?: AbortSignal): Promise<Schemas["SignedInAnswer"]> {
  const { options } = await said(studio.POST("/api/v1/sign-in/passkey"));
  const made = await asked(() =>
    navigator.credentials.get({
      publicKey: requestOf(options),
      ...(unasked ? { mediation: "conditional", signal: unasked } : {}),
    }),
  );
  const signed = made.response as AuthenticatorAssertionResponse;
  const response = {
    clientDataJSON: written(signed.clientDataJSON),
    authenticatorData: written(signed.authenticatorData),
    signature: written(signed.signature),
    userHandle: signed.userHandle ? written(signed.userHandle) : null,
  };
  return said(studio.POST("/api/v1/sign-in/passkey/check", { body: { credential: { id: made.id, response } } }));
}

/** Makes one for who is signed in. `name`: what its owner calls it. */
export async function makePasskey(name: string): Promise<Account> {
  const { options } = await said(studio.POST("/api/v1/account/passkey"));
  const made = await asked(() => navigator.credentials.create({ publicKey: creationOf(options) }));
  const attested = made.response as AuthenticatorAttestationResponse;
  const response = {
    clientDataJSON: written(attested.clientDataJSON),
    attestationObject: written(attested.attestationObject),
  };
  return said(
    studio.POST("/api/v1/account/passkey/check", { body: { name, credential: { id: made.id, response } } }),
  );
}

async function asked(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const made = await ask();
    if (made) return made as PublicKeyCredential;
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    throw new NoPasskey(error);
  }
  throw new NoPasskey(null);
}

const requestOf = (told: Told): PublicKeyCredentialRequestOptions => ({
  ...(told as unknown as PublicKeyCredentialRequestOptions),
  challenge: read(told["challenge"]),
  allowCredentials: named(told["allowCredentials"]),
});

const creationOf = (told: Told): PublicKeyCredentialCreationOptions => {
  const options = told as unknown as PublicKeyCredentialCreationOptions;
  return {
    ...options,
    challenge: read(told["challenge"]),
    user: { ...options.user, id: read(options.user.id) },
    excludeCredentials: named(told["excludeCredentials"]),
  };
};

const named = (list: unknown): PublicKeyCredentialDescriptor[] =>
  ((list ?? []) as PublicKeyCredentialDescriptor[]).map((one) => ({ ...one, id: read(one.id) }));

/** Bytes that JSON carries as base64url. */
function read(text: unknown): Uint8Array<ArrayBuffer> {
  const raw = atob(String(text).replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(raw, (character) => character.charCodeAt(0));
}

function written(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
