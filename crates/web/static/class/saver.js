// @ts-check
// When pictures are given up for the sake of the voices, and when they are tried again. Pure: samples in, a mode out.

/** @typedef {"full" | "voice"} Mode */
/** @typedef {"asked" | "line"} Cause who wanted voices only: the person, or the line */

/** A line has to be weak for so long before pictures go by themselves… */
const WEAK_MS_MIN = 6_000;
/** …and good for so long before they are tried again; twice as long after each try that failed. */
const GOOD_MS_MIN = 30_000;
const GOOD_MS_MAX = 480_000;
/** Where not even the voices got through, a try costs everybody's words: it waits longer. */
const MENDED_MS_MIN = 120_000;
/** A try has failed when the line is weak again within this time. */
const TRIAL_MS_MAX = 60_000;
/** Who asked for the pictures keeps them at least this long. */
const INSISTED_MS_MIN = 60_000;

export class Saver {
  /** @type {Mode} */
  mode = "full";
  /** @type {Cause} */
  cause = "asked";
  /** @type {number | null} since when the line is weak, or good */
  #since = null;
  #wasWeak = false;
  #wait = GOOD_MS_MIN;
  /** When pictures were last tried again by themselves, or asked for. */
  #triedAt = -Infinity;
  #insistedAt = -Infinity;

  /** @param {boolean} asked the person wants voices only, from the beginning */
  constructor(asked) {
    this.mode = asked ? "voice" : "full";
  }

  /**
   * The person says so.
   * @param {Mode} mode
   * @param {number} now
   */
  ask(mode, now) {
    this.mode = mode;
    this.cause = "asked";
    this.#since = null;
    this.#wait = GOOD_MS_MIN;
    if (mode === "full") {
      this.#insistedAt = now;
    }
  }

  /**
   * The line as it is now; gives whether the mode changed.
   * @param {boolean} weak
   * @param {number} now
   * @param {boolean} [broken] it carries not even the voices as they are: there is nothing to wait for, whoever wants pictures
   */
  sample(weak, now, broken = false) {
    if (weak !== this.#wasWeak || this.#since === null) {
      this.#since = now;
      this.#wasWeak = weak;
    }
    const forMs = now - this.#since;
    const isLong = weak && forMs >= WEAK_MS_MIN && now - this.#insistedAt >= INSISTED_MS_MIN;
    if (this.mode === "full" && (broken || isLong)) {
      const again = now - this.#triedAt <= TRIAL_MS_MAX ? Math.min(this.#wait * 2, GOOD_MS_MAX) : GOOD_MS_MIN;
      this.#wait = broken ? Math.max(again, MENDED_MS_MIN) : again;
      return this.#turn("voice", now);
    }
    if (this.mode === "voice" && this.cause === "line" && !weak && forMs >= this.#wait) {
      this.#triedAt = now;
      return this.#turn("full", now);
    }
    return false;
  }

  /**
   * @param {Mode} mode
   * @param {number} now
   */
  #turn(mode, now) {
    this.mode = mode;
    this.cause = "line";
    this.#since = now;
    return true;
  }
}
