// @ts-check
// The main job: a teacher and two pupils in a live lesson.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertAccessible } from "../lib/accessibility.mjs";
import { Classroom } from "../lib/classroom.mjs";
import { LIKENESS } from "../lib/devices.mjs";
import { assertColours, assertFlow } from "../lib/flow.mjs";
import { media } from "../lib/media.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { startDemo } from "../lib/server.mjs";
import { until } from "../lib/wait.mjs";

const PASSWORD = "la-cour-est-grande-42";
/** How long everybody must be seen and heard. */
const SECONDS = 10;
/** A restarted server, and browsers that come back with waits of their own. */
const REJOIN_MS_MAX = 60_000;

const scenario = new Scenario("lesson", { story: true });
/** @type {import("../lib/server.mjs").Server} */
let server;
/** @type {Classroom} */
let teacher;
/** @type {Classroom} */
let max;
/** @type {Classroom} */
let ines;

/**
 * @param {string} name
 * @param {keyof typeof LIKENESS} likeness
 * @param {string} login
 */
async function arrive(name, likeness, login) {
  const person = await scenario.browser(name, { likeness: LIKENESS[likeness] });
  await person.signIn(server.url, login, PASSWORD);
  return new Classroom(person);
}

describe("a lesson", () => {
  before(async () => {
    server = scenario.keep(await startDemo(scenario.data("school"), PASSWORD));
  });
  after(() => scenario.end());

  /**
   * @param {string} title
   * @param {() => Promise<void>} part
   * @param {{ needed?: boolean }} [how]
   */
  const part = (title, part, how) => it(title, () => scenario.part(part, how));
  /** A part that only looks. */
  const look = { needed: false };

  part("a pupil waits in a place that says so, until a teacher comes", async () => {
    max = await arrive("max", "red", "eleve");
    await max.join();
    await max.reaches("waiting");
    assert.ok(await max.page.getByTestId("waiting").isVisible());
    await assertAccessible(max.page);

    teacher = await arrive("teacher", "blue", "prof");
    await teacher.join();
    await teacher.reaches("in");
    await max.reaches("in");

    ines = await arrive("ines", "green", "eleve2");
    await ines.join();
    await ines.reaches("in");
  });

  part("pupils come in silent, and speak when they want to", async () => {
    assert.ok(await teacher.isOn("mic"), "a teacher comes in as chosen");
    for (const pupil of [max, ines]) await pupil.speaks();
  });

  part("each sees the pictures of all", () => assertColours([teacher, max, ines], ["blue", "green", "red"]));

  part(`each sees and hears the others for ${SECONDS} s`, () => assertFlow([teacher, max, ines], 2, SECONDS), look);

  part("media is encrypted with AES-GCM, and pictures are sent in layers", async () => {
    for (const classroom of [teacher, max, ines]) {
      const { srtpCipher, sentLayers } = await media(classroom.page);
      assert.match(srtpCipher, /AEAD_AES_(128|256)_GCM$/, classroom.person.name);
      assert.ok(new Set(sentLayers).size >= 2, `${classroom.person.name} sends ${sentLayers}`);
    }
  }, look);

  part("the page of the class is accessible", async () => {
    await assertAccessible(teacher.page);
    await teacher.openPanel("people");
    await assertAccessible(teacher.page);
    await assertAccessible(max.page);
  }, look);

  part("chat passes, both ways", async () => {
    await teacher.say("Ouvrez le document 2, la carte du Nil.");
    for (const classroom of [teacher, max, ines]) await classroom.reads("Ouvrez le document 2, la carte du Nil.");
    await ines.say("La crue, c’est en <b>été</b> ?");
    for (const classroom of [teacher, max, ines]) await classroom.reads("La crue, c’est en <b>été</b> ?");
  });

  part("hands stand in the order in which they were raised", async () => {
    await ines.tool("hand").click();
    await until("ines's hand", () => ines.isOn("hand"));
    await max.tool("hand").click();
    await until("max's hand", () => max.isOn("hand"));
    const names = [await teacher.name(), await ines.name(), await max.name()];
    await until("the order of hands", async () => {
      const listed = await teacher.participants();
      return names.every((name, at) => listed[at]?.includes(name)) || assert.fail(listed.join(" · "));
    });
    await teacher.page.getByTestId("lower-hands").click();
    await until("hands are down", async () => !(await ines.isOn("hand")) && !(await max.isOn("hand")));
  });

  part("a muted pupil is not heard until switching on again", async () => {
    await teacher.openPanel("people");
    await teacher.participant(await max.name()).getByTestId("mute").click();
    await until("max's microphone is off", async () => !(await max.isOn("mic")));
    await assertVoices(1, "only ines is heard");
    await max.tool("mic").click();
    await until("max is heard again", async () => (await teacher.receives(3)).voices.length === 2);
  });

  part("all pupils can be muted at once", async () => {
    await teacher.openPanel("people");
    await teacher.page.getByTestId("mute-all").click();
    await until("both microphones are off", async () => !(await max.isOn("mic")) && !(await ines.isOn("mic")));
    await assertVoices(0, "nobody is heard");
    assert.ok(await teacher.isOn("mic"), "the teacher's own goes on");
    await max.tool("mic").click();
    await ines.tool("mic").click();
    await until("both are heard again", async () => (await teacher.receives(3)).voices.length === 2);
  });

  part("a pupil of another class comes no further than the door", async () => {
    const path = new URL(max.page.url()).pathname;
    const stranger = new Classroom(await scenario.browser("stranger"));
    await stranger.person.signIn(server.url, "eleve-autre-classe", PASSWORD);
    await stranger.page.getByRole("main").waitFor();
    await stranger.page.goto(new URL(path, server.url).href);
    await assertAccessible(stranger.page);
    await stranger.enter("listen");
    await stranger.reaches("lobby");
    assert.equal(await stranger.page.getByTestId("person").count(), 0, "who is in is not told");
    assert.equal(await stranger.page.getByText("la carte du Nil").count(), 0, "nor what was said");
    await stranger.person.close();
  }, look);

  part("a removed pupil is out and does not come back in", async () => {
    const name = await ines.name();
    await teacher.openPanel("people");
    await teacher.participant(name).getByTestId("person").click();
    await teacher.page.getByTestId("person-dialog").getByTestId("remove").click();
    await teacher.confirm();
    await ines.reaches("ended");
    await until("the others see it", async () => !(await teacher.participants()).includes(name));
    await assertStillRemoved();
  });

  part("a server that was killed is rejoined by itself, and has kept what it acknowledged", async () => {
    await server.stop("SIGKILL");
    await until("the page says that it reconnects", () => max.page.getByTestId("reconnecting").isVisible());
    const { connections } = await media(max.page);
    await server.start();
    for (const classroom of [teacher, max]) {
      await until(
        `${classroom.person.name} is back`,
        () => classroom.page.evaluate(() => /** @type {any} */ (globalThis).preauClass.state.online),
        REJOIN_MS_MAX,
      );
      await classroom.reaches("in", REJOIN_MS_MAX);
    }
    for (const classroom of [teacher, max]) {
      const { name } = classroom.person;
      await until(`${name} sees somebody again`, async () => (await classroom.receives(2)).pictures.length >= 1, REJOIN_MS_MAX);
    }
    assert.ok((await media(max.page)).connections > connections, "the connection is a new one");
    await assertFlow([teacher, max], 1, 4);
    await max.reads("Ouvrez le document 2, la carte du Nil.");
    await teacher.say("Nous revoilà.");
    await max.reads("Nous revoilà.");
    await assertStillRemoved();
  });

  part("the teacher ends the class for all", async () => {
    await teacher.endClass();
    await max.reaches("ended");
    await teacher.reaches("ended");
    await max.page.reload();
    assert.equal(await max.page.getByTestId("enter").isVisible(), false, "nobody comes in again");
  });

  part("no page complained", async () => {
    for (const { name, complaints } of scenario.people) {
      // While the server is away, and for pages that refuse, the browser itself notes failed requests.
      const own = complaints.filter((text) => !/Failed to load resource|WebSocket connection to|net::ERR_/.test(text));
      assert.deepEqual(own, [], name);
    }
  });
});

/**
 * The teacher hears so many voices once what was on its way has been played, and goes on hearing so many.
 *
 * @param {number} count
 * @param {string} what
 */
async function assertVoices(count, what) {
  await until(what, async () => (await teacher.receives(2)).voices.length === count);
  assert.equal((await teacher.receives(4)).voices.length, count, what);
}

/** Neither the page nor the token lets the removed pupil in. */
async function assertStillRemoved() {
  await ines.page.reload();
  await ines.page.getByRole("main").waitFor();
  if (await ines.page.getByTestId("enter").isVisible()) {
    await ines.page.getByTestId("enter").click();
    await ines.reaches("ended");
  } else {
    assert.match(await ines.page.getByRole("main").innerText(), /\S+ \S+/);
  }
}
