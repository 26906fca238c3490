// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";

import { aboutIn, addressOf, sentIn } from "../src/notices/about.ts";
import { keepReceipt, receiptOf } from "../src/notices/receipts.ts";

const ID = "0b5e2c54-9a3f-4d55-8f0e-4f2f5f6d7a10";

test("what a notice is about stands behind the address, and nothing else does", () => {
  expect(aboutIn("#quest:JH23456")).toEqual({ kind: "quest", id: "JH23456", stage: "" });
  expect(aboutIn("#stage:JH23456:bridge")).toEqual({ kind: "stage", id: "JH23456", stage: "bridge" });
  expect(aboutIn(`#body:${ID}`)).toEqual({ kind: "body", id: ID, stage: "" });
  expect(aboutIn(`#story:${ID}`)).toEqual({ kind: "story", id: ID, stage: "" });
  expect(aboutIn("#guide:2313")).toEqual({ kind: "guide", id: "2313", stage: "" });
  for (const other of [
    "",
    "#guide:23130",
    "#toString:2313",
    "#",
    "#quest:no",
    "#quest:JH23456:bridge",
    "#body:JH23456",
    "#story:JH23456",
    "#stage:JH23456:",
    "#x:y:z:w",
  ])
    expect(aboutIn(other)).toBeUndefined();
});

test("a notice that was sent is found again by its address alone", () => {
  const sent = { id: ID, code: "s-ecret_0123456789abcdef" };

  expect(sentIn(new URL(addressOf(sent), "https://rotfaste.example").hash)).toEqual(sent);
  for (const other of ["", `#${ID}`, `#${ID}.no`, `#body:${ID}`, "#x.0123456789abcdef"])
    expect(sentIn(other)).toBeUndefined();
});

beforeEach(() => localStorage.clear());

test("who told of something finds how it went where they told it, and nowhere else", () => {
  const about = { kind: "quest", id: "JH23456", stage: "" } as const;
  const other = { ...about, id: "JH65432" };

  for (const code of ["abcdefgh", "ijklmnop"]) keepReceipt(about, { id: ID, code });
  for (let one = 0; one < 19; one += 1)
    keepReceipt({ ...about, id: `JH${22222 + one}` }, { id: ID, code: "qrstuvwx" });

  expect([receiptOf(about), receiptOf(other)]).toEqual([{ id: ID, code: "ijklmnop" }, undefined]);
  keepReceipt(other, { id: ID, code: "abcdefgh" });
  expect(receiptOf(about)).toBeUndefined();
});
