// @ts-check
// A lesson of four that uses every tool: groups, questions, notes, timer, lots, the end; and a restart that changes nothing of it.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertAccessible } from "../lib/accessibility.mjs";
import { gather, reads } from "../lib/lesson.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { until } from "../lib/wait.mjs";

/** @import { Classroom } from "../lib/classroom.mjs" */

const scenario = new Scenario("class-tools", { story: true });
/** A restarted server, and browsers that come back with waits of their own. */
const REJOIN_MS_MAX = 60_000;
/** @type {import("../lib/lesson.mjs").Four} */
let four;

/** @param {Classroom} classroom @param {string} testid */
const press = (classroom, testid) => classroom.page.getByTestId(testid).click();

/** @param {Classroom} classroom */
const notes = (classroom) => classroom.page.getByTestId("notes-field");

/** @param {Classroom} classroom */
const state = (classroom) => classroom.page.evaluate(() => {
  const { tools, you } = /** @type {any} */ (globalThis).preauClass.state;
  return { groups: tools.breakouts.groups, open: tools.breakouts.open, place: tools.placeOf(you.person), polls: tools.polls, notes: tools.notes.text };
});

/**
 * Writes at the end of the notes, letter by letter.
 *
 * @param {Classroom} classroom
 * @param {string} text
 */
async function write(classroom, text) {
  await classroom.openPanel("notes");
  await notes(classroom).click();
  await notes(classroom).press("Control+End");
  await notes(classroom).pressSequentially(text, { delay: 15 });
}

describe("the tools of a class", () => {
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

  part("a quick question goes out with one press and is answered with one", async () => {
    await four.teacher.openPanel("polls");
    await assertAccessible(four.teacher.page);
    await press(four.teacher, "poll-yes-no");
    for (const pupil of [four.max, four.ines, four.phone]) await pupil.page.getByTestId("poll-card").waitFor();
    await assertAccessible(four.phone.page);
    await assertAccessible(four.max.page);
    await four.max.page.getByTestId("poll-card").getByRole("button", { name: "Oui" }).click();
    await four.phone.page.getByTestId("poll-card").getByRole("button", { name: "Non" }).click();
    await reads(four.teacher, "poll-voted", /^2 réponses sur 3$/);
    const counts = () => four.teacher.page.getByTestId("poll-result").evaluateAll((rows) => rows.map((row) => row.getAttribute("data-count")));
    assert.deepEqual(await counts(), ["1", "1"]);
    await four.phone.page.getByTestId("poll-card").getByRole("button", { name: "Oui" }).click();
    await until("a changed answer counts once", async () => (await counts()).join() === "2,0");
    assert.equal(await four.ines.page.getByTestId("poll-result").count(), 0, "nobody sees results before they are shown");
    await assertAccessible(four.teacher.page);
    await press(four.teacher, "poll-show");
    await press(four.teacher, "poll-close");
    await four.ines.openPanel("polls");
    await reads(four.ines, "poll-voted", /^2 réponses sur 3$/);
    await assertAccessible(four.ines.page);
    assert.equal(await four.max.page.getByTestId("poll-card").isVisible(), false);
  });

  part("one's own question, with several answers and no names", async () => {
    await press(four.teacher, "poll-own");
    await four.teacher.page.locator("#poll-question").fill("Quels fleuves coulent en Afrique ?");
    const options = four.teacher.page.getByTestId("poll-option");
    await options.nth(0).fill("le Nil");
    await press(four.teacher, "poll-ask");
    await until("two answers are asked for", () => four.teacher.page.locator(".poll-make [role=alert]").isVisible());
    await options.nth(1).fill("le Congo");
    await options.nth(2).fill("la Seine");
    await press(four.teacher, "poll-more");
    await options.nth(3).fill("le Niger");
    await four.teacher.page.locator("[name=many]").click();
    await four.teacher.page.locator("[name=anonymous]").click();
    await assertAccessible(four.teacher.page);
    await press(four.teacher, "poll-ask");
    const card = four.phone.page.getByTestId("poll-card");
    await card.getByRole("button", { name: "le Nil" }).click();
    await until("the first is taken", async () => (await card.getByRole("button", { name: "le Nil" }).getAttribute("aria-pressed")) === "true");
    await card.getByRole("button", { name: "le Niger" }).click();
    await until("and the second too", async () => (await state(four.phone)).polls.at(-1)?.mine.join() === "0,3");
    await until("the teacher's count", async () => (await state(four.teacher)).polls.at(-1)?.counts.join() === "1,0,0,1");
    assert.equal((await state(four.teacher)).polls.at(-1)?.votes, undefined, "nobody learns who");
    await assertAccessible(four.phone.page);
  });

  part("two write in the notes at the same time, and both stand there", async () => {
    await four.teacher.openPanel("notes");
    await four.ines.openPanel("notes");
    assert.equal(await notes(four.ines).getAttribute("readonly"), "", "at first the teacher alone");
    await assertAccessible(four.ines.page);
    await four.teacher.openPanel("floor");
    await four.teacher.page.locator("#class-floor [data-rule=notes]").click();
    await write(four.teacher, "Le Nil\n");
    await until("ines reads it", async () => (await notes(four.ines).inputValue()) === "Le Nil\n");
    await Promise.all([write(four.teacher, "Prof : la crue vient en été."), write(four.ines, "Inès : le delta est au nord."), write(four.phone, "Hugo : 6 650 km.")]);
    const all = [four.teacher, four.ines, four.phone];
    await until("all have the same", async () => {
      const texts = await Promise.all([...all.map((one) => notes(one).inputValue()), state(four.max).then((known) => known.notes)]);
      return new Set(texts).size === 1 || assert.fail(texts.join(" | "));
    });
    const text = await notes(four.teacher).inputValue();
    assert.equal([...text].length, [..."Le Nil\nProf : la crue vient en été.Inès : le delta est au nord.Hugo : 6 650 km."].length, text);
    await assertAccessible(four.phone.page);
    await assertAccessible(four.teacher.page);
  });

  part("what is written without a connection goes out when it is back", async () => {
    four.line.cut();
    await four.phone.page.getByTestId("reconnecting").waitFor();
    await write(four.phone, " Sans réseau.");
    await reads(four.phone, "notes-state", /partira au retour/);
    four.line.mend();
    await until("the teacher reads it", async () => (await notes(four.teacher).inputValue()).includes(" Sans réseau."));
    await reads(four.phone, "notes-state", /Tout est enregistré/);
  });

  part("a timer runs before everybody's eyes", async () => {
    await four.teacher.openPanel("tools");
    await assertAccessible(four.teacher.page);
    await four.teacher.page.getByTestId("timer-label").fill("Exercice 3");
    await four.teacher.page.getByTestId("timer-minutes").selectOption("3");
    await press(four.teacher, "timer-start");
    for (const classroom of four.all) await reads(classroom, "timer", /Exercice 3\s+(3:00|2:\d\d)/);
    await assertAccessible(four.phone.page);
    await press(four.teacher, "timer-stop");
    await four.phone.page.getByTestId("timer").waitFor({ state: "hidden" });
  });

  part("chance picks each once before anybody twice", async () => {
    const picked = new Set();
    const names = [await four.max.name(), await four.ines.name(), await four.phone.name()];
    for (const _ of names) {
      const before = await four.teacher.page.getByTestId("picked").textContent();
      await press(four.teacher, "pick-again");
      await until("somebody else is picked", async () => (await four.teacher.page.getByTestId("picked").textContent()) !== before);
      picked.add(await four.teacher.page.getByTestId("picked").textContent());
    }
    assert.deepEqual([...picked].sort(), names.sort());
    await reads(four.max, "picked-notice", /Le sort/);
  });

  part("who is missing stands below who is here", async () => {
    await four.teacher.openPanel("people");
    const missing = four.teacher.page.getByTestId("missing-count");
    assert.match(await missing.innerText(), /^\d+ élèves manquent$/);
    await missing.click();
    const names = await four.teacher.page.getByTestId("missing-list").locator("li").allTextContents();
    assert.equal(names.length, Number((await missing.innerText()).split(" ")[0]));
    assert.ok(!names.includes(await four.max.name()));
    assert.equal(await four.max.page.getByTestId("missing-count").isVisible(), false);
    await assertAccessible(four.teacher.page);
  });

  part("groups are dealt by chance, changed by hand, and opened for a time", async () => {
    await four.teacher.openPanel("breakouts");
    await assertAccessible(four.teacher.page);
    await four.teacher.page.locator("#groups-count").fill("2");
    await press(four.teacher, "groups-deal");
    await until("two groups", async () => (await four.teacher.page.getByTestId("group").count()) === 2);
    const sizes = (await state(four.teacher)).groups.map((/** @type {any} */ group) => group.people.length);
    assert.deepEqual(sizes.sort(), [1, 2]);
    // Max and Hugo in the first, Inès in the second.
    for (const [name, place] of [[await four.max.name(), "1"], [await four.phone.name(), "1"], [await four.ines.name(), "2"]]) {
      await four.teacher.page.getByLabel(`Groupe de ${name}`, { exact: true }).selectOption(place ?? "");
    }
    await until("as the teacher wants them", async () => (await state(four.teacher)).groups[0]?.people.length === 2);
    await assertAccessible(four.teacher.page);
    const name = four.teacher.page.getByTestId("group-name");
    await name.last().fill("Le delta");
    await name.last().press("Enter");
    await until("the second has a name", async () => (await state(four.teacher)).groups[1]?.name === "Le delta");
    await four.teacher.page.locator("#groups-minutes").selectOption("15");
    await press(four.teacher, "groups-open");
    await reads(four.max, "group-notice", /Tu es dans\s: Groupe 1/);
    await reads(four.phone, "group-notice", /encore 1[45]:\d\d/);
    await reads(four.ines, "group-notice", /Le delta/);
    await until("max sees only his group", async () => {
      const names = (await four.max.tiles()).map((tile) => tile.name).join(" · ");
      return (!/Inès/.test(names) && /Hugo/.test(names)) || assert.fail(names);
    });
    await four.max.openPanel("chat");
    await four.max.say("On commence par la carte ?");
    await four.phone.openPanel("chat");
    await four.phone.reads("On commence par la carte ?");
    assert.ok(!(await four.ines.lines()).includes("On commence par la carte ?"), "it was said in the other group");
    await assertAccessible(four.phone.page);
    await assertAccessible(four.teacher.page);
  });

  part("a group calls, the teacher comes, and goes again", async () => {
    await press(four.phone, "group-help");
    await reads(four.teacher, "group-calls", /Groupe 1 appelle/);
    await assertAccessible(four.teacher.page);
    await press(four.teacher, "group-visit");
    await until("the teacher is in the group", async () => (await state(four.teacher)).place === 1);
    await until("max sees the teacher", async () => (await four.max.tiles()).some((tile) => /Fontaine/.test(tile.name)));
    await press(four.phone, "group-help");
    await four.teacher.page.getByTestId("groups-word").fill("Encore cinq minutes.");
    await four.teacher.page.getByTestId("groups-word").press("Enter");
    for (const classroom of [four.max, four.ines, four.phone]) await reads(classroom, "called", /Encore cinq minutes\./);
    await press(four.teacher, "group-back");
    await until("the teacher is back", async () => (await state(four.teacher)).place === 0);
  });

  part("after a restart of the server groups, questions and notes are as they were", async () => {
    const before = await state(four.phone);
    await four.server.stop("SIGKILL");
    await until("the page says that it reconnects", () => four.phone.page.getByTestId("reconnecting").isVisible());
    await four.server.start();
    for (const classroom of four.all) {
      await until(`${classroom.person.name} is back`, async () => classroom.page.evaluate(() => {
        const { state } = /** @type {any} */ (globalThis).preauClass;
        return state.online && state.phase === "in";
      }), REJOIN_MS_MAX);
    }
    assert.deepEqual(await state(four.phone), before);
    await reads(four.phone, "group-notice", /Groupe 1/);
  });

  part("the groups are called back, and the pupils choose their own", async () => {
    await press(four.teacher, "groups-close");
    for (const pupil of [four.max, four.ines, four.phone]) await until(`${pupil.person.name} is back`, async () => (await state(pupil)).place === 0);
    await press(four.teacher, "groups-choose");
    await four.ines.openPanel("breakouts");
    await four.ines.page.getByTestId("join").last().click();
    await until("ines is in the second", async () => (await state(four.ines)).groups[1]?.people.length === 1);
    await assertAccessible(four.ines.page);
  });

  part("the lesson is prolonged, and ended", async () => {
    await four.teacher.openPanel("tools");
    const before = await four.teacher.page.getByTestId("ending").innerText();
    await press(four.teacher, "prolong-10");
    await until("it ends later", async () => (await four.teacher.page.getByTestId("ending").innerText()) !== before);
    await press(four.teacher, "end-class-tools");
    await assertAccessible(four.teacher.page);
    await four.teacher.confirm();
    for (const classroom of four.all) await classroom.reaches("ended");
    await assertAccessible(four.phone.page);
  });

  part("no page complained", async () => {
    for (const { name, complaints } of scenario.people) {
      const own = complaints.filter((text) => !/Failed to load resource|WebSocket connection to|net::ERR_/.test(text));
      assert.deepEqual(own, [], name);
    }
  });
});
