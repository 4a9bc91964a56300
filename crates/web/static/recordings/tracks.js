// @ts-check

/** A track this far from the clock is put right at once… */
const FAR_S = 0.3;
/** …and one this far by playing a little faster or slower, which nobody hears. */
const NEAR_S = 0.03;
const NUDGE = 0.04;
/** A track that begins so soon is fetched. */
const AHEAD_MS = 4_000;
/** Enough to go on: the browser has what comes next. */
const FUTURE_DATA = 3;
/** What does not come for so long is gone on without. */
const PATIENCE_MS = 6_000;

/** @typedef {{element: HTMLMediaElement, box: HTMLElement, begins: number, lasts: number, picture: boolean, waits: number}} Track */

/** Voices and pictures, each an element of its own, held to one clock. */
export class Tracks {
  /**
   * @param {NodeListOf<Element>} rows
   * @param {HTMLElement} place where pictures are shown
   */
  constructor(rows, place) {
    this.place = place;
    /** @type {Track[]} */
    this.all = [];
    for (const row of rows) {
      const element = row.querySelector("video, audio");
      if (row instanceof HTMLElement && element instanceof HTMLMediaElement) {
        this.all.push(this.#take(row, element));
      }
    }
  }

  /**
   * @param {HTMLElement} row
   * @param {HTMLMediaElement} element
   * @returns {Track}
   */
  #take(row, element) {
    const { kind, begins, lasts } = row.dataset;
    const picture = kind !== "voice";
    element.controls = false;
    const box = document.createElement("figure");
    box.dataset["kind"] = kind ?? "";
    box.hidden = true;
    box.append(element);
    if (picture) {
      const words = document.createElement("figcaption");
      words.textContent = element.getAttribute("aria-label");
      box.append(words);
    }
    this.place.append(box);
    return { element, box, begins: Number(begins), lasts: Number(lasts), picture, waits: 0 };
  }

  /**
   * Holds every track to the time; `false` while one that is to be heard or seen has to come.
   * @param {number} now
   * @param {boolean} plays
   * @param {number} speed
   */
  follow(now, plays, speed) {
    let ready = true;
    for (const track of this.all) {
      const within = now - track.begins;
      const active = within >= 0 && within < track.lasts;
      track.box.hidden = !(active && track.picture);
      if (active) {
        ready = this.#hold(track, within / 1_000, plays, speed) && ready;
      } else {
        this.#rest(track, within);
      }
    }
    return ready;
  }

  /**
   * @param {Track} track
   * @param {number} within
   */
  #rest({ element }, within) {
    if (!element.paused) {
      element.pause();
    }
    if (within < 0 && within > -AHEAD_MS && element.preload !== "auto") {
      element.preload = "auto";
      element.load();
    }
  }

  /**
   * @param {Track} track
   * @param {number} at seconds within it
   * @param {boolean} plays
   * @param {number} speed
   */
  #hold(track, at, plays, speed) {
    const { element } = track;
    if (element.preload !== "auto") {
      element.preload = "auto";
      element.load();
    }
    const off = element.currentTime - at;
    const rate = Math.abs(off) > NEAR_S && plays ? speed * (1 - Math.sign(off) * NUDGE) : speed;
    if (element.playbackRate !== rate) {
      element.playbackRate = rate;
    }
    if (!element.seeking && Math.abs(off) > (plays ? FAR_S : 0.01) && element.readyState > 0) {
      element.currentTime = at;
    }
    if (plays && element.paused && !element.ended) {
      element.play().catch(() => {});
    } else if (!plays && !element.paused) {
      element.pause();
    }
    const has = element.error !== null || element.ended || (element.readyState >= FUTURE_DATA && !element.seeking);
    track.waits = has ? 0 : track.waits || performance.now();
    return has || performance.now() - track.waits > PATIENCE_MS;
  }
}
