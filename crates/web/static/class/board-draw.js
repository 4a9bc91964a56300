// @ts-check
import { BoardQueue } from "./board-queue.js";
import { BoardWriting } from "./board-writing.js";
import { find } from "./dom.js";
import { sendPicture } from "./document-send.js";

/** @typedef {import("./types.js").Shape} Shape */
/** @typedef {import("./types.js").Point} Point */
/** @typedef {import("./types.js").BoardObject} BoardObject */

/** Between two strokes under way, two pointers. */
const INK_EVERY_MS = 90;
/** A picture comes so wide, and so far from the corner. */
const PICTURE_WIDTH = 4_000;
const PICTURE_AT = 800;

/** What one does on the board, sent to the class. */
export class BoardDraw {
  #inkAt = 0;
  #pointAt = 0;
  #isPointing = false;
  /** Objects of which a change is on its way. @type {Map<number, Shape>} */
  #changing = new Map();

  /**
   * @param {import("./types.js").Context} context
   * @param {import("./board.js").Board} board
   * @param {import("./board-view.js").BoardView} view
   */
  constructor(context, board, view) {
    const { room, session, texts, notices } = context;
    this.context = context;
    this.board = board;
    this.room = room;
    this.session = session;
    this.signalling = session.signalling;
    this.queue = new BoardQueue({
      room, signalling: session.signalling, onChange: () => board.draw(),
      onRefused: (code) => notices.tell(`live-error-${code.replaceAll("_", "-")}`),
    });
    this.writing = new BoardWriting(find(board.root, ".board-place", HTMLElement), view, texts.get("class-board-write"));
    session.addEventListener("keep", (event) => event instanceof CustomEvent && Object.assign(event.detail, { board: this.queue.waiting }));
    session.addEventListener("kept", (event) => event instanceof CustomEvent && this.#takeUp(event.detail.board));
    const file = find(board.root, ".board-picture input", HTMLInputElement);
    file.addEventListener("change", () => void this.#picture(file));
    view.place.addEventListener("dblclick", () => board.hand.tool === "select" && this.#rewrite());
  }

  /** @param {import("./board-queue.js").Waiting[]} [waiting] of a former page */
  #takeUp(waiting = []) {
    this.queue.waiting.push(...waiting.map((one) => ({ ...one, mayBeThere: true })));
    this.queue.unsure().forEach((page) => void this.board.fetch(page));
  }

  /** What the hand asks for. @returns {import("./board-hand.js").BoardHand["to"]} */
  acts() {
    const { board, room } = this;
    return {
      objects: () => this.#objects(),
      mayChange: (object) => room.leads || object.by === room.you?.person,
      reach: () => board.view.reach,
      draw: (shape) => board.pages.page && this.queue.add(board.pages.page, shape),
      change: (object, shape) => void this.#change(object, shape),
      erase: (objects) => void this.#erase(objects),
      write: (at) => this.#write(at),
      point: (at) => this.#point(at),
      ink: (shape) => this.#ink(shape),
      onChange: () => board.draw(),
    };
  }

  /** As they will be when all is sent. */
  #objects() {
    const { page } = this.board.pages;
    const objects = page ? this.room.board.on(page) : [];
    return objects.map((one) => ({ ...one, shape: this.#changing.get(one.object) ?? one.shape }));
  }

  /** What is being moved is not painted where it was. @param {number} object */
  isMoving(object) {
    return this.board.hand.selected === object && this.board.hand.draft !== null;
  }

  /** @param {Shape} shape */
  #ink(shape) {
    const { page } = this.board.pages;
    const now = performance.now();
    if (page && now - this.#inkAt > INK_EVERY_MS) {
      this.#inkAt = now;
      this.signalling.send({ type: "ink", page, shape });
    }
  }

  /** @param {Point | null} at */
  #point(at) {
    const { page } = this.board.pages;
    const now = performance.now();
    if (page && (at === null ? this.#isPointing : now - this.#pointAt > INK_EVERY_MS)) {
      this.#pointAt = now;
      this.#isPointing = at !== null;
      this.signalling.send({ type: "point", page, at });
    }
  }

  /**
   * @param {number} object
   * @param {Shape} shape
   */
  async #change(object, shape) {
    this.#changing.set(object, shape);
    await this.session.command({ type: "change", object, shape });
    if (this.#changing.get(object) === shape) {
      this.#changing.delete(object);
    }
    this.board.draw();
  }

  /** @param {number[]} objects */
  async #erase(objects) {
    this.board.hand.selected = null;
    for (let at = 0; at < objects.length; at += 400) {
      await this.session.command({ type: "erase", objects: objects.slice(at, at + 400) });
    }
  }

  /** @param {boolean} redo */
  async undo(redo) {
    try {
      await this.signalling.request({ type: redo ? "redo" : "undo" });
    } catch (error) {
      const isNothing = error instanceof Error && error.message === "unknown_thing";
      const key = isNothing ? `class-board-no-${redo ? "redo" : "undo"}` : "live-error-offline";
      this.context.announcer.say(this.context.texts.get(key));
    }
  }

  /** @param {Point} at */
  #write(at) {
    const { colour, size } = this.board.hand;
    this.writing.open({ at, colour, size, done: (text) => {
      const { page } = this.board.pages;
      if (page) {
        this.queue.add(page, { is: "text", colour, size, at, text });
      }
    } });
  }

  /** A text that is there is written anew. */
  #rewrite() {
    const { chosen } = this.board.hand;
    if (chosen?.shape.is === "text") {
      const { shape, object } = chosen;
      this.writing.open({ ...shape, done: (text) => void this.#change(object, { ...shape, text }) });
    }
  }

  sayChosen() {
    const { chosen } = this.board.hand;
    if (!chosen) {
      return;
    }
    const { shape } = chosen;
    const kind = this.context.texts.get(`class-object-${shape.is === "form" ? shape.form : shape.is}`);
    this.context.announcer.say(shape.is === "text" ? `${kind} : ${shape.text}` : kind);
  }

  /** @param {HTMLInputElement} field */
  async #picture(field) {
    const [file] = field.files ?? [];
    const { page } = this.board.pages;
    field.value = "";
    if (file && page) {
      const at = { x: PICTURE_AT, y: PICTURE_AT, width: PICTURE_WIDTH };
      await this.board.documents.send(file, (options) => sendPicture(file, { ...options, ...page, ...at }));
    }
  }
}
