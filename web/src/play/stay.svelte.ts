/** Staying for a while: counted by the phone's steady clock, kept when the screen was off in between. */

export class Stay {
  #since = $state<number | null>(null);
  #sinceMs = 0;
  #now = $state(0);
  #timer: ReturnType<typeof setInterval> | undefined;
  #lock: WakeLockSentinel | null = null;

  constructor() {
    $effect(() => () => this.stop());
  }

  get under_way(): boolean {
    return this.#since !== null;
  }

  /** [s] */
  get stayedS(): number {
    return this.#since === null ? 0 : Math.max(0, Math.floor((this.#now - this.#since) / 1000));
  }

  /** When it began. [ms of 1970] */
  get sinceMs(): number {
    return this.#sinceMs;
  }

  begin(): void {
    this.#since = this.#now = performance.now();
    this.#sinceMs = Date.now();
    this.#timer = setInterval(() => (this.#now = performance.now()), 500);
    // A screen that goes dark stops the positions; where the phone allows it, it stays on.
    void navigator.wakeLock
      ?.request("screen")
      .then((lock) => (this.#lock = lock))
      .catch(() => {});
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#since = null;
    void this.#lock?.release().catch(() => {});
    this.#lock = null;
  }
}
