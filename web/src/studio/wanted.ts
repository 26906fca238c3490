/** Where somebody wanted to be before they went away to sign in: a provider sends everybody back to the first page. */

const KEPT = "rotfaste.studio.wanted";

export function remember(path: string): void {
  sessionStorage.setItem(KEPT, path);
}

/** Told once; nothing where nobody went away from anywhere. */
export function remembered(): string | null {
  const path = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  return path;
}
