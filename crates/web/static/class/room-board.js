// @ts-check

/** @typedef {import("./types.js").BoardObject} BoardObject */
/** @typedef {import("./types.js").PageRef} PageRef */

/** @param {PageRef} page */
export function pageKey(page) {
  return `${page.deck}:${page.page}`;
}

/**
 * Decks, the page shown, and what is drawn on pages that were looked at. Strokes under way and pointers are not kept: they come as `message` events.
 */
export class RoomBoard {
  /** @type {import("./types.js").Deck[]} */
  decks = [];
  /** @type {PageRef | null} */
  shown = null;
  /** Objects in the order of painting, by page ({@link pageKey}); pages that nobody looked at are not there.
   * @type {Map<string, Map<number, BoardObject>>}
   */
  pages = new Map();
  /** Pages whose objects have all come. @type {Set<string>} */
  complete = new Set();
  /** Counts changes of what is drawn. */
  version = 0;

  /** @param {import("./types.js").RoomFacts} facts */
  fill(facts) {
    this.decks = facts.decks;
    this.shown = facts.shown;
    this.pages.clear();
    this.complete.clear();
    this.version += 1;
  }

  /** @param {PageRef} page */
  on(page) {
    return [...(this.pages.get(pageKey(page))?.values() ?? [])];
  }

  /**
   * @param {import("./types.js").ServerMessage} message
   * @returns {boolean} whether it was about the board
   */
  apply(message) {
    switch (message.type) {
      case "decks":
        this.decks = message.decks;
        this.shown = message.shown;
        this.#forgetDropped();
        break;
      case "objects":
        this.#objects(message);
        break;
      case "drawn":
        this.#drawn(message.objects);
        break;
      case "erased":
        this.pages.forEach((page) => message.objects.forEach((object) => page.delete(object)));
        break;
      default:
        return false;
    }
    this.version += 1;
    return true;
  }

  /** @param {Extract<import("./types.js").ServerMessage, {type: "objects"}>} message */
  #objects({ page, objects, first, last }) {
    const key = pageKey(page);
    if (first || !this.pages.has(key)) {
      this.pages.set(key, new Map());
      this.complete.delete(key);
    }
    this.#drawn(objects);
    if (last) {
      this.complete.add(key);
    }
  }

  /** @param {BoardObject[]} objects */
  #drawn(objects) {
    for (const object of objects) {
      const page = this.pages.get(pageKey(object));
      const isNew = page && !page.has(object.object);
      page?.set(object.object, object);
      // What was erased and is brought back has its former number, and its former place.
      if (page && isNew && [...page.keys()].some((number) => number > object.object)) {
        const sorted = [...page.values()].sort((a, b) => a.object - b.object);
        page.clear();
        sorted.forEach((one) => page.set(one.object, one));
      }
    }
  }

  #forgetDropped() {
    for (const key of [...this.pages.keys()]) {
      if (!this.decks.some((deck) => key.startsWith(`${deck.deck}:`))) {
        this.pages.delete(key);
        this.complete.delete(key);
      }
    }
  }
}
