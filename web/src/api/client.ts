/** The server, as its OpenAPI description types it. `schema.d.ts` is made by `npm run client`, and a stale one fails. */

import createClient, { type Client } from "openapi-fetch";

import type { components, paths } from "./schema.d.ts";

export type Schemas = components["schemas"];

/** No network, a network that swallows, or a server that is not itself: try again later. */
export class Unreachable extends Error {
  /** When to try again, as the server said. [s] */
  readonly afterS: number | null;

  constructor(why: string, afterS: number | null = null) {
    super(why);
    this.afterS = afterS;
  }
}

/** The server said no, and why (RFC 9457). */
export class SaidNo extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** What of the body is wrong, as JSON pointers. */
  readonly pointers: readonly string[];

  constructor(status: number, problem: unknown) {
    const { type, detail, title, errors } = (problem ?? {}) as Partial<Schemas["ProblemBody"]>;
    super(`${status} ${type ?? title ?? ""}`);
    this.status = status;
    this.code = (type ?? "").split(/[/:]/).pop() ?? "";
    this.detail = detail ?? "";
    this.pointers = (errors ?? []).map(({ pointer }) => pointer);
  }
}

const PATIENCE_MS = 20_000;

/** The API has one language in an address; the others, in their order, are told as browsers tell them. */
function inLanguages(request: Request): Request {
  const address = new URL(request.url);
  const [first = "", ...others] = address.searchParams.get("lang")?.split(",") ?? [];
  if (others.length === 0) return request;
  address.searchParams.set("lang", first);
  const told = new Request(address, request);
  told.headers.set("Accept-Language", others.join(","));
  return told;
}

/** `fetch` that gives up: half-dead networks accept and never answer. */
export async function patient(request: Request, patienceMs = PATIENCE_MS): Promise<Response> {
  const over = AbortSignal.timeout(patienceMs);
  try {
    return await fetch(inLanguages(request), { signal: AbortSignal.any([over, request.signal]) });
  } catch (error) {
    throw new Unreachable(error instanceof Error ? error.message : "no answer");
  }
}

export const client: Client<paths> = createClient<paths>({
  // Read at each call: tests and service workers have their own.
  baseUrl: globalThis.location?.origin ?? "",
  fetch: (request) => patient(request),
});

/** What the server says to a phone that it does not know, or no more. */
export const UNKNOWN_PHONE = "unknown-token";
let unknownPhone = async (): Promise<void> => {};

/** Done before anybody is told that the server does not know this phone. */
export function whenUnknown(act: () => Promise<void>): void {
  unknownPhone = act;
}

type Answer<Data> = { data?: Data | undefined; error?: unknown; response: Response };

/** What came, or an exception that says whether trying again helps. */
export async function answered<Data>(asked: Promise<Answer<Data>>): Promise<Data> {
  let answer: Answer<Data>;
  try {
    answer = await asked;
  } catch (error) {
    if (error instanceof Unreachable) throw error;
    // A page of somebody else's network ("please sign in") is no answer of ours.
    throw new Unreachable(error instanceof Error ? error.message : "no answer of ours");
  }
  const { data, error, response } = answer;
  if (response.status === 204 || (response.ok && data !== undefined)) return data as Data;
  if (response.status === 429 || response.status >= 500) {
    throw new Unreachable(`status ${response.status}`, Number(response.headers.get("Retry-After")) || null);
  }
  if (typeof error === "object" && error !== null && "type" in error) {
    const no = new SaidNo(response.status, error);
    if (no.code === UNKNOWN_PHONE) await unknownPhone();
    throw no;
  }
  throw new Unreachable(`status ${response.status} without words`);
}
