// @ts-check
import { BoardAlt } from "./board-alt.js";
import { BoardBar } from "./board-bar.js";
import { BoardDraw } from "./board-draw.js";
import { BoardHand } from "./board-hand.js";
import { BoardImages } from "./board-images.js";
import { keys } from "./board-keys.js";
import { BoardOthers } from "./board-others.js";
import { BoardPages } from "./board-pages.js";
import { touch } from "./board-touch.js";
import { BoardView } from "./board-view.js";
import { Documents } from "./documents.js";
import { find, say } from "./dom.js";
import { deckName } from "./group-name.js";

/** @typedef {import("./types.js").PageRef} PageRef */

const LOOK_AGAIN_MS = 600;

/** The board: documents and whiteboards, drawn on by whoever may. */
export class Board {
  #hidden = false;
  /** Pages that are being asked for. @type {Set<string>} */
  #looking = new Set();
  #told = "";

  /** @param {import("./types.js").Context} context */
  constructor(context) {
    const { root: page, texts, room, session, stage, panel, announcer, notices, shortcuts } = context;
    const root = find(page, ".board", HTMLElement);
    this.context = context;
    this.root = root;
    this.texts = texts;
    this.room = room;
    this.place = find(root, ".board-place", HTMLElement);
    this.base = (page.dataset["tokenPath"] ?? "").replace(/token$/, "documents");
    const low = notices.element("low");
    this.images = new BoardImages(this.base, () => !low.hidden, () => this.draw());
    this.alt = new BoardAlt(root, this.base);
    this.pages = new BoardPages(room);
    this.view = new BoardView(this.place, find(root, ".board-page", HTMLCanvasElement), find(root, ".board-above", HTMLCanvasElement));
    this.others = new BoardOthers(() => this.#drawAbove());
    this.drawing = new BoardDraw(context, this, this.view);
    this.hand = new BoardHand(this.drawing.acts());
    this.bar = new BoardBar(root, this.hand, () => this.draw());
    this.documents = new Documents(context, this);
    const leaf = (/** @type {1 | -1} */ step) => this.leaf(step);
    touch(this.place, this.view, this.hand, { leaf, mayDraw: () => this.mayDraw });
    keys(this.place, this.hand, {
      mayDraw: () => this.mayDraw, isZoomed: () => this.view.zoom > 1, leaf,
      take: (tool) => { this.bar.take(tool); announcer.say(texts.get(`class-tool-${tool}`)); },
      pan: (dx, dy) => this.view.pan(dx, dy), zoom: (times) => this.view.setZoom(this.view.zoom * times), fit: () => this.view.fit(),
      undo: (redo) => this.drawing.undo(redo), chosen: () => this.drawing.sayChosen(),
      cross: (at) => { this.view.scene.cursor = at; this.view.drawAbove(); }, page: () => this.view,
    });
    this.#buttons();
    shortcuts.add("b", "class-board", () => room.phase === "in" && panel.toggle("board"));
    low.addEventListener("toggle", () => this.draw());
    session.addEventListener("message", (event) => event instanceof CustomEvent && this.#heard(event.detail));
    room.subscribe(() => this.render());
    this.stage = stage;
  }

  /** @param {string} name */
  button(name) {
    return find(this.root, `[data-board=${name}]`, HTMLButtonElement);
  }

  #buttons() {
    const { view } = this;
    /** @type {Record<string, () => unknown>} */
    const acts = {
      previous: () => this.leaf(-1), next: () => this.leaf(1), follow: () => this.look(null), fit: () => view.fit(),
      "zoom-in": () => view.setZoom(view.zoom * 1.4), "zoom-out": () => view.setZoom(view.zoom / 1.4), hide: () => this.hide(true),
      undo: () => this.drawing.undo(false), redo: () => this.drawing.undo(true),
      "add-page": () => this.#addPage(),
    };
    for (const [name, act] of Object.entries(acts)) {
      this.button(name).addEventListener("click", () => void act());
    }
  }

  /** In the place where one is, by the rules; in the own group always. */
  get mayDraw() {
    const { room } = this;
    const { deck } = this.pages;
    const inOwnGroup = deck !== undefined && deck.place > 0 && deck.place === room.place && room.me?.own?.board !== false;
    return room.phase === "in" && deck !== undefined && (inOwnGroup || room.may("board"));
  }

  /** @param {import("./types.js").ServerMessage} message */
  #heard(message) {
    this.others.apply(message);
    if (message.type === "welcome" || message.type === "entered") {
      this.#looking.clear();
      this.drawing.queue.unsure().forEach((page) => void this.fetch(page));
    }
    if (message.type === "erased" && message.objects.includes(this.hand.selected ?? -1)) {
      this.hand.selected = null;
    }
  }

  /**
   * Looks at a page, which is shown to all where one turns pages for all.
   * @param {PageRef | null} page `null`: what is shown
   */
  look(page) {
    this.hide(false);
    if (page && this.pages.turns) {
      this.pages.look(null);
      void this.context.session.command({ type: "show", page });
    } else {
      this.pages.look(page);
    }
    this.hand.selected = null;
    this.render();
  }

  /** @param {1 | -1} step */
  leaf(step) {
    const next = this.pages.mayLeaf ? this.pages.next(step) : null;
    if (next) {
      this.view.fit();
      this.look(next);
    }
  }

  async #addPage() {
    const { deck } = this.pages;
    if (deck && await this.context.session.command({ type: "page_add", deck: deck.deck })) {
      this.look({ deck: deck.deck, page: deck.pages });
    }
  }

  /** @param {boolean} hidden from oneself alone */
  hide(hidden) {
    this.#hidden = hidden;
    this.render();
  }

  get isHidden() {
    return this.#hidden;
  }

  /**
   * Asks for what is drawn on a page, until it has come.
   * @param {PageRef} page
   * @returns {Promise<void>}
   */
  async fetch(page) {
    const key = `${page.deck}:${page.page}`;
    if (this.room.board.complete.has(key)) {
      this.drawing.queue.looked(page);
      return;
    }
    if (this.#looking.has(key)) {
      return;
    }
    this.#looking.add(key);
    try {
      await this.context.session.signalling.request({ type: "look", page });
      this.drawing.queue.looked(page);
    } catch (error) {
      const again = error instanceof Error && (error.message === "too_fast" || error.message === "not_stored");
      if (again) {
        setTimeout(() => { this.#looking.delete(key); void this.fetch(page); }, LOOK_AGAIN_MS);
        return;
      }
    }
    this.#looking.delete(key);
  }

  render() {
    const { room } = this;
    if (this.pages.heard() && room.board.shown) {
      this.#hidden = false;
      this.view.fit();
    }
    const { page, deck } = this.pages;
    const isThere = room.phase === "in" && page !== null && deck !== undefined;
    this.stage.setSurface(isThere && !this.#hidden ? "board" : null);
    this.documents.render();
    if (!isThere) {
      return;
    }
    if (!room.board.complete.has(`${page.deck}:${page.page}`) && room.online) {
      void this.fetch(page);
    }
    this.#renderHead(page, deck);
    this.draw();
  }

  /**
   * @param {PageRef} page
   * @param {import("./types.js").Deck} deck
   */
  #renderHead({ page }, deck) {
    const { pages, texts } = this;
    const number = texts.get("class-board-number", { number: String(page + 1), count: String(deck.pages) });
    const name = deckName(texts, this.room, deck);
    say(find(this.root, ".board-name", HTMLElement), name);
    say(find(this.root, ".board-number", HTMLElement), number);
    this.button("previous").disabled = !pages.mayLeaf || page === 0;
    this.button("next").disabled = !pages.mayLeaf || page + 1 >= deck.pages;
    this.button("add-page").hidden = deck.kind !== "board" || !this.mayDraw || !pages.turns;
    this.button("follow").hidden = pages.follows;
    find(this.root, ".board-bar", HTMLElement).hidden = !this.mayDraw;
    this.root.dataset["may"] = String(this.mayDraw);
    if (!this.mayDraw) {
      find(this.root, "#board-look", HTMLElement).hidden = true;
    }
    const told = `${name}, ${number}`;
    if (this.#told !== told) {
      this.#told = told;
      this.context.announcer.say(told);
    }
  }

  /** Draws what is to be seen now. */
  draw() {
    const { page, deck } = this.pages;
    if (!page || !deck) {
      return;
    }
    const { scene } = this.view;
    scene.picture = (file) => this.images.get(file, 0);
    scene.background = deck.file ? this.images.get(deck.file, page.page) : null;
    if (deck.file && scene.background && page.page + 1 < deck.pages) {
      this.images.prepare(deck.file, page.page + 1);
    }
    const mine = this.drawing.queue.on(page);
    const there = this.room.board.on(page).filter(({ object }) => !this.hand.erasing.has(object) && !this.drawing.isMoving(object));
    scene.objects = [...there, ...mine.map((shape) => ({ ...page, object: 0, by: "", shape }))];
    this.#renderState(deck.file ? this.images.state(deck.file, page.page) : "there");
    this.alt.render(`${this.#told}. ${this.texts.count("class-board-drawn", there.length)}`, there);
    if (!deck.file || scene.background) {
      void this.alt.read(deck.file, page.page);
    }
    this.#drawAbove();
    this.view.draw();
  }

  /** @param {"coming" | "there" | "failed"} state */
  #renderState(state) {
    const line = find(this.root, ".board-state", HTMLElement);
    line.hidden = state === "there";
    this.place.dataset["state"] = state;
    if (state !== "there") {
      say(line, this.texts.get(state === "coming" ? "class-board-coming" : "class-board-failed"));
    }
  }

  #drawAbove() {
    const { page } = this.pages;
    if (page) {
      const { scene } = this.view;
      const { draft } = this.hand;
      scene.inks = [...this.others.inks(page), ...(draft ? [draft] : [])];
      scene.pointers = this.others.pointers(page, this.room);
      scene.selected = draft && this.hand.selected !== null ? draft : this.hand.chosen?.shape ?? null;
      this.view.drawAbove();
    }
  }
}
