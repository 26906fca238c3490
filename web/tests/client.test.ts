/** How the server is asked. */

import { afterEach, expect, test, vi } from "vitest";

afterEach(() => vi.unstubAllGlobals());

test("whoever reads several languages asks for the best and tells the others", async () => {
  const asked: Request[] = [];
  vi.stubGlobal("location", { origin: "https://quest.example.se" });
  vi.stubGlobal("fetch", async (request: Request) => {
    asked.push(request);
    return new Response('{"quests":[]}', { headers: { "Content-Type": "application/json" } });
  });
  vi.resetModules();
  const { client } = await import("../src/api/client.ts");

  await client.GET("/api/v1/quests", { params: { query: { lang: "uk,en,sv", q: "bro" } as never } });
  await client.GET("/api/v1/quests", { params: { query: { lang: "uk" } as never } });

  expect(new URL(asked[0]!.url).search).toBe("?lang=uk&q=bro");
  expect(asked[0]!.headers.get("Accept-Language")).toBe("en,sv");
  expect(new URL(asked[1]!.url).search).toBe("?lang=uk");
  expect(asked[1]!.headers.get("Accept-Language")).toBeNull();
});
