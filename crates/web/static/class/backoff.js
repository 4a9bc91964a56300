// @ts-check

/** Waiting times that double from `firstMs` to `maxMs`, each times a random number between 0.5 and 1.5. */
export class Backoff {
  #tries = 0;

  /**
   * @param {number} firstMs
   * @param {number} maxMs
   * @param {() => number} [random] between 0 and 1
   */
  constructor(firstMs, maxMs, random = Math.random) {
    this.firstMs = firstMs;
    this.maxMs = maxMs;
    this.random = random;
  }

  /**
   * The next waiting time.
   * @param {number | null} [toldMs] the server has named a time
   */
  nextMs(toldMs = null) {
    const planned = Math.min(this.maxMs, this.firstMs * 2 ** Math.min(this.#tries, 16));
    this.#tries += 1;
    return Math.round((toldMs ?? planned) * (0.5 + this.random()));
  }

  /** It worked: begin anew next time. */
  reset() {
    this.#tries = 0;
  }
}
