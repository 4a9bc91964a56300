// @ts-check
// Who comes in how: without devices, with devices refused, on a second device.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertAccessible } from "../lib/accessibility.mjs";
import { Classroom } from "../lib/classroom.mjs";
import { LIKENESS } from "../lib/devices.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { startDemo } from "../lib/server.mjs";
import { until } from "../lib/wait.mjs";

const PASSWORD = "la-cour-est-grande-42";

const scenario = new Scenario("doors", { story: true });
/** @type {import("../lib/server.mjs").Server} */
let server;
/** @type {Classroom} */
let teacher;

/**
 * @param {string} name
 * @param {string} login
 * @param {Parameters<Scenario["browser"]>[1]} [options]
 */
async function arrive(name, login, options) {
  const person = await scenario.browser(name, options);
  await person.signIn(server.url, login, PASSWORD);
  return new Classroom(person);
}

describe("the door of a lesson", () => {
  before(async () => {
    server = scenario.keep(await startDemo(scenario.data("school"), PASSWORD));
    teacher = await arrive("teacher", "prof", { likeness: LIKENESS.blue });
    await teacher.join();
    await teacher.reaches("in");
  });
  after(() => scenario.end());

  /**
   * @param {string} title
   * @param {() => Promise<void>} part
   */
  const part = (title, part) => it(title, () => scenario.part(part, { needed: false }));

  part("lets somebody in who has neither camera nor microphone, and says so", async () => {
    const bare = await arrive("bare", "eleve");
    await bare.openDoor();
    await assertToldOfBoth(bare);
    await assertAccessible(bare.page);
    await bare.enter("listen");
    await assertHearsAndSees(bare);
    assert.equal(await bare.isOn("mic"), false);
    await bare.person.close();
  });

  part("lets somebody in who refuses both, and says so", async () => {
    const shy = await arrive("shy", "eleve2", { likeness: LIKENESS.green, refuses: true });
    await shy.openDoor();
    await assertToldOfBoth(shy);
    await shy.page.getByTestId("enter").click();
    await assertHearsAndSees(shy);
    await shy.say("Je n’ai pas de micro.");
    await teacher.reads("Je n’ai pas de micro.");
    await shy.person.close();
  });

  part("lets somebody in who only wants to listen", async () => {
    const quiet = await arrive("quiet", "eleve", { likeness: LIKENESS.red });
    await quiet.join("listen");
    await assertHearsAndSees(quiet);
    assert.equal(await quiet.isOn("camera"), false);
    assert.deepEqual((await teacher.receives(2)).pictures, []);
    await quiet.person.close();
  });

  part("takes a pupil's second device for the first", async () => {
    const first = await arrive("first", "eleve2", { likeness: LIKENESS.green });
    await first.join("listen");
    await first.reaches("in");
    const second = await arrive("second", "eleve2", { likeness: LIKENESS.green });
    await second.join("listen");
    await second.reaches("in");
    await first.reaches("ended");
    await assertAccessible(first.page);
    const name = await second.name();
    const listed = await teacher.participants();
    assert.equal(listed.filter((one) => one.includes(name)).length, 1, listed.join(" · "));
    await first.person.close();
    await second.person.close();
  });

  part("lets a teacher have two devices in", async () => {
    const tablet = await arrive("tablet", "prof", { likeness: LIKENESS.green });
    await tablet.join("listen");
    await tablet.reaches("in");
    await until("the first device hears of it", async () => (await teacher.phase()) === "in");
    await tablet.hasMedia();
    await until("tablet sees the teacher", async () => (await tablet.receives(2)).pictures.length >= 1);
    assert.deepEqual((await tablet.receives(3)).voices, [], "two devices of one person on a desk would howl");
    assert.equal(await teacher.phase(), "in");
    await tablet.person.close();
  });
});

/**
 * One line tells of camera and microphone.
 *
 * @param {Classroom} classroom
 */
async function assertToldOfBoth(classroom) {
  const told = classroom.page.getByTestId("problem-mic");
  await told.waitFor();
  const text = (await told.innerText()).toLowerCase();
  assert.ok(text.includes("micro") && text.includes("caméra"), text);
}

/** @param {Classroom} classroom */
async function assertHearsAndSees(classroom) {
  await classroom.reaches("in");
  await classroom.hasMedia();
  await until(`${classroom.person.name} sees and hears the teacher`, async () => {
    const { pictures, voices } = await classroom.receives(2);
    return pictures.length >= 1 && voices.length >= 1;
  });
}
