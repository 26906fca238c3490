/** What a code says that was read by the camera or typed, and where it leads. A foreign address is never opened. */

import { scannedCodeHash, typedCode } from "../game/codes.ts";
import { stripped } from "../game/texts.ts";
import { db, type Journey } from "./db.ts";

/** The longest text in which one of our codes is looked for: a QR code may hold 4,296 characters of anything. */
const READ_MOST = 500;

export type Scanned =
  | { readonly is: "quest"; readonly code: string }
  /** A post's printed code; `quest` where its address names one. */
  | { readonly is: "post"; readonly code: string; readonly hash: string; readonly quest: string | null }
  | { readonly is: "foreign" }
  | { readonly is: "unread" };

/** Pure: nothing is asked, nothing is opened. Of an address only path and fragment count: whose it is says nothing. */
export function readScanned(text: string): Scanned {
  if (text.length > READ_MOST) return { is: "foreign" };
  const bare = stripped(text);
  const typed = typedCode(bare);
  if (typed) return { is: "quest", code: typed };
  const hash = bare.includes("#") ? null : scannedCodeHash(bare);
  if (hash) return { is: "post", code: bare, hash, quest: null };
  const address = addressOf(bare);
  if (!address) return { is: /^[a-z][a-z0-9+.-]*:/i.test(bare) ? "foreign" : "unread" };
  const [, first, second = "", ...more] = address.pathname.split("/");
  const quest = first === "q" && more.every((part) => part === "") ? typedCode(second) : null;
  const post = address.hash.startsWith("#c=") ? address.hash.slice("#c=".length) : "";
  const postHash = post ? scannedCodeHash(post) : null;
  if (postHash) return { is: "post", code: post, hash: postHash, quest };
  return quest ? { is: "quest", code: quest } : { is: "foreign" };
}

function addressOf(text: string): URL | null {
  // As it stands on a sign: quest.example.se/q/JH…
  const whole = /^[a-z0-9.-]+(:\d{1,5})?\/q\//i.test(text) ? `https://${text}` : text;
  if (!URL.canParse(whole)) return null;
  const address = new URL(whole);
  const web = address.protocol === "https:" || address.protocol === "http:";
  return web && !address.username && !address.password ? address : null;
}

export type Post = {
  readonly journey: string;
  readonly stage: string;
  readonly task: string;
  readonly code: string;
};

export type Leads =
  | { readonly to: "quest"; readonly code: string }
  | { readonly to: "post"; readonly post: Post }
  /** A post of ours by its form, of nothing that is on this phone. */
  | { readonly to: "elsewhere" }
  | { readonly to: "nothing"; readonly why: "foreign" | "unread" };

/** Where it leads on this phone: a journey under way whose post it is, else its quest. */
export async function whereTo(scanned: Scanned): Promise<Leads> {
  if (scanned.is === "quest") return { to: "quest", code: scanned.code };
  if (scanned.is !== "post") return { to: "nothing", why: scanned.is };
  const underWay = (await db.journeys.orderBy("touched_at").reverse().toArray()).filter(
    (journey) => !journey.finished && !journey.stuck,
  );
  for (const journey of underWay) {
    const post = await postIn(journey, scanned.hash, scanned.code);
    if (post) return { to: "post", post };
  }
  const kit = (await db.kits.toArray()).find((one) =>
    one.kit.quest.stages.some((stage) => stage.codes?.includes(scanned.hash)),
  );
  const quest = kit?.code ?? scanned.quest;
  return quest ? { to: "quest", code: quest } : { to: "elsewhere" };
}

async function postIn(journey: Journey, hash: string, code: string): Promise<Post | null> {
  const quest = (await db.versions.get(journey.version))?.quest;
  const stage = quest?.stages.find((one) => one.codes?.includes(hash));
  const task = stage?.tasks.find((one) => one.kind === "scan");
  return stage && task ? { journey: journey.id, stage: stage.key, task: task.key, code } : null;
}

/** From the screen that read it to the journey that plays it: taken once. */
let handed: Post | null = null;

export function hand(post: Post): void {
  handed = post;
}

export function takeHanded(journey: string): Post | null {
  const post = handed?.journey === journey ? handed : null;
  if (post) handed = null;
  return post;
}
