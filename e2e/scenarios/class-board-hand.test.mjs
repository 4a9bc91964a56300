// @ts-check
// What a hand does on the board of a class besides drawing: it rubs out, chooses and moves, points, and zooms with two fingers.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Classroom } from "../lib/classroom.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { startDemo } from "../lib/server.mjs";
import { until } from "../lib/wait.mjs";

const PASSWORD = "la-cour-est-grande-42";
/** The height of a page by its width. */
const SHAPE = 9 / 16;
const BLACK = [31, 31, 31];
const WHITE = [255, 255, 255];
const scenario = new Scenario("class-board-hand", { story: true });
/** @type {Classroom} */
let teacher;
/** @type {Classroom} on a phone */
let max;

/** @param {Classroom} classroom */
const place = (classroom) => classroom.page.getByTestId("board-place");

/**
 * Where a point of the page is on the screen, in CSS pixels; both from 0 to 1.
 *
 * @param {Classroom} classroom
 * @param {[number, number]} point
 * @returns {Promise<[number, number]>}
 */
async function onScreen(classroom, [x, y]) {
  const [left, top] = await place(classroom).evaluate((element, [x = 0, y = 0]) => {
    const canvas = /** @type {HTMLCanvasElement} */ (element.querySelector("canvas"));
    const matrix = canvas.getContext("2d")?.getTransform() ?? new DOMMatrix();
    const box = element.getBoundingClientRect();
    const at = new DOMPoint(x, y).matrixTransform(matrix);
    return [box.left + at.x / devicePixelRatio, box.top + at.y / devicePixelRatio];
  }, [x * 10_000, y * 10_000 * SHAPE]);
  return [left ?? 0, top ?? 0];
}

/**
 * Whether a canvas of the board has something near this colour around a point of the page.
 *
 * @param {Classroom} classroom
 * @param {string} canvas its class
 * @param {[number, number]} point
 */
function pixel(classroom, canvas, [x, y]) {
  return place(classroom).evaluate((element, { canvas, x, y }) => {
    const page = /** @type {HTMLCanvasElement} */ (element.querySelector("canvas"));
    const of = /** @type {HTMLCanvasElement} */ (element.querySelector(canvas));
    const at = new DOMPoint(x, y).matrixTransform(page.getContext("2d")?.getTransform() ?? new DOMMatrix());
    return [...(of.getContext("2d")?.getImageData(Math.round(at.x), Math.round(at.y), 1, 1).data ?? [])];
  }, { canvas, x: x * 10_000, y: y * 10_000 * SHAPE });
}

/**
 * @param {Classroom} classroom
 * @param {[number, number]} at
 * @param {number[]} colour
 */
async function sees(classroom, at, colour) {
  await until(`${classroom.person.name} sees ${colour} at ${at}`, async () => {
    const seen = await pixel(classroom, ".board-page", at);
    if (colour.some((one, index) => Math.abs(one - (seen[index] ?? -99)) > 40)) throw new Error(seen.join());
    return true;
  });
}

/**
 * @param {[number, number]} from
 * @param {[number, number]} to
 */
async function drag(from, to) {
  const [[x1, y1], [x2, y2]] = [await onScreen(teacher, from), await onScreen(teacher, to)];
  const { mouse } = teacher.page;
  await mouse.move(x1, y1);
  await mouse.down();
  await mouse.move((x1 + x2) / 2, (y1 + y2) / 2, { steps: 5 });
  await mouse.move(x2, y2, { steps: 5 });
  await mouse.up();
}

/** @param {Classroom} classroom */
const objects = (classroom) => classroom.page.evaluate(() => {
  const { board } = /** @type {any} */ (globalThis).preauClass.state;
  return board.shown ? board.on(board.shown).length : -1;
});

/** Pixels of the screen to a unit of the page. @param {Classroom} classroom */
const scale = (classroom) => place(classroom).evaluate((element) => element.querySelector("canvas")?.getContext("2d")?.getTransform().a ?? 0);

/**
 * Two fingers on the board, from so far apart to so far, in CSS pixels.
 *
 * @param {Classroom} classroom
 * @param {number} from
 * @param {number} to
 */
async function pinch(classroom, from, to) {
  const box = await place(classroom).boundingBox();
  assert.ok(box);
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const fingers = (/** @type {number} */ apart) => [{ x: x - apart / 2, y, id: 1 }, { x: x + apart / 2, y, id: 2 }];
  const browser = await classroom.person.context.newCDPSession(classroom.page);
  await browser.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: fingers(from) });
  for (let step = 1; step <= 8; step += 1) {
    await browser.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: fingers(from + ((to - from) * step) / 8) });
  }
  await browser.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await browser.detach();
}

describe("a hand on the board of a class", () => {
  /**
   * @param {string} title
   * @param {() => Promise<void>} part
   */
  const part = (title, part) => it(title, () => scenario.part(part));

  before(async () => {
    const server = scenario.keep(await startDemo(scenario.data("school"), PASSWORD));
    const arrive = async (/** @type {string} */ name, /** @type {string} */ login, /** @type {object} */ options) => {
      const person = await scenario.browser(name, options);
      await person.signIn(server.url, login, PASSWORD);
      const classroom = new Classroom(person);
      await classroom.join("listen");
      await classroom.reaches("in");
      return classroom;
    };
    teacher = await arrive("teacher", "prof", {});
    max = await arrive("max", "eleve", { phone: true });
    await teacher.openPanel("board");
    await teacher.page.getByTestId("board-add-deck").click();
    await until("a whiteboard is shown", async () => (await objects(max)) === 0);
  });
  after(() => scenario.end());

  part("the eraser takes what it meets, and undo brings it back", async () => {
    await teacher.page.getByTestId("board-look").click();
    await teacher.page.getByTestId("width-thick").click();
    await teacher.page.keyboard.press("Escape");
    await teacher.page.getByTestId("tool-line").click();
    await drag([0.2, 0.3], [0.8, 0.3]);
    await drag([0.2, 0.7], [0.8, 0.7]);
    await until("two lines", async () => (await objects(max)) === 2);
    await sees(max, [0.5, 0.3], BLACK);
    await teacher.page.getByTestId("tool-eraser").click();
    await drag([0.5, 0.2], [0.5, 0.4]);
    await until("one line is left", async () => (await objects(max)) === 1);
    await sees(max, [0.5, 0.3], WHITE);
    await sees(max, [0.5, 0.7], BLACK);
    await teacher.page.getByTestId("board-undo").click();
    await sees(max, [0.5, 0.3], BLACK);
  });

  part("what is chosen is moved, by the mouse and by keys", async () => {
    await teacher.page.getByTestId("tool-select").click();
    await drag([0.5, 0.3], [0.5, 0.5]);
    await sees(max, [0.5, 0.5], BLACK);
    await sees(max, [0.5, 0.3], WHITE);
    await sees(max, [0.5, 0.7], BLACK);
    assert.equal(await objects(max), 2, "it is the same line");
    await place(teacher).focus();
    await teacher.page.keyboard.press("Delete");
    await until("the chosen one goes", async () => (await objects(max)) === 1);
    await sees(max, [0.5, 0.5], WHITE);
    await sees(max, [0.5, 0.7], BLACK);
  });

  part("where the teacher points is seen at once, with a name, and kept nowhere", async () => {
    await teacher.page.getByTestId("tool-pointer").click();
    const at = /** @type {[number, number]} */ ([0.4, 0.2]);
    const [x, y] = await onScreen(teacher, at);
    await until("Max sees where", async () => {
      await teacher.page.mouse.move(x + 3, y);
      await teacher.page.mouse.move(x, y);
      return ((await pixel(max, ".board-above", at))[3] ?? 0) > 0;
    });
    assert.equal(await objects(max), 1);
    const [away, above] = await onScreen(teacher, [0.4, -0.2]);
    await teacher.page.mouse.move(away, above);
    await until("it goes with the hand", async () => ((await pixel(max, ".board-above", at))[3] ?? 255) === 0);
  });

  part("two fingers on a phone zoom, and draw nothing", async () => {
    await teacher.openPanel("floor");
    await teacher.page.locator("#class-floor [data-rule=board]").check();
    await max.page.getByTestId("board-bar").waitFor();
    const [before, drawn] = [await scale(max), await objects(max)];
    await pinch(max, 60, 180);
    await until("nearer", async () => (await scale(max)) > before * 2);
    await pinch(max, 180, 40);
    await until("and whole again", async () => Math.abs((await scale(max)) - before) < before / 100);
    assert.equal(await objects(max), drawn);
    assert.deepEqual([...max.person.complaints, ...teacher.person.complaints], []);
  });
});
