// @ts-check
// A lesson is recorded: everybody is told, and afterwards it is played with its pictures, voices and chat, by those of the lesson alone.
// The server is killed in the middle of it, and loses nothing that had been said.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertAccessible } from "../lib/accessibility.mjs";
import { gather } from "../lib/lesson.mjs";
import { coloursShown } from "../lib/media.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { until } from "../lib/wait.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Classroom } from "../lib/classroom.mjs" */

const PASSWORD = "la-cour-est-grande-42";
const scenario = new Scenario("class-recording", { story: true });
const REJOIN_MS_MAX = 60_000;
/** Between two parts of a lesson something has to be said. */
const TALK_MS = 6_000;
const MADE_MS_MAX = 60_000;
/** The pages of a document, as the board's middle shows them. */
const COLOURS = ["200,30,30", "20,120,60"];
/** @type {import("../lib/lesson.mjs").Four} */
let four;
/** @type {string} */
let path;

/** @param {Classroom} classroom */
const told = (classroom) => classroom.page.getByTestId("recorded");

/** @param {number} ms */
const talk = (ms) => new Promise((done) => setTimeout(done, ms));

/** @param {boolean} on */
async function record(on) {
  await four.teacher.openPanel("recording");
  await four.teacher.page.getByTestId("record").click();
  if (on) {
    await assertAccessible(four.teacher.page);
    await four.teacher.page.getByTestId("confirm-yes").click();
  }
  await until(on ? "it is recorded" : "it stops", async () => (await told(four.teacher).isVisible()) === on);
}

/** @param {Page} page */
const position = (page) => page.getByTestId("seek").evaluate((one) => Number(/** @type {HTMLInputElement} */ (one).value));

/**
 * Whether each picture changes within half a second.
 *
 * @param {Page} page
 */
function pictureMoves(page) {
  return page.evaluate(async () => {
    const look = () => [...document.querySelectorAll("video")].filter((video) => video.checkVisibility() && video.readyState >= 2).map((video) => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [64, 36];
      const context = canvas.getContext("2d");
      context?.drawImage(video, 0, 0, 64, 36);
      return context?.getImageData(0, 0, 64, 36).data.join();
    });
    const first = look();
    await new Promise((done) => setTimeout(done, 500));
    return look().map((pixels, at) => pixels !== first[at]);
  });
}

/** A document of one page for each colour. @returns {Promise<Buffer>} */
async function colours() {
  const page = await four.teacher.person.context.newPage();
  const sections = COLOURS.map((colour) => `<section style="background:rgb(${colour})"></section>`).join("");
  await page.setContent(`<style>@page{size:1600px 900px;margin:0} body{margin:0} section{width:1600px;height:899px;break-after:page}
    section:last-child{break-after:auto}</style>${sections}`);
  const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
  await page.close();
  return pdf;
}

/**
 * Which of the pages the player's board shows; nothing when it shows none.
 *
 * @param {Page} page
 * @param {number} ms from the beginning
 * @returns {Promise<string | undefined>}
 */
async function boardAt(page, ms) {
  await page.getByTestId("seek").fill(String(ms));
  const seen = await page.locator(".player-board").evaluate(async (board) => {
    // The player looks at the bar with each frame.
    for (let frame = 0; frame < 3; frame++) await new Promise((done) => requestAnimationFrame(done));
    const canvas = board.querySelector("canvas");
    const pixel = canvas?.getContext("2d")?.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data;
    return board.checkVisibility() && pixel ? [...pixel] : [];
  });
  return COLOURS.find((colour) => colour.split(",").every((one, at) => Math.abs(Number(one) - (seen[at] ?? -99)) < 12));
}

/**
 * How loud the page is, as the root of the mean square of what its elements play within a second.
 *
 * @param {Page} page
 */
function loudness(page) {
  return page.evaluate(async () => {
    const shared = /** @type {any} */ (globalThis);
    const context = (shared.testSound ??= new AudioContext());
    await context.resume();
    const meter = (shared.testMeter ??= context.createAnalyser());
    for (const element of document.querySelectorAll("audio, video")) {
      if (!shared.testHeard?.has(element)) {
        (shared.testHeard ??= new Set()).add(element);
        context.createMediaElementSource(element).connect(meter);
      }
    }
    const samples = new Float32Array(meter.fftSize);
    let loudest = 0;
    for (let time = 0; time < 20; time++) {
      await new Promise((done) => setTimeout(done, 50));
      meter.getFloatTimeDomainData(samples);
      loudest = Math.max(loudest, Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length));
    }
    return loudest;
  });
}

describe("a lesson that is recorded", () => {
  before(async () => {
    four = await gather(scenario);
  });
  after(() => scenario.end());

  /**
   * @param {string} title
   * @param {() => Promise<void>} part
   */
  const part = (title, part) => it(title, () => scenario.part(part));

  part("not before the school allows it", async () => {
    await four.teacher.openPanel("recording");
    assert.equal(await four.teacher.page.getByTestId("record").isVisible(), false);
    const head = await scenario.browser("head");
    await head.signIn(four.server.url, "direction", PASSWORD);
    await head.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
    await head.page.goto(`${four.server.url}/schools`);
    await head.page.getByRole("link", { name: "Enregistrement et sous-titres" }).click();
    await assertAccessible(head.page);
    await head.page.getByLabel("Les professeurs peuvent enregistrer").check();
    await head.page.getByLabel("Durée de conservation").fill("7");
    await head.page.getByRole("button", { name: "Enregistrer" }).click();
    await head.page.getByText("C’est enregistré").or(head.page.getByRole("status")).first().waitFor();
    // It holds at once (class-captions.test.mjs), and when the server comes again too.
    await four.server.stop();
    await four.server.start();
    for (const one of four.all) await one.reaches("in", REJOIN_MS_MAX);
    for (const one of [four.teacher, four.max]) await one.hasMedia();
    await four.max.speaks();
  });

  part("the teacher asks for it and everybody is told", async () => {
    await four.teacher.openPanel("recording");
    await four.teacher.page.getByTestId("record").click();
    await four.teacher.page.getByTestId("confirm-no").click();
    assert.equal(await told(four.max).isVisible(), false, "a wrong press records nothing");
    const heard = until("a screen reader says so", async () =>
      /est enregistré/.test((await four.max.page.locator("[aria-live]").allTextContents()).join(" ")), REJOIN_MS_MAX);
    await record(true);
    await heard;
    for (const one of four.all) await until(`${one.person.name} is told`, () => told(one).isVisible());
    await four.max.openPanel("recording");
    assert.equal(await four.max.page.getByTestId("record").isVisible(), false, "a pupil has no such switch");
    await assertAccessible(four.max.page);
    await talk(TALK_MS);
    await four.teacher.openPanel("board");
    await four.teacher.page.getByTestId("documents-file").setInputFiles({ name: "crue.pdf", mimeType: "application/pdf", buffer: await colours() });
    await four.teacher.page.getByTestId("deck-show").click({ timeout: MADE_MS_MAX });
    await four.max.say("Combien mesure le Nil ?");
    await four.teacher.page.locator(".chat-body", { hasText: "Combien mesure le Nil ?" }).waitFor({ state: "attached" });
    await talk(TALK_MS);
  });

  part("who comes to the door is told before coming in", async () => {
    const late = await scenario.browser("late");
    await late.signIn(four.server.url, "eleve2", PASSWORD);
    await late.page.getByRole("main").getByText("Rejoindre la classe").first().click();
    await late.page.getByTestId("door-recorded").waitFor();
    await late.close();
  });

  part("the server is killed in the middle and goes on recording", async () => {
    await four.server.stop("SIGKILL");
    await four.server.start();
    for (const one of [four.teacher, four.max]) await one.reaches("in", REJOIN_MS_MAX);
    await until("it still is recorded", () => told(four.teacher).isVisible());
    await four.teacher.hasMedia();
    await talk(TALK_MS);
    await four.teacher.page.getByTestId("board-next").click();
    await talk(TALK_MS);
    await record(false);
    for (const one of [four.max]) await until(`${one.person.name} is told`, async () => !(await told(one).isVisible()));
  });

  part("it is played with pictures, voices and chat", async () => {
    path = `${new URL(four.max.page.url()).pathname}/recordings/1`;
    const { page } = four.max;
    await until("all of it is there", async () => {
      await page.goto(four.server.url + path);
      return (await page.locator(".tracks > li[data-kind=camera]").count()) >= 2;
    }, REJOIN_MS_MAX);
    await assertAccessible(page);
    const kinds = await page.locator(".tracks > li").evaluateAll((rows) => rows.map((row) => `${row.getAttribute("data-kind")} ${row.querySelector("strong")?.textContent}`));
    assert.ok(kinds.filter((kind) => kind.startsWith("camera")).every((kind) => kind.includes("Fontaine")), `only the teacher is pictured: ${kinds}`);
    assert.ok(kinds.some((kind) => kind.startsWith("voice") && !kind.includes("Fontaine")), `pupils are heard: ${kinds}`);
    await page.getByTestId("play").click();
    await until("it plays", async () => (await position(page)) > 2_000);
    await until("the teacher's picture is blue", async () => (await coloursShown(page)).includes("blue"));
    await until("and moves", async () => (await pictureMoves(page)).includes(true));
    assert.ok((await loudness(page)) > 0.005, "something is heard");
    const line = page.getByText("Combien mesure le Nil ?");
    await page.getByTestId("seek").fill("1000");
    await until("what was said later is not there yet", async () => !(await line.isVisible()));
    const lasts = Number(await page.getByTestId("player").getAttribute("data-lasts"));
    assert.ok(lasts > 3 * TALK_MS, `${lasts} ms`);
    // What was recorded before the kill, and after it.
    await page.getByTestId("seek").fill(String(lasts - TALK_MS / 2));
    await line.waitFor();
    await until("the end is played too", async () => (await pictureMoves(page)).includes(true));
    await page.getByTestId("play").click();
    // The document, in time, though the class is no more for whoever looks now.
    await until("the board has the page of the end", async () => (await boardAt(page, lasts - TALK_MS / 2)) === COLOURS[1]);
    /** @type {string[]} */
    const pages = [];
    for (let ms = 0; ms < lasts; ms += 500) {
      const shown = await until("a page, or none", async () => (await boardAt(page, ms)) ?? "none");
      if (shown !== pages.at(-1)) pages.push(shown);
    }
    assert.deepEqual(pages.filter((shown, at) => shown !== "none" || at === 0), ["none", ...COLOURS]);
    await page.setViewportSize({ width: 390, height: 844 });
    await assertAccessible(page);
  });

  part("nobody else gets at it", async () => {
    const [track] = await four.max.page.locator("audio").evaluateAll((all) => all.map((one) => /** @type {HTMLAudioElement} */ (one).src));
    assert.ok(track);
    const request = four.max.person.context.request;
    const ranged = await request.get(track, { headers: { range: "bytes=0-99" } });
    assert.equal(ranged.status(), 206);
    assert.equal((await ranged.body()).length, 100);
    for (const login of ["eleve-autre-classe", "direction", "parent"]) {
      const other = await scenario.browser(login);
      await other.signIn(four.server.url, login, PASSWORD);
      await other.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
      assert.equal(await other.status(four.server.url + path), 404, login);
      assert.equal(await other.status(track), 404, login);
      await other.close();
    }
    assert.equal(await four.ines.person.status(four.server.url + path), 200, "who was on the roster");
  });

  part("without script it is a list of tracks", async () => {
    const plain = await scenario.browser("plain", { javaScriptEnabled: false });
    await plain.signIn(four.server.url, "eleve", PASSWORD);
    await plain.page.goto(four.server.url + path);
    assert.ok((await plain.page.locator(".tracks video[controls], .tracks audio[controls]").count()) > 2);
    await plain.close();
  });

  part("the teacher takes it away, and its files go", async () => {
    const { page } = four.teacher;
    const [track] = await four.max.page.locator("audio").evaluateAll((all) => all.map((one) => /** @type {HTMLAudioElement} */ (one).src));
    await page.goto(four.server.url + path);
    await page.locator("details > summary").click();
    await page.getByTestId("delete").click();
    await page.getByText("L’enregistrement est effacé").waitFor();
    assert.equal(await four.max.person.status(four.server.url + path), 404);
    assert.equal(await four.max.person.status(track ?? ""), 404);
  });
});
