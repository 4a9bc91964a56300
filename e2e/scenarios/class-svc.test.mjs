// @ts-check
// Pictures whose layers come in one stream, VP9 or AV1: somebody on a narrow line gets the small one, somebody else the whole, and one who cannot decode them
// makes everybody send what all can.

import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { Classroom } from "../lib/classroom.mjs";
import { LIKENESS } from "../lib/devices.mjs";
import { NarrowLine } from "../lib/narrow.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { startDemo, startServe } from "../lib/server.mjs";
import { pause, until } from "../lib/wait.mjs";

const PASSWORD = "la-cour-est-grande-42";
/** Enough for a voice and the smallest layer, and not for the next one. */
const NARROW_KBPS = 260;
const SETTLED_MS = 20_000;
const WATCHED_S = 12;
/** What a line is taken to carry falls when it becomes narrow, and comes back: pictures are steady by then. */
const STEADY_MS = 75_000;
/** And climbs in steps when the line gets better. */
const CLIMBED_MS = 150_000;
/** The camera has 15 pictures a second; a busy machine decodes fewer. */
const PICTURES_A_SECOND_MIN = 8;
/** The camera is 640 px wide, of which browsers make two layers. */
const WIDE_PX = 640;
const SMALL_PX = 320;
const FROZEN_S_MAX = 1.5;
const KEYFRAMES_ASKED_MAX = 4;

/**
 * @typedef {object} Picture as it is decoded
 * @property {string} codec
 * @property {number} width
 * @property {number} decoded
 * @property {number} frozen seconds
 * @property {number} asked keyframes
 */

/** What one gets of the teacher's camera. @param {Classroom} classroom @returns {Promise<Picture | undefined>} */
function picture(classroom) {
  return classroom.page.evaluate(async () => {
    const reports = [...(await /** @type {any} */ (globalThis).preauClass.pc.getStats()).values()];
    const pictures = reports.filter((report) => report.type === "inbound-rtp" && report.kind === "video" && report.framesDecoded > 0);
    const [report] = pictures.sort((one, other) => other.framesDecoded - one.framesDecoded);
    if (!report) return undefined;
    const codec = reports.find(({ id }) => id === report.codecId)?.mimeType ?? "";
    return { codec, width: report.frameWidth ?? 0, decoded: report.framesDecoded, frozen: report.totalFreezesDuration ?? 0, asked: report.pliCount ?? 0 };
  });
}

/** What is wrong with the pictures of these within a while, each of which is to be so wide. @param {Classroom[]} classrooms @param {number[]} widths */
async function watched(classrooms, widths) {
  const before = await Promise.all(classrooms.map(picture));
  await pause(WATCHED_S * 1_000);
  const after = await Promise.all(classrooms.map(picture));
  const found = [];
  for (const [index, { person }] of classrooms.entries()) {
    const [from, to] = [before[index], after[index]];
    assert.ok(from && to);
    const [pictures, frozen, asked] = [to.decoded - from.decoded, to.frozen - from.frozen, to.asked - from.asked];
    console.log(`# ${person.name} decodes ${(pictures / WATCHED_S).toFixed(1)} pictures a second, ${to.width} px wide; frozen for ${frozen.toFixed(1)} s; ${asked} keyframes asked for`);
    if (pictures < PICTURES_A_SECOND_MIN * WATCHED_S) found.push(`${person.name} decodes ${pictures} pictures in ${WATCHED_S} s`);
    if (frozen > FROZEN_S_MAX) found.push(`${person.name}'s picture is frozen for ${frozen} s`);
    if (asked > KEYFRAMES_ASKED_MAX) found.push(`${person.name} asks for ${asked} keyframes`);
    if (to.codec !== from.codec || to.width !== widths[index]) found.push(`${person.name} sees ${to.codec}, ${to.width} px wide`);
  }
  return found;
}

/** What the teacher's encoder makes. @param {Classroom} classroom */
function sent(classroom) {
  return classroom.page.evaluate(async () => {
    const reports = [...(await /** @type {any} */ (globalThis).preauClass.pc.getStats()).values()];
    const streams = reports.filter((report) => report.type === "outbound-rtp" && report.kind === "video" && report.framesPerSecond > 0);
    const codecs = [...new Set(streams.map(({ codecId }) => reports.find(({ id }) => id === codecId)?.mimeType))];
    return { codecs, streams: streams.length, mode: streams.map(({ scalabilityMode }) => scalabilityMode).join(), keys: streams.reduce((sum, { keyFramesEncoded }) => sum + keyFramesEncoded, 0) };
  });
}

/** Runs in a page before its own scripts: its browser cannot decode them. */
function decodesVp8Alone() {
  const page = /** @type {any} */ (globalThis);
  const all = page.RTCRtpReceiver.getCapabilities.bind(page.RTCRtpReceiver);
  page.RTCRtpReceiver.getCapabilities = (/** @type {string} */ kind) => {
    const found = all(kind);
    return { ...found, codecs: found.codecs.filter((/** @type {{mimeType: string}} */ codec) => !/vp9|av1/i.test(codec.mimeType)) };
  };
}

/** @param {"vp9" | "av1"} codec */
function story(codec) {
  const type = `video/${codec.toUpperCase()}`;
  const scenario = new Scenario(`class-svc-${codec}`, { story: true });
  /** @type {import("../lib/server.mjs").Server} */
  let server;
  /** @type {NarrowLine} */
  let line;
  /** @type {Classroom} */
  let teacher;
  /** @type {Classroom} */
  let max;
  /** @type {Classroom} */
  let ines;
  after(async () => {
    await scenario.end();
    await line?.stop();
  });

  /** @param {string} title @param {() => Promise<void>} part */
  const part = (title, part) => it(title, () => scenario.part(part));

  /** @param {string} name @param {string} login @param {{likeness?: any, by?: NarrowLine, only?: boolean}} how */
  const arrive = async (name, login, { likeness, by, only }) => {
    const person = await scenario.browser(name, likeness ? { likeness } : {});
    if (only) await person.context.addInitScript(decodesVp8Alone);
    await by?.lead(person.context);
    await person.signIn(by?.url ?? server.url, login, PASSWORD);
    const classroom = new Classroom(person);
    await classroom.join(likeness ? "devices" : "listen");
    await classroom.reaches("in");
    return classroom;
  };

  part("all can decode it: the teacher's camera goes as one stream", async () => {
    const folder = scenario.data("school");
    const demo = scenario.keep(await startDemo(folder, PASSWORD));
    await demo.stop();
    server = scenario.keep(await startServe(folder, { PREAU_MEDIA__MODE: "full", PREAU_MEDIA__CODEC: codec }));
    line = await NarrowLine.to(server.url);
    teacher = await arrive("teacher", "prof", { likeness: LIKENESS.blue });
    max = await arrive("max", "eleve", {});
    await until(`the teacher sends ${type}`, async () => (await sent(teacher)).codecs.join() === type || assert.fail(JSON.stringify(await sent(teacher))), SETTLED_MS);
    const now = await sent(teacher);
    assert.equal(now.streams, 1, JSON.stringify(now));
    assert.match(now.mode, /^L[23]T3_KEY$/);
  });

  part("one gets the whole picture, one on a narrow line the smallest layer", async () => {
    ines = await arrive("ines", "eleve2", { by: line });
    line.limit(NARROW_KBPS);
    for (const [classroom, width] of /** @type {const} */ ([[max, WIDE_PX], [ines, SMALL_PX]])) {
      await until(`${classroom.person.name} sees it ${width} px wide`, async () => {
        const seen = await picture(classroom);
        return (seen?.codec === type && seen.width === width) || assert.fail(JSON.stringify(seen));
      }, SETTLED_MS);
    }
    const deadline = Date.now() + STEADY_MS;
    for (;;) {
      const found = await watched([max, ines], [WIDE_PX, SMALL_PX]);
      if (found.length === 0) break;
      console.log(`# not steady yet: ${found.join("; ")}`);
      assert.ok(Date.now() < deadline, found.join("; "));
    }
  });

  part("the line gets better, and the picture with it", async () => {
    line.limit(Infinity);
    await until("ines sees it whole", async () => (await picture(ines))?.width === WIDE_PX || assert.fail(JSON.stringify(await picture(ines))), CLIMBED_MS);
  });

  part("somebody comes who cannot decode it: VP8 for all, until they are gone", async () => {
    await max.person.context.close();
    const old = await arrive("old", "eleve", { only: true });
    for (const classroom of [old, ines]) {
      await until(`${classroom.person.name} sees VP8`, async () => {
        const [first, seen] = [await picture(classroom), (await pause(500), await picture(classroom))];
        return (seen?.codec === "video/VP8" && seen.decoded > (first?.decoded ?? 0)) || assert.fail(JSON.stringify(seen));
      }, SETTLED_MS);
    }
    assert.ok((await sent(teacher)).streams >= 2, "in several streams, as VP8 is");
    await old.person.context.close();
    await until("the teacher sends one stream again", async () => {
      const now = await sent(teacher);
      return (now.codecs.join() === type && now.streams === 1) || assert.fail(JSON.stringify(now));
    }, 60_000);
    await until("ines sees it", async () => (await picture(ines))?.codec === type, SETTLED_MS);
  });
}

describe("layers in one stream of VP9", () => story("vp9"));
describe("layers in one stream of AV1", () => story("av1"));
