// @ts-check
// The board of a class, as one person's hand and eyes have it.

import { until } from "./wait.mjs";

/** @import { Classroom } from "./classroom.mjs" */
/** @typedef {[number, number]} Point of a page, both from 0 to 1 */

/** A page is so wide, in units; and so high for its width. */
const UNITS = 10_000;
const SHAPE = 9 / 16;
/** Colours differ by so much after a browser has drawn, scaled and compressed them. */
const NEAR = 24;

/** @param {Classroom} classroom */
export const place = (classroom) => classroom.page.getByTestId("board-place");

/**
 * Where a point of the page is on the screen, in CSS pixels.
 *
 * @param {Classroom} classroom
 * @param {Point} point
 * @returns {Promise<[number, number]>}
 */
export async function onScreen(classroom, [x, y]) {
  const [left, top] = await place(classroom).evaluate((element, [x = 0, y = 0]) => {
    const canvas = /** @type {HTMLCanvasElement} */ (element.querySelector("canvas"));
    const matrix = canvas.getContext("2d")?.getTransform() ?? new DOMMatrix();
    const box = element.getBoundingClientRect();
    const at = new DOMPoint(x, y).matrixTransform(matrix);
    return [box.left + at.x / devicePixelRatio, box.top + at.y / devicePixelRatio];
  }, [x * UNITS, y * UNITS * SHAPE]);
  return [left ?? 0, top ?? 0];
}

/**
 * A pull with what the hand holds.
 *
 * @param {Classroom} classroom
 * @param {Point} from
 * @param {Point} to
 */
export async function pull(classroom, from, to) {
  const [[x1, y1], [x2, y2]] = [await onScreen(classroom, from), await onScreen(classroom, to)];
  const { mouse } = classroom.page;
  await mouse.move(x1, y1);
  await mouse.down();
  await mouse.move((x1 + x2) / 2, (y1 + y2) / 2, { steps: 3 });
  await mouse.move(x2, y2, { steps: 3 });
  await mouse.up();
}

/**
 * What lies on the page that is shown to all, by its kind: `pen`, `text`, `picture`, or the name of a form.
 *
 * @param {Classroom} classroom
 * @returns {Promise<string[]>}
 */
export function objects(classroom) {
  return classroom.page.evaluate(() => {
    const { board } = /** @type {any} */ (globalThis).preauClass.state;
    return board.shown ? board.on(board.shown).map((/** @type {any} */ { shape }) => (shape.is === "form" ? shape.form : shape.is)) : [];
  });
}

/**
 * Waits until the board shows a colour, `[red, green, blue]`, at a point.
 *
 * @param {Classroom} classroom
 * @param {Point} point
 * @param {number[]} colour
 * @param {".board-page" | ".board-above"} [canvas]
 */
export async function sees(classroom, [x, y], colour, canvas = ".board-page") {
  await until(`${classroom.person.name} sees ${colour} at ${x}, ${y}`, async () => {
    const seen = await place(classroom).evaluate((element, { canvas, x, y }) => {
      const page = /** @type {HTMLCanvasElement} */ (element.querySelector("canvas"));
      const of = /** @type {HTMLCanvasElement} */ (element.querySelector(canvas));
      const at = new DOMPoint(x, y).matrixTransform(page.getContext("2d")?.getTransform() ?? new DOMMatrix());
      return [...(of.getContext("2d")?.getImageData(Math.round(at.x), Math.round(at.y), 1, 1).data ?? [])];
    }, { canvas, x: x * UNITS, y: y * UNITS * SHAPE });
    if (colour.some((one, index) => Math.abs(one - (seen[index] ?? -99)) > NEAR)) throw new Error(`sees ${seen}`);
    return true;
  });
}

/**
 * Waits until something is drawn above the page near a point: somebody's pointer.
 *
 * @param {Classroom} classroom
 * @param {Point} point
 * @param {boolean} shown
 */
export async function seesPointer(classroom, [x, y], shown) {
  await until(`${classroom.person.name} sees ${shown ? "a" : "no"} pointer`, () => place(classroom).evaluate((element, { x, y, shown }) => {
    const page = /** @type {HTMLCanvasElement} */ (element.querySelector("canvas"));
    const above = /** @type {HTMLCanvasElement} */ (element.querySelector(".board-above"));
    const at = new DOMPoint(x, y).matrixTransform(page.getContext("2d")?.getTransform() ?? new DOMMatrix());
    const alpha = above.getContext("2d")?.getImageData(Math.round(at.x), Math.round(at.y), 1, 1).data[3] ?? 0;
    return alpha > 0 === shown;
  }, { x: x * UNITS, y: y * UNITS * SHAPE, shown }));
}
