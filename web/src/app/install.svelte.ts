/** On the home screen: asked by the browser where it can, told how where it cannot. */

type Asks = Event & { prompt(): Promise<{ outcome: "accepted" | "dismissed" }> };

const held = $state<{ asks: Asks | null; installed: boolean }>({ asks: null, installed: false });

/** Browsers of Apple's phones: they cannot ask, and clear what a page keeps after seven days without a visit. */
function isApple(): boolean {
  const { userAgent, maxTouchPoints } = navigator;
  return /iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1);
}

function standsAlone(): boolean {
  return (
    window.matchMedia("(display-mode: standalone)").matches ||
    (navigator as { standalone?: boolean }).standalone === true
  );
}

export const installing = {
  /** `there`: it is installed. `asks`: one tap installs it. `apple`: told how. `no`: this browser cannot. */
  get way(): "there" | "asks" | "apple" | "no" {
    if (held.installed) return "there";
    if (held.asks) return "asks";
    return isApple() ? "apple" : "no";
  },
};

/** Browsers ask once, early: whoever is not listening then has missed it. */
export function watchForInstall(): void {
  held.installed = standsAlone();
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    held.asks = event as Asks;
  });
  window.addEventListener("appinstalled", () => {
    held.installed = true;
    held.asks = null;
  });
}

export async function install(): Promise<void> {
  const asks = held.asks;
  held.asks = null; // it can be asked once
  await asks?.prompt();
}
