// @ts-check
// The self-test: on a device and a line on which everything works, on one where much does not, and what school life gets of it.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertAccessible } from "../lib/accessibility.mjs";
import { LIKENESS } from "../lib/devices.mjs";
import { NarrowLine } from "../lib/narrow.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { startDemo } from "../lib/server.mjs";
import { until } from "../lib/wait.mjs";

/** @import { Person } from "../lib/people.mjs" */

const PASSWORD = "la-cour-est-grande-42";
/** Devices, connections that fail, and measures, each with its own time. */
const TEST_MS_MAX = 90_000;
/** One test may carry so much. */
const BYTES_MAX = 2_000_000;

const scenario = new Scenario("self-test");
/** @type {import("../lib/server.mjs").Server} */
let server;
/** @type {NarrowLine} */
let line;

/** @param {Person} person @param {string} site */
async function runTest(person, site) {
  await person.page.goto(`${site}/self-test`);
  await person.page.getByTestId("run").click();
  await person.page.getByTestId("verdict").waitFor({ timeout: TEST_MS_MAX });
  return Object.fromEntries(
    await person.page.locator("[data-what]").evaluateAll((rows) => rows.map((row) => [row.getAttribute("data-what"), row.getAttribute("data-state")])),
  );
}

describe("the self-test", () => {
  before(async () => {
    server = scenario.keep(await startDemo(scenario.data("school"), PASSWORD));
    line = await NarrowLine.to(server.url);
  });
  after(async () => {
    await scenario.end();
    await line.stop();
  });

  /** @param {string} title @param {() => Promise<void>} part */
  const part = (title, part) => it(title, () => scenario.part(part));

  part("says that everything works where it does, and school life gets it", async () => {
    const max = await scenario.browser("max", { likeness: LIKENESS.red });
    await max.signIn(line.url, "eleve", PASSWORD);
    await max.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
    const before = line.up.bytes + line.down.bytes;
    const found = await runTest(max, line.url);
    const carried = line.up.bytes + line.down.bytes - before;
    console.log(`# ${JSON.stringify(found)}; ${carried} bytes by TCP`);
    assert.deepEqual(
      { ...found, trip: "", down: "", up: "" },
      { browser: "good", camera: "good", mic: "good", websocket: "good", udp: "good", voice: "good", tcp: "good", turn: "good", trip: "", down: "", up: "" },
    );
    assert.ok(carried < BYTES_MAX, `${carried}`);
    assert.ok(await max.page.getByTestId("play").isVisible(), "one can hear oneself");
    await assertAccessible(max.page);
    await max.page.getByTestId("send").click();
    await until("it is said that it was sent", async () => /Envoyé/.test(await max.page.getByTestId("sent").innerText()));

    const life = await scenario.browser("life");
    await life.signIn(server.url, "vie-scolaire", PASSWORD);
    await life.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
    await life.page.goto(`${server.url}/schools`);
    await life.page.getByRole("link", { name: "Tests du matériel" }).click();
    const text = await life.page.getByRole("main").innerText();
    assert.match(text, /Chrome/);
    assert.match(text, /Débit descendant · [\d  .,]+\s?kbit\/s/);
    await assertAccessible(life.page);
    assert.deepEqual(max.complaints, []);
  });

  part("says what does not work and what to do, without a device and without UDP", async () => {
    const ines = await scenario.browser("ines");
    const deaf = await NarrowLine.to(server.url);
    deaf.carriesUdp = false;
    await deaf.lead(ines.context);
    await ines.signIn(deaf.url, "eleve2", PASSWORD);
    await ines.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
    const found = await runTest(ines, deaf.url);
    console.log(`# ${JSON.stringify(found)}`);
    assert.equal(found.udp, "bad");
    assert.equal(found.voice, "off");
    assert.ok(["missing", "denied"].includes(found.camera ?? ""), found.camera ?? "");
    assert.ok(["missing", "denied"].includes(found.mic ?? ""), found.mic ?? "");
    assert.match(await ines.page.getByTestId("test-udp").innerText(), /essaie un autre réseau/);
    assert.match(await ines.page.getByTestId("verdict").innerText(), /Tout ne marche pas/);
    await assertAccessible(ines.page);
    await ines.close();
    await deaf.stop();
  });

  part("asks for no device when one does not want it", async () => {
    const tom = await scenario.browser("tom", { likeness: LIKENESS.green, refuses: true });
    await tom.signIn(server.url, "eleve2", PASSWORD);
    await tom.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
    await tom.page.goto(`${server.url}/self-test`);
    await tom.page.getByLabel("Essayer aussi").uncheck();
    await tom.page.getByTestId("run").click();
    await tom.page.getByTestId("verdict").waitFor({ timeout: TEST_MS_MAX });
    for (const what of ["camera", "mic"]) assert.equal(await tom.page.getByTestId(`test-${what}`).getAttribute("data-state"), "off");
    assert.equal(await tom.page.getByTestId("test-voice").getAttribute("data-state"), "good", "the line is tried without a microphone");
  });
});
