// @ts-check
// The board by keyboard, while it has the focus: digits take tools, arrows move the cross or what is chosen, the space bar draws.

import { moved } from "./board-shapes.js";

/** @typedef {import("./types.js").Point} Point */
/** @typedef {import("./board-hand.js").Tool} Tool */

/** In the order of the buttons; the key is the digit of the place, 0 for the tenth. @type {Tool[]} */
export const TOOLS = ["select", "pen", "marker", "line", "arrow", "rectangle", "ellipse", "text", "eraser", "pointer"];

const STEP = 100;
const FAR_STEP = 500;
/** @type {Record<string, Point>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * @typedef {object} Acts
 * @property {() => boolean} mayDraw
 * @property {() => boolean} isZoomed
 * @property {(tool: Tool) => void} take
 * @property {(step: 1 | -1) => void} leaf
 * @property {(dx: number, dy: number) => void} pan in CSS pixels
 * @property {(times: number) => void} zoom
 * @property {() => void} fit
 * @property {(redo: boolean) => void} undo
 * @property {() => void} chosen the choice has changed: say what it is
 * @property {(at: Point | null) => void} cross where the cross is
 * @property {() => {height: number}} page
 */

/**
 * @param {HTMLElement} place
 * @param {import("./board-hand.js").BoardHand} hand
 * @param {Acts} acts
 */
export function keys(place, hand, acts) {
  /** @type {Point} */
  let cross = [5_000, 2_800];

  place.addEventListener("keydown", (event) => {
    if (event.target !== place || event.altKey) {
      return;
    }
    const done = event.ctrlKey || event.metaKey ? withControl(event) : plain(event);
    if (done) {
      event.preventDefault();
      event.stopPropagation();
    }
  });
  place.addEventListener("blur", () => acts.cross(null));

  /** @param {KeyboardEvent} event */
  function withControl(event) {
    const key = event.key.toLowerCase();
    if (!acts.mayDraw() || (key !== "z" && key !== "y")) {
      return false;
    }
    acts.undo(key === "y" || event.shiftKey);
    return true;
  }

  /** @param {KeyboardEvent} event */
  function plain(event) {
    const { key } = event;
    if (key === "PageDown" || key === "PageUp") {
      acts.leaf(key === "PageDown" ? 1 : -1);
    } else if (key === "+" || key === "-") {
      acts.zoom(key === "+" ? 1.25 : 0.8);
    } else if (key === "*") {
      acts.fit();
    } else if (ARROWS[key]) {
      arrow(/** @type {Point} */ (ARROWS[key]), event.shiftKey ? FAR_STEP : STEP);
    } else {
      return acts.mayDraw() && drawing(key);
    }
    return true;
  }

  /** @param {string} key */
  function drawing(key) {
    if (/^[0-9]$/.test(key)) {
      acts.take(/** @type {Tool} */ (TOOLS[(Number(key) + 9) % 10]));
    } else if (key === " " || key === "Enter") {
      if (hand.isDown) {
        hand.up();
      } else {
        hand.down(cross);
      }
      if (["eraser", "select"].includes(hand.tool) && hand.isDown) {
        hand.up();
        acts.chosen();
      }
    } else if (key === "o" || key === "O") {
      acts.take("select");
      hand.chooseNext(key === "o" ? 1 : -1);
      acts.chosen();
    } else if ((key === "Delete" || key === "Backspace") && hand.selected !== null) {
      hand.to.erase([hand.selected]);
    } else if (key === "Escape" && (hand.isDown || hand.selected !== null)) {
      hand.cancel();
      hand.selected = null;
      hand.to.onChange();
    } else {
      return false;
    }
    return true;
  }

  /**
   * @param {Point} way
   * @param {number} step
   */
  function arrow([x, y], step) {
    const { chosen } = hand;
    if (!acts.mayDraw() || hand.tool === "look") {
      if (acts.isZoomed()) {
        acts.pan(x * 60, y * 60);
      } else if (x !== 0) {
        acts.leaf(x > 0 ? 1 : -1);
      }
    } else if (hand.tool === "select" && chosen) {
      hand.to.change(chosen.object, moved(chosen.shape, x * step, y * step));
    } else {
      cross = [Math.max(0, Math.min(10_000, cross[0] + x * step)), Math.max(0, Math.min(acts.page().height, cross[1] + y * step))];
      acts.cross(cross);
      hand.move(cross, hand.isDown);
    }
  }
}
