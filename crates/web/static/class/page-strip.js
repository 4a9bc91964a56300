// @ts-check
import { make } from "./dom.js";

/** @typedef {import("./types.js").Deck} Deck */

/** The pages of a deck as small pictures, to go to one of them at once. They are fetched when somebody looks. */
export class PageStrip {
  /** @type {Set<number>} decks whose pages are open */
  #open = new Set();
  /** @type {HTMLElement[]} */
  #drawn = [];

  /**
   * @param {import("./types.js").Context} context
   * @param {import("./board.js").Board} board
   */
  constructor({ texts, room }, board) {
    this.texts = texts;
    this.room = room;
    this.board = board;
  }

  /** @param {Deck} deck */
  of(deck) {
    const list = make("ol", { name: "page-strip", data: { testid: "page-strip" } });
    const strip = make("details", {}, [make("summary", { text: this.texts.get("class-documents-leaf"), data: { key: `leaf:${deck.deck}`, testid: "page-strip-open" } }), list]);
    strip.open = this.#open.has(deck.deck);
    this.#drawn = this.#drawn.filter((one) => one.isConnected);
    this.#drawn.push(list);
    const fill = () => {
      if (strip.open && !list.firstChild) {
        list.append(...Array.from({ length: deck.pages }, (_, page) => this.#page(deck, page)));
        this.mark();
      }
    };
    strip.addEventListener("toggle", () => {
      this.#open[strip.open ? "add" : "delete"](deck.deck);
      fill();
    });
    fill();
    return strip;
  }

  /**
   * @param {Deck} deck
   * @param {number} page from 0
   */
  #page(deck, page) {
    const number = String(page + 1);
    const label = this.texts.get("class-documents-page", { number });
    const picture = deck.file ? [make("img", { attributes: { src: `${this.board.base}/${deck.file}/${page}?small`, alt: "", loading: "lazy" } })] : [];
    const button = make("button", {
      name: "page-small", data: { key: `page:${deck.deck}:${page}`, deck: String(deck.deck), page: String(page) }, attributes: { type: "button", "aria-label": label },
    }, [...picture, make("span", { text: number, attributes: { "aria-hidden": "true" } })]);
    button.addEventListener("click", () => this.board.look({ deck: deck.deck, page }));
    return make("li", {}, [button]);
  }

  /** Which page is looked at. */
  mark() {
    const { page } = this.board.pages;
    for (const list of this.#drawn) {
      for (const button of /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll(".page-small"))) {
        const isHere = Number(button.dataset["deck"]) === page?.deck && Number(button.dataset["page"]) === page?.page;
        if (isHere) {
          button.setAttribute("aria-current", "page");
        } else {
          button.removeAttribute("aria-current");
        }
      }
    }
  }
}
