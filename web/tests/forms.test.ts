/** The forms of the phone are those that the API describes: what is new there fails here. */

import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { DEFAULTS } from "../src/game/forms.ts";
import { readKit, readQuest } from "../src/game/model.ts";
import {
  APP_MOST_CHARACTERS,
  FIXES_MOST,
  MEDIA_MOST,
  PLAYERS_MOST,
  readMove,
  TEXT_MOST,
} from "../src/game/moves.ts";
import { CODES } from "../src/game/outcomes.ts";
import { Unreadable } from "../src/game/reading.ts";
import { TASK_KINDS } from "../src/game/tasks/index.ts";
import { vectors } from "./vectors.ts";

type Described = {
  readonly properties?: Readonly<Record<string, Record<string, unknown>>>;
  readonly required?: readonly string[];
};
const read = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), "utf-8"));
const schemas = (read("docs/api/openapi.json") as { components: { schemas: Record<string, Described> } }).components
  .schemas;

function described(name: string): Described {
  const found = schemas[name];
  if (found === undefined) throw new Error(`the API describes no ${name}`);
  return found;
}

function defaultsOf(name: string): Record<string, unknown> {
  const properties = Object.entries(described(name).properties ?? {});
  return Object.fromEntries(
    properties.flatMap(([key, said]) => ("default" in said ? [[key, said["default"]]] : [])),
  );
}

function kindsOf(name: string, property: string): string[] {
  const said = JSON.stringify(described(name).properties?.[property]);
  return [...said.matchAll(/"mapping":\{([^}]*)\}/g)].flatMap(([, mapping]) =>
    Object.keys(JSON.parse(`{${mapping as string}}`) as object),
  );
}

const nameOf = (kind: string): string => `${kind[0]?.toUpperCase()}${kind.slice(1)}`;

describe("task kinds", () => {
  test("are all of those that the API describes, in its order", () => {
    expect(TASK_KINDS.map((kind) => kind.kind)).toEqual(kindsOf("Stage", "tasks"));
    expect([...TASK_KINDS.map((kind) => kind.kind), "blocked", "hand-in"]).toEqual(kindsOf("Move", "body"));
    expect(TASK_KINDS.filter((kind) => kind.anywhere).map((kind) => kind.kind)).toEqual(
      kindsOf("FreeMove", "body"),
    );
  });

  for (const { kind, defaults, bodyDefaults } of TASK_KINDS) {
    test(`${kind}: what is left out is what the API says`, () => {
      expect(defaults).toEqual(defaultsOf(nameOf(kind)));
      expect(bodyDefaults).toEqual(defaultsOf(`${nameOf(kind)}Body`));
    });
  }
});

describe("defaults", () => {
  for (const [name, defaults] of Object.entries(DEFAULTS)) {
    test(`${name}: what is left out is what the API says`, () => expect(defaults).toEqual(defaultsOf(name)));
  }

  test("no form of a kit or a move that has defaults is left out", () => {
    const kinds = TASK_KINDS.flatMap(({ kind }) => [nameOf(kind), `${nameOf(kind)}Body`]);
    const found = new Set<string>();
    const look = (name: string): void => {
      if (found.has(name)) return;
      found.add(name);
      for (const [, part] of JSON.stringify(described(name)).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)) {
        look(part as string);
      }
    };
    for (const root of ["KitAnswer", "Move", "FreeMove", "Plan"]) look(root);

    const wanted = [...found].filter((name) => Object.keys(defaultsOf(name)).length > 0);
    expect(wanted.filter((name) => !(name in DEFAULTS) && !kinds.includes(name))).toEqual([]);
  });
});

test("what a move may hold is what the API says", () => {
  const most = (form: string, field: string, key: string): unknown => described(form).properties?.[field]?.[key];

  for (const [field, characters] of Object.entries(TEXT_MOST)) {
    const [kind, name] = field.split(".") as [string, string];
    expect(most(`${nameOf(kind)}Body`, name, "maxLength")).toBe(characters);
  }
  const texts = [...TASK_KINDS.map(({ kind }) => kind), "blocked"].flatMap((kind) =>
    Object.entries(described(`${nameOf(kind)}Body`).properties ?? {})
      .filter(([, said]) => said["type"] === "string" && "maxLength" in said && !("pattern" in said))
      .map(([name]) => `${kind}.${name}`),
  );
  expect(texts.sort()).toEqual(Object.keys(TEXT_MOST).sort());
  expect(most("Move", "fixes", "maxItems")).toBe(FIXES_MOST);
  expect(most("Move", "media", "maxItems")).toBe(MEDIA_MOST);
  expect(most("Move", "by", "maxItems")).toBe(PLAYERS_MOST);
  expect(most("Move", "app", "maxLength")).toBe(APP_MOST_CHARACTERS);
});

test("every code has a sentence, and every sentence a code", () => {
  const said = Object.keys(read("seed_data/languages/en.json") as object)
    .filter((key) => key.startsWith("outcome."))
    .map((key) => key.slice("outcome.".length));

  expect(Object.keys(CODES).sort()).toEqual(said.sort());
});

describe("reading", () => {
  const { quests } = vectors<{ quests: Record<string, Record<string, unknown>> }>("judge");
  const quest = quests["placed"] as Record<string, unknown>;
  const kit = {
    code: "JHABCDE",
    version: "a".repeat(64),
    resting: false,
    quest,
    closures: { revision: 3, as_of: "2026-06-20T20:00:00Z", closures: [] },
  };

  test("a kit is read with its quest filled up, and reading it again changes nothing", () => {
    const found = readKit(kit);

    expect(found.closures.revision).toBe(3);
    expect(found.quest.stages[0]).toMatchObject({ hidden: false, needs: null, salt: "0".repeat(32) });
    expect(found.quest.stages[0]?.tasks[1]).toMatchObject({ expects: "words", letters_apart: true });
    expect(readKit(found)).toEqual(found);
  });

  test.each([
    ["no object", 7, "unreadable", ""],
    ["no stages", { ...quest, stages: null }, "unreadable", "/stages"],
    ["a stage without a key", { ...quest, stages: [{ tasks: [] }] }, "unreadable", "/stages/0/key"],
    [
      "a kind of task that is newer than this app",
      { ...quest, stages: [{ key: "a", tasks: [{ kind: "sing", key: "la" }] }] },
      "unknown-form",
      "/stages/0/tasks/0/kind",
    ],
    [
      "a shape that is newer than this app",
      { ...quest, stages: [{ key: "a", tasks: [], place: { shape: "star" } }] },
      "unknown-form",
      "/stages/0/place/shape",
    ],
    [
      "a condition that is newer than this app",
      { ...quest, finish: { is: "all", of: [{ is: "full-moon" }] } },
      "unknown-form",
      "/finish/of/0/is",
    ],
  ])("%s says what and where", (_, raw, code, pointer) => {
    const said = (): unknown => {
      try {
        return readQuest(raw);
      } catch (error) {
        return error instanceof Unreadable ? [error.code, error.pointer] : error;
      }
    };

    expect(said()).toEqual([code, pointer]);
  });

  test("a body of a kind that is newer than this app is told from a broken one", () => {
    const move = { id: "a", device: "b", made_at: "c", quest_version: "d", body: { kind: "sing" } };

    expect(() => readMove(move)).toThrow(expect.objectContaining({ code: "unknown-form", pointer: "/body/kind" }));
    expect(() => readMove({ ...move, body: null })).toThrow(expect.objectContaining({ code: "unreadable" }));
  });
});
