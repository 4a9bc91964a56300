// @ts-check

/**
 * Time that is left, as a clock reads it: 4:05.
 * @param {number} ms
 */
export function clock(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor(seconds / 60) % 60;
  const tail = `${String(minutes).padStart(hours > 0 ? 2 : 1, "0")}:${String(seconds % 60).padStart(2, "0")}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}

/** Calls `draw` each second while something runs. */
export class Ticker {
  #timer = 0;

  /** @param {() => void} draw */
  constructor(draw) {
    this.draw = draw;
  }

  /** @param {boolean} runs */
  set(runs) {
    if (runs && this.#timer === 0) {
      this.#timer = setInterval(this.draw, 1_000);
    } else if (!runs) {
      clearInterval(this.#timer);
      this.#timer = 0;
    }
  }
}
