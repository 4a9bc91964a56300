// @ts-check
// Captions of a class: those that a person writes, those of a speech engine that the school allows, and the interpreter whom those see who ask.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertAccessible } from "../lib/accessibility.mjs";
import { Engine } from "../lib/engine.mjs";
import { gather, reads } from "../lib/lesson.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { until } from "../lib/wait.mjs";

/** @import { Classroom } from "../lib/classroom.mjs" */

const PASSWORD = "la-cour-est-grande-42";
const SAYS = "bonjour à tous ouvrez votre livre";
/** Speech through the codec is about so loud at least; silence is below 50. */
const LOUDNESS_MIN = 200;
/** Three failures, five seconds and a breath of the speaker between two. */
const OVER_MS_MAX = 120_000;
const scenario = new Scenario("class-captions", { story: true });
/** @type {import("../lib/lesson.mjs").Four} */
let four;
/** @type {Engine} */
let engine;

/** @param {Classroom} classroom */
const line = (classroom) => classroom.page.getByTestId("caption");

/** @param {Classroom} classroom */
async function showCaptions(classroom) {
  await classroom.openPanel("recording");
  await classroom.page.getByTestId("captions-on").check();
}

/**
 * @param {Classroom} classroom
 * @param {string} name of a pupil
 * @param {string} duty
 */
async function giveDuty(classroom, name, duty) {
  await classroom.openPanel("people");
  await classroom.participant(name).locator("button[data-action=person]").click();
  await classroom.page.getByTestId("duty").selectOption(duty);
  await classroom.page.getByTestId("person-dialog").getByRole("button", { name: "Fermer" }).click();
}

describe("captions of a class", () => {
  before(async () => {
    engine = await Engine.start(SAYS);
    four = await gather(scenario, { PREAU_CAPTIONS__ENGINE: engine.url });
  });
  after(async () => {
    await scenario.end();
    await engine.stop();
  });

  /**
   * @param {string} title
   * @param {() => Promise<void>} part
   */
  const part = (title, part) => it(title, () => scenario.part(part));

  part("a pupil who was asked writes what is said, for those who want to read it", async () => {
    const ines = await four.ines.name();
    assert.equal(await four.ines.page.getByTestId("captions-write").isVisible(), false);
    await giveDuty(four.teacher, ines, "captioner");
    await four.ines.openPanel("recording");
    await four.ines.page.getByTestId("captions-write").waitFor();
    await showCaptions(four.max);
    await four.ines.page.locator("#captions-text").pressSequentially("Ouvrez votre");
    await reads(four.max, "caption", /Ouvrez votre$/);
    await four.ines.page.locator("#captions-text").pressSequentially(" livre");
    await four.ines.page.locator("#captions-text").press("Enter");
    await reads(four.max, "caption", /^Ouvrez votre livre$/);
    assert.equal(await four.ines.page.locator("#captions-text").inputValue(), "");
    assert.equal(await line(four.phone).isVisible(), false, "who has not asked is left alone");
    await assertAccessible(four.max.page);
    await assertAccessible(four.ines.page);
    await until("it goes away again", async () => !(await line(four.max).isVisible()));
  });

  part("the interpreter is seen by everybody, whatever the rule about cameras says", async () => {
    await four.teacher.openPanel("floor");
    await four.teacher.page.locator("#class-floor [data-rule=camera]").uncheck();
    await until("the pupils' cameras are off", async () => !(await four.max.colours()).includes("green"));
    await giveDuty(four.teacher, await four.ines.name(), "interpreter");
    if (!(await four.ines.isOn("camera"))) {
      await four.ines.page.locator(".class-tools > [data-action=camera]").click();
    }
    await four.max.openPanel("recording");
    await four.max.page.getByTestId("interpreter").check();
    await until("Max sees the interpreter", async () => (await four.max.colours()).includes("green"));
    await reads(four.max, "interpreter-words", new RegExp(await four.ines.name()));
    await assertAccessible(four.max.page);
  });

  part("the school decides whether voices may go to an engine, in classes that are on too", async () => {
    await four.teacher.openPanel("recording");
    assert.equal(await four.teacher.page.getByTestId("auto-captions").isVisible(), false);
    const head = await scenario.browser("head");
    await head.signIn(four.server.url, "direction", PASSWORD);
    await head.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
    await head.page.goto(`${four.server.url}/schools`);
    await head.page.getByRole("link", { name: "Enregistrement et sous-titres" }).click();
    await head.page.getByText("127.0.0.1").waitFor();
    await assertAccessible(head.page);
    await head.page.getByLabel("sous-titres automatiques").check();
    await head.page.getByRole("button", { name: "Enregistrer" }).click();
    await four.teacher.page.getByTestId("auto-captions").waitFor();
    assert.equal(engine.voices, 0, "nothing has left the class");
  });

  part("everybody is told where voices go, and reads what the engine understands", async () => {
    await four.teacher.page.getByTestId("auto-captions").click();
    await until("the question names the host", async () => /127\.0\.0\.1/.test(await four.teacher.page.getByTestId("confirm").innerText()));
    await four.teacher.page.getByTestId("confirm-no").click();
    assert.equal(await four.max.page.getByTestId("captioned").isVisible(), false, "a wrong press sends nothing");
    const heard = until("a screen reader says so", async () =>
      /envoyée à 127\.0\.0\.1/.test((await four.max.page.locator("[aria-live]").allTextContents()).join(" ")));
    await four.teacher.page.getByTestId("auto-captions").click();
    await four.teacher.confirm();
    await heard;
    for (const one of four.all) await until(`${one.person.name} is told`, () => one.page.getByTestId("captioned").isVisible());
    if (!(await four.teacher.isOn("mic"))) await four.teacher.tool("mic").click();
    const name = await four.teacher.name();
    await until("the engine hears the teacher", async () => {
      if (engine.samples > 16_000) return true;
      throw new Error(`${engine.samples} samples of ${engine.voices} voices; ${await four.max.page.evaluate(() => /** @type {any} */ (globalThis).preauClass.state.speaking.length)} speak`);
    });
    await reads(four.max, "caption", new RegExp(`^auto ${name}.*${SAYS}`, "s"));
    assert.equal(await line(four.phone).isVisible(), false, "who has not asked is left alone");
    assert.ok(engine.configs === engine.voices && engine.samples > 16_000, `${engine.samples} samples of ${engine.voices} voices`);
    assert.ok(engine.loudness > LOUDNESS_MIN, `it hears speech: ${engine.loudness}`);
    await four.max.openPanel("recording");
    await assertAccessible(four.max.page);
    await four.max.page.setViewportSize({ width: 390, height: 844 });
    await assertAccessible(four.max.page);
    await four.max.page.setViewportSize({ width: 1280, height: 800 });
    assert.equal(await four.max.page.getByTestId("auto-captions").isVisible(), false, "a pupil has no such switch");
  });

  part("who comes to the door is told before coming in", async () => {
    const late = await scenario.browser("late");
    await late.signIn(four.server.url, "eleve2", PASSWORD);
    await late.page.getByRole("main").getByText("Rejoindre la classe").first().click();
    await until("the door says so", async () => /127\.0\.0\.1/.test(await late.page.getByTestId("door-captioned").innerText()));
    await assertAccessible(late.page);
    await late.close();
  });

  part("an engine that is switched off ends the captions, and not the lesson", async () => {
    await engine.stop();
    await until("captions end", async () => !(await four.max.page.getByTestId("captioned").isVisible()), OVER_MS_MAX);
    await four.teacher.openPanel("recording");
    await reads(four.teacher, "auto-captions-words", /ne répond pas/);
    const before = await four.max.receives(4);
    assert.ok(before.voices.some(({ energy }) => energy > 0.005), `the teacher is still heard: ${JSON.stringify(before)}`);
    for (const one of four.all) assert.equal(await one.phase(), "in");
    assert.deepEqual(four.all.flatMap((one) => one.person.complaints), []);
  });
});
