/**
 * Whoever plays by keyboard or listens is not put back to the top when what they pressed goes away: they stand at what
 * came in its place.
 */
export function keepFocus(): () => void {
  /** What has the focus, and all that it stands in, from the inside out. */
  let held: Element[] = [];

  function took(event: FocusEvent): void {
    held = [];
    for (let one = event.target as Element | null; one && one !== document.body; one = one.parentElement)
      held.push(one);
  }

  const observer = new MutationObserver((changes) => {
    const gone = held[0];
    if (!gone || document.activeElement !== document.body) return;
    if (gone.isConnected) {
      // Moved within a list, and let go of on the way.
      const moved = changes.some(({ addedNodes }) => [...addedNodes].some((node) => node.contains(gone)));
      if (moved && gone instanceof HTMLElement) gone.focus({ preventScroll: true });
      return;
    }
    const around = held.find((one) => one.isConnected) ?? document.body;
    held = [];
    const came = changes
      .filter(({ target }) => around.contains(target))
      .flatMap(({ addedNodes }) => [...addedNodes])
      .find((node) => node instanceof HTMLElement && node.isConnected && node.innerText.trim() !== "");
    const to = (came as HTMLElement | undefined) ?? around.querySelector<HTMLElement>("h1, h2, h3");
    if (!to) return;
    if (to.tabIndex < 0) to.tabIndex = -1;
    to.focus({ preventScroll: true });
  });

  document.addEventListener("focusin", took);
  observer.observe(document.body, { childList: true, subtree: true });
  return () => {
    document.removeEventListener("focusin", took);
    observer.disconnect();
  };
}
