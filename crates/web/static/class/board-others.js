// @ts-check
// Strokes under way and pointers of the others: seen at once, kept nowhere.

/** @typedef {import("./types.js").PageRef} PageRef */

const INK_MS_MAX = 2_000;
const POINTER_MS_MAX = 6_000;

export class BoardOthers {
  /** @type {Map<string, {page: PageRef, shape: import("./types.js").Shape, at: number}>} */
  #inks = new Map();
  /** @type {Map<string, {page: PageRef, point: import("./types.js").Point, at: number}>} */
  #pointers = new Map();
  #timer = 0;

  /** @param {() => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
  }

  /** @param {import("./types.js").ServerMessage} message */
  apply(message) {
    const at = performance.now();
    if (message.type === "inking") {
      this.#inks.set(message.person, { page: message.page, shape: message.shape, at });
    } else if (message.type === "pointing" && message.at) {
      this.#pointers.set(message.person, { page: message.page, point: message.at, at });
    } else if (message.type === "pointing") {
      this.#pointers.delete(message.person);
    } else if (message.type === "drawn") {
      message.objects.forEach(({ by }) => this.#inks.delete(by));
    } else {
      return;
    }
    this.#sweep();
  }

  /** @param {PageRef} page */
  inks(page) {
    return [...this.#inks.values()].filter((one) => is(one.page, page)).map(({ shape }) => shape);
  }

  /**
   * @param {PageRef} page
   * @param {import("./room.js").Room} room
   */
  pointers(page, room) {
    const here = [...this.#pointers].filter(([, one]) => is(one.page, page));
    return here.map(([person, { point }]) => ({ at: point, name: room.people.get(person)?.name ?? "" }));
  }

  #sweep() {
    const now = performance.now();
    this.#inks.forEach(({ at }, person) => now - at > INK_MS_MAX && this.#inks.delete(person));
    this.#pointers.forEach(({ at }, person) => now - at > POINTER_MS_MAX && this.#pointers.delete(person));
    this.onChange();
    clearTimeout(this.#timer);
    if (this.#inks.size + this.#pointers.size > 0) {
      this.#timer = setTimeout(() => this.#sweep(), 500);
    }
  }
}

/**
 * @param {PageRef} a
 * @param {PageRef} b
 */
function is(a, b) {
  return a.deck === b.deck && a.page === b.page;
}
