// @ts-check
// A program publishes into a class by WHIP, and another plays it by WHEP: here two pages of another site, which are given nothing but address and key.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, describe, it } from "node:test";
import { assertAccessible } from "../lib/accessibility.mjs";
import { Classroom } from "../lib/classroom.mjs";
import { LIKENESS } from "../lib/devices.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { startDemo } from "../lib/server.mjs";
import { until } from "../lib/wait.mjs";

/** @import { Page } from "playwright-core" */
/** @typedef {{ address: string, key: string }} Grant */

const PASSWORD = "la-cour-est-grande-42";

/**
 * Another site with one empty page.
 *
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
async function otherSite() {
  const site = createServer((_, response) => response.setHeader("content-type", "text/html").end("<!doctype html><title>programme</title><video autoplay muted></video>"));
  await new Promise((listens) => site.listen(0, "127.0.0.1", () => listens(undefined)));
  const address = site.address();
  assert.ok(address && typeof address === "object");
  return {
    url: `http://127.0.0.1:${address.port}/`,
    stop: () => new Promise((closed) => site.close(() => closed())),
  };
}

/**
 * Posts an offer as a program does; gives status, where it ends, and what was said.
 *
 * @param {Page} page
 * @param {Grant} grant
 * @param {"publish" | "play"} what
 */
function begin(page, { address, key }, what) {
  return page.evaluate(async ([address, key, what]) => {
    const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    if (what === "publish") {
      const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 360 } });
      for (const track of media.getTracks()) pc.addTransceiver(track, { direction: "sendonly" });
    } else {
      pc.addTransceiver("audio", { direction: "recvonly" });
      const { receiver } = pc.addTransceiver("video", { direction: "recvonly" });
      const video = document.querySelector("video");
      if (video) video.srcObject = new MediaStream([receiver.track]);
    }
    await pc.setLocalDescription();
    const headers = { "Authorization": `Bearer ${key}`, "Content-Type": "application/sdp" };
    const answer = await fetch(address, { method: "POST", headers, body: pc.localDescription?.sdp ?? "" });
    const text = await answer.text();
    if (answer.status === 201) await pc.setRemoteDescription({ type: "answer", sdp: text });
    const place = answer.headers.get("Location");
    return { status: answer.status, text, place: place && new URL(place, address).href, etag: answer.headers.get("ETag") };
  }, [address, key, what]);
}

/**
 * What has come in and gone out of the newest peer connection of a page.
 *
 * @param {Page} page
 */
function counted(page) {
  return page.evaluate(async () => {
    const pc = /** @type {any} */ (globalThis).testPeers.at(-1);
    const found = { state: pc.connectionState, sent: 0, decoded: 0, heard: 0, codec: "" };
    const reports = await pc.getStats();
    for (const report of reports.values()) {
      if (report.type === "outbound-rtp" && report.kind === "video") {
        found.sent += report.framesEncoded ?? 0;
        found.codec = reports.get(report.codecId)?.mimeType ?? "";
      }
      if (report.type === "inbound-rtp") {
        found.decoded += report.framesDecoded ?? 0;
        if (report.kind === "audio") found.heard += report.packetsReceived ?? 0;
      }
    }
    return found;
  });
}

describe("a program in a class", () => {
  const scenario = new Scenario("class-whip", { story: true });
  /** @type {import("../lib/server.mjs").Server} */
  let server;
  /** @type {Classroom} */
  let teacher;
  /** @type {Classroom} */
  let max;
  /** @type {Page} */
  let desk;
  /** @type {Page} */
  let obs;
  /** @type {Page} */
  let projector;
  /** @type {Record<"publish" | "play", Grant>} */
  const grants = { publish: { address: "", key: "" }, play: { address: "", key: "" } };
  /** @type {{ url: string, stop: () => Promise<void> }} */
  let other;
  after(async () => {
    await other?.stop();
    await scenario.end();
  });

  /** @param {string} title @param {() => Promise<void>} part */
  const part = (title, part) => it(title, () => scenario.part(part));

  part("a teacher makes a key for each direction, shown once", async () => {
    server = scenario.keep(await startDemo(scenario.data("school"), PASSWORD));
    other = await otherSite();
    const person = await scenario.browser("teacher", { likeness: LIKENESS.blue });
    await person.signIn(server.url, "prof", PASSWORD);
    teacher = new Classroom(person);
    await teacher.openDoor();
    const lesson = person.page.url();
    await person.page.getByRole("link", { name: "Diffuser depuis OBS" }).click();
    desk = person.page;
    for (const what of /** @type {const} */ (["publish", "play"])) {
      await desk.getByLabel("La clé sert à").selectOption(what);
      await desk.getByLabel("Nom").fill(what === "publish" ? "OBS du bureau" : "Vidéoprojecteur");
      await desk.getByRole("button", { name: "Créer la clé" }).click();
      await desk.getByTestId("stream-made").waitFor();
      await assertAccessible(desk);
      grants[what] = {
        address: await desk.getByLabel("Adresse du serveur").inputValue(),
        key: await desk.getByLabel(/^Clé/).inputValue(),
      };
    }
    assert.match(grants.publish.address, /\/live\/[0-9a-f-]{36}\/whip$/);
    assert.match(grants.play.address, /\/whep$/);
    await desk.goto(`${lesson}/streams`);
    assert.equal(await desk.getByTestId("stream").count(), 2);
    assert.ok(!(await desk.content()).includes(grants.publish.key), "the key is shown once");
    await desk.goto(lesson);
  });

  part("before the teacher is in, nothing begins", async () => {
    const program = await scenario.browser("obs", { likeness: LIKENESS.red });
    obs = program.page;
    await obs.goto(other.url);
    const early = await begin(obs, grants.publish, "publish");
    assert.equal(early.status, 409, early.text);
  });

  part("what is published is seen and heard by a pupil, and the class sees whose it is", async () => {
    await teacher.enter("devices");
    await teacher.reaches("in");
    const person = await scenario.browser("max", { likeness: LIKENESS.green });
    await person.signIn(server.url, "eleve", PASSWORD);
    max = new Classroom(person);
    await max.join();
    await max.reaches("in");
    const begun = await begin(obs, grants.publish, "publish");
    assert.equal(begun.status, 201, begun.text);
    assert.ok(begun.place?.startsWith(`${grants.publish.address}/`) && begun.etag);
    await until("the program's picture goes out", async () => (await counted(obs)).sent > 10);
    assert.equal((await counted(obs)).codec, "video/VP8");
    await until("the pupil sees a screen of the teacher's", () =>
      max.page.evaluate(() => {
        const people = /** @type {any} */ (globalThis).preauClass.state.people;
        return [...people.values()].some((one) => one.devices.some((/** @type {any} */ device) => device.program === "publisher" && device.screen));
      }));
    const before = (await counted(max.page)).decoded;
    await until("pictures of it", async () => (await counted(max.page)).decoded > before + 30);
    await max.openPanel("people");
    await max.page.getByText("diffuse depuis un logiciel").waitFor();
  });

  part("a player plays it, and hears the pupil", async () => {
    const player = await scenario.browser("projector", {});
    projector = player.page;
    await projector.goto(other.url);
    const begun = await begin(projector, grants.play, "play");
    assert.equal(begun.status, 201, begun.text);
    await max.speaks();
    await until("pictures and a voice arrive", async () => {
      const { decoded, heard } = await counted(projector);
      return decoded > 30 && heard > 50;
    });
    const ended = await projector.evaluate(async ([place, key]) => (await fetch(place ?? "", { method: "DELETE", headers: { Authorization: `Bearer ${key}` } })).status, [begun.place, grants.play.key]);
    assert.equal(ended, 200);
    await until("the player's line is closed", async () => (await counted(projector)).state !== "connected");
  });

  part("a key that is taken back ends what goes through it", async () => {
    const office = await teacher.person.context.newPage();
    await office.goto(grants.publish.address.replace("/live/", "/lessons/").replace("/whip", "/streams"));
    await office.getByTestId("stream").filter({ hasText: "OBS du bureau" }).getByRole("button", { name: /Retirer/ }).click();
    await office.getByText("La clé est retirée").waitFor();
    await until("the program's line is closed", async () => (await counted(obs)).state !== "connected");
    const again = await begin(obs, grants.publish, "publish");
    assert.equal(again.status, 403, again.text);
    assert.equal(await teacher.phase(), "in");
  });
});
