// @ts-check
// A school on one machine that says nothing of its mode: voices in long packets, and one picture of at most 300 kbit/s for each.

import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { answerFor } from "../../crates/web/static/class/voice.js";
import { assertAccessible } from "../lib/accessibility.mjs";
import { Classroom } from "../lib/classroom.mjs";
import { LIKENESS } from "../lib/devices.mjs";
import { assertColours } from "../lib/flow.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { run, startDemo, startServe } from "../lib/server.mjs";
import { pause, until } from "../lib/wait.mjs";

const PASSWORD = "la-cour-est-grande-42";
const PICTURE_KBPS_MAX = 300;
/** What an encoder takes more than it is told, for a while. */
const OVERSHOOT = 1.15;
const WATCHED_S = 10;
/** Packets of 40 ms; a processor that is late makes some of them wait. */
const VOICE_PACKETS = { least: 20, most: 27 };

/**
 * What a page sends in a second: packets of voice, and kbit/s and layers of each picture by its section.
 *
 * @param {Classroom} classroom
 * @param {number} seconds
 */
async function sends(classroom, seconds) {
  const look = () => classroom.page.evaluate(async () => {
    /** @type {{ voice: number, pictures: Record<string, number>, layers: string[], width: number }} */
    const found = { voice: 0, pictures: {}, layers: [], width: 0 };
    for (const report of (await /** @type {any} */ (globalThis).preauClass.pc.getStats()).values()) {
      if (report.type !== "outbound-rtp") continue;
      if (report.kind === "audio") found.voice += report.packetsSent;
      else {
        found.pictures[report.mid] = (found.pictures[report.mid] ?? 0) + report.bytesSent;
        if (report.active !== false && report.framesPerSecond > 0) found.layers.push(report.rid ?? "");
        found.width = Math.max(found.width, report.frameWidth ?? 0);
      }
    }
    return found;
  });
  const before = await look();
  await pause(seconds * 1_000);
  const now = await look();
  const kbps = Object.entries(now.pictures).map(([mid, bytes]) => ((bytes - (before.pictures[mid] ?? 0)) * 8) / seconds / 1_000);
  return { voice: (now.voice - before.voice) / seconds, kbps, layers: now.layers.sort(), width: now.width };
}

describe("lean mode", () => {
  const scenario = new Scenario("class-lean", { story: true });
  /** @type {import("../lib/server.mjs").Server} */
  let server;
  /** @type {string} */
  let folder;
  /** @type {Classroom} */
  let teacher;
  /** @type {Classroom} */
  let max;
  /** @type {Classroom} */
  let ines;
  after(() => scenario.end());

  /** @param {string} title @param {() => Promise<void>} part */
  const part = (title, part) => it(title, () => scenario.part(part));

  it("a voice goes in longer packets, and what a thin line asks for goes before that", () => {
    const mic = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\n";
    const rest = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n";
    assert.equal(answerFor(mic + rest, "usual", "lean"), `${mic}a=ptime:40\r\n${rest}`);
    assert.equal(answerFor(mic + rest, "usual", "full"), mic + rest);
    assert.match(answerFor(mic + rest, "small", "lean"), /a=ptime:60\r\nm=video/);
    assert.doesNotMatch(answerFor(mic + rest, "small", "lean"), /ptime:40/);
  });

  part("three come in, all with cameras", async () => {
    folder = scenario.data("school");
    const demo = scenario.keep(await startDemo(folder, PASSWORD));
    await demo.stop();
    server = scenario.keep(await startServe(folder));
    const arrive = async (/** @type {string} */ name, /** @type {string} */ login, /** @type {any} */ likeness) => {
      const person = await scenario.browser(name, { likeness });
      await person.signIn(server.url, login, PASSWORD);
      return new Classroom(person);
    };
    teacher = await arrive("teacher", "prof", LIKENESS.blue);
    max = await arrive("max", "eleve", LIKENESS.red);
    ines = await arrive("ines", "eleve2", LIKENESS.green);
    for (const classroom of [teacher, max]) {
      await classroom.join();
      await classroom.reaches("in");
    }
    await assertColours([teacher, max], ["blue", "red"]);
    assert.equal(await teacher.page.getByTestId("lean").isVisible(), false, "nothing is left out yet");
    await ines.join();
    await ines.reaches("in");
  });

  part("each pupil is given the teacher's picture and no other, and hears who speaks", async () => {
    await assertColours([max], ["blue", "red"]);
    await assertColours([ines], ["blue", "green"]);
    await max.speaks();
    await until("ines hears both", async () => (await ines.receives(3)).voices.length === 2);
    for (const classroom of [teacher, max, ines]) {
      const { pictures } = await classroom.receives(3);
      assert.equal(pictures.length, 1, `${classroom.person.name} gets ${pictures.length} pictures`);
    }
  });

  part("the teacher sees who speaks, and reads that others are left out", async () => {
    await teacher.page.getByTestId("lean").waitFor();
    await assertAccessible(teacher.page);
    assert.equal(await max.page.getByTestId("lean").isVisible(), false, "pupils are not told");
    await until("the teacher sees one of the two", async () => (await teacher.colours()).length === 2);
    await teacher.page.getByTestId("lean").getByRole("button").click();
    assert.equal(await teacher.page.getByTestId("lean").isVisible(), false);
  });

  part(`a picture takes at most ${PICTURE_KBPS_MAX} kbit/s, and a voice half as many packets`, async () => {
    const [leads, pupil] = await Promise.all([sends(teacher, WATCHED_S), sends(max, WATCHED_S)]);
    console.log(`# the teacher sends ${leads.kbps.map((kbps) => kbps.toFixed(0))} kbit/s of pictures in ${leads.layers}, ${leads.voice.toFixed(1)} packets of voice a second`);
    console.log(`# max sends ${pupil.kbps.map((kbps) => kbps.toFixed(0))} kbit/s of pictures in ${pupil.layers}, ${pupil.voice.toFixed(1)} packets of voice a second`);
    for (const { voice, kbps, width } of [leads, pupil]) {
      assert.ok(voice >= VOICE_PACKETS.least && voice <= VOICE_PACKETS.most, `${voice} packets of voice a second`);
      assert.ok(kbps.every((kbps) => kbps <= PICTURE_KBPS_MAX * OVERSHOOT), `${kbps} kbit/s`);
      assert.ok(width <= 640, `${width} px`);
    }
    assert.deepEqual(leads.layers, ["h", "q"]);
    assert.deepEqual(pupil.layers, ["q"], "a pupil's camera is sent small");
  });

  part("who has the floor is seen as large as the teacher", async () => {
    await max.tool("hand").click();
    await teacher.openPanel("people");
    await teacher.participant(await max.name()).getByTestId("give-floor").click();
    await until("max sends both layers", async () => (await sends(max, 1)).layers.length === 2);
  });

  part("a screen takes the one place, within the same bound", async () => {
    await teacher.page.evaluate(() => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 1_280, height: 720 });
      const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
      let at = 0;
      setInterval(() => {
        pen.fillStyle = "#eec";
        pen.fillRect(0, 0, 1_280, 720);
        pen.fillStyle = "#124";
        for (let line = 0; line < 20; line++) pen.fillText(`${"La crue du Nil ".repeat(12)} ${at + line}`, 20, 30 + line * 34);
        at += 1;
      }, 100);
      navigator.mediaDevices.getDisplayMedia = async () => canvas.captureStream(15);
    });
    await teacher.tool("screen").click();
    await until("max sees the screen", () => max.page.evaluate(() => {
      const video = document.querySelector("[data-testid=tile][data-kind=screen] video");
      return video instanceof HTMLVideoElement && video.videoWidth > 640;
    }));
    const { kbps } = await sends(teacher, WATCHED_S);
    console.log(`# the teacher sends ${kbps.map((kbps) => kbps.toFixed(0))} kbit/s of camera and screen`);
    assert.ok(kbps.length === 2 && kbps.every((kbps) => kbps <= PICTURE_KBPS_MAX * OVERSHOOT), `${kbps} kbit/s`);
    assert.equal((await max.receives(3)).pictures.length, 1, "the screen alone");
  });

  part("the operator reads which mode it is", async () => {
    const look = /** @type {any} */ (await (await fetch(`${server.admin}/media`)).json());
    assert.equal(look.mode, "lean");
    assert.equal(look.rooms[0].peers.length, 3);
    const promised = look.threads[0].promised.packets_per_s / 110;
    assert.ok(Number.isInteger(promised) && promised > 0, `${look.threads[0].promised.packets_per_s} packets a second are declared`);
    assert.match(run("config", "show", "--data", folder).stdout, /^mode = "auto"/m);
  });
});
