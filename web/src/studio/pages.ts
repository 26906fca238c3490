/** Every page of the studio: a file in `pages/`, and a line here. `:name` stands for one part of the path. */

import { Ban, BookHeart, Gift, HeartHandshake, House, Inbox, Route, UserRound } from "@lucide/svelte";
import type { Component } from "svelte";

import { MAY_CLOSE } from "./closing.ts";
import type { Account } from "./session.svelte.ts";

export type StudioPage = {
  readonly path: string;
  /** The name of its file. */
  readonly page: string;
  /** Without anybody being signed in. */
  readonly open?: true;
  /** Its sign in the menu, where it is called `studio.menu.<name>`; without one it is reached from other pages. */
  readonly menu?: { readonly name: string; readonly icon: typeof House };
  /** Whom the menu shows it to; everybody, where nothing is said. */
  readonly concerns?: (account: Account) => boolean;
};

// prettier-ignore
export const PAGES: readonly StudioPage[] = [
  { path: "/studio", page: "Home", menu: { name: "home", icon: House } },
  { path: "/studio/sign-in", page: "SignIn", open: true },
  { path: "/studio/apply", page: "Apply" },
  { path: "/studio/invitation", page: "Invitation" },
  { path: "/studio/bodies/:id", page: "Body" },
  { path: "/studio/inbox", page: "Inbox", menu: { name: "inbox", icon: Inbox }, concerns: ({ bodies, duties, looks_after }) => bodies.length + duties.length + looks_after.length > 0 },
  { path: "/studio/decided", page: "Decided" },
  { path: "/studio/inbox/:case", page: "Case" },
  { path: "/studio/duty", page: "Duty" },
  { path: "/studio/trails", page: "Trails", menu: { name: "trails", icon: Route } },
  { path: "/studio/trails/:trail", page: "Trail" },
  { path: "/studio/closures", page: "Closures", menu: { name: "closures", icon: Ban }, concerns: ({ bodies }) => bodies.some(({ kind }) => kind in MAY_CLOSE) },
  { path: "/studio/guide", page: "Guide", menu: { name: "guide", icon: HeartHandshake }, concerns: ({ duties }) => duties.some(({ duty }) => duty === "guide") },
  { path: "/studio/propose", page: "Propose", menu: { name: "propose", icon: Gift } },
  { path: "/studio/adopt", page: "Adopt" },
  { path: "/studio/stories", page: "Stories", menu: { name: "stories", icon: BookHeart } },
  { path: "/studio/story/:story", page: "Story" },
  { path: "/studio/story/:story/:quest", page: "Story" },
  { path: "/studio/account", page: "Account", menu: { name: "account", icon: UserRound } },
];

const FILES = import.meta.glob<Component<Record<string, string>>>("./pages/*.svelte", {
  eager: true,
  import: "default",
});

export type Opened = {
  readonly page: StudioPage;
  readonly Shown: Component<Record<string, string>>;
  readonly given: Readonly<Record<string, string>>;
};

/** The page of a path, with what its parts stand for. */
export function pageOf(path: string): Opened | undefined {
  const parts = path.split("/").filter(Boolean);
  for (const page of PAGES) {
    const names = page.path.split("/").filter(Boolean);
    if (names.length !== parts.length) continue;
    if (!names.every((name, at) => name.startsWith(":") || name === parts[at])) continue;
    const given = names.flatMap((name, at) => (name.startsWith(":") ? [[name.slice(1), parts[at]!]] : []));
    return { page, Shown: FILES[`./pages/${page.page}.svelte`]!, given: Object.fromEntries(given) };
  }
  return undefined;
}
