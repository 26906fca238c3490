/** One small thing among what lies on this phone: for where there is no network to ask. */

import { say, wanted } from "../app/language.svelte.ts";
import { best } from "../app/languages.ts";
import type { Plan } from "../game/forms.ts";
import { notOffered } from "../game/closures.ts";
import { type Candidate, draw, type Reasons } from "../game/today.ts";
import { distanceM, position, type Position } from "../geo/positions.ts";
import { db, type Kit } from "./db.ts";
import { planOfKit, tooOldToBegin } from "./quests.svelte.ts";

/** What a card of Today says, wherever it was drawn. */
export type Offered = {
  readonly quest: {
    readonly code: string;
    readonly title: string;
    readonly summary: string;
    readonly language: string;
    readonly checked_by: string;
    readonly minutes: number | null;
  };
  readonly because: string;
  readonly distance_m: number | null;
};

/** Where the light is asked for when nobody knows where the phone is: Östersund. */
const SOMEWHERE = position(14.63, 63.18);

/**
 * The first of today's that is none of `notThese` (codes); null where nothing on this phone fits.
 *
 * Without a position only what can be begun anywhere is drawn.
 */
export async function drawHere(wish: {
  readonly here: { readonly lon: number; readonly lat: number } | null;
  readonly company: string | null;
  readonly notThese: readonly string[];
  readonly at: Date;
}): Promise<Offered | null> {
  const here = wish.here ? position(wish.here.lon, wish.here.lat) : null;
  const kits = new Map((await db.kits.toArray()).map((kit) => [kit.code, kit]));
  const begun = new Set((await db.journeys.toArray()).map((journey) => journey.code));
  const candidates = [...kits.values()]
    .filter(
      (kit) => !kit.kit.resting && !wish.notThese.includes(kit.code) && !tooOldToBegin(kit, wish.at.getTime()),
    )
    .map((kit) => candidate(kit, here, begun.has(kit.code)))
    .filter((one) => one !== null);
  const closed = notOffered([...kits.values()].flatMap((kit) => kit.kit.closures.closures));
  const [first] = draw(candidates, wish.at, here ?? SOMEWHERE, {
    closed,
    company: wish.company,
    first: begun.size === 0,
  });
  const kit = first && kits.get(first.candidate.code);
  return kit ? told(kit, first.candidate, first.reasons) : null;
}

function candidate(kit: Kit, here: Position | null, done: boolean): Candidate | null {
  const { code, id } = kit;
  const plan = planOfKit(kit);
  const entrances = entrancesOf(plan);
  if (entrances.length > 0 && here === null) return null;
  const away = here === null ? [] : entrances.map((one) => distanceM(here, one));
  return { id, code, plan, distanceM: away.length > 0 ? Math.min(...away) : null, done };
}

/** Where it can be begun; none where that is wherever one is. */
function entrancesOf(plan: Plan): readonly Position[] {
  const ways = plan.stages.filter((stage) => stage.opens === null).map((stage) => stage.ways[0]);
  const places = ways.map((way) =>
    way && way.lon !== null && way.lat !== null ? position(way.lon, way.lat) : null,
  );
  return places.every((place) => place !== null) ? places : [];
}

/** The server's own sentences (`today.…`), so that it reads the same with a network and without. */
function told(kit: Kit, { distanceM: away }: Candidate, reasons: Reasons): Offered | null {
  const { quest } = kit.kit;
  const language = best(Object.keys(quest.texts), wanted());
  const texts = language === undefined ? undefined : quest.texts[language];
  if (language === undefined || texts === undefined) return null;
  const where = reasons.minutes === null ? "here" : "near";
  return {
    quest: {
      code: kit.code,
      title: texts.title,
      summary: texts.summary,
      language,
      checked_by: texts.checked_by,
      minutes: quest.minutes,
    },
    because: say(`today.${where}.${reasons.new ? "new" : "again"}`, {
      when: say(`today.when.${reasons.season}.${reasons.light}`),
      minutes: reasons.minutes ?? 0,
    }),
    distance_m: away,
  };
}
