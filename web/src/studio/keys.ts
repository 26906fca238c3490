/** Keys without a modifier, for a page that is worked through with them. Never while somebody types, or a sheet is open. */

export type Keys = (key: string) => boolean;

const TYPED = "input, textarea, select, [contenteditable]";

/** `act`: whether the key meant something here. To be given to `onkeydown` of the window. */
export function pressed(event: KeyboardEvent, act: Keys): void {
  if (event.defaultPrevented || event.repeat || event.isComposing) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const at = event.target as Element | null;
  if (at?.closest?.(TYPED) || document.querySelector("dialog[open]")) return;
  if (act(event.key)) event.preventDefault();
}

const KEPT = "rotfaste.studio.keys";

/** Whether whoever sits here wants keys: some press them by mistake, or by voice. */
export function wantsKeys(): boolean {
  return localStorage.getItem(KEPT) !== "off";
}

export function wantKeys(on: boolean): void {
  if (on) localStorage.removeItem(KEPT);
  else localStorage.setItem(KEPT, "off");
}
