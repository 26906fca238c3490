/**
 * What a notice is about, or which one was sent, as it stands behind the `#` of its address: no server is ever sent that.
 *
 * `#quest:JH23456`, `#stage:JH23456:bridge`, `#body:<id>`, `#story:<id>`; `#<id>.<code>`, as a receipt gives it, for whoever wants to see how it went.
 */

export type About = {
  readonly kind: "quest" | "stage" | "body" | "story";
  readonly id: string;
  readonly stage: string;
};
export type Sent = { readonly id: string; readonly code: string };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const CODE = /^JH[2-9A-HJKMNP-Z]{5}$/;
const STAGE = /^[a-z][a-z0-9-]{0,39}$/;
const RECEIPT = /^#?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([A-Za-z0-9_-]{8,80})$/;

export function aboutIn(fragment: string): About | undefined {
  const [kind = "", id = "", stage = "", ...more] = parts(fragment);
  if (more.length > 0) return undefined;
  if (kind === "quest" && CODE.test(id) && stage === "") return { kind, id, stage };
  if (kind === "stage" && CODE.test(id) && STAGE.test(stage)) return { kind, id, stage };
  if ((kind === "body" || kind === "story") && UUID.test(id) && stage === "") return { kind, id, stage };
  return undefined;
}

export function sentIn(fragment: string): Sent | undefined {
  const [, id, code] = RECEIPT.exec(fragment) ?? [];
  return id && code ? { id, code } : undefined;
}

export const addressOf = ({ id, code }: Sent): string => `/notice#${id}.${code}`;

const parts = (fragment: string): string[] => fragment.replace(/^#/, "").split(":");
