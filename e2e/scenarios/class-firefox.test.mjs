// @ts-check
// A pupil with Firefox: signs in, hands something in, and has a lesson with a teacher who has Chromium.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertAccessible } from "../lib/accessibility.mjs";
import { Classroom } from "../lib/classroom.mjs";
import { LIKENESS } from "../lib/devices.mjs";
import { allowEval } from "../lib/firefox.mjs";
import { Line } from "../lib/line.mjs";
import { media } from "../lib/media.mjs";
import { setWork } from "../lib/offline.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { startDemo } from "../lib/server.mjs";
import { until } from "../lib/wait.mjs";

const PASSWORD = "la-cour-est-grande-42";

const scenario = new Scenario("class-firefox", { story: true });
/** @type {import("../lib/server.mjs").Server} */
let server;
/** @type {Classroom} */
let teacher;
/** @type {Classroom} */
let max;
/** Where Firefox finds the server. */
let site = "";
let work = "";

/** What somebody hears and sees of another: a voice, and pictures. @param {Classroom} classroom */
async function hasBoth(classroom) {
  const { voices, pictures } = await classroom.receives(2);
  if (voices.length !== 1 || pictures.length !== 1) throw new Error(`${classroom.person.name}: ${JSON.stringify((await media(classroom.page)).inbound)}`);
  return true;
}

describe("Firefox", () => {
  before(async () => {
    server = scenario.keep(await startDemo(scenario.data("school"), PASSWORD));
    const line = scenario.keepLine(await Line.to(server.url));
    line.rewritten = allowEval;
    site = line.url;
    const [prof, pupil] = await Promise.all([scenario.browser("teacher", { likeness: LIKENESS.blue }), scenario.firefox("max")]);
    await prof.signIn(server.url, "prof", PASSWORD);
    await prof.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
    work = await setWork(server.url, prof.page, "La crue du Nil");
    await prof.page.goto(server.url);
    teacher = new Classroom(prof);
    max = new Classroom(pupil);
  });
  after(() => scenario.end());

  /**
   * @param {string} title
   * @param {() => Promise<void>} part
   * @param {{ needed?: boolean }} [how]
   */
  const part = (title, part, how) => it(title, () => scenario.part(part, how));
  const look = { needed: false };

  part("signs in, and finds the day and the lesson at home", async () => {
    await max.page.goto(site);
    await assertAccessible(max.page);
    await max.person.signIn(site, "eleve", PASSWORD);
    await max.page.getByRole("main").getByText("Rejoindre la classe").first().waitFor();
    await assertAccessible(max.page);
  });

  part("hands work in, and reads the receipt", async () => {
    await max.page.goto(`${site}${work}`);
    await max.page.getByLabel("Ton texte").fill("La crue vient en été.");
    await max.page.getByRole("button", { name: "Rendre", exact: true }).click();
    await max.page.waitForURL(/\/receipts\//);
    await assertAccessible(max.page);
  }, look);

  part("hears and sees the teacher, and is heard and seen", async () => {
    await teacher.join();
    await teacher.reaches("in");
    await max.page.goto(site);
    await max.join();
    await max.reaches("in");
    await max.speaks();
    await max.hasMedia();
    await until("max hears and sees the teacher", () => hasBoth(max));
    await until("the teacher hears and sees max", () => hasBoth(teacher));
    await assertAccessible(max.page);
  });

  part("sends pictures in layers", async () => {
    await until("two layers", async () => new Set((await media(max.page)).sentLayers).size >= 2);
  }, look);

  part("is told of a weak line, takes voices only, and comes back", async () => {
    const button = max.page.getByTestId("weak-line");
    if (!(await button.isVisible())) await max.page.getByTestId("more").click();
    await button.click();
    await max.page.getByTestId("low").waitFor();
    await until("pictures stop, the voice goes on", async () => {
      const { voices, pictures } = await max.receives(2);
      return voices.length === 1 && pictures.length === 0;
    });
    await until("the small voice is heard", async () => (await teacher.receives(2)).voices.length === 1);
    await max.page.locator("[data-action=full]").click();
    await until("pictures are back", () => hasBoth(max), 30_000);
  }, look);

  part("raises the hand, writes, and votes", async () => {
    await max.tool("hand").click();
    await until("the hand is up", () => max.isOn("hand"));
    await teacher.openPanel("people");
    await teacher.page.getByTestId("lower-hands").click();
    await until("the hand is down", async () => !(await max.isOn("hand")));
    await teacher.say("Vous m’entendez ?");
    await max.reads("Vous m’entendez ?");
    await max.say("Oui, très bien.");
    await teacher.reads("Oui, très bien.");
    await teacher.openPanel("polls");
    await teacher.page.getByTestId("poll-yes-no").click();
    await max.page.getByTestId("poll-card").getByRole("button", { name: "Oui" }).click();
    await until("the answer counts", async () => /^1 réponse/.test(await teacher.page.getByTestId("poll-voted").innerText()));
    await teacher.page.getByTestId("poll-close").click();
  });

  part("follows the board, and draws when allowed", async () => {
    await teacher.openPanel("board");
    await teacher.page.getByTestId("board-add-deck").click();
    await max.page.getByTestId("board-place").waitFor();
    await teacher.openPanel("floor");
    await teacher.page.locator("#class-floor [data-rule=board]").click();
    await max.page.getByTestId("tool-pen").click();
    const box = await max.page.getByTestId("board-place").boundingBox();
    assert.ok(box);
    await max.page.mouse.move(box.x + box.width / 3, box.y + box.height / 2);
    await max.page.mouse.down();
    await max.page.mouse.move(box.x + box.width / 2, box.y + box.height / 3, { steps: 5 });
    await max.page.mouse.up();
    for (const classroom of [max, teacher]) {
      await until(`${classroom.person.name} has the stroke`, () => classroom.page.evaluate(() => {
        const { board } = /** @type {any} */ (globalThis).preauClass.state;
        return board.shown && board.on(board.shown).some((/** @type {any} */ one) => one.shape.is === "pen");
      }));
    }
    await assertAccessible(max.page);
  });

  part("is back in the same place after loading the page anew", async () => {
    const before = await max.page.evaluate(() => /** @type {any} */ (globalThis).preauClass.state.you.person);
    await max.page.reload();
    await max.enter("devices");
    await max.reaches("in");
    assert.equal(await max.page.evaluate(() => /** @type {any} */ (globalThis).preauClass.state.you.person), before);
    await max.hasMedia();
    await until("pictures come again", async () => (await max.receives(1)).pictures.length === 1);
    await max.reads("Oui, très bien.");
  });

  part("no page complained", async () => {
    for (const { name, complaints } of scenario.people) assert.deepEqual(complaints, [], name);
  }, look);
});
