// @ts-check
import { paint } from "../class/board-shapes.js";

/** @typedef {{deck: number, page: number}} PageRef */
/** @typedef {{object: number, deck: number, page: number, shape: import("../class/types.js").Shape}} BoardObject */
/** @typedef {{deck: number, kind: string, name: string, pages: number, file?: string}} Deck */
/** @typedef {{at: number, decks?: Deck[], shown?: PageRef | null, drawn?: BoardObject[], erased?: number[]}} Line */

const UNITS = 10_000;

/** The board and the documents as the class saw them, painted again for any moment. */
export class Board {
  /** @type {Line[]} */
  #lines = [];
  #next = 0;
  #at = -1;
  /** @type {Deck[]} */
  #decks = [];
  /** @type {PageRef | null} */
  #shown = null;
  /** @type {Map<number, BoardObject>} */
  #objects = new Map();
  /** @type {Map<string, HTMLImageElement>} */
  #pictures = new Map();

  /**
   * @param {HTMLElement} place
   * @param {string} documents where pictures of documents' pages are
   */
  constructor(place, documents) {
    this.place = place;
    this.documents = documents;
    this.canvas = /** @type {HTMLCanvasElement} */ (place.querySelector("canvas"));
    this.words = /** @type {HTMLElement} */ (place.querySelector("figcaption"));
  }

  /** @param {string[]} paths */
  async load(paths) {
    for (const path of paths) {
      const answer = await fetch(path);
      const text = answer.ok ? await answer.text() : "";
      this.#lines.push(...text.split("\n").filter(Boolean).map((line) => JSON.parse(line)));
    }
    this.#lines.sort((one, other) => one.at - other.at);
  }

  /** @param {number} now */
  show(now) {
    if (now < this.#at) {
      [this.#next, this.#decks, this.#shown, this.#objects] = [0, [], null, new Map()];
    }
    const before = this.#next;
    this.#at = now;
    for (let line = this.#lines[this.#next]; line && line.at <= now; line = this.#lines[++this.#next]) {
      this.#take(line);
    }
    if (this.#next !== before || before === 0) {
      this.#paint();
    }
  }

  /** @param {Line} line */
  #take(line) {
    this.#decks = line.decks ?? this.#decks;
    if (line.shown !== undefined) {
      this.#shown = line.shown;
    }
    line.drawn?.forEach((one) => this.#objects.set(one.object, one));
    line.erased?.forEach((number) => this.#objects.delete(number));
  }

  #paint() {
    const shown = this.#shown;
    const deck = shown && this.#decks.find((one) => one.deck === shown.deck);
    this.place.hidden = !deck;
    if (!shown || !deck) {
      return;
    }
    this.words.textContent = deck.pages > 1 ? `${deck.name} · ${shown.page + 1} / ${deck.pages}` : deck.name;
    const background = deck.file ? this.#picture(`${this.documents}/${deck.file}/${shown.page}`) : null;
    const { canvas } = this;
    canvas.height = Math.round(canvas.width * (background ? background.naturalHeight / background.naturalWidth : 9 / 16));
    const context = canvas.getContext("2d");
    if (!context) {
      return;
    }
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    if (background) {
      context.drawImage(background, 0, 0, canvas.width, canvas.height);
    }
    context.scale(canvas.width / UNITS, canvas.width / UNITS);
    const here = [...this.#objects.values()].filter((one) => one.deck === shown.deck && one.page === shown.page);
    for (const one of here.sort((a, b) => a.object - b.object)) {
      paint(context, one.shape, (file) => this.#picture(`${this.documents}/${file}/0`));
    }
    context.resetTransform();
  }

  /** @param {string} path */
  #picture(path) {
    let image = this.#pictures.get(path);
    if (!image) {
      image = new Image();
      image.addEventListener("load", () => this.#paint());
      image.src = path;
      this.#pictures.set(path, image);
    }
    return image.complete && image.naturalWidth > 0 ? image : null;
  }
}
