// @ts-check
// The board of a class: a document shown page by page, drawing, pictures, what goes wrong with files, and coming back.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { assertAccessible } from "../lib/accessibility.mjs";
import { Classroom } from "../lib/classroom.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { startDemo } from "../lib/server.mjs";
import { until } from "../lib/wait.mjs";

const PASSWORD = "la-cour-est-grande-42";
/** A document of many pages on a busy machine. */
const MADE_MS_MAX = 60_000;
const REJOIN_MS_MAX = 60_000;
/** Pages of one colour each, as a browser prints them. */
const COLOURS = ["rgb(200, 30, 30)", "rgb(20, 120, 60)", "rgb(20, 60, 200)"];
const CORPUS = new URL("../../crates/pages/tests/corpus/", import.meta.url);

const scenario = new Scenario("class-board", { story: true });
/** @type {import("../lib/server.mjs").Server} */
let server;
/** @type {Classroom} */
let teacher;
/** @type {Classroom} */
let max;
/** @type {string} */
let lesson;

/**
 * @param {string} name
 * @param {string} login
 * @param {object} [options]
 */
async function arrive(name, login, options = {}) {
  const person = await scenario.browser(name, options);
  await person.signIn(server.url, login, PASSWORD);
  const classroom = new Classroom(person);
  await classroom.join("listen");
  await classroom.reaches("in");
  return classroom;
}

/** @param {Classroom} classroom */
const place = (classroom) => classroom.page.getByTestId("board-place");

/**
 * The colour that the board shows at a point of the page, both from 0 to 1.
 *
 * @param {Classroom} classroom
 * @param {number} x
 * @param {number} y
 */
function colourAt(classroom, x, y) {
  return classroom.page.getByTestId("board-page").evaluate((canvas, [x, y]) => {
    if (!(canvas instanceof HTMLCanvasElement)) throw new Error("no canvas");
    const context = canvas.getContext("2d");
    const matrix = context?.getTransform() ?? new DOMMatrix();
    const shape = canvas.width / canvas.height;
    const at = new DOMPoint(x * 10_000, (y * 10_000 * 9) / 16).matrixTransform(matrix);
    const [red, green, blue] = context?.getImageData(Math.round(at.x), Math.round(at.y), 1, 1).data ?? [];
    return shape > 0 ? [red, green, blue].join(",") : "";
  }, [x, y]);
}

/**
 * @param {Classroom} classroom
 * @param {[number, number]} at
 * @param {string} colour `rgb(r, g, b)`, met nearly
 */
async function sees(classroom, at, colour) {
  const wanted = (colour.match(/\d+/g) ?? []).map(Number);
  await until(`${classroom.person.name} sees ${colour}`, async () => {
    const seen = (await colourAt(classroom, ...at)).split(",").map(Number);
    const isMet = seen.length === 3 && seen.every((one, index) => Math.abs(one - (wanted[index] ?? -99)) < 12);
    return isMet || assert.fail(`sees ${seen}`);
  });
}

/**
 * @param {Classroom} classroom
 * @param {[number, number]} from
 * @param {[number, number]} to
 */
async function drag(classroom, from, to) {
  const points = await place(classroom).evaluate((element, points) => {
    const canvas = /** @type {HTMLCanvasElement} */ (element.querySelector("canvas"));
    const matrix = canvas.getContext("2d")?.getTransform() ?? new DOMMatrix();
    const { left, top } = element.getBoundingClientRect();
    return points.map(([x = 0, y = 0]) => {
      const at = new DOMPoint(x * 10_000, (y * 10_000 * 9) / 16).matrixTransform(matrix);
      return [left + at.x / devicePixelRatio, top + at.y / devicePixelRatio];
    });
  }, [from, to]);
  const [[x1 = 0, y1 = 0] = [], [x2 = 0, y2 = 0] = []] = points;
  const { mouse } = classroom.page;
  await mouse.move(x1, y1);
  await mouse.down();
  await mouse.move((x1 + x2) / 2, (y1 + y2) / 2, { steps: 5 });
  await mouse.move(x2, y2, { steps: 5 });
  await mouse.up();
}

/** @param {Classroom} classroom */
const objects = (classroom) => classroom.page.evaluate(() => {
  const { board } = /** @type {any} */ (globalThis).preauClass.state;
  return board.shown ? board.on(board.shown).map((/** @type {any} */ one) => one.object) : [];
});

describe("the board of a class", () => {
  /**
   * @param {string} title
   * @param {() => Promise<void>} part
   */
  const part = (title, part) => it(title, () => scenario.part(part));

  before(async () => {
    server = scenario.keep(await startDemo(scenario.data("school"), PASSWORD));
    teacher = await arrive("teacher", "prof");
    max = await arrive("max", "eleve");
    lesson = new URL(teacher.page.url()).pathname;
    const page = await teacher.person.context.newPage();
    const sections = COLOURS.map((colour, number) => `<section style="background:${colour}">La crue du Nil, partie ${number + 1}</section>`).join("");
    await page.setContent(`<style>@page{size:1600px 900px;margin:0} body{margin:0} section{width:1600px;height:899px;break-after:page}
      section:last-child{break-after:auto}</style>${sections}`);
    writeFileSync(join(scenario.folder, "cours.pdf"), await page.pdf({ preferCSSPageSize: true, printBackground: true }));
    writeFileSync(join(scenario.folder, "image.png"), await page.screenshot({ clip: { x: 0, y: 0, width: 200, height: 100 } }));
    await page.close();
  });
  after(() => scenario.end());

  part("a PDF becomes a document, and is shown when its teacher shows it", async () => {
    await teacher.openPanel("board");
    await teacher.page.getByTestId("documents-file").setInputFiles(join(scenario.folder, "cours.pdf"));
    await teacher.page.getByTestId("deck-show").waitFor({ timeout: MADE_MS_MAX });
    assert.equal(await place(max).isVisible(), false);
    // Until then it is the teacher's alone: it may hold the answers.
    const decks = () => /** @type {any} */ (globalThis).preauClass.state.board.decks;
    const path = `${server.url}${lesson}/documents/${(await teacher.page.evaluate(decks))[0].file}/0`;
    assert.deepEqual(await max.page.evaluate(decks), []);
    assert.equal(await max.person.status(path), 404);
    await teacher.page.getByTestId("deck-show").click();
    await sees(max, [0.5, 0.5], COLOURS[0] ?? "");
    assert.equal(await max.person.status(path), 200);
    await teacher.page.getByTestId("board-next").click();
    await sees(max, [0.5, 0.5], COLOURS[1] ?? "");
    await assertAccessible(teacher.page);
    await assertAccessible(max.page);
  });

  part("who does not see the page is read what is written on it", async () => {
    await until("Max has the words", async () => /La crue du Nil, partie 2/.test((await max.page.getByTestId("board-words").textContent()) ?? ""));
  });

  part("a teacher goes to a page by its small picture", async () => {
    const { page } = teacher;
    await page.getByTestId("page-strip-open").click();
    const small = page.getByTestId("page-strip").getByRole("button");
    await until("each page is there", async () => (await small.count()) === COLOURS.length);
    await until("the picture is there", () => small.nth(2).locator("img").evaluate((image) => image instanceof HTMLImageElement && image.naturalWidth > 0));
    await assertAccessible(page);
    await small.nth(2).click();
    await sees(max, [0.5, 0.5], COLOURS[2] ?? "");
    assert.equal(await small.nth(2).getAttribute("aria-current"), "page");
    await small.nth(1).click();
    await sees(max, [0.5, 0.5], COLOURS[1] ?? "");
  });

  part("a pupil leafs alone, and comes back", async () => {
    await max.page.getByTestId("board-next").click();
    await sees(max, [0.5, 0.5], COLOURS[2] ?? "");
    await sees(teacher, [0.5, 0.5], COLOURS[1] ?? "");
    await max.page.getByTestId("board-follow").click();
    await sees(max, [0.5, 0.5], COLOURS[1] ?? "");
  });

  part("a pupil draws when allowed, and not before", async () => {
    assert.equal(await max.page.getByTestId("board-bar").isVisible(), false);
    const refused = await max.page.evaluate(async (csrf) => {
      const answer = await fetch(`${location.pathname}/documents`, { method: "POST", headers: { "x-csrf": csrf }, body: new URLSearchParams({ keep: "x" }) });
      return answer.status;
    }, await max.page.locator("#class-room").getAttribute("data-csrf") ?? "");
    assert.equal(refused, 403);
    await teacher.openPanel("floor");
    await teacher.page.locator("#class-floor [data-rule=board]").check();
    await max.page.getByTestId("board-bar").waitFor();
    await max.page.getByTestId("board-look").click();
    await max.page.getByTestId("colour-yellow").click();
    await max.page.getByTestId("width-thick").click();
    await max.page.keyboard.press("Escape");
    await drag(max, [0.2, 0.3], [0.8, 0.3]);
    await sees(teacher, [0.5, 0.3], "rgb(244, 194, 13)");
    await max.page.getByTestId("board-undo").click();
    await sees(teacher, [0.5, 0.3], COLOURS[1] ?? "");
    await max.page.getByTestId("board-redo").click();
    await sees(teacher, [0.5, 0.3], "rgb(244, 194, 13)");
  });

  part("a text is read by those who do not see it", async () => {
    await teacher.page.getByTestId("tool-text").click();
    await place(teacher).click({ position: { x: 200, y: 200 } });
    await teacher.page.getByTestId("board-field").fill("Théorème de Pythagore");
    await teacher.page.getByTestId("board-field").press("Control+Enter");
    await until("Max has the text", async () => (await max.page.getByTestId("board-alt").textContent())?.includes("Théorème de Pythagore") ?? false);
  });

  part("a picture lies on the page", async () => {
    const before = (await objects(max)).length;
    await teacher.page.getByTestId("board-picture").setInputFiles(join(scenario.folder, "image.png"));
    await until("the picture", async () => (await objects(max)).length === before + 1, MADE_MS_MAX);
    await sees(max, [0.15, 0.2], COLOURS[0] ?? "");
  });

  part("pages are given to nobody outside of the class", async () => {
    const file = await teacher.page.evaluate(() => /** @type {any} */ (globalThis).preauClass.state.board.decks[0].file);
    const path = `${server.url}${lesson}/documents/${file}/0`;
    assert.equal(await teacher.person.status(path), 200);
    const ines = await scenario.browser("ines");
    await ines.signIn(server.url, "eleve2", PASSWORD);
    await ines.page.getByRole("main").waitFor();
    assert.equal(await ines.status(path), 404, "of the class, but not in it");
  });

  part("files that cannot be shown say why", async () => {
    await teacher.openPanel("board");
    for (const [name, bytes, words] of /** @type {[string, Buffer, RegExp][]} */ ([
      ["secret.pdf", readFileSync(new URL("encrypted-aes256.pdf", CORPUS)), /mot de passe/],
      ["abime.pdf", Buffer.from("%PDF-1.7\nrien"), /abîmé/],
      ["photo.png", Buffer.from("ceci n'est pas une image"), /ni un PDF ni une image/],
    ])) {
      await teacher.page.getByTestId("documents-file").setInputFiles({ name, mimeType: "application/pdf", buffer: bytes });
      const item = teacher.page.getByTestId("making").filter({ hasText: name });
      await until(`${name} says why`, async () => words.test((await item.textContent()) ?? ""), MADE_MS_MAX);
      await item.getByRole("button").click();
    }
  });

  part("what is drawn while the line is cut comes once, and a restart changes nothing", async () => {
    const before = await objects(teacher);
    await server.stop("SIGKILL");
    await until("Max notices", async () => max.page.getByTestId("reconnecting").isVisible());
    await drag(max, [0.2, 0.7], [0.8, 0.7]);
    await server.start();
    await max.reaches("in", REJOIN_MS_MAX);
    await teacher.reaches("in", REJOIN_MS_MAX);
    await until("the stroke", async () => (await objects(teacher)).length === before.length + 1, REJOIN_MS_MAX);
    await sees(teacher, [0.5, 0.7], "rgb(244, 194, 13)");
    await sees(teacher, [0.5, 0.3], "rgb(244, 194, 13)");
    await sees(max, [0.5, 0.5], COLOURS[1] ?? "");
    assert.equal((await objects(max)).length, before.length + 1);
  });

  part("a deck is taken home as PDF and as a picture", async () => {
    await max.openPanel("board");
    for (const [kind, head] of /** @type {[string, string][]} */ ([["pdf", "%PDF-1.4"], ["png", "\x89PNG"]])) {
      const [download] = await Promise.all([max.page.waitForEvent("download"), max.page.getByTestId(`board-save-${kind}`).click()]);
      const bytes = readFileSync((await download.path()) ?? "");
      assert.equal(bytes.subarray(0, head.length).toString("latin1"), head);
      if (kind === "pdf") {
        // Read back by the server's own renderer.
        await teacher.page.getByTestId("documents-file").setInputFiles({ name: "rendu.pdf", mimeType: "application/pdf", buffer: bytes });
      }
    }
    const back = teacher.page.getByTestId("deck").filter({ hasText: "rendu.pdf" });
    await back.getByTestId("deck-show").click({ timeout: MADE_MS_MAX });
    await sees(max, [0.5, 0.5], COLOURS[0] ?? "");
  });

  part("a file of the lesson log is put on the board with one press", async () => {
    const log = await teacher.person.context.newPage();
    await log.goto(new URL(`${lesson}/log/write`, server.url).href);
    await log.getByLabel("Ce qui a été fait").fill("La crue du Nil.");
    await log.getByRole("button", { name: "Publier" }).click();
    await log.getByLabel("Joindre des fichiers").setInputFiles([
      { name: "crue.pdf", mimeType: "application/pdf", buffer: readFileSync(join(scenario.folder, "cours.pdf")) },
      { name: "plan.txt", mimeType: "text/plain", buffer: Buffer.from("Rien à voir.") },
    ]);
    await log.getByRole("button", { name: "Joindre", exact: true }).click();
    await log.getByRole("link", { name: "crue.pdf" }).waitFor();
    await log.close();
    await teacher.page.reload();
    await teacher.enter("listen");
    await teacher.reaches("in");
    await teacher.openPanel("board");
    const offered = teacher.page.getByTestId("documents-log").getByRole("listitem");
    assert.deepEqual(await offered.locator("span").allTextContents(), ["crue.pdf"], "what can be shown, and nothing else");
    await assertAccessible(teacher.page);
    await offered.getByRole("button").click();
    await teacher.page.getByTestId("deck").filter({ hasText: "crue.pdf" }).getByTestId("deck-show").click({ timeout: MADE_MS_MAX });
    await sees(max, [0.5, 0.5], COLOURS[0] ?? "");
    assert.equal(await max.page.getByTestId("documents-log").count(), 0);
  });

  part("on a phone the page of the board is whole and accessible", async () => {
    const ines = await arrive("phone", "eleve2", { phone: true });
    await sees(ines, [0.5, 0.5], COLOURS[0] ?? "");
    await assertAccessible(ines.page);
    const wide = await ines.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${wide} px too wide`);
  });
});
