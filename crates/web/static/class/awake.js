// @ts-check

/** Keeps a phone from going to sleep during the class, where the browser can. */
export class Awake {
  #wanted = false;

  constructor() {
    document.addEventListener("visibilitychange", () => void this.#ask());
  }

  /** @param {boolean} wanted */
  set(wanted) {
    if (wanted !== this.#wanted) {
      this.#wanted = wanted;
      void this.#ask();
    }
  }

  /** @type {WakeLockSentinel | null} */
  #lock = null;

  async #ask() {
    try {
      if (!this.#wanted) {
        await this.#lock?.release();
        this.#lock = null;
      } else if (document.visibilityState === "visible" && (this.#lock === null || this.#lock.released)) {
        this.#lock = (await navigator.wakeLock?.request("screen")) ?? null;
      }
    } catch {
      // Low battery, or not allowed: the screen sleeps as usual.
    }
  }
}
