// @ts-check
// Who may what in a class of four: rules, exceptions, hands, the floor, reactions, pace, the chat; and a restart that changes nothing of it.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertAccessible } from "../lib/accessibility.mjs";
import { gather, reads } from "../lib/lesson.mjs";
import { media } from "../lib/media.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { until } from "../lib/wait.mjs";

/** @import { Classroom } from "../lib/classroom.mjs" */

const scenario = new Scenario("class-floor", { story: true });
/** After a restart of the server everybody is back within this time. */
const BACK_MS_MAX = 10_000;
const REJOIN_MS_MAX = 60_000;
/** @type {import("../lib/lesson.mjs").Four} */
let four;

/** @param {Classroom} classroom @param {string} rule */
const rule = (classroom, rule) => classroom.page.locator(`#class-floor [data-rule=${rule}]`);

/** @param {Classroom} classroom @param {"mic" | "hand" | "screen"} action */
const isLocked = async (classroom, action) => (await classroom.tool(action).getAttribute("aria-disabled")) === "true";

/**
 * The settings of one person, as the teacher opens them.
 *
 * @param {string} name
 */
async function openPerson(name) {
  await four.teacher.openPanel("people");
  await four.teacher.participant(name).getByTestId("person").click();
  const dialog = four.teacher.page.getByTestId("person-dialog");
  await dialog.waitFor();
  return dialog;
}

/** Whom the chat may go to, as this person can choose. @param {Classroom} classroom */
const recipients = (classroom) => classroom.page.locator("#chat-to option").allTextContents();

describe("the floor of a class", () => {
  before(async () => {
    four = await gather(scenario);
  });
  after(() => scenario.end());

  /**
   * @param {string} title
   * @param {() => Promise<void>} part
   * @param {{ needed?: boolean }} [how]
   */
  const part = (title, part, how) => it(title, () => scenario.part(part, how));

  part("pupils come in with their microphones off, and may turn them on; screens only where it was allowed", async () => {
    await four.teacher.openPanel("floor");
    assert.ok(await rule(four.teacher, "muted_at_entry").isChecked());
    assert.equal(await rule(four.teacher, "screen").isChecked(), false);
    for (const pupil of [four.max, four.ines]) {
      assert.equal(await pupil.isOn("mic"), false, `${pupil.person.name} comes in silent`);
      assert.ok(await isLocked(pupil, "screen"), `${pupil.person.name} may not show a screen`);
    }
    assert.ok(await four.teacher.isOn("mic"), "a teacher comes in as chosen");
    await rule(four.teacher, "muted_at_entry").setChecked(false);
    const again = async () => {
      await four.ines.tool("leave").click();
      await four.ines.reaches("ended");
      await four.ines.page.getByTestId("back").click();
      await four.ines.enter("devices");
      await four.ines.reaches("in");
    };
    await until("the rule is told", async () => four.ines.page.evaluate(() => !(/** @type {any} */ (globalThis).preauClass.state.rules.muted_at_entry)));
    await again();
    assert.ok(await four.ines.isOn("mic"), "where the teacher says so they come in as they have chosen");
    await rule(four.teacher, "muted_at_entry").setChecked(true);
    await until("the rule is told", async () => four.ines.page.evaluate(() => /** @type {any} */ (globalThis).preauClass.state.rules.muted_at_entry));
    await again();
    assert.equal(await four.ines.isOn("mic"), false);
    await reads(four.ines, "message", /coupé à l’entrée/);
    await four.max.speaks();
    await four.teacher.openPanel("people");
    await four.teacher.page.getByTestId("mute-all").click();
    await until("max is silent", async () => !(await four.max.isOn("mic")));
    await four.max.tool("mic").click();
    await until("max's microphone", () => four.max.isOn("mic"));
    await four.teacher.hasMedia();
    await until("max is heard", async () => (await four.teacher.receives(2)).voices.length === 1);
  });

  part("a rule holds at once, for all, and says why in words", async () => {
    await four.teacher.openPanel("floor");
    await assertAccessible(four.teacher.page);
    assert.ok(await rule(four.teacher, "muted_at_entry").isChecked());
    await rule(four.teacher, "mic").click();
    await until("max is silent", async () => !(await four.max.isOn("mic")));
    for (const pupil of [four.max, four.ines, four.phone]) {
      await until(`${pupil.person.name} may not speak`, () => isLocked(pupil, "mic"));
    }
    // It is pressed all the same: a marked button says why.
    await four.ines.tool("mic").click({ force: true });
    await reads(four.ines, "message", /réservé la parole/);
    assert.equal(await four.ines.isOn("mic"), false);
    await assertAccessible(four.ines.page);
    await assertAccessible(four.phone.page);
  });

  part("hands stand in their order with their time, and one gets the floor", async () => {
    await four.ines.tool("hand").click();
    await until("ines's hand", () => four.ines.isOn("hand"));
    await four.phone.tool("hand").click();
    await until("hugo's hand", () => four.phone.isOn("hand"));
    const [ines, hugo] = [await four.ines.name(), await four.phone.name()];
    await until("the order of hands", async () => {
      const listed = await four.teacher.participants();
      return (listed[1]?.includes(ines) && listed[2]?.includes(hugo)) || assert.fail(listed.join(" · "));
    });
    const line = await four.teacher.participant(ines).innerText();
    assert.match(line, /n°\s1, à \d+\sh\s\d\d/);
    await assertAccessible(four.teacher.page);
    await four.teacher.participant(ines).getByTestId("give-floor").click();
    await four.ines.page.getByTestId("floor-notice").waitFor();
    assert.equal(await four.ines.isOn("hand"), false, "the hand goes down with it");
    await assertAccessible(four.ines.page);
    await four.ines.page.getByTestId("floor-mic").click();
    await until("ines speaks", () => four.ines.isOn("mic"));
    await until("ines is heard", async () => (await four.max.receives(2)).voices.length >= 1);
    await four.teacher.participant(ines).getByTestId("take-floor").click();
    await until("ines is silent again", async () => !(await four.ines.isOn("mic")) && (await isLocked(four.ines, "mic")));
    await four.teacher.participant(hugo).getByTestId("lower-hand").click();
    await until("hugo's hand is down", async () => !(await four.phone.isOn("hand")));
  });

  part("one may although the class may not, and one may not although the class may", async () => {
    const max = await four.max.name();
    let dialog = await openPerson(max);
    await assertAccessible(four.teacher.page);
    await dialog.getByTestId("own-mic").selectOption("true");
    await until("max may speak", async () => !(await isLocked(four.max, "mic")));
    assert.ok(await isLocked(four.ines, "mic"));
    await dialog.getByTestId("own-mic").selectOption("false");
    await until("max may not speak", () => isLocked(four.max, "mic"));
    await four.teacher.page.keyboard.press("Escape");
    await four.teacher.openPanel("floor");
    await rule(four.teacher, "mic").click();
    await until("ines may speak", async () => !(await isLocked(four.ines, "mic")));
    await four.max.tool("mic").click({ force: true });
    assert.equal(await four.max.isOn("mic"), false, "a mute that a pupil cannot undo");
    await until("the list says so", async () => {
      await four.teacher.openPanel("people");
      return /micro bloqué/.test(await four.teacher.participant(max).innerText());
    });
    dialog = await openPerson(max);
    await dialog.getByTestId("own-mic").selectOption("");
    await until("max may speak again", async () => !(await isLocked(four.max, "mic")));
    await four.teacher.page.keyboard.press("Escape");
  });

  part("cameras are for the teacher alone, and capped", async () => {
    await until("ines sees max", async () => (await four.ines.colours()).includes("red"));
    await four.teacher.openPanel("floor");
    await rule(four.teacher, "cameras_seen").selectOption("leaders");
    await until("ines no longer sees max", async () => !(await four.ines.colours()).includes("red"));
    await until("the teacher does", async () => (await four.teacher.colours()).includes("red"));
    await rule(four.teacher, "cameras_seen").selectOption("all");
    await until("ines sees max again", async () => (await four.ines.colours()).includes("red"));
    await four.ines.tool("camera").click();
    await until("ines's camera is off", async () => !(await four.ines.isOn("camera")));
    await rule(four.teacher, "cameras_max").selectOption("1");
    await four.ines.tool("camera").click();
    await reads(four.ines, "message", /autant de caméras/);
    await until("ines's camera stays off", async () => !(await four.ines.isOn("camera")));
    await rule(four.teacher, "cameras_max").selectOption("16");
  });

  part("reactions are seen for a moment, and how the class follows is a number", async () => {
    await four.phone.tool("more").click();
    await assertAccessible(four.phone.page);
    await four.phone.page.getByTestId("react").click();
    await assertAccessible(four.phone.page);
    await four.phone.page.getByTestId("react-applause").click();
    const hugo = await four.phone.name();
    await four.teacher.openPanel("people");
    await four.teacher.participant(hugo).getByTestId("reaction").waitFor();
    await until("it is gone again", async () => (await four.teacher.page.getByTestId("reaction").count()) === 0);
    await four.max.tool("react").click();
    await four.max.page.getByTestId("pace-say-lost").click();
    await four.ines.tool("react").click();
    await four.ines.page.getByTestId("pace-say-follow").click();
    await until("the sum", async () => (await four.teacher.page.getByTestId("pace-lost").innerText()) === "1"
      && (await four.teacher.page.getByTestId("pace-follow").innerText()) === "1");
    assert.equal(await four.ines.page.getByTestId("pace-lost").isVisible(), false, "pupils don't see it");
    await assertAccessible(four.teacher.page);
    await four.teacher.page.getByTestId("pace-reset").click();
    await until("nothing is left", async () => (await four.teacher.page.getByTestId("pace-lost").innerText()) === "0");
    await four.teacher.openPanel("floor");
    await rule(four.teacher, "react").click();
    await until("reactions are off", async () => (await four.max.page.getByTestId("react-yes").getAttribute("aria-disabled")) === "true");
    await rule(four.teacher, "react").click();
  });

  part("a line goes to the class, to the teachers, or to one person where the rules say so", async () => {
    assert.ok(!(await recipients(four.max)).some((to) => /Inès/.test(to)), "no private lines between pupils at first");
    await four.max.openPanel("chat");
    await four.max.page.getByTestId("chat-to").selectOption("leaders");
    await four.max.say("Je n’ose pas le demander devant tous.");
    await four.teacher.openPanel("chat");
    await four.teacher.reads("Je n’ose pas le demander devant tous.");
    await four.teacher.say("Bonne question, je reprends.");
    await four.ines.reads("Bonne question, je reprends.");
    assert.ok(!(await four.ines.lines()).includes("Je n’ose pas le demander devant tous."), "it was for the teacher");
    await four.teacher.openPanel("floor");
    await rule(four.teacher, "private").click();
    await until("pupils may write to one another", async () => (await recipients(four.max)).some((to) => /Inès/.test(to)));
    await four.max.page.getByTestId("chat-to").selectOption({ label: `${await four.ines.name()}, en privé` });
    await four.max.say("Tu as compris, toi ?");
    await four.ines.reads("Tu as compris, toi ?");
    await assertAccessible(four.ines.page);
    assert.ok(!(await four.phone.lines()).includes("Tu as compris, toi ?"), "nobody else reads it");
    await four.max.page.getByTestId("chat-to").selectOption("class");
  });

  part("unread lines are counted, one line is deleted, and slow mode says how long", async () => {
    await four.max.say("Ceci est de trop.");
    await until("hugo has unread lines", async () => Number(await four.phone.page.getByTestId("unread").locator("[aria-hidden]").innerText()) >= 1);
    await four.teacher.openPanel("chat");
    await four.teacher.reads("Ceci est de trop.");
    await four.teacher.page.locator("[data-testid=chat-line]", { hasText: "Ceci est de trop." }).hover();
    await four.teacher.page.locator("[data-testid=chat-line]", { hasText: "Ceci est de trop." }).getByTestId("chat-delete").click();
    await assertAccessible(four.teacher.page);
    await four.teacher.confirm();
    for (const classroom of four.all) {
      await until(`${classroom.person.name} no longer reads it`, async () => !(await classroom.lines()).includes("Ceci est de trop."));
    }
    await four.teacher.openPanel("floor");
    await rule(four.teacher, "slow_s").selectOption("10");
    await reads(four.max, "chat-slow", /un message toutes les 10/);
    await four.max.say("Une seule fois.");
    await four.ines.reads("Une seule fois.");
    await reads(four.max, "chat-slow", /pourras écrire dans \d+/);
    await assertAccessible(four.max.page);
    await rule(four.teacher, "slow_s").selectOption("0");
    await rule(four.teacher, "chat").click();
    await until("the class is closed to max's lines", async () => !(await recipients(four.max)).includes("toute la classe"));
    await rule(four.teacher, "chat").click();
  });

  part("all of it is reached by keys, and the settings say which", async () => {
    const { page } = four.teacher;
    await four.teacher.openPanel("people");
    await page.locator("#class-room h1").focus();
    await page.keyboard.press("r");
    await until("rules", async () => (await page.locator(".class-tools [data-panel=floor]").getAttribute("aria-expanded")) === "true");
    await page.keyboard.press("Escape");
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("data-action")), "more", "the focus is back on the menu's button");
    await page.keyboard.press("Enter");
    await assertAccessible(page);
    await page.getByTestId("settings").click();
    await assertAccessible(page);
    const keys = await page.locator("#class-settings kbd").allTextContents();
    for (const key of ["M", "V", "H", "C", "P", "R", "G", "Q", "N", "T"]) assert.ok(keys.includes(key), `${key} of ${keys}`);
    await page.keyboard.press("Escape");
  });

  part("at 200 % on a laptop nothing is cut off", async () => {
    for (const [classroom, panel] of /** @type {const} */ ([[four.teacher, "floor"], [four.teacher, "people"], [four.ines, "chat"]])) {
      await classroom.page.setViewportSize({ width: 640, height: 400 });
      await classroom.openPanel(panel);
      await assertAccessible(classroom.page);
      const wide = await classroom.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${panel} is ${wide} px too wide`);
      const heights = await classroom.page.locator(".class-tools > button").evaluateAll((buttons) =>
        buttons.filter((button) => button.checkVisibility()).map((button) => innerHeight - button.getBoundingClientRect().bottom));
      assert.ok(heights.length > 0 && heights.every((height) => height >= 0), "the buttons are in sight");
      await classroom.page.setViewportSize({ width: 1_280, height: 800 });
    }
  }, { needed: false });

  part("a phone that loses its line for a moment comes back with its hand and its place", async () => {
    await four.phone.tool("hand").click();
    await until("hugo's hand", () => four.phone.isOn("hand"));
    four.line.cut();
    await four.phone.page.getByTestId("reconnecting").waitFor();
    await assertAccessible(four.phone.page);
    four.line.mend();
    await until("hugo is online", () => four.phone.page.evaluate(() => /** @type {any} */ (globalThis).preauClass.state.online));
    assert.ok(await four.phone.isOn("hand"));
  });

  part("after a restart of the server rules, hands and exceptions are as they were", async () => {
    await four.teacher.openPanel("floor");
    await rule(four.teacher, "screen").click();
    const dialog = await openPerson(await four.max.name());
    await dialog.getByTestId("own-mic").selectOption("false");
    await until("max may not speak", () => isLocked(four.max, "mic"));
    await four.teacher.page.keyboard.press("Escape");
    const { connections } = await media(four.max.page);
    await four.server.stop("SIGKILL");
    await until("the page says that it reconnects", () => four.max.page.getByTestId("reconnecting").isVisible());
    await four.server.start();
    const begun = Date.now();
    await Promise.all(four.all.map((classroom) => until(`${classroom.person.name} is back`, async () => classroom.page.evaluate(() => {
      const { state } = /** @type {any} */ (globalThis).preauClass;
      return state.online && state.phase === "in";
    }), REJOIN_MS_MAX)));
    const took = Date.now() - begun;
    console.log(`# all four are back ${took} ms after the server`);
    assert.ok(took <= BACK_MS_MAX, `${took} ms`);
    await until("a new connection", async () => (await media(four.max.page)).connections > connections, REJOIN_MS_MAX);
    assert.ok(await isLocked(four.max, "mic"), "the mute that cannot be undone");
    assert.ok(await four.phone.isOn("hand"), "the hand");
    await four.teacher.openPanel("floor");
    assert.ok(await rule(four.teacher, "screen").isChecked(), "the rule");
    assert.equal(await isLocked(four.ines, "screen"), false);
  });

  part("a pupil shows a screen where it was allowed, a second is told to wait, and the teacher's takes its place", async () => {
    /** Whose screen somebody sees. @param {Classroom} classroom */
    const shown = (classroom) => classroom.page.evaluate(() => {
      const tile = document.querySelector("[data-testid=tile][data-kind=screen]");
      const video = tile?.querySelector("video");
      return video && video.videoWidth > 0 && !video.paused ? tile?.getAttribute("data-person") : null;
    });
    const person = (/** @type {Classroom} */ classroom) => classroom.page.evaluate(() => /** @type {any} */ (globalThis).preauClass.state.you.person);
    await four.ines.tool("screen").click();
    for (const classroom of [four.teacher, four.max, four.phone]) {
      const ines = await person(four.ines);
      await until(`${classroom.person.name} sees ines's screen`, async () => (await shown(classroom)) === ines);
    }
    await assertAccessible(four.max.page);
    await four.max.tool("screen").click();
    await reads(four.max, "message", /partage déjà son écran/);
    assert.equal(await shown(four.max), await person(four.ines), "the first stays");
    await four.teacher.tool("screen").click();
    await reads(four.ines, "message", /écran/i);
    for (const classroom of [four.ines, four.max, four.phone]) {
      const teacher = await person(four.teacher);
      await until(`${classroom.person.name} sees the teacher's screen`, async () => (await shown(classroom)) === teacher);
    }
    await assertAccessible(four.teacher.page);
    await assertAccessible(four.phone.page);
    await four.teacher.tool("screen").click();
    await until("the screen is gone", async () => (await shown(four.max)) === null);
  }, { needed: false });

  part("who is sent back waits at the door, and who is removed is out", async () => {
    const hugo = await four.phone.name();
    const dialog = await openPerson(hugo);
    await dialog.getByTestId("send-back").click();
    await assertAccessible(four.teacher.page);
    await four.teacher.confirm();
    await four.phone.reaches("lobby");
    await assertAccessible(four.phone.page);
    const other = await openPerson(await four.ines.name());
    await other.getByTestId("remove").click();
    await four.teacher.confirm();
    await four.ines.reaches("ended");
    await assertAccessible(four.ines.page);
  });

  part("no page complained", async () => {
    for (const { name, complaints } of scenario.people) {
      const own = complaints.filter((text) => !/Failed to load resource|WebSocket connection to|net::ERR_/.test(text));
      assert.deepEqual(own, [], name);
    }
  });
});
