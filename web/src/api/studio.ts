/** The server, as it is asked by who is signed in: by the browser's cookie, in the language that is read. */

import createClient, { type Client } from "openapi-fetch";

import { wanted } from "../app/language.svelte.ts";
import { patient, SaidNo, Unreachable } from "./client.ts";
import type { paths } from "./schema.d.ts";

export const studio: Client<paths> = createClient<paths>({
  baseUrl: location.origin,
  credentials: "same-origin",
  fetch: (request) => patient(request),
});

studio.use({
  onRequest({ request }) {
    request.headers.set("Accept-Language", wanted().join(", "));
    return request;
  },
});

const UNHURRIED_MS = 600_000;

/** For what is large: on a slow network it is on its way for minutes. */
export const unhurried = (request: Request): Promise<Response> => patient(request, UNHURRIED_MS);

type Answer<Data> = { data?: Data | undefined; error?: unknown; response: Response };
export type Versioned<Data> = { readonly data: Data; readonly version: string };

let signedOut = (): void => {};

/** Called whenever the server says that nobody is signed in any more. */
export function whenSignedOut(act: () => void): void {
  signedOut = act;
}

/** What came, with the version to change it by. Throws SaidNo, also where one may try again later, and Unreachable. */
export async function versioned<Data>(asked: Promise<Answer<Data>>): Promise<Versioned<Data>> {
  let answer: Answer<Data>;
  try {
    answer = await asked;
  } catch (error) {
    throw error instanceof Unreachable ? error : new Unreachable("no answer of ours");
  }
  const { data, error, response } = answer;
  if (response.ok) return { data: data as Data, version: response.headers.get("ETag") ?? "" };
  if (typeof error !== "object" || error === null || !("type" in error))
    throw new Unreachable(`status ${response.status} without words`);
  const no = new SaidNo(response.status, error);
  if (no.code === "signed-out") signedOut();
  throw no;
}

/** What came; nothing where nothing is answered. Throws as `versioned` does. */
export async function said<Data>(asked: Promise<Answer<Data>>): Promise<Data> {
  return (await versioned(asked)).data;
}
