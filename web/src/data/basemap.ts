/** Which base map the server has; as it was said last, where there is no network. */

import { answered, client } from "../api/client.ts";
import type { BaseMap } from "../map/style.ts";
import { db } from "./db.ts";

const KEY = "basemap";
const PLAIN: BaseMap = { kind: "plain", attribution: "", named: null };

export async function baseMap(): Promise<BaseMap> {
  try {
    const told = await answered(client.GET("/api/v1/basemap"));
    const base: BaseMap = {
      kind: told.kind === "plain" ? "plain" : "imported",
      attribution: told.attribution,
      named: told.named,
    };
    await db.remembered.put({ key: KEY, value: base, at: Date.now() }).catch(() => {});
    return base;
  } catch {
    return { ...PLAIN, ...((await db.remembered.get(KEY))?.value as Partial<BaseMap> | undefined) };
  }
}
