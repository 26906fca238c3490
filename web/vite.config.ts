import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin, type UserConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";

/** What the phone says of all that the language files hold: the rest is the server's and the authors'. */
const SAID_BY_THE_PHONE =
  /^(app(?!\.(notice|story)\.)|kind|task|helper|reason|feeling|company|closure|outcome|today|drift)\.|^_(checked_by|fallback)$/;

/** What parts say beside that few open: the studio, who says that something is wrong, what others tell. */
const SAID_BESIDE: Readonly<Record<string, RegExp>> = {
  studio: /^(studio|case)\./,
  notice: /^(app\.notice|case\.reason|case\.decided\.notice)\./,
  story: /^app\.story\./,
};

/**
 * `seed_data/languages/<tag>.json`, without the sentences that a phone never says. One chunk for each language; with
 * `?studio`, `?notice` or `?story` those of that part alone.
 */
function languages(): Plugin {
  const folder = fileURLToPath(new URL("../seed_data/languages/", import.meta.url));
  return {
    name: "rotfaste-languages",
    enforce: "pre",
    load(id) {
      const [file = id, part = ""] = id.split("?");
      if (file !== folder + basename(file) || !file.endsWith(".json")) return null;
      const all = JSON.parse(readFileSync(file, "utf-8")) as Record<string, unknown>;
      const said = SAID_BESIDE[part] ?? SAID_BY_THE_PHONE;
      const kept = Object.fromEntries(Object.entries(all).filter(([key]) => said.test(key)));
      this.addWatchFile(file);
      return { code: `export default ${JSON.stringify(kept)};`, moduleType: "js" };
    },
  };
}

/** What the manifest shows of the app before somebody installs it: pictures that `make screens` takes. */
const SHOWN = ["today", "quest", "map"];

function screenshots(): Plugin {
  return {
    name: "rotfaste-screenshots",
    generateBundle() {
      for (const name of SHOWN) {
        const taken = fileURLToPath(new URL(`../docs/screens/${name}.webp`, import.meta.url));
        if (existsSync(taken))
          this.emitFile({ type: "asset", fileName: `shown-${name}.webp`, source: readFileSync(taken) });
      }
    },
  };
}

/** The project's own version, said in one place; empty where only this folder is there. */
const project = fileURLToPath(new URL("../pyproject.toml", import.meta.url));
const version = existsSync(project)
  ? (/^version = "([^"]+)"/m.exec(readFileSync(project, "utf-8"))?.[1] ?? "")
  : "";

const config: UserConfig = {
  define: { __VERSION__: JSON.stringify(version) },
  plugins: [
    languages(),
    screenshots(),
    svelte(),
    VitePWA({
      strategies: "injectManifest",
      srcDir: "src",
      filename: "sw.ts",
      injectRegister: false,
      registerType: "prompt",
      manifest: false,
      injectManifest: {
        globPatterns: ["**/*.{js,css,html,woff2,svg,png,webmanifest}"],
        // Scripts and letters of screens that few open are kept when they are first used.
        globIgnores: ["**/scan-*", "**/zxing*", "**/[sS]tudio*", "**/drawing-*", "**/literata-*"],
        maximumFileSizeToCacheInBytes: 3_000_000,
      },
    }),
  ],
  build: {
    target: "es2022",
    sourcemap: false,
    manifest: true,
    chunkSizeWarningLimit: 1200,
    // What most screens need is one file and not thirty: on a slow network each waits for its turn.
    rolldownOptions: {
      output: {
        chunkFileNames: ({ facadeModuleId }) =>
          `assets/${facadeModuleId?.endsWith("?studio") ? "studio-" : ""}[name]-[hash].js`,
        codeSplitting: {
          groups: [
            // The studio's pages are one file: each for itself would make more of what they need a phone's first.
            { name: "studio", test: /\/web\/src\/studio\//, priority: 2, includeDependenciesRecursively: false },
            {
              name: "common",
              test: /\/web\/src\/(app|api|data|ui)\/|\/node_modules\/(svelte|dexie|openapi-fetch|@lucide|@noble|workbox-window)\//,
              minShareCount: 7,
            },
          ],
        },
      },
    },
  },
  worker: { format: "es" },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/tiles", "/welcome", "/about", "/basemap"].map((at) => [at, "http://127.0.0.1:8123"]),
    ),
  },
  ...(process.env["VITEST"] ? { resolve: { conditions: ["browser"] } } : {}),
};

export default defineConfig(config);
