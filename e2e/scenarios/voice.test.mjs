// @ts-check
// A pupil says a poem into the microphone, hears it, and hands it in over a line that breaks; the teacher hears it.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertAccessible } from "../lib/accessibility.mjs";
import { LIKENESS } from "../lib/devices.mjs";
import { Line } from "../lib/line.mjs";
import { setWork } from "../lib/offline.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { startDemo } from "../lib/server.mjs";
import { pause, until } from "../lib/wait.mjs";

/** @import { Locator, Page } from "playwright-core" */
/** @import { Person } from "../lib/people.mjs" */

const PASSWORD = "la-cour-est-grande-42";
const SPOKEN_MS = 4_000;
/** What is recorded begins and ends with a press. */
const HEARD_S_MIN = SPOKEN_MS / 1_000 - 1.5;
/** Of an upload so much passes before the line breaks: less than two seconds of a voice. */
const BYTES_BEFORE_CUT = 5_000;
/** As the root of the mean square; silence is below 0.001. */
const LOUDNESS_MIN = 0.005;

const scenario = new Scenario("voice", { story: true });
/** @type {import("../lib/server.mjs").Server} */
let server;
/** @type {Line} to the pupil */
let line;
/** @type {Person} */
let teacher;
/** @type {Person} */
let pupil;
/** @type {string} the path of the work */
let work;

/** @param {string} name @param {string} login @param {Parameters<Scenario["browser"]>[1]} options @param {string} site */
async function arrive(name, login, options, site) {
  const person = await scenario.browser(name, options);
  await person.signIn(site, login, PASSWORD);
  await person.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
  return person;
}

/**
 * Plays a sound by its keyboard to the end: how long it was, in seconds, and how loud.
 *
 * @param {Page} page
 * @param {Locator} sound
 */
async function listen(page, sound) {
  await sound.evaluate((element) => {
    const [audio, shared] = [/** @type {HTMLAudioElement} */ (element), /** @type {any} */ (globalThis)];
    const context = new AudioContext();
    const meter = context.createAnalyser();
    context.createMediaElementSource(audio).connect(meter).connect(context.destination);
    const samples = new Float32Array(meter.fftSize);
    shared.testLoudest = 0;
    audio.addEventListener("play", () => void context.resume());
    setInterval(() => {
      meter.getFloatTimeDomainData(samples);
      shared.testLoudest = Math.max(shared.testLoudest, Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length));
    }, 50);
  });
  await sound.focus();
  await page.keyboard.press("Space");
  await until("it has been played to the end", () => sound.evaluate((audio) => /** @type {HTMLAudioElement} */ (audio).ended));
  return sound.evaluate((audio) => ({ lasts: /** @type {HTMLAudioElement} */ (audio).duration, loudest: /** @type {any} */ (globalThis).testLoudest }));
}

describe("a voice that is handed in", () => {
  before(async () => {
    server = scenario.keep(await startDemo(scenario.data("school"), PASSWORD));
    line = scenario.keepLine(await Line.to(server.url));
    teacher = await arrive("teacher", "prof", {}, server.url);
    work = await setWork(server.url, teacher.page, "Récitation", ["audio"]);
    pupil = await arrive("pupil", "eleve", { likeness: LIKENESS.red }, line.url);
  });
  after(() => scenario.end());

  /** @param {string} title @param {() => Promise<void>} part */
  const part = (title, part) => it(title, () => scenario.part(part));

  part("is recorded, and sent on although the line breaks in the middle", async () => {
    const { page } = pupil;
    await page.goto(line.url + work);
    const button = page.locator("#recorder button");
    await button.click();
    await page.getByText("Arrêter l’enregistrement").waitFor();
    await assertAccessible(page);
    await pause(SPOKEN_MS);
    const cut = line.cutAfter(BYTES_BEFORE_CUT);
    await button.click();
    await cut;
    await page.locator("#pages").getByText("En attente du réseau…").waitFor();
  });

  part("is heard by the pupil while nothing passes", async () => {
    const { lasts, loudest } = await listen(pupil.page, pupil.page.locator("#pages audio"));
    assert.ok(lasts >= HEARD_S_MIN && lasts < 60, `${lasts} s`);
    assert.ok(loudest > LOUDNESS_MIN, `${loudest}`);
    await assertAccessible(pupil.page);
  });

  part("is handed in when the line is back", async () => {
    line.mend();
    await until("it is at the server", async () => (await pupil.page.locator("#pages output").textContent()) === "");
    await pupil.page.getByRole("button", { name: "Rendre", exact: true }).click();
    await pupil.page.getByRole("heading", { name: "Accusé de réception" }).waitFor();
    await pupil.page.getByText("voix.webm").first().waitFor();
  });

  part("is heard by the teacher, whole", async () => {
    const { page } = teacher;
    await page.goto(server.url + work);
    await page.getByRole("link", { name: /Leroy/ }).first().click();
    const sound = page.locator("audio").first();
    await sound.waitFor();
    await assertAccessible(page);
    const { lasts, loudest } = await listen(page, sound);
    assert.ok(lasts >= HEARD_S_MIN && lasts < 60, `${lasts} s`);
    assert.ok(loudest > LOUDNESS_MIN, `${loudest}`);
  });

  part("is not to be had by others", async () => {
    const path = await teacher.page.locator("audio").first().getAttribute("src");
    const other = await arrive("other", "eleve2", {}, server.url);
    assert.ok([403, 404].includes(await other.status(server.url + path)));
  });

  part("no page complained", async () => {
    for (const { name, complaints } of scenario.people) {
      // While the line is cut the browser itself notes failed requests: of a part of the sound, and of the worker, which a page asks for a few seconds after it is there.
      assert.deepEqual(complaints.filter((text) => !/Failed to load resource|net::ERR_|error occurred when fetching the script/.test(text)), [], name);
    }
  });
});
