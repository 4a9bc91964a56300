// @ts-check
import { COLOURS } from "./board-shapes.js";
import { Disclosure } from "./disclosure.js";
import { find } from "./dom.js";

/** @typedef {import("./board-hand.js").Tool} Tool */

/** The tools below the board, colours and widths. */
export class BoardBar {
  /**
   * @param {HTMLElement} root the board
   * @param {import("./board-hand.js").BoardHand} hand
   * @param {() => void} onTake another tool, or another look
   */
  constructor(root, hand, onTake) {
    this.root = root;
    this.hand = hand;
    this.onTake = onTake;
    this.bar = find(root, ".board-bar", HTMLElement);
    this.fill = find(root, "[data-board=fill]", HTMLInputElement);
    const look = find(root, "[data-board=look]", HTMLButtonElement);
    new Disclosure(look, find(root, "#board-look", HTMLElement), { stays: true });
    this.swatch = find(look, ".board-swatch", HTMLElement);
    for (const button of this.#all("[data-tool]")) {
      button.addEventListener("click", () => this.take(/** @type {Tool} */ (button.dataset["tool"])));
    }
    for (const button of this.#all("[data-colour]")) {
      const number = Number(button.dataset["colour"]);
      find(button, ".board-swatch", HTMLElement).style.background = COLOURS[number]?.[1] ?? "";
      button.addEventListener("click", () => this.#set({ colour: number }));
    }
    for (const button of this.#all("[data-width]")) {
      button.addEventListener("click", () => this.#set({ width: Number(button.dataset["width"]) }));
    }
    this.fill.addEventListener("change", () => this.#set({ fill: this.fill.checked }));
    this.bar.addEventListener("keydown", (event) => this.#walk(event));
    this.render();
  }

  /** @param {string} selector */
  #all(selector) {
    return /** @type {NodeListOf<HTMLButtonElement>} */ (this.root.querySelectorAll(selector));
  }

  /** @param {Tool} tool */
  take(tool) {
    this.hand.cancel();
    this.hand.tool = tool;
    if (tool !== "select") {
      this.hand.selected = null;
    }
    this.render();
    this.onTake();
  }

  /** @param {{colour?: number, width?: number, fill?: boolean}} look */
  #set(look) {
    Object.assign(this.hand, look);
    // A text as high as the pen is wide.
    this.hand.size = this.hand.width < 20 ? 160 : this.hand.width < 50 ? 220 : 255;
    this.render();
    this.onTake();
  }

  render() {
    const { hand } = this;
    this.#all("[data-tool]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset["tool"] === hand.tool)));
    this.#all("[data-colour]").forEach((button) => button.setAttribute("aria-pressed", String(Number(button.dataset["colour"]) === hand.colour)));
    this.#all("[data-width]").forEach((button) => button.setAttribute("aria-pressed", String(Number(button.dataset["width"]) === hand.width)));
    this.swatch.style.background = COLOURS[hand.colour]?.[1] ?? "";
  }

  /**
   * Arrows go from tool to tool, as in every toolbar.
   * @param {KeyboardEvent} event
   */
  #walk(event) {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const all = /** @type {HTMLElement[]} */ ([...this.bar.querySelectorAll("button, input")]);
    const at = all.findIndex((one) => one === document.activeElement);
    if (step !== 0 && at >= 0) {
      event.preventDefault();
      all[(at + step + all.length) % all.length]?.focus();
    }
  }
}
