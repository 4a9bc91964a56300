// @ts-check
import { LINE_HEIGHT, ink } from "./board-shapes.js";
import { make } from "./dom.js";

/** @typedef {import("./types.js").Point} Point */

const CHARS_MAX = 1_000;

/** The field in which a text is written, where it will stand on the page. */
export class BoardWriting {
  /** @type {{at: Point, colour: number, size: number, done: (text: string) => void} | null} */
  #open = null;

  /**
   * @param {HTMLElement} place
   * @param {import("./board-view.js").BoardView} view
   * @param {string} label
   */
  constructor(place, view, label) {
    this.place = place;
    this.view = view;
    this.field = make("textarea", { name: "board-field", data: { testid: "board-field" }, attributes: { "aria-label": label, maxlength: String(CHARS_MAX), rows: "1", hidden: "" } });
    place.append(this.field);
    this.field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Escape" || (event.key === "Enter" && (event.ctrlKey || event.metaKey))) {
        event.preventDefault();
        this.#close(event.key === "Enter");
        place.focus();
      }
    });
    this.field.addEventListener("input", () => this.place_());
    this.field.addEventListener("blur", () => this.#close(true));
  }

  /**
   * @param {{at: Point, colour: number, size: number, text?: string, done: (text: string) => void}} what
   */
  open({ at, colour, size, text = "", done }) {
    this.#close(true);
    this.#open = { at, colour, size, done };
    this.field.value = text;
    this.field.hidden = false;
    this.place_();
    // After the press that opened it, which would take the focus back.
    setTimeout(() => this.field.focus());
  }

  /** Keeps the field where the text will be. */
  place_() {
    if (!this.#open) {
      return;
    }
    const { at, colour, size } = this.#open;
    const { left, top, unit } = this.view.where(at);
    Object.assign(this.field.style, {
      left: `${left}px`, top: `${top}px`, color: ink(colour), font: `600 ${size * unit}px/${LINE_HEIGHT} sans-serif`,
      background: colour === 11 ? "#16191dcc" : "#ffffffcc", maxWidth: `${Math.max(120, this.place.clientWidth - left)}px`,
    });
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
    this.field.style.width = `${Math.max(6, ...this.field.value.split("\n").map((line) => line.length + 2)) * size * unit * 0.62}px`;
  }

  /** @param {boolean} keeps */
  #close(keeps) {
    const open = this.#open;
    if (!open) {
      return;
    }
    this.#open = null;
    this.field.hidden = true;
    const text = this.field.value.trim();
    if (keeps && text) {
      open.done(text);
    }
  }
}
