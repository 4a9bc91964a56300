// @ts-check
// A lesson over a line that carries 300 kbit/s, and over one that loses packets: pictures become small, voices are whole.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Doubling } from "../../crates/web/static/class/doubling.js";
import { answerFor } from "../../crates/web/static/class/voice.js";
import { Classroom } from "../lib/classroom.mjs";
import { LIKENESS } from "../lib/devices.mjs";
import { hears } from "../lib/heard.mjs";
import { NarrowLine } from "../lib/narrow.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { startDemo } from "../lib/server.mjs";
import { pause, until } from "../lib/wait.mjs";

const PASSWORD = "la-cour-est-grande-42";
const THIN_KBPS = 300;
/** After so long everybody has found what the line carries; from then on the lesson is watched for so long, in seconds. */
const SETTLED_S = 20;
const WATCHED_S = 20;
/** Of a voice so much comes over it, and of its sound so much is no invention of the browser's. */
const VOICE_SHARE_MIN = 0.9;
/** A picture that is one has so many frames a second. */
const FRAMES_PER_S_MIN = 5;
/** Packets that a bad Wi-Fi loses; and the most of a voice that may be missing then. */
const LOST = 0.05;
const MISSING_MAX = 0.02;

const scenario = new Scenario("class-thin", { story: true });
/** @type {import("../lib/server.mjs").Server} */
let server;
/** @type {NarrowLine} */
let line;
/** @type {Classroom} */
let teacher;
/** @type {Classroom} */
let max;

/** @param {string} name @param {keyof typeof LIKENESS} likeness @param {string} login @param {NarrowLine} [by] */
async function arrive(name, likeness, login, by) {
  const person = await scenario.browser(name, { likeness: LIKENESS[likeness] });
  await by?.lead(person.context);
  await person.signIn(by?.url ?? server.url, login, PASSWORD);
  const classroom = new Classroom(person);
  await classroom.join();
  await classroom.reaches("in");
  return classroom;
}

describe("thin lines", () => {
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

  it("one's own voice is doubled once it loses packets, and until it has lost none for a minute", () => {
    const doubling = new Doubling();
    let now = 0;
    /** @param {number} loss @param {number} seconds how many pass until it changes */
    const until = (loss, seconds) => {
      for (let i = 1; i <= seconds; i++) if (doubling.sample(loss, (now += 1_000))) return i;
      return 0;
    };
    assert.equal(until(0.01, 300), 0, "a little is chance");
    assert.equal(until(0.06, 60), 2);
    assert.equal(until(0.01, 300), 0, "it loses still");
    const over = until(0, 300);
    assert.ok(over >= 60 && over < 75, `${over} s`);
    assert.equal(doubling.isOn, false);
  });

  it("what is agreed upon then has redundant data first, and nothing else changes", () => {
    const section = (/** @type {string} */ types) => `v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF ${types}\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n`;
    const rest = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\n";
    assert.equal(answerFor(section("111 63") + rest, "doubled", "full"), section("63 111") + rest);
    const without = section("111").replace(/^a=.*63.*\r\n/gm, "") + rest;
    assert.equal(answerFor(without, "doubled", "full"), without, "a server that knows nothing of it");
  });

  part("a teacher and a pupil see and hear each other", async () => {
    teacher = await arrive("teacher", "blue", "prof");
    max = await arrive("max", "red", "eleve", line);
    await max.speaks();
    await max.hasMedia();
    await until("max sees the teacher", async () => (await max.receives(1)).pictures.length > 0);
    await until("the teacher sees max", async () => (await teacher.receives(1)).pictures.length > 0);
  });

  part(`over ${THIN_KBPS} kbit/s both ways pictures go on, and no voice waits behind them`, async () => {
    line.limit(THIN_KBPS);
    await pause(SETTLED_S * 1_000);
    const both = await Promise.all([hears(max, WATCHED_S, line), hears(teacher, WATCHED_S, line)]);
    for (const { share, heard, told } of both) assert.ok(Math.min(share, heard) >= VOICE_SHARE_MIN, told);
    const frames = both[0].frames / WATCHED_S;
    console.log(`# max sees ${frames.toFixed(1)} pictures a second`);
    assert.ok(frames >= FRAMES_PER_S_MIN, `${frames} pictures a second`);
    assert.equal(await max.page.getByTestId("low").isVisible(), false, "nothing was taken off");
  });

  part(`over a line that loses ${LOST * 100} % no voice has a hole`, async () => {
    line.limit(Infinity);
    line.lose(LOST);
    await pause(SETTLED_S * 1_000);
    const [down, up] = await Promise.all([hears(max, WATCHED_S, line), hears(teacher, WATCHED_S, line)]);
    assert.ok(down.share <= 1 - LOST / 2, `it does lose: ${down.told}`);
    assert.ok(down.heard >= 1 - MISSING_MAX, down.told);
    assert.ok(up.heard >= 1 - MISSING_MAX, up.told);
  });
});
