// @ts-check

/** @typedef {import("./types.js").PageRef} PageRef */

/**
 * Which page is looked at: the one that is shown, or, where one may leaf, another of one's own.
 */
export class BoardPages {
  /** @type {PageRef | null} looked at by oneself */
  #own = null;
  /** @type {PageRef | null} */
  #shown = null;

  /** @param {import("./room.js").Room} room */
  constructor(room) {
    this.room = room;
  }

  /** In the own group everybody turns the page for all. */
  get turns() {
    const { room } = this;
    return room.leads || (room.place > 0 && this.deck?.place === room.place);
  }

  get mayLeaf() {
    return this.turns || !this.room.isRuled || this.room.rules.leaf;
  }

  /** @returns {PageRef | null} */
  get page() {
    return this.#own ?? this.room.board.shown;
  }

  get deck() {
    const { page } = this;
    return this.room.board.decks.find(({ deck }) => deck === page?.deck);
  }

  get follows() {
    const { page, room: { board: { shown } } } = this;
    return this.#own === null || (shown?.deck === page?.deck && shown?.page === page?.page);
  }

  /** Whether something else is shown now than before: it is followed, unless one has leafed away in the same document. */
  heard() {
    const { shown, decks } = this.room.board;
    const before = this.#shown;
    this.#shown = shown;
    const own = this.#own;
    const isGone = own && !decks.some((deck) => deck.deck === own.deck && own.page < deck.pages);
    if (isGone || !this.mayLeaf || (shown && shown.deck !== before?.deck) || this.follows) {
      this.#own = null;
    }
    return shown?.deck !== before?.deck;
  }

  /** @param {PageRef | null} page */
  look(page) {
    this.#own = page;
  }

  /**
   * The page that a step leads to, if there is one.
   * @param {1 | -1} step
   * @returns {PageRef | null}
   */
  next(step) {
    const { page, deck } = this;
    const to = (page?.page ?? 0) + step;
    return page && deck && to >= 0 && to < deck.pages ? { deck: deck.deck, page: to } : null;
  }
}
