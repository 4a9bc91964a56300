// @ts-check
// A real ffmpeg publishes into a class by WHIP, with H.264 and Opus, and a pupil's browser shows it.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { after, describe, it } from "node:test";
import { Classroom } from "../lib/classroom.mjs";
import { LIKENESS } from "../lib/devices.mjs";
import { ffmpegWithWhip } from "../lib/ffmpeg.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { startDemo } from "../lib/server.mjs";
import { pause, until } from "../lib/wait.mjs";

const PASSWORD = "la-cour-est-grande-42";
const WATCHED_S = 5;
const FRAMES_PER_S = 15;
/** A picture that moves: of the frames so many are shown. */
const SHOWN_MIN = 0.7;

const program = ffmpegWithWhip();

describe("ffmpeg in a class", { skip: program === null && "there is no ffmpeg with a WHIP muxer (8.0 or later): set PREAU_FFMPEG" }, () => {
  const scenario = new Scenario("class-ffmpeg", { story: true });
  /** @type {Classroom} */
  let teacher;
  /** @type {Classroom} */
  let max;
  /** @type {import("node:child_process").ChildProcess} */
  let ffmpeg;
  let said = "";
  after(async () => {
    ffmpeg?.kill("SIGKILL");
    await scenario.end();
  });

  /** @param {string} title @param {() => Promise<void>} part */
  const part = (title, part) => it(title, () => scenario.part(part));

  const screen = () => max.page.evaluate(async () => {
    const video = document.querySelector("[data-testid=tile][data-kind=screen] video");
    let frames = 0;
    let codec = "";
    const reports = await /** @type {any} */ (globalThis).preauClass.pc.getStats();
    for (const report of reports.values()) {
      if (report.type === "inbound-rtp" && report.kind === "video" && report.framesDecoded > 0) {
        const name = reports.get(report.codecId)?.mimeType ?? "";
        if (/h264/i.test(name)) {
          codec = name;
          frames += report.framesDecoded;
        }
      }
    }
    return { width: video instanceof HTMLVideoElement ? video.videoWidth : 0, frames, codec };
  });

  part("a teacher makes a key and goes in, and so does a pupil", async () => {
    const server = scenario.keep(await startDemo(scenario.data("school"), PASSWORD));
    const arrive = async (/** @type {string} */ name, /** @type {string} */ login, /** @type {any} */ likeness) => {
      const person = await scenario.browser(name, { likeness });
      await person.signIn(server.url, login, PASSWORD);
      return new Classroom(person);
    };
    teacher = await arrive("teacher", "prof", LIKENESS.blue);
    await teacher.openDoor();
    const lesson = teacher.page.url();
    await teacher.page.getByRole("link", { name: "Diffuser depuis OBS" }).click();
    await teacher.page.getByLabel("La clé sert à").selectOption("publish");
    await teacher.page.getByLabel("Nom").fill("ffmpeg");
    await teacher.page.getByRole("button", { name: "Créer la clé" }).click();
    await teacher.page.getByTestId("stream-made").waitFor();
    const address = await teacher.page.getByLabel("Adresse du serveur").inputValue();
    const key = await teacher.page.getByLabel(/^Clé/).inputValue();
    await teacher.page.goto(lesson);
    await teacher.enter("devices");
    await teacher.reaches("in");
    max = await arrive("max", "eleve", LIKENESS.red);
    await max.join();
    await max.reaches("in");
    await max.hasMedia();
    ffmpeg = spawn(program ?? "", [
      "-hide_banner", "-nostdin", "-re",
      "-f", "lavfi", "-i", `testsrc2=size=640x360:rate=${FRAMES_PER_S}`,
      "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000",
      "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-profile:v", "baseline", "-bf", "0",
      "-pix_fmt", "yuv420p", "-g", `${FRAMES_PER_S}`, "-b:v", "300k", "-c:a", "libopus", "-ac", "2", "-b:a", "32k",
      "-f", "whip", "-authorization", key, address,
    ], { stdio: ["ignore", "ignore", "pipe"] });
    ffmpeg.stderr?.on("data", (chunk) => (said += chunk));
  });

  part("the pupil sees its picture, as H.264, for as long as it lasts", async () => {
    await until("a picture of ffmpeg's", async () => {
      if (ffmpeg.exitCode !== null) throw new Error(`ffmpeg ended: ${said}`);
      return (await screen()).width === 640;
    });
    const before = await screen();
    await pause(WATCHED_S * 1_000);
    const now = await screen();
    assert.equal(now.codec, "video/H264");
    const shown = (now.frames - before.frames) / (WATCHED_S * FRAMES_PER_S);
    console.log(`# of ffmpeg's pictures ${(shown * 100).toFixed(0)} % are shown`);
    assert.ok(shown >= SHOWN_MIN, `${shown}`);
  });

  part("and hears it; when it ends the picture goes", async () => {
    assert.ok((await max.receives(2)).voices.length >= 1, "the tone is heard");
    ffmpeg.kill("SIGINT");
    await once(ffmpeg, "exit");
    await until("the screen goes", async () => (await screen()).width === 0);
    assert.equal(await teacher.phase(), "in");
  });
});
