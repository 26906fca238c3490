/** Which screen is shown: a path, so that a link can be shared and the phone's back button goes back. */

export type Screen =
  | { readonly name: "today" }
  | { readonly name: "find" }
  | { readonly name: "map" }
  | { readonly name: "mine" }
  | { readonly name: "me" }
  | { readonly name: "quest"; readonly code: string }
  | { readonly name: "play"; readonly journey: string }
  | { readonly name: "body"; readonly body: string }
  | { readonly name: "story"; readonly story: string }
  | { readonly name: "drift" }
  | { readonly name: "badges" }
  | { readonly name: "words" }
  | { readonly name: "journeys" }
  | { readonly name: "outbox" }
  | { readonly name: "taken" }
  | { readonly name: "scan" }
  | { readonly name: "feeling" }
  | { readonly name: "stored" }
  | { readonly name: "notice" }
  | { readonly name: "nowhere" };

const CODE = /^JH[2-9A-HJKMNP-Z]{5}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const PLAIN = new Set(
  "find map mine me drift badges words journeys outbox taken scan feeling stored notice".split(" "),
);

export function screenOf(path: string): Screen {
  const [first = "", second = "", ...more] = path.split("/").filter(Boolean);
  if (more.length > 0) return { name: "nowhere" };
  if (first === "" || (first === "today" && !second)) return { name: "today" };
  if (first === "q" && CODE.test(second.toUpperCase())) return { name: "quest", code: second.toUpperCase() };
  if (first === "play" && UUID.test(second)) return { name: "play", journey: second };
  if (first === "o" && UUID.test(second)) return { name: "body", body: second };
  if (first === "story" && UUID.test(second)) return { name: "story", story: second };
  if (PLAIN.has(first) && !second) return { name: first } as Screen;
  return { name: "nowhere" };
}

const at = $state({ path: location.pathname, depth: 0 });

export const route = {
  get screen(): Screen {
    return screenOf(at.path);
  },
  get path(): string {
    return at.path;
  },
  /** Whether there is a screen of ours to go back to. */
  get deep(): boolean {
    return at.depth > 0;
  },
};

function show(path: string): void {
  at.path = path;
  window.scrollTo(0, 0);
}

/** `hash`: what the screen itself reads of its address, with its `#`; no server is ever sent that. */
export function go(path: string, hash = ""): void {
  if (path === at.path) return;
  at.depth += 1;
  history.pushState({ depth: at.depth }, "", path + hash);
  show(path);
}

/** The same without a way back to what was shown: after a journey began, or when a list leads on by itself. */
export function goInstead(path: string): void {
  history.replaceState({ depth: at.depth }, "", path);
  show(path);
}

export function back(): void {
  if (at.depth > 0) history.back();
  else goInstead("/");
}

window.addEventListener("popstate", (event: PopStateEvent) => {
  const state: unknown = event.state;
  at.depth = typeof state === "object" && state !== null && "depth" in state ? Number(state.depth) : 0;
  show(location.pathname);
});

/** Links of our own pages change the screen, and do not load the app anew. `isOurs`: whether a path leads to one. */
export function followLinks(event: MouseEvent, isOurs = (path: string) => screenOf(path).name !== "nowhere"): void {
  const link = (event.target as Element | null)?.closest("a");
  if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey) return;
  const url = new URL(link.href, location.href);
  if (url.origin !== location.origin || link.target || link.hasAttribute("download")) return;
  if (!isOurs(url.pathname)) return;
  event.preventDefault();
  go(url.pathname, url.hash);
}
