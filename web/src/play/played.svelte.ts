/** A journey on this phone: its quest, its moves, and what they have come to, judged here as the server judges. */

import { liveQuery } from "dexie";

import { SaidNo, Unreachable } from "../api/client.ts";
import { spoken, wanted } from "../app/language.svelte.ts";
import { asFix, position } from "../app/position.svelte.ts";
import {
  db,
  type Journey as Row,
  type Kit as KeptKit,
  type Move as SentMove,
  type OutboxMove,
} from "../data/db.ts";
import { identity } from "../data/identity.ts";
import { keep, undo } from "../data/outbox.svelte.ts";
import { kitOf, type Reason, restsOf } from "../data/quests.svelte.ts";
import { spilled } from "../data/spill.ts";
import { closedTo, hasPlace, notOffered } from "../game/closures.ts";
import { presenceOf } from "../game/evidence.ts";
import type { JourneyView, Kit, MediaReference, Quest, StageView, TaskView } from "../game/forms.ts";
import { judge } from "../game/judge.ts";
import { fenceOf, inVariant, readQuest, stageOf } from "../game/model.ts";
import { chosenFixes, moveOf, newId, type NewBody } from "../game/moves.ts";
import { offer, planOf } from "../game/openness.ts";
import type { Judged } from "../game/outcomes.ts";
import { type Journey, play } from "../game/play.ts";
import { currentStage, forPlayer } from "../game/views.ts";
import type { Certainty } from "../geo/fences.ts";
import { bearingDeg, distanceM } from "../geo/positions.ts";
import { type Ground, groundOf } from "./ground.ts";

/** A journey under way asks again for what is closed and what rests when what is known of it is older. [ms] */
const RENEWED_AFTER_MS = 3600 * 1000;

/** Where the phone is, seen from a stage. `certainty` as the judge will see it. [m, °] */
export type Seen = {
  readonly distanceM: number;
  readonly bearingDeg: number;
  readonly accuracyM: number;
  readonly certainty: Certainty;
  readonly there: boolean;
  readonly at: number;
};

export type Brought = {
  readonly media?: readonly MediaReference[];
  /** Since when they have been there: fixes are spread over that time. [ms of 1970] */
  readonly sinceMs?: number;
};

export type Did = { readonly move: OutboxMove; readonly judged: Judged };

export class Played {
  #row = $state.raw<Row | null>(null);
  #quest = $state.raw<Quest | null>(null);
  #kept = $state.raw<KeptKit | null>(null);
  #moves = $state.raw<readonly OutboxMove[]>([]);
  /** Why it cannot be shown. */
  gone = $state(false);
  #judgedBefore = new Map<string, Judged>();

  constructor(id: string) {
    void this.#load(id);
    $effect(() => {
      const listening = liveQuery(() => db.moves.where("journey").equals(id).toArray()).subscribe({
        next: (rows) => (this.#moves = withSpilled(rows, id)),
        error: () => {},
      });
      return () => listening.unsubscribe();
    });
    $effect(() => {
      const again = () => void this.#renew();
      window.addEventListener("online", again);
      document.addEventListener("visibilitychange", again);
      return () => {
        window.removeEventListener("online", again);
        document.removeEventListener("visibilitychange", again);
      };
    });
    $effect(() => {
      const finished = this.journey?.finished ?? false;
      if (this.#row && finished && !this.#row.finished) {
        this.#row = { ...this.#row, finished: 1 };
        void db.journeys.update(id, { finished: 1 });
      }
    });
  }

  async #load(id: string): Promise<void> {
    const row = await db.journeys.get(id);
    const version = row && (await db.versions.get(row.version));
    if (!row || !version) {
      this.gone = true;
      return;
    }
    this.#kept = (await db.kits.get(row.code)) ?? null;
    this.#quest = readQuest(version.quest);
    this.#row = row;
    await this.#renew();
  }

  /** What lies over the quest, anew each hour where there is a network: a journey may go on for long. */
  async #renew(): Promise<void> {
    const code = this.#row?.code;
    if (!code) return;
    await kitOf(code, RENEWED_AFTER_MS)
      .then((kept) => (this.#kept = kept))
      .catch((error: unknown) => {
        if (!(error instanceof Unreachable || error instanceof SaidNo)) throw error;
      });
  }

  get row(): Row | null {
    return this.#row;
  }

  get quest(): Quest | null {
    return this.#quest;
  }

  get kit(): Kit | null {
    return this.#kept?.kit ?? null;
  }

  /** Whether the phone may lead there. `now` in ms of 1970. */
  ground(stage: string, variant: string | null, now: number): Ground {
    const kept = this.#kept;
    const known = kept && { closures: kept.kit.closures.closures, fetched_at: kept.fetched_at };
    return this.#quest ? groundOf(this.#quest, known, stage, variant, now) : "free";
  }

  /** Why nobody is led to the stage now; null where it does not rest. */
  rests(stage: string): Reason | null {
    return this.#kept ? (restsOf(this.#kept).get(stage) ?? null) : null;
  }

  get moves(): readonly OutboxMove[] {
    return this.#moves;
  }

  readonly judged = $derived.by((): readonly Judged[] => {
    const quest = this.#quest;
    if (!quest) return [];
    return this.#moves
      .filter((row) => row.outcome?.outcome !== "refused" && row.outcome?.outcome !== "unreadable")
      .map((row) => this.#judge(quest, row.move as SentMove));
  });

  readonly journey = $derived.by((): Journey | null => (this.#quest ? play(this.#quest, this.judged) : null));

  readonly view = $derived.by((): JourneyView | null =>
    this.#quest && this.journey ? forPlayer(this.#quest, this.journey, wanted()) : null,
  );

  /** The stage to lead to; `chosen` where somebody looked at another open one. */
  chosen = $state<string | null>(null);
  readonly stage = $derived.by((): StageView | null => {
    if (!this.view) return null;
    const chosen = this.view.stages.find((one) => one.key === this.chosen && one.state !== "later");
    return chosen ?? currentStage(this.view);
  });

  /** The way of doing the stage that is offered now, or that somebody chose; null is the stage itself. */
  variant(stage: StageView, now: Date): string | null {
    const own = this.#row?.variants[stage.key];
    if (own !== undefined) return own === "" ? null : own;
    const quest = this.#quest;
    const here = position.fix ?? stage.place;
    if (!quest || !here || stage.variants.length === 0) return null;
    const offered = offer(planOf(quest), now, here, notOffered(this.kit?.closures.closures ?? []));
    return offered.stages.find((one) => one.key === stage.key)?.way?.variant ?? null;
  }

  async choose(stage: string, variant: string | null): Promise<void> {
    if (!this.#row) return;
    this.#row = { ...this.#row, variants: { ...this.#row.variants, [stage]: variant ?? "" } };
    await db.journeys.update(this.#row.id, { variants: this.#row.variants });
  }

  /** Where the phone is, seen from the stage; null where the stage or the phone has no place. */
  seen(stage: string, variant: string | null, now: number): Seen | null {
    const fix = position.fix;
    const own = this.#quest && stageOf(this.#quest, stage);
    const varied = own && (inVariant(own, variant) ?? own);
    const fence = varied && fenceOf(varied);
    const place = varied && this.view?.stages.find((one) => one.key === stage);
    const at = place?.variants.find((one) => one.key === variant)?.place ?? place?.place;
    if (!fix || !fence || !at) return null;
    const presence = presenceOf(fence, [asFix(fix)], new Date(Math.min(now, fix.at + 20_000)).toISOString());
    return {
      distanceM: presence.awayM === null ? distanceM(fix, at) : Math.max(presence.awayM, 0),
      bearingDeg: bearingDeg(fix, at),
      accuracyM: fix.accuracy_m,
      certainty: presence.certainty,
      there: presence.certainty === "inside" || presence.certainty === "near",
      at: fix.at,
    };
  }

  /** Makes a move, keeps it, and says what this phone thinks of it. */
  async did(
    at: { stage: string | null; variant: string | null; task: string | null },
    body: NewBody,
    brought: Brought = {},
  ): Promise<Did> {
    const quest = this.#quest;
    const row = this.#row;
    if (!quest || !row) throw new Error("nothing is played");
    const who = await identity();
    const madeAt = new Date();
    const fixes = chosenFixes(
      position.readings.map(asFix),
      madeAt,
      brought.sinceMs === undefined ? {} : { sinceMs: brought.sinceMs },
    );
    const move = moveOf(
      {
        id: newId(),
        by: [who.player],
        device: who.device,
        madeAt,
        elapsedMs: Math.round(performance.now()),
        seq: this.#moves.length,
        body,
        fixes,
        media: brought.media ?? [],
        app: `web ${spoken()}`,
      },
      {
        questVersion: row.version,
        ...at,
        closuresRevision: hasPlace(quest, at.stage) ? (this.kit?.closures.revision ?? null) : null,
      },
    );
    const judged = this.#judge(quest, move as SentMove);
    const kept = await keep(move as SentMove, row.id);
    this.#moves = withSpilled(this.#moves, row.id); // on a full phone nothing in the database changed
    await db.journeys.update(row.id, { touched_at: Date.now() }).catch(() => {}); // on a full phone the move is what counts
    return { move: kept, judged };
  }

  async undo(id: string): Promise<boolean> {
    const taken = await undo(id);
    if (taken) this.#moves = this.#moves.filter((row) => row.id !== id);
    return taken;
  }

  #judge(quest: Quest, move: SentMove): Judged {
    const before = this.#judgedBefore.get(move.id);
    if (before) return before;
    const closed = closedTo(quest, move, this.kit?.closures.closures ?? []);
    const judged = judge(quest, move, { at: null, equal: null, tie_break: null, closed });
    this.#judgedBefore.set(move.id, judged);
    return judged;
  }
}

/** With those that lie where a full phone still had room. */
function withSpilled(rows: readonly OutboxMove[], journey: string): readonly OutboxMove[] {
  const known = new Set(rows.map((row) => row.id));
  return [...rows, ...spilled().filter((row) => row.journey === journey && !known.has(row.id))];
}
