// @ts-check
// A lesson on bad lines: pictures off by a button, one that carries a voice and no more, one without any media, one that becomes another, and a page
// from before an update.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertAccessible } from "../lib/accessibility.mjs";
import { Classroom } from "../lib/classroom.mjs";
import { LIKENESS } from "../lib/devices.mjs";
import { hears, voices } from "../lib/heard.mjs";
import { media } from "../lib/media.mjs";
import { NarrowLine } from "../lib/narrow.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { startDemo } from "../lib/server.mjs";
import { pause, until } from "../lib/wait.mjs";

const PASSWORD = "la-cour-est-grande-42";
/** A bad line, both ways. */
const NARROW_KBPS = 24;
/** Pictures go from it within this time. */
const PICTURES_MS_MAX = 5_000;
/** After so long everybody has made room; from then on the lesson is watched for so long, in seconds. */
const SETTLED_S = 15;
const WATCHED_S = 20;
/** Of a voice so much must come over it. */
const VOICE_SHARE_MIN = 0.9;
/** A page of a document is there within this time, beside a teacher who never pauses. */
const SLIDE_MS_MAX = 20_000;
/** What a page of a document becomes, and the colour of the one that is shown. */
const MADE_MS_MAX = 60_000;
const SLIDE = [20, 60, 120];
/** A command is answered within this time. */
const ANSWER_MS_MAX = 3_000;
/** Who changes the network is back within this time. */
const BACK_MS_MAX = 5_000;

const scenario = new Scenario("class-lines", { story: true });
/** @type {import("../lib/server.mjs").Server} */
let server;
/** @type {Classroom} */
let teacher;
/** @type {Classroom} */
let max;
/** @type {NarrowLine} */
let line;
/** @type {NarrowLine[]} */
const lines = [];

/** Runs in each page before its own scripts: keeps its WebSockets in view, and can speak an older protocol. */
function watchSockets() {
  const page = /** @type {any} */ (globalThis);
  const Real = page.WebSocket;
  page.testSockets = [];
  page.WebSocket = class extends Real {
    /** @param {any[]} parameters */
    constructor(...parameters) {
      super(...parameters);
      page.testSockets.push(this);
    }
    /** @param {string} text */
    send(text) {
      super.send(page.testOld ? text.replace('"protocol":2', '"protocol":1') : text);
    }
  };
}

/**
 * @param {string} name
 * @param {keyof typeof LIKENESS} likeness
 * @param {string} login
 * @param {NarrowLine} [by]
 */
async function arrive(name, likeness, login, by) {
  const person = await scenario.browser(name, { likeness: LIKENESS[likeness] });
  await person.context.addInitScript(watchSockets);
  await by?.lead(person.context);
  await person.signIn(by?.url ?? server.url, login, PASSWORD);
  return new Classroom(person);
}

/** @param {Classroom} classroom @param {Record<string, unknown>} command */
function send(classroom, command) {
  return classroom.page.evaluate((command) => /** @type {any} */ (globalThis).testSockets.at(-1).send(JSON.stringify({ v: 1, ...command })), command);
}

/** @param {Classroom} classroom @returns {Promise<any>} what its page knows */
function state(classroom) {
  return classroom.page.evaluate(() => {
    const { phase, online, media, you, hands, breakouts, tools } = /** @type {any} */ (globalThis).preauClass.state;
    return { phase, online, media, visit: you?.visit, person: you?.person, hands, breakouts: breakouts ?? tools?.breakouts };
  });
}

/** Whether the middle of the board has the colour of the page that is shown. @param {Classroom} classroom */
async function seesSlide(classroom) {
  const seen = await classroom.page.getByTestId("board-page").evaluate((canvas) => {
    if (!(canvas instanceof HTMLCanvasElement) || canvas.width === 0) return [];
    return [...(canvas.getContext("2d")?.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data ?? [])];
  });
  return SLIDE.every((one, at) => Math.abs(one - (seen[at] ?? -99)) < 12) || assert.fail(`sees ${seen}`);
}

/** A page of a document as teachers have them. @param {Classroom} classroom */
async function slides(classroom) {
  const page = await classroom.person.context.newPage();
  const words = ["La crue du Nil", "Chaque été, le fleuve monte.", "Il dépose un limon fertile.", "Après la crue, on sème."];
  await page.setContent(`<style>@page{size:1600px 900px;margin:0} body{margin:0;background:rgb(${SLIDE});color:white;font:60px sans-serif}
    section{height:890px;padding:40px} p:last-child{margin-top:420px}</style><section>${words.map((word) => `<p>${word}</p>`).join("")}</section>`);
  const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
  await page.close();
  return { name: "crue.pdf", mimeType: "application/pdf", buffer: pdf };
}

/** How long the hand takes to be up, or down, at the server. @param {Classroom} classroom */
async function handMs(classroom) {
  const was = await classroom.isOn("hand");
  const begun = Date.now();
  await classroom.tool("hand").click();
  await until("the hand is answered", async () => (await classroom.isOn("hand")) !== was, 20_000);
  return Date.now() - begun;
}

/**
 * Max's network becomes another one; gives after how many ms sound, pictures and commands are back, with the place, the hand and the group.
 *
 * @param {any} before what his page knew
 * @param {boolean} isTold whether it was away for a moment, and the browser says that it is back
 */
async function changesNetwork(before, isTold) {
  const { connections } = await media(max.page);
  if (isTold) {
    line.cut();
    await pause(1_500);
  }
  line.move();
  const begun = Date.now();
  if (isTold) await max.page.evaluate(() => dispatchEvent(new Event("online")));
  await until("max is back", async () => {
    const now = await state(max);
    return now.online && now.phase === "in" && now.media && (await media(max.page)).connections > connections;
  }, 60_000);
  const took = Date.now() - begun;
  const now = await state(max);
  assert.equal(now.visit, before.visit, "the same place");
  assert.ok(now.hands.some((/** @type {any} */ hand) => hand.person === before.person), "the hand is still up");
  assert.ok(now.breakouts.groups[0].people.includes(before.person), "still in the group");
  await until("sound comes", async () => {
    const { packets } = await voices(max);
    await pause(500);
    return (await voices(max)).packets > packets;
  });
  return took;
}

/** The button, wherever the page has it. @param {Classroom} classroom */
async function pressWeakLine(classroom) {
  const button = classroom.page.getByTestId("weak-line");
  if (!(await button.isVisible())) await classroom.page.getByTestId("more").click();
  await button.click();
}

describe("bad lines", () => {
  before(async () => {
    server = scenario.keep(await startDemo(scenario.data("school"), PASSWORD));
    line = await NarrowLine.to(server.url);
    lines.push(line);
  });
  after(async () => {
    await scenario.end();
    for (const one of lines) await one.stop();
  });

  /**
   * @param {string} title
   * @param {() => Promise<void>} part
   * @param {{ needed?: boolean }} [how]
   */
  const part = (title, part, how) => it(title, () => scenario.part(part, how));

  part("a teacher and a pupil are in, on good lines", async () => {
    teacher = await arrive("teacher", "blue", "prof");
    await teacher.join();
    await teacher.reaches("in");
    max = await arrive("max", "red", "eleve", line);
    await max.join();
    await max.reaches("in");
    await max.speaks();
    await max.hasMedia();
    await until("max sees the teacher", async () => (await max.receives(1)).pictures.length > 0);
  });

  part("the button takes the pictures off, says so, and the device remembers it", async () => {
    await pressWeakLine(max);
    await max.page.getByTestId("low").waitFor();
    await until("the tile says why", () => max.page.getByText("image coupée : connexion faible").first().isVisible());
    assert.equal(await max.isOn("camera"), false, "one's own camera is off too");
    assert.ok(await max.isOn("mic"), "one's own voice goes on");
    await until("no picture is sent any more", async () => (await max.receives(2)).pictures.length === 0);
    assert.ok((await max.receives(3)).voices.length > 0, "voices go on");
    await assertAccessible(max.page);
    await max.page.reload();
    await max.enter("devices");
    await max.reaches("in");
    assert.ok(await max.page.getByTestId("low").isVisible(), "remembered");
    await max.speaks();
    await max.page.locator("[data-action=full]").click();
    await until("pictures are back", async () => (await max.receives(1)).pictures.length > 0);
    await until("so is the camera", () => max.isOn("camera"));
  });

  part(`at ${NARROW_KBPS} kbit/s pictures go within ${PICTURES_MS_MAX / 1_000} s by themselves, and all speak so that they are heard`, async () => {
    assert.ok(await max.isOn("mic"));
    await teacher.openPanel("board");
    await teacher.page.getByTestId("documents-file").setInputFiles(await slides(teacher));
    await teacher.page.getByTestId("deck-show").waitFor({ timeout: MADE_MS_MAX });
    line.limit(NARROW_KBPS);
    const begun = Date.now();
    await max.page.getByTestId("low").waitFor({ timeout: 90_000 });
    const went = Date.now() - begun;
    assert.match(await max.page.getByTestId("low").innerText(), /connexion est faible/i, "it is said that the line is the reason");
    console.log(`# pictures go after ${(went / 1_000).toFixed(1)} s`);
    await pause(Math.max(0, SETTLED_S * 1_000 - went));
    const [teachers, own] = await Promise.all([hears(max, WATCHED_S, line), hears(teacher, WATCHED_S, line)]);
    assert.equal(teachers.frames, 0, "no picture comes");
    assert.ok(Math.min(teachers.share, teachers.heard) >= VOICE_SHARE_MIN, teachers.told);
    assert.ok(Math.min(own.share, own.heard) >= VOICE_SHARE_MIN, own.told);
    assert.ok(went <= PICTURES_MS_MAX, `${went} ms`);
  });

  part("on it one is given the floor, writes, and sees the page that is shown", async () => {
    const { person } = await state(max);
    await send(teacher, { type: "rules", rules: { mic: false } });
    await until("max is silent", async () => !(await max.isOn("mic")));
    const silent = await hears(max, WATCHED_S, line);
    assert.ok(Math.min(silent.share, silent.heard) >= VOICE_SHARE_MIN, silent.told);
    const answers = [];
    for (let i = 0; i < 4; i++) answers.push(await handMs(max));
    console.log(`# commands answered after ${answers.join(", ")} ms`);
    assert.ok(Math.max(...answers) <= ANSWER_MS_MAX, `${answers}`);
    await send(teacher, { type: "floor", person, has: true });
    await max.page.getByTestId("floor-mic").click();
    await until("max speaks", () => max.isOn("mic"));
    await until("the teacher hears max", async () => (await teacher.receives(2)).voices.length === 1);
    await send(teacher, { type: "floor", person, has: false });
    await send(teacher, { type: "rules", rules: { mic: true } });
    const written = Date.now();
    await teacher.say("Tout le monde m’entend ?");
    await max.reads("Tout le monde m’entend ?");
    await max.say("Oui !");
    await teacher.reads("Oui !");
    const shown = Date.now();
    await teacher.openPanel("board");
    await teacher.page.getByTestId("deck-show").click();
    await until("max sees the page", () => seesSlide(max), 60_000);
    const slide = Date.now() - shown;
    console.log(`# two lines of chat in ${shown - written} ms, a page of a document in ${slide} ms`);
    assert.ok(slide <= SLIDE_MS_MAX, `${slide} ms`);
    const again = await hears(max, WATCHED_S, line);
    assert.ok(again.share >= VOICE_SHARE_MIN, again.told);
  });

  part("when the line is good again pictures come back when one asks", async () => {
    line.limit(Infinity);
    await max.page.locator("[data-action=full]").click();
    await until("pictures are back", async () => (await max.receives(1)).pictures.length > 0, 40_000);
    assert.equal(await max.page.getByTestId("low").isVisible(), false);
    if (!(await max.isOn("mic"))) await max.tool("mic").click();
    await until("max speaks", () => max.isOn("mic"));
  });

  part(`who changes the network is back within ${BACK_MS_MAX / 1_000} s with hand, place and group`, async () => {
    if (!(await max.isOn("hand"))) await max.tool("hand").click();
    await until("max's hand", () => max.isOn("hand"));
    const before = await state(max);
    await send(teacher, { type: "breakouts_make", groups: [{ name: "Nil", people: [before.person] }], choose: false });
    await send(teacher, { type: "breakouts_open" });
    await until("max is in a group", async () => (await state(max)).breakouts?.groups?.[0]?.people.includes(before.person));
    // In a group one hears those who are in it: his teacher is there, and speaks.
    await send(teacher, { type: "breakouts_visit", place: 1 });
    if (!(await teacher.isOn("mic"))) await teacher.tool("mic").click();
    await until("the teacher speaks", () => teacher.isOn("mic"));
    // A browser tells its pages when the network is another one; some change without a word, and within a moment.
    const took = { told: await changesNetwork(before, true), untold: await changesNetwork(before, false) };
    console.log(`# back after a change of network: ${took.told} ms when the browser tells of it, ${took.untold} ms when it does not`);
    assert.ok(took.told <= BACK_MS_MAX, `${took.told} ms when it is told`);
    assert.ok(took.untold <= BACK_MS_MAX, `${took.untold} ms when it is not`);
    await send(teacher, { type: "breakouts_close" });
  });

  part("a page from before an update is loaded anew and loses nothing", async () => {
    await max.openPanel("chat");
    await max.page.locator("#chat-field").fill("Je n’ai pas fini ma phr");
    assert.ok(await max.isOn("mic"));
    await max.page.evaluate(() => {
      const page = /** @type {any} */ (globalThis);
      page.testOld = true;
      page.testSockets.at(-1).close();
    });
    await until("the page is a new one", () => max.page.evaluate(() => /** @type {any} */ (globalThis).testOld === undefined), 30_000);
    await max.reaches("in", 30_000);
    assert.equal(await max.page.locator("#chat-field").inputValue(), "Je n’ai pas fini ma phr");
    await until("the microphone is on again", () => max.isOn("mic"));
    await until("the hand is still up", () => max.isOn("hand"));
    await max.page.locator("#chat-field").press("End");
    await max.page.locator("#chat-field").pressSequentially("ase.");
    await max.page.locator("#chat-field").press("Enter");
    await teacher.reads("Je n’ai pas fini ma phrase.");
    assert.equal(new URL(max.page.url()).hash, "", "the next update may do the same");
  });

  part("a lesson without any media still is one, and says so once", async () => {
    const deaf = await NarrowLine.to(server.url);
    lines.push(deaf);
    deaf.carriesUdp = false;
    const ines = await arrive("ines", "green", "eleve2", deaf);
    await ines.join("listen");
    await ines.reaches("in");
    const notice = ines.page.getByTestId("silent");
    await notice.waitFor({ timeout: 40_000 });
    await assertAccessible(ines.page);
    await notice.getByRole("button").click();
    await teacher.say("On continue par écrit.");
    await ines.reads("On continue par écrit.");
    assert.ok((await handMs(ines)) <= ANSWER_MS_MAX);
    await pause(20_000);
    assert.equal(await notice.isVisible(), false, "it does not nag");
  }, { needed: false });
});
