// @ts-check

const FLUSH_EVERY_MS = 700;
/** Smaller changes are not worth another layer. */
const CHANGE_MIN = 0.15;
const WIDTH_PX_MAX = 8_192;

/** Tells the server how wide each picture is shown, seldom enough. */
export class Wants {
  /** @type {Map<string, number>} */
  #wanted = new Map();
  /** @type {Map<string, number>} */
  #told = new Map();
  #timer = 0;

  /** @param {(mid: string, width: number) => void} tell */
  constructor(tell) {
    this.tell = tell;
  }

  /** @param {Map<string, number>} widths in device pixels by mid; slots that are not named are not shown */
  set(widths) {
    this.#wanted = widths;
    if (!this.#timer) {
      this.#timer = setTimeout(() => this.#flush(), FLUSH_EVERY_MS);
    }
  }

  /** A new connection knows nothing. */
  forget() {
    this.#told.clear();
  }

  #flush() {
    this.#timer = 0;
    for (const [mid, width] of this.#wanted) {
      const wanted = Math.min(WIDTH_PX_MAX, Math.round(width));
      const told = this.#told.get(mid);
      const small = told !== undefined && told > 0 && wanted > 0 && Math.abs(wanted - told) < told * CHANGE_MIN;
      if (told !== wanted && !small) {
        this.#told.set(mid, wanted);
        this.tell(mid, wanted);
      }
    }
  }
}
