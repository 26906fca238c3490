/**
 * What a notice is about, or which one was sent, as it stands behind the `#` of its address: no server is ever sent that.
 *
 * `#quest:JH23456`, `#stage:JH23456:bridge`, `#body:<id>`, `#guide:2313`, `#story:<id>`; `#<id>.<code>`, as a receipt gives it, for whoever wants to see how it went.
 */

export type Sent = { readonly id: string; readonly code: string };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const CODE = /^JH[2-9A-HJKMNP-Z]{5}$/;
const STAGE = /^[a-z][a-z0-9-]{0,39}$/;
const RECEIPT = /^#?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([A-Za-z0-9_-]{8,80})$/;

/** What stands behind each kind of thing: its id, and of a stage its key. */
const PARTS = {
  quest: [CODE],
  stage: [CODE, STAGE],
  body: [UUID],
  guide: [/^[0-9]{4}$/],
  story: [UUID],
} as const satisfies Record<string, readonly RegExp[]>;

export type Kind = keyof typeof PARTS;
export type About = { readonly kind: Kind; readonly id: string; readonly stage: string };

export function aboutIn(fragment: string): About | undefined {
  const [kind = "", ...said] = parts(fragment);
  if (!Object.hasOwn(PARTS, kind)) return undefined;
  const wanted = PARTS[kind as Kind];
  if (said.length !== wanted.length || !wanted.every((form, at) => form.test(said[at]!))) return undefined;
  const [id = "", stage = ""] = said;
  return { kind: kind as Kind, id, stage };
}

export function sentIn(fragment: string): Sent | undefined {
  const [, id, code] = RECEIPT.exec(fragment) ?? [];
  return id && code ? { id, code } : undefined;
}

export const addressOf = ({ id, code }: Sent): string => `/notice#${id}.${code}`;

const parts = (fragment: string): string[] => fragment.replace(/^#/, "").split(":");
