// @ts-check

/** The one time of a recording, in milliseconds: it runs, stands, or is held while something has to come. */
export class Clock {
  #at = 0;
  #since = performance.now();
  #speed = 1;
  #plays = false;
  #held = false;

  /** @param {number} lasts */
  constructor(lasts) {
    this.lasts = lasts;
  }

  get now() {
    const runs = this.#plays && !this.#held;
    const now = this.#at + (runs ? (performance.now() - this.#since) * this.#speed : 0);
    if (now >= this.lasts && this.#plays) {
      this.#at = this.lasts;
      this.#plays = false;
    }
    return Math.min(now, this.lasts);
  }

  get plays() {
    return this.#plays;
  }

  set plays(on) {
    this.#set(this.now, () => (this.#plays = on));
  }

  get speed() {
    return this.#speed;
  }

  set speed(speed) {
    this.#set(this.now, () => (this.#speed = speed));
  }

  /** @param {boolean} held */
  hold(held) {
    if (held !== this.#held) {
      this.#set(this.now, () => (this.#held = held));
    }
  }

  /** @param {number} ms */
  seek(ms) {
    this.#set(Math.max(0, Math.min(this.lasts, ms)), () => {});
  }

  /**
   * @param {number} at
   * @param {() => void} change
   */
  #set(at, change) {
    this.#at = at;
    this.#since = performance.now();
    change();
  }
}
