import { strToU8, zipSync } from "fflate";
import { expect, test } from "vitest";

import { questOf } from "../src/studio/packs.ts";

const ID = "0b5e2c54-9a3f-4d55-8f0e-4f2f5f6d7a10";
const zip = (files: Record<string, string>, level: 0 | 6 = 6) =>
  new Blob([
    zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])), { level }),
  ]);

test("a pack says whose it is, also from a folder of its own", async () => {
  const sheet = `# our trail\nid = "${ID}"\ncode = "JH23456"\n`;

  expect(await questOf(zip({ "quest.toml": sheet, "texts/sv.toml": "title = 'x'" }))).toBe(ID);
  expect(await questOf(zip({ "quest.toml": sheet }, 0))).toBe(ID);
  expect(await questOf(zip({ "trail/quest.toml": sheet, "trail/old/quest.toml": "id = 'x'" }))).toBe(ID);
});

test("what is no pack says nothing", async () => {
  expect(await questOf(new Blob(["no zip at all"]))).toBeUndefined();
  expect(await questOf(zip({ "quest.toml": `id = "${ID}"` }).slice(0, 60))).toBeUndefined();
  expect(await questOf(zip({ "readme.md": "hello" }))).toBeUndefined();
  expect(await questOf(zip({ "quest.toml": "id = 'mine'" }))).toBeUndefined();
});
