// @ts-check
// Whether the server is still reached over a connection that nobody has closed: a network that has become another one often says so
// to nobody. Pure: times in, what to do out.

/** The first frame of a new connection may take so long: the server may have to read the lesson from its books. */
const FIRST_MS_MAX = 25_000;
/** Without a frame for so long we ask. */
const QUIET_MS_MAX = 2_000;
/** The same after a loss, of whose line we want to know soon whether it was slow or gone. */
const QUIET_LOST_MS_MAX = 500;
/** How long an answer may take at least… */
const ANSWER_MS_MIN = 2_000;
/** …right after the browser has told of another network… */
const ANSWER_DOUBTED_MS_MIN = 1_200;
/** …and at the most. */
const ANSWER_MS_MAX = 15_000;
/** A page that was held up longer than this between two looks has not waited, it has slept: frames that came meanwhile are read first. */
const LOOK_MS_MAX = 500;
/** Weights of a new sample in the mean and in its deviation, and how many deviations are waited for (RFC 6298 §2). */
const MEAN_WEIGHT = 1 / 8;
const DEVIATION_WEIGHT = 1 / 4;
const DEVIATIONS = 4;
/** Never less is allowed for what is not usual. */
const MARGIN_MS_MIN = 500;

export class Pulse {
  /** Time that we have waited, awake, since the last frame. */
  #quietMs = 0;
  /** @type {number | null} how much of it since we asked */
  #askedMs = null;
  #isDoubted = false;
  #isNew = true;
  #lookedAt = 0;
  /** How long an answer usually takes. */
  #meanMs = 0;
  #deviationMs = 0;
  /** Doubled each time that an answer was given up: of a slow line we learn nothing else (Karn and Partridge 1987). */
  #patience = 1;

  /** A new connection. @param {number} now in ms */
  begin(now) {
    this.#lookedAt = now;
    this.#quietMs = 0;
    this.#askedMs = null;
    this.#isDoubted = false;
    this.#isNew = true;
  }

  /** A frame has come. */
  heard() {
    this.#isNew = false;
    if (this.#askedMs !== null) {
      this.#learn(this.#askedMs);
    }
    this.#quietMs = 0;
    this.#askedMs = null;
    this.#isDoubted = false;
  }

  /** There is a reason to ask at once. */
  doubt() {
    this.#isDoubted = true;
    this.#askedMs = null;
    this.#quietMs = QUIET_MS_MAX;
  }

  /**
   * To be called a few times a second.
   * @param {number} now in ms
   * @param {boolean} isStrained the line carries other things, but badly: an answer may take its time
   * @returns {"ask" | "lost" | null} `ask`: send something that is answered; `lost`: give the connection up
   */
  look(now, isStrained) {
    const passedMs = Math.min(now - this.#lookedAt, LOOK_MS_MAX);
    this.#lookedAt = now;
    this.#quietMs += passedMs;
    if (this.#isNew) {
      return this.#quietMs < FIRST_MS_MAX ? null : "lost";
    }
    if (this.#askedMs === null) {
      const quietMsMax = this.#patience > 1 ? QUIET_LOST_MS_MAX : QUIET_MS_MAX;
      return this.#quietMs < quietMsMax ? null : this.#ask();
    }
    this.#askedMs += passedMs;
    const answerMsMax = isStrained && !this.#isDoubted ? ANSWER_MS_MAX : this.answerMsMax;
    return this.#askedMs < answerMsMax ? null : this.#giveUp();
  }

  /** @returns {"ask"} */
  #ask() {
    this.#askedMs = 0;
    return "ask";
  }

  /** @returns {"lost"} */
  #giveUp() {
    this.#patience = Math.min(this.#patience * 2, ANSWER_MS_MAX / ANSWER_MS_MIN);
    return "lost";
  }

  /** How long an answer is waited for now. */
  get answerMsMax() {
    const least = this.#isDoubted ? ANSWER_DOUBTED_MS_MIN : ANSWER_MS_MIN;
    const usual = this.#meanMs + Math.max(MARGIN_MS_MIN, DEVIATIONS * this.#deviationMs);
    return Math.min(ANSWER_MS_MAX, Math.max(least, usual) * this.#patience);
  }

  /** @param {number} answerMs */
  #learn(answerMs) {
    this.#patience = 1;
    this.#deviationMs += (Math.abs(answerMs - this.#meanMs) - this.#deviationMs) * DEVIATION_WEIGHT;
    this.#meanMs += (answerMs - this.#meanMs) * MEAN_WEIGHT;
  }
}
