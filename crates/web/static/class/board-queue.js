// @ts-check
import { CommandError } from "./signalling.js";

/** @typedef {import("./types.js").Shape} Shape */
/** @typedef {import("./types.js").PageRef} PageRef */
/** @typedef {{page: PageRef, shape: Shape, after: number, mayBeThere: boolean}} Waiting */

const AGAIN_MS = 700;
/** More strokes than this are not kept while the line is cut. */
const WAITING_MAX = 500;

/**
 * What one draws, until the server has it. A stroke that was on its way when the line was cut may have arrived, and has no key by which
 * it could be known; so after a reconnection it is looked for among one's own on the page before it is sent again.
 */
export class BoardQueue {
  /** @type {Waiting[]} */
  waiting = [];
  #sending = false;

  /**
   * @param {object} options
   * @param {import("./room.js").Room} options.room
   * @param {import("./signalling.js").Signalling} options.signalling
   * @param {() => void} options.onChange
   * @param {(code: string) => void} options.onRefused
   */
  constructor({ room, signalling, onChange, onRefused }) {
    this.room = room;
    this.signalling = signalling;
    this.onChange = onChange;
    this.onRefused = onRefused;
  }

  /**
   * @param {PageRef} page
   * @param {Shape} shape
   */
  add(page, shape) {
    if (this.waiting.length >= WAITING_MAX) {
      this.onRefused("full");
      return;
    }
    this.waiting.push({ page: { ...page }, shape, after: this.#newest(page), mayBeThere: false });
    this.onChange();
    void this.send();
  }

  /**
   * What waits for a page, in its order.
   * @param {PageRef} page
   */
  on(page) {
    return this.waiting.filter((one) => one.page.deck === page.deck && one.page.page === page.page).map((one) => one.shape);
  }

  /** @param {PageRef} page */
  #newest(page) {
    return this.room.board.on(page).reduce((most, { object }) => Math.max(most, object), 0);
  }

  /** Pages on which something waits that may have arrived: they have to be looked at first. */
  unsure() {
    return this.waiting.filter((one) => one.mayBeThere).map((one) => one.page);
  }

  /**
   * A page is known whole again: what of it has arrived is not sent again.
   * @param {PageRef} page
   */
  looked(page) {
    const mine = this.room.board.on(page).filter(({ by }) => by === this.room.you?.person);
    const taken = new Set();
    this.waiting = this.waiting.filter((one) => {
      if (!one.mayBeThere || one.page.deck !== page.deck || one.page.page !== page.page) {
        return true;
      }
      one.mayBeThere = false;
      const text = JSON.stringify(one.shape);
      const there = mine.find(({ object, shape }) => object > one.after && !taken.has(object) && same(shape, text));
      if (there) {
        taken.add(there.object);
      }
      return !there;
    });
    this.onChange();
    void this.send();
  }

  /** Sends what waits, one after the other, so that their order stays. */
  async send() {
    const [first] = this.waiting;
    if (this.#sending || !first || first.mayBeThere || this.room.phase !== "in" || !this.room.online) {
      return;
    }
    this.#sending = true;
    let wait = 0;
    try {
      await this.signalling.request({ type: "draw", page: first.page, shape: first.shape });
      this.waiting.shift();
    } catch (error) {
      const code = error instanceof CommandError ? error.code : "offline";
      if (code === "offline") {
        first.mayBeThere = true;
      } else if (code === "too_fast" || code === "not_stored") {
        wait = AGAIN_MS;
      } else {
        this.waiting.shift();
        this.onRefused(code);
      }
    }
    this.#sending = false;
    this.onChange();
    setTimeout(() => void this.send(), wait);
  }
}

/**
 * The server gives a shape's fields back in an order of its own.
 * @param {Shape} shape
 * @param {string} text
 */
function same(shape, text) {
  const wanted = JSON.parse(text);
  return Object.keys(wanted).every((key) => JSON.stringify(wanted[key]) === JSON.stringify(/** @type {Record<string, unknown>} */ (shape)[key]));
}
