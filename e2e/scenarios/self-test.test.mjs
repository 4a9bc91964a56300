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
/** A line that carries a voice and little else, in kbit/s. */
const SLOW_KBPS = 100;
/** One test may carry so much. */
const BYTES_MAX = 2_000_000;

const scenario = new Scenario("self-test");
/** @type {import("../lib/server.mjs").Server} */
let server;
/** @type {NarrowLine} */
let line;
/** @type {NarrowLine[]} */
const lines = [];

/** A new line to the server. */
async function lay() {
  const laid = await NarrowLine.to(server.url);
  lines.push(laid);
  return laid;
}

/** @param {string} name @param {string} login @param {Parameters<Scenario["browser"]>[1]} options @param {string} [site] */
async function arrive(name, login, options, site = server.url) {
  const person = await scenario.browser(name, options);
  await person.signIn(site, login, PASSWORD);
  await person.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
  return person;
}

/**
 * @param {Person} person
 * @param {string} site
 * @param {() => void} [then] just before the test begins
 */
async function runTest(person, site, then) {
  await person.page.goto(`${site}/self-test`);
  await person.page.getByTestId("run").waitFor();
  then?.();
  await person.page.getByTestId("run").click();
  await person.page.getByTestId("verdict").waitFor({ timeout: TEST_MS_MAX });
  return Object.fromEntries(
    await person.page.locator("[data-what]").evaluateAll((rows) => rows.map((row) => [row.getAttribute("data-what"), row.getAttribute("data-state")])),
  );
}

/**
 * What is wrong is told with what to do, and school life gets it with one press.
 *
 * @param {Person} person
 * @param {RegExp} verdict
 * @param {Record<string, RegExp>} told what each row says
 */
async function assertTold(person, verdict, told) {
  assert.match(await person.page.getByTestId("verdict").innerText(), verdict);
  for (const [what, words] of Object.entries(told)) assert.match(await person.page.getByTestId(`test-${what}`).innerText(), words);
  await assertAccessible(person.page);
  await person.page.getByTestId("send").click();
  await until("it is said that it was sent", async () => /Envoyé/.test(await person.page.getByTestId("sent").innerText()));
}

/** Runs in each page before its own scripts: a network that lets no TCP out but to the port of the pages. */
function closeTcp() {
  const page = /** @type {any} */ (globalThis);
  const set = page.RTCPeerConnection.prototype.setRemoteDescription;
  page.RTCPeerConnection.prototype.setRemoteDescription = function (/** @type {RTCSessionDescriptionInit} */ description) {
    // Nothing listens there: RFC 863's port, which no machine serves.
    const sdp = (description.sdp ?? "").replace(/^(a=candidate:\S+ \d+ tcp \d+ \S+) \d+/gim, "$1 9");
    return set.call(this, { ...description, sdp });
  };
}

describe("the self-test", () => {
  before(async () => {
    server = scenario.keep(await startDemo(scenario.data("school"), PASSWORD));
    line = await lay();
  });
  after(async () => {
    await scenario.end();
    for (const one of lines) await one.stop();
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
    const deaf = await lay();
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
  });

  part("asks for no device when one does not want it", async () => {
    const tom = await scenario.browser("tom", { likeness: LIKENESS.green, refuses: true });
    await tom.signIn(server.url, "eleve-autre-classe", PASSWORD);
    await tom.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
    await tom.page.goto(`${server.url}/self-test`);
    await tom.page.getByLabel("Essayer aussi").uncheck();
    await tom.page.getByTestId("run").click();
    await tom.page.getByTestId("verdict").waitFor({ timeout: TEST_MS_MAX });
    for (const what of ["camera", "mic"]) assert.equal(await tom.page.getByTestId(`test-${what}`).getAttribute("data-state"), "off");
    assert.equal(await tom.page.getByTestId("test-voice").getAttribute("data-state"), "good", "the line is tried without a microphone");
  });

  part("where UDP is blocked it says that the spare way carries the lesson", async () => {
    const person = await arrive("behind", "eleve", { likeness: LIKENESS.red, onlyTcp: true });
    const found = await runTest(person, server.url);
    assert.deepEqual({ udp: found.udp, tcp: found.tcp, voice: found.voice }, { udp: "bad", tcp: "good", voice: "good" });
    await assertTold(person, /Tu peux suivre un cours, mais il manque quelque chose/, { udp: /bloque la voie rapide.*le cours passe quand même.*essaie un autre réseau/ });
    await person.close();
  });

  part("where TCP is blocked it says that this only matters without UDP", async () => {
    const person = await arrive("half", "eleve2", { likeness: LIKENESS.green });
    await person.context.addInitScript(closeTcp);
    const found = await runTest(person, server.url);
    assert.deepEqual({ udp: found.udp, tcp: found.tcp, voice: found.voice }, { udp: "good", tcp: "bad", voice: "good" });
    await assertTold(person, /./, { tcp: /bloque la voie de secours.*ne sert que si la voie rapide est fermée/ });
    await person.close();
  });

  part("where no WebSocket gets through it says that there is no lesson here, and what to try", async () => {
    const refusing = await lay();
    refusing.carriesLive = false;
    const person = await arrive("proxied", "prof", { likeness: LIKENESS.blue }, refusing.url);
    const found = await runTest(person, refusing.url);
    assert.equal(found.websocket, "bad");
    await assertTold(person, /Tout ne marche pas/, { websocket: /bloque la connexion du cours.*Essayez un autre réseau, par exemple le partage de connexion/ });
    await person.close();
  });

  part("where camera and microphone are refused it says how to allow them", async () => {
    const person = await arrive("refuses", "eleve", { likeness: LIKENESS.red, refuses: true });
    const found = await runTest(person, server.url);
    assert.deepEqual({ camera: found.camera, mic: found.mic, voice: found.voice }, { camera: "denied", mic: "denied", voice: "good" });
    await assertTold(person, /il manque quelque chose/, { camera: /icône à gauche de l’adresse, autorise la caméra/, mic: /autorise le micro, puis recommence/ });
    await person.close();
  });

  part("on a slow line it says what still passes", async () => {
    const slow = await lay();
    const person = await arrive("slow", "eleve2", {}, slow.url);
    const found = await runTest(person, slow.url, () => slow.limit(SLOW_KBPS));
    assert.deepEqual({ down: found.down, up: found.up }, { down: "bad", up: "bad" });
    slow.limit(Infinity);
    await assertTold(person, /il manque quelque chose/, {
      down: /Juste assez pour la voix\. Choisis «\s?Connexion faible\s?».*kbit\/s/,
      up: /laisser la caméra coupée/,
    });
    await person.close();
  });

  part("a test that follows another at once is not wrong about the line", async () => {
    const person = await arrive("again", "eleve-autre-classe", {});
    await runTest(person, server.url);
    await person.page.getByTestId("run").click();
    await person.page.getByTestId("verdict").waitFor({ state: "hidden" });
    await person.page.getByTestId("verdict").waitFor({ timeout: TEST_MS_MAX });
    for (const what of ["udp", "voice", "tcp", "turn"]) assert.equal(await person.page.getByTestId(`test-${what}`).getAttribute("data-state"), "good", what);
    await person.close();
  });

  part("two browsers of one person test at the same time, and neither disturbs the other", async () => {
    const both = [await arrive("tablet", "prof", {}), await arrive("laptop", "prof", {})];
    const found = await Promise.all(both.map((person) => runTest(person, server.url)));
    for (const one of found) {
      assert.deepEqual({ udp: one.udp, tcp: one.tcp, turn: one.turn }, { udp: "good", tcp: "good", turn: "good" });
      // Two tones at once are much for a small machine.
      assert.ok(["good", "weak"].includes(one.voice ?? ""), one.voice ?? "");
    }
    for (const person of both) await person.close();
  });

  part("school life reads all of them", async () => {
    const life = await arrive("office", "vie-scolaire", {});
    await life.page.goto(`${server.url}/schools`);
    await life.page.getByRole("link", { name: "Tests du matériel" }).click();
    const text = await life.page.getByRole("main").innerText();
    for (const words of [/voie rapide \(UDP\)\s+ne marche pas/, /voie de secours \(TCP\)\s+ne marche pas/, /commandes\s+ne marche pas/, /Caméra\s+refusé/, /Micro\s+refusé/]) assert.match(text, words);
  });
});
