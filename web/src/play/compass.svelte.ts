/** The compass: asked for when a task needs it, and let go as soon as it does not. */

type Oriented = DeviceOrientationEvent & { webkitCompassHeading?: number; webkitCompassAccuracy?: number };

export class Compass {
  headingDeg = $state<number | null>(null);
  accuracyDeg = $state<number | null>(null);
  /** Asked, and nothing came: this phone has none, or its owner said no. */
  missing = $state(false);
  #listening = false;

  constructor() {
    $effect(() => () => this.stop());
  }

  async begin(): Promise<void> {
    const asks = DeviceOrientationEvent as unknown as { requestPermission?: () => Promise<string> };
    try {
      if (asks.requestPermission && (await asks.requestPermission()) !== "granted") {
        this.missing = true;
        return;
      }
    } catch {
      this.missing = true;
      return;
    }
    this.#listening = true;
    window.addEventListener("deviceorientationabsolute", this.#heard as EventListener);
    window.addEventListener("deviceorientation", this.#heard as EventListener);
    setTimeout(() => (this.missing = this.#listening && this.headingDeg === null), 2500);
  }

  stop(): void {
    this.#listening = false;
    window.removeEventListener("deviceorientationabsolute", this.#heard as EventListener);
    window.removeEventListener("deviceorientation", this.#heard as EventListener);
  }

  readonly #heard = (event: Oriented): void => {
    if (typeof event.webkitCompassHeading === "number") {
      this.headingDeg = Math.round(event.webkitCompassHeading);
      this.accuracyDeg = event.webkitCompassAccuracy ?? null;
    } else if (event.absolute && event.alpha !== null) {
      // Alpha grows against the clock; a screen turned sideways turns with it.
      this.headingDeg = Math.round((360 - event.alpha + (screen.orientation?.angle ?? 0)) % 360);
    } else return;
    this.missing = false;
  };
}
