// @ts-check
// Many come at once: who has to wait for sound and pictures learns the place and for how long, and has everything else meanwhile. And whose connection is examined
// reads that it is.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, describe, it } from "node:test";
import { promisify } from "node:util";
import { assertAccessible } from "../lib/accessibility.mjs";
import { Classroom } from "../lib/classroom.mjs";
import { LIKENESS } from "../lib/devices.mjs";
import { reads } from "../lib/lesson.mjs";
import { media } from "../lib/media.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { PREAU, startDemo, startServe } from "../lib/server.mjs";
import { until } from "../lib/wait.mjs";

const PASSWORD = "la-cour-est-grande-42";
/** So slowly that two who wait can be looked at; a usual node takes in more than a hundred in a second. */
const JOINS_PER_MIN = 3;
/** Two turns, and the connection. */
const TURNS_MS_MAX = (2 * 60_000) / JOINS_PER_MIN + 20_000;

const scenario = new Scenario("class-queue", { story: true });
/** @type {string} */
let folder;
/** @type {import("../lib/server.mjs").Server} */
let server;
/** @type {Classroom} */
let teacher;
/** @type {Classroom} */
let max;
/** @type {Classroom} */
let ines;

describe("a line for sound and pictures", () => {
  after(() => scenario.end());

  /** @param {string} title @param {() => Promise<void>} part */
  const part = (title, part) => it(title, () => scenario.part(part));

  part("the first one comes in at once, the others read their place", async () => {
    folder = scenario.data("school");
    const demo = scenario.keep(await startDemo(folder, PASSWORD));
    await demo.stop();
    server = scenario.keep(await startServe(folder, { PREAU_MEDIA__MODE: "full", PREAU_MEDIA__JOINS_PER_MIN: String(JOINS_PER_MIN) }));
    const arrive = async (/** @type {string} */ name, /** @type {string} */ login, /** @type {any} */ likeness) => {
      const person = await scenario.browser(name, { likeness });
      await person.signIn(server.url, login, PASSWORD);
      return new Classroom(person);
    };
    teacher = await arrive("teacher", "prof", LIKENESS.blue);
    max = await arrive("max", "eleve", LIKENESS.red);
    ines = await arrive("ines", "eleve2", LIKENESS.green);
    await teacher.join();
    await teacher.hasMedia();
    assert.ok(!(await teacher.page.getByTestId("queue").isVisible()));
    // Whatever the bucket has won meanwhile is spent by the first of the two, or both wait.
    await Promise.all([max.join(), ines.join()]);
    const waits = async () => (await ines.page.getByTestId("queue").isVisible()) ? ines : max;
    await until("one waits", async () => (await (await waits()).page.getByTestId("queue").isVisible()));
    if ((await waits()) === max) [max, ines] = [ines, max];
    await reads(ines, "queue", /place [12] de la file/);
    await reads(ines, "queue", /la discussion, les documents et le tableau marchent déjà/);
    await until("it is said to screen readers", async () => /de la file/.test((await ines.page.locator("#class-live").textContent()) ?? ""));
    await assertAccessible(ines.page);
  });

  part("everything but sound and pictures goes on, and nothing is blamed on the network", async () => {
    await ines.tool("hand").click();
    await until("the hand is up", () => ines.page.evaluate(() => /** @type {any} */ (globalThis).preauClass.state.isHandUp));
    await until(
      "sound and pictures come",
      async () => {
        assert.ok(!(await ines.page.getByTestId("silent").isVisible()), "no network is at fault");
        return (await media(ines.page)).state === "connected";
      },
      TURNS_MS_MAX,
    );
    await until("the line is gone from the page", async () => !(await ines.page.getByTestId("queue").isVisible()));
    // Where both waited the other one comes a turn later.
    await until("so do the other's", async () => (await media(max.page)).state === "connected", TURNS_MS_MAX);
    await max.hasMedia();
  });

  part("an operator reads headers of one connection, and its page says so while it goes on", async () => {
    const look = /** @type {any} */ (await (await fetch(`${server.admin}/media`)).json());
    const [{ room, peers }] = look.rooms;
    assert.equal(peers.length, 3);
    const ask = ["media", "headers", "--data", folder, "--lesson", room, "--peer", "1", "--packets", "20000", "--seconds", "8"];
    const run = promisify(execFile)(PREAU, ask, { maxBuffer: 1 << 26 });
    await reads(teacher, "examined", /examine votre connexion.*ni votre voix ni votre image/);
    assert.ok(!(await max.page.getByTestId("examined").isVisible()), "nobody else's page");
    const lines = (await run).stdout.trim().split("\n").map((line) => JSON.parse(line));
    await until("it is over on the page", async () => !(await teacher.page.getByTestId("examined").isVisible()));
    const known = new Set(["at_us", "out", "bytes", "kind", "pt", "marker", "seq", "timestamp", "ssrc", "csrcs", "extension_words", "count"]);
    assert.ok(lines.every((line) => Object.keys(line).every((key) => known.has(key))), "nothing but headers");
    for (const out of [true, false]) {
      assert.ok(lines.some((line) => line.kind === "rtp" && line.out === out), `RTP, ${out ? "to" : "from"} the teacher`);
    }
    assert.ok(look.threads[0].in_node.p50_us > 0, "times in the node are measured");
  });
});
