/**
 * One thing a player did, as the phone makes it and the server reads it (`quests/moves.py`).
 *
 * Ids, moments and positions are handed in; what comes out can be sent as it is, and sent again years later: a
 * repetition must have the same bytes, so a move is made once, kept, and never made anew.
 */

import { rounded } from "../geo/rounding.ts";
import { FIX_FRESH_S } from "./evidence.ts";
import { type AnyBody, DEFAULTS, type Fix, type FreeMove, type MediaReference, type Move } from "./forms.ts";
import { filled, list, object, text, Unreadable } from "./reading.ts";
import { looksSwapped } from "./region.ts";
import { kindOf } from "./tasks/index.ts";

export const MOVE_MAX_BYTES = 16_000;
export const FIXES_MOST = 5;
export const MEDIA_MOST = 10;
export const PLAYERS_MOST = 30;
export const APP_MOST_CHARACTERS = 80;
/** How long a text of a body may be, by kind and field. [characters] */
export const TEXT_MOST = {
  "answer.text": 200,
  "meet.word": 200,
  "scan.code": 300,
  "photo.told": 2_000,
  "record.told": 2_000,
  "reflect.text": 4_000,
  "blocked.note": 500,
} as const;
const DECIMALS = 7;

/** A body as a screen makes it: what it leaves out has its default. */
export type NewBody = {
  [Kind in AnyBody["kind"]]: { readonly kind: Kind } & Partial<Extract<AnyBody, { kind: Kind }>>;
}[AnyBody["kind"]];

/** What every move is made of: who, on which phone, when and where. */
export type Making = {
  readonly id: string;
  readonly by: readonly string[];
  readonly device: string;
  readonly madeAt: Date;
  readonly body: NewBody;
  /** The phone's steady clock. [ms] */
  readonly elapsedMs?: number;
  readonly seq?: number;
  readonly fixes?: readonly Fix[];
  readonly media?: readonly MediaReference[];
  readonly replaces?: string | null;
  readonly app?: string;
};

/** Where in which quest version. `closuresRevision`: the kit's at a stage with a place, that of the list elsewhere. */
export type At = {
  readonly questVersion: string;
  readonly stage?: string | null;
  readonly variant?: string | null;
  readonly task?: string | null;
  readonly closuresRevision?: number | null;
};

/** UUID, version 4, of sixteen random bytes; by default the phone's own. */
export function newId(bytes: Uint8Array = crypto.getRandomValues(new Uint8Array(16))): string {
  const own = Uint8Array.from(bytes);
  own[6] = ((own[6] as number) & 0x0f) | 0x40;
  own[8] = ((own[8] as number) & 0x3f) | 0x80;
  const digits = Array.from(own, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** A move of a journey. RangeError for what the server could not read: a mistake of ours, not of the player. */
export function moveOf(making: Making, at: At): Move {
  const move: Move = {
    ...made(making),
    stage: at.stage ?? null,
    variant: at.variant ?? null,
    task: at.task ?? null,
    body: bodyOf(making.body),
    quest_version: at.questVersion,
    closures_revision: at.closuresRevision ?? null,
  };
  return sendable(move);
}

/** A move outside of any journey: one tap, anywhere. */
export function freeMoveOf(making: Making): FreeMove {
  const body = bodyOf(making.body);
  if (!(kindOf(body.kind)?.anywhere ?? false)) throw new RangeError(`${body.kind} is not said of just any place`);
  return sendable({ ...made(making), body: body as FreeMove["body"] });
}

/**
 * At most five fixes for a move: the newest and the most accurate, or spread over the time that somebody stayed.
 *
 * The newest is always among them: it is what the phone showed, and walkers were elsewhere half a minute ago.
 *
 * `over`: since when they have been there, in milliseconds; only fixes since then are taken. In the order of time.
 */
export function chosenFixes(
  fixes: readonly Fix[],
  madeAt: Date,
  { sinceMs }: { readonly sinceMs?: number } = {},
): readonly Fix[] {
  const moment = madeAt.getTime();
  const timed = fixes
    .map((fix) => ({ fix, at: Date.parse(fix.at) }))
    .filter(({ at }) => at <= moment + FIX_FRESH_S * 1000 && at >= (sinceMs ?? moment - FIX_FRESH_S * 1000))
    .sort((one, other) => one.at - other.at);
  if (sinceMs === undefined) {
    const newest = timed.at(-1);
    const best = timed
      .slice(0, -1)
      .sort((one, other) => one.fix.accuracy_m - other.fix.accuracy_m || other.at - one.at)
      .slice(0, FIXES_MOST - 1);
    return [...best.sort((one, other) => one.at - other.at), ...(newest ? [newest] : [])].map(({ fix }) => fix);
  }
  if (timed.length <= FIXES_MOST) return timed.map(({ fix }) => fix);
  // The first and the last, and between them the most accurate of each third.
  const inner = timed.slice(1, -1);
  const thirds = Array.from({ length: FIXES_MOST - 2 }, (_, third) => {
    const [from, to] = [third, third + 1].map((part) => Math.floor((part * inner.length) / (FIXES_MOST - 2)));
    return inner.slice(from, to).reduce((one, other) => (other.fix.accuracy_m < one.fix.accuracy_m ? other : one));
  });
  return [timed[0], ...thirds, timed.at(-1)].map((one) => (one as (typeof timed)[number]).fix);
}

/** A stored move as a value. `Unreadable` for what is none, and for the body of a kind that this app does not know. */
export function readMove(raw: unknown): Move {
  const move = filled<Move>(DEFAULTS.Move, raw, "");
  for (const name of ["id", "device", "made_at", "quest_version"] as const) text(move[name], `/${name}`);
  return { ...move, fixes: list(move.fixes, "/fixes", readFix), body: readBody(move.body, "/body") };
}

/** A stored move outside of any journey, as `readMove`. */
export function readFreeMove(raw: unknown): FreeMove {
  const move = filled<FreeMove>(DEFAULTS.FreeMove, raw, "");
  for (const name of ["id", "device", "made_at"] as const) text(move[name], `/${name}`);
  const body = readBody(move.body, "/body") as FreeMove["body"];
  return { ...move, fixes: list(move.fixes, "/fixes", readFix), body };
}

/**
 * One spelling for equal values: sorted names, no spaces, ASCII. What is sent and kept, and what is counted.
 *
 * TypeError for what JSON has no form for.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const names = Object.keys(value).sort();
    const parts = names.map(
      (name) => `${canonicalJson(name)}:${canonicalJson((value as Record<string, unknown>)[name])}`,
    );
    return `{${parts.join(",")}}`;
  }
  if (
    value === undefined ||
    typeof value === "function" ||
    (typeof value === "number" && !Number.isFinite(value))
  ) {
    throw new TypeError(`no JSON: ${String(value)}`);
  }
  return JSON.stringify(value).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** How many bytes a move counts for against `MOVE_MAX_BYTES`. A screen asks before it lets somebody write on. */
export function sizeOf(move: unknown): number {
  return canonicalJson(move).length; // all of it is ASCII
}

function made(
  making: Making,
): Omit<Move, "stage" | "variant" | "task" | "body" | "quest_version" | "closures_revision"> {
  return {
    ...DEFAULTS.FreeMove,
    id: making.id,
    by: making.by,
    device: making.device,
    seq: making.seq ?? 0,
    made_at: making.madeAt.toISOString(),
    elapsed_ms: Math.max(0, Math.floor(making.elapsedMs ?? 0)),
    fixes: (making.fixes ?? []).map(sentFix),
    media: making.media ?? [],
    replaces: making.replaces ?? null,
    app: (making.app ?? "").slice(0, APP_MOST_CHARACTERS),
  };
}

/** A fix as it is sent: seven decimals are a centimetre; what a phone reports out of range is left out. */
function sentFix(fix: Fix): Fix {
  const kept = (value: number | null, least: number, most: number): number | null =>
    value !== null && value >= least && value <= most ? value : null;
  return {
    lon: rounded(fix.lon, DECIMALS),
    lat: rounded(fix.lat, DECIMALS),
    accuracy_m: fix.accuracy_m,
    at: new Date(fix.at).toISOString(),
    altitude_m: kept(fix.altitude_m, -1_000, 20_000),
    heading_deg: kept(fix.heading_deg, 0, 360),
    speed_mps: kept(fix.speed_mps, 0, 1_000),
  };
}

/** Halves of characters and NULs, which no server can keep, are left out: keyboards and clipboards bring them. */
function bodyOf(body: NewBody): AnyBody {
  const plain: unknown = JSON.parse(JSON.stringify(body), (_, part: unknown) =>
    typeof part === "string" ? part.replace(/[\p{Cs}\0]/gu, "") : part,
  );
  return readBody(plain, "/body");
}

function readBody(raw: unknown, pointer: string): AnyBody {
  const body = object(raw, pointer) as AnyBody;
  switch (body.kind) {
    case "blocked":
      return { ...DEFAULTS.BlockedBody, ...body };
    case "hand-in":
      return { ...DEFAULTS.HandInBody, ...body };
    default: {
      const kind = kindOf(text(body.kind, `${pointer}/kind`));
      if (kind === null)
        throw new Unreadable("unknown-form", `${pointer}/kind`, "no kind of body that this app knows");
      return { ...kind.bodyDefaults, ...body };
    }
  }
}

function readFix(raw: unknown, pointer: string): Fix {
  return filled<Fix>(DEFAULTS.Fix, raw, pointer);
}

/** The move, if the server can read it. */
function sendable<One extends Move | FreeMove>(move: One): One {
  const wrong = wrongWith(move);
  if (wrong !== null) throw new RangeError(wrong);
  return move;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function wrongWith(move: Move | FreeMove): string | null {
  const ids = [move.id, move.device, ...move.by, ...(move.replaces === null ? [] : [move.replaces])];
  const unlike = ids.find((id) => !UUID.test(id));
  if (unlike !== undefined) return `${unlike} is no UUID in lower case`;
  if (move.by.length < 1 || move.by.length > PLAYERS_MOST) return `a move is made by 1 to ${PLAYERS_MOST} players`;
  if (move.fixes.length > FIXES_MOST) return `a move has at most ${FIXES_MOST} fixes`;
  if (move.media.length > MEDIA_MOST) return `a move has at most ${MEDIA_MOST} media`;
  for (const { lon, lat, accuracy_m } of move.fixes) {
    if (!(Math.abs(lon) <= 180 && Math.abs(lat) <= 90)) return `${lon} ${lat} is not on the earth`;
    if (!(accuracy_m >= 0 && accuracy_m <= 10_000_000)) return `${accuracy_m} m is no accuracy`;
    if (looksSwapped(lon, lat)) return "longitude and latitude are swapped";
  }
  for (const [field, most] of Object.entries(TEXT_MOST)) {
    const [kind, name] = field.split(".") as [string, string];
    if (move.body.kind !== kind) continue;
    const characters = Array.from((move.body as unknown as Record<string, string>)[name] as string).length;
    if (characters > most) return `${name} has ${characters} characters, at most ${most}`;
  }
  const bytes = sizeOf(move);
  return bytes > MOVE_MAX_BYTES ? `the move has ${bytes} bytes, at most ${MOVE_MAX_BYTES}` : null;
}
