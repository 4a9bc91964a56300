// @ts-check
// A lesson by keyboard alone, and as a screen reader hears it; and on small screens nothing of it is out of reach.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Classroom } from "../lib/classroom.mjs";
import { LIKENESS } from "../lib/devices.mjs";
import { assertFits } from "../lib/fits.mjs";
import { assertFocus, tabTo } from "../lib/keyboard.mjs";
import { Line } from "../lib/line.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { startDemo } from "../lib/server.mjs";
import { hears, listen } from "../lib/spoken.mjs";
import { until } from "../lib/wait.mjs";

/** @import { Locator } from "playwright-core" */

const PASSWORD = "la-cour-est-grande-42";
/** A laptop of 1280 by 800 at 200 %. */
const ZOOMED = { width: 640, height: 400 };
const LAPTOP = { width: 1_280, height: 800 };
/** What each has in the panel. */
const PARTS = {
  teacher: /** @type {const} */ (["chat", "people", "board", "lobby", "floor", "breakouts", "polls", "notes", "tools", "recording", "reports"]),
  pupil: /** @type {const} */ (["chat", "people", "board", "breakouts", "polls", "notes", "tools", "recording", "reports"]),
};

const scenario = new Scenario("class-keys", { story: true });
/** @type {import("../lib/server.mjs").Server} */
let server;
/** @type {Line} to the phone */
let line;
/** @type {Classroom} */
let teacher;
/** @type {Classroom} */
let ines;
/** @type {Classroom} with a phone, of another class */
let hugo;
/** @type {{ ines: string, hugo: string }} */
let names;

/** @param {string} name @param {string} login @param {Parameters<Scenario["browser"]>[1]} options @param {string} [site] */
async function arrive(name, login, options, site = server.url) {
  const person = await scenario.browser(name, options);
  await person.signIn(site, login, PASSWORD);
  await person.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
  return new Classroom(person);
}

/**
 * Goes to a control by Tab, presses it, waits for what it brings about, and still is somewhere.
 *
 * @param {Classroom} classroom
 * @param {Locator} control
 * @param {() => unknown} [brings] waited for until it is true
 * @param {string} [key]
 */
async function press({ page }, control, brings, key = "Enter") {
  await tabTo(page, control);
  await page.keyboard.press(key);
  if (brings) await until(`what ${control} brings about`, async () => brings());
  await assertFocus(page, `${control}`);
}

/**
 * One key, wherever one is.
 *
 * @param {Classroom} classroom
 * @param {string} key
 * @param {() => unknown} brings
 */
async function key({ page }, key, brings) {
  await page.keyboard.press(key);
  await until(`what ${key} brings about`, async () => brings());
  await assertFocus(page, key);
}

/** @param {Classroom} classroom @param {string} panel */
const isOpen = async ({ page }, panel) => (await page.locator(`.class-tools [data-panel=${panel}]`).getAttribute("aria-expanded")) === "true";

/** @param {Classroom} classroom @param {string} testid */
const of = (classroom, testid) => classroom.page.getByTestId(testid);

/** @param {Classroom} classroom @returns {Promise<any>} */
const state = (classroom) => classroom.page.evaluate(() => {
  const { tools, board, you, phase } = /** @type {any} */ (globalThis).preauClass.state;
  return { groups: tools.breakouts.groups.length, open: tools.breakouts.open, polls: tools.polls, shown: board.shown, place: tools.placeOf(you?.person), phase };
});

describe("a lesson by keyboard and by ear", () => {
  before(async () => {
    server = scenario.keep(await startDemo(scenario.data("school"), PASSWORD));
    line = scenario.keepLine(await Line.to(server.url));
    [teacher, ines, hugo] = await Promise.all([
      arrive("teacher", "prof", {}),
      arrive("ines", "eleve2", { likeness: LIKENESS.green }),
      arrive("hugo", "eleve-autre-classe", { phone: true }, line.url),
    ]);
  });
  after(() => scenario.end());

  /** @param {string} title @param {() => Promise<void>} part @param {{ needed?: boolean }} [how] */
  const part = (title, part, how) => it(title, () => scenario.part(part, how));

  part("teacher and pupil go through the door by keys, and are told who comes", async () => {
    for (const [one, button] of /** @type {const} */ ([[teacher, "listen"], [ines, "enter"]])) {
      await one.openDoor();
      await listen(one.page);
      await tabTo(one.page, one.page.locator(`[data-action=${button}]`));
      await one.page.keyboard.press("Enter");
      await one.reaches("in");
      await assertFocus(one.page, "the door");
    }
    await hears(ines.page, /Tu es dans la classe/);
    names = { ines: await ines.name(), hugo: "Hugo Bernard" };
    await hears(teacher.page, new RegExp(`${names.ines} est là`));
  });

  part("somebody at the door is announced, and let in", async () => {
    await hugo.page.goto(new URL(new URL(teacher.page.url()).pathname, line.url).href);
    await listen(hugo.page);
    await hugo.enter("listen");
    await hugo.reaches("lobby");
    await hears(teacher.page, /Hugo Bernard \(.+\) est à la porte/);
    await press(teacher, of(teacher, "open-lobby"), () => isOpen(teacher, "lobby"));
    await press(teacher, of(teacher, "admit"), async () => (await hugo.phase()) === "in");
    await hears(hugo.page, /Tu es dans la classe/);
    await hears(ines.page, /Hugo Bernard est là/);
    names.hugo = await hugo.name();
  });

  part("a hand is raised, heard, and given the floor; its owner hears so and speaks", async () => {
    await key(ines, "h", () => ines.isOn("hand"));
    await hears(teacher.page, new RegExp(`${names.ines} lève la main`));
    await key(teacher, "p", () => isOpen(teacher, "people"));
    const listed = teacher.participant(names.ines);
    await press(teacher, listed.getByTestId("give-floor"), async () => (await listed.getByTestId("take-floor").count()) === 1);
    await hears(ines.page, /Tu as la parole/);
    await hears(hugo.page, new RegExp(`${names.ines} a la parole`));
    await press(ines, of(ines, "floor-mic"), () => ines.isOn("mic"));
    await listed.getByTestId("mute").waitFor();
    await press(teacher, listed.getByTestId("mute"), async () => !(await ines.isOn("mic")));
    await hears(ines.page, /micro a été coupé|coupé ton micro/i);
    await assertFocus(ines.page, "a mute by the teacher");
    await key(ines, "m", () => ines.isOn("mic"));
    await press(teacher, listed.getByTestId("take-floor"), async () => (await listed.getByTestId("take-floor").count()) === 0);
    await hears(ines.page, /Tu n’as plus la parole/);
    await press(teacher, of(teacher, "mute-all"), async () => !(await ines.isOn("mic")));
    await assertFocus(ines.page, "a mute of all");
  });

  part("all hands are lowered at once", async () => {
    await key(ines, "h", () => ines.isOn("hand"));
    await press(teacher, of(teacher, "lower-hands"), async () => !(await ines.isOn("hand")));
    await hears(ines.page, /main.*baissée/);
  });

  part("lines of the chat are written and heard", async () => {
    await key(teacher, "c", () => isOpen(teacher, "chat"));
    await teacher.page.keyboard.type("Ouvrez vos livres.");
    await key(teacher, "Enter", async () => (await teacher.lines()).includes("Ouvrez vos livres."));
    for (const one of [ines, hugo]) await hears(one.page, /écrit : Ouvrez vos livres\./);
    await key(teacher, "Escape", async () => !(await isOpen(teacher, "chat")));
    if (!(await isOpen(ines, "chat"))) await key(ines, "c", () => isOpen(ines, "chat"));
    await tabTo(ines.page, of(ines, "chat-field"));
    await ines.page.keyboard.type("À quelle page ?");
    await key(ines, "Enter", async () => (await ines.lines()).includes("À quelle page ?"));
    await hears(teacher.page, /écrit : À quelle page \?/);
    await press(ines, ines.page.locator("#class-chat .panel-close"), async () => !(await isOpen(ines, "chat")));
  });

  part("a line is deleted", async () => {
    await key(teacher, "c", () => isOpen(teacher, "chat"));
    const said = teacher.page.locator("[data-testid=chat-line]", { hasText: "À quelle page ?" });
    // The field has the focus; the line stands before it.
    await teacher.page.locator("#class-chat .panel-close").focus();
    await press(teacher, said.getByTestId("chat-delete"), () => of(teacher, "confirm-yes").isVisible());
    await press(teacher, of(teacher, "confirm-no"), async () => !(await of(teacher, "confirm").isVisible()));
    await teacher.page.locator("#class-chat .panel-close").focus();
    await press(teacher, said.getByTestId("chat-delete"), () => of(teacher, "confirm-yes").isVisible());
    await press(teacher, of(teacher, "confirm-yes"), async () => (await said.count()) === 0);
    await key(teacher, "Escape", async () => !(await isOpen(teacher, "chat")));
  });

  part("pages are turned", async () => {
    await key(teacher, "b", () => isOpen(teacher, "board"));
    await press(teacher, of(teacher, "board-add-deck"), async () => (await state(teacher)).shown !== null);
    await hears(ines.page, /Tableau 1, 1 \/ 1/);
    await press(teacher, of(teacher, "board-add-page"), async () => (await state(ines)).shown?.page === 1);
    await hears(ines.page, /Tableau 1, 2 \/ 2/);
    await tabTo(teacher.page, of(teacher, "board-place"));
    await key(teacher, "PageUp", async () => (await state(ines)).shown?.page === 0);
    await press(teacher, of(teacher, "board-next"), async () => (await state(ines)).shown?.page === 1);
  });

  part("a question is asked and answered", async () => {
    await key(teacher, "q", () => isOpen(teacher, "polls"));
    await press(teacher, of(teacher, "poll-yes-no"), async () => (await state(teacher)).polls.length === 1);
    await hears(ines.page, /Question : Oui \/ Non/);
    const yes = of(ines, "poll-card").getByRole("button", { name: "Oui" });
    await press(ines, yes, async () => (await yes.getAttribute("aria-pressed")) === "true");
    await until("the answer is counted", async () => (await state(teacher)).polls[0].counts.join() === "1,0");
    await press(teacher, of(teacher, "poll-show"), async () => (await of(teacher, "poll-show").count()) === 0);
    await hears(ines.page, /Résultats de .*Oui 1, Non 0/);
    await press(teacher, of(teacher, "poll-close"), async () => !(await of(ines, "poll-card").isVisible()));
    await assertFocus(ines.page, "the end of a question");
  });

  part("groups are made, opened, told and closed", async () => {
    await key(teacher, "g", () => isOpen(teacher, "breakouts"));
    await press(teacher, of(teacher, "groups-deal"), async () => (await state(teacher)).groups > 0);
    await press(teacher, of(teacher, "groups-open"), async () => (await state(teacher)).open);
    await hears(ines.page, /Tu es dans : Groupe/);
    await tabTo(teacher.page, of(teacher, "groups-word"));
    await teacher.page.keyboard.type("Deux minutes.");
    await key(teacher, "Enter", () => of(ines, "called").isVisible());
    await hears(ines.page, /à tous les groupes : Deux minutes\./);
    await press(ines, of(ines, "group-help"), () => of(teacher, "group-calls").isVisible());
    await hears(teacher.page, /Groupe \d appelle/);
    await press(teacher, of(teacher, "group-visit"), async () => (await state(teacher)).place > 0);
    await press(teacher, of(teacher, "group-back"), async () => (await state(teacher)).place === 0);
    await press(teacher, of(teacher, "groups-close"), async () => !(await state(teacher)).open);
    await hears(ines.page, /de retour dans la classe entière/);
    await assertFocus(ines.page, "the end of the groups");
  });

  part("a reaction is chosen, and the menu gives the focus back", async () => {
    await key(ines, "j", () => of(ines, "react-menu").isVisible());
    await key(ines, "Escape", async () => !(await of(ines, "react-menu").isVisible()));
    await key(ines, "j", () => of(ines, "react-menu").isVisible());
    await press(ines, of(ines, "react-applause"), async () => !(await of(ines, "react-menu").isVisible()));
    await hears(teacher.page, new RegExp(`${names.ines} : bravo`));
  });

  part("a pupil reports somebody", async () => {
    await key(ines, "p", () => isOpen(ines, "people"));
    await press(ines, ines.participant(names.hugo).getByTestId("report"), () => isOpen(ines, "reports"));
    assert.equal(await ines.page.evaluate(() => document.activeElement?.id), "report-person");
    await tabTo(ines.page, ines.page.locator("#report-concern"));
    await ines.page.keyboard.press("ArrowDown");
    await tabTo(ines.page, ines.page.locator("#report-words"));
    await ines.page.keyboard.type("Il m’insulte à voix basse.");
    await press(ines, of(ines, "report-send"), async () => /envoyé/.test(await of(ines, "report-said").innerText()));
    await hears(ines.page, /envoyé à la vie scolaire/);
    await key(ines, "Escape", async () => !(await isOpen(ines, "reports")));
  });

  part("a line that is cut and comes back is heard", async () => {
    line.cut();
    await hears(hugo.page, /Connexion perdue/);
    line.mend();
    await hears(hugo.page, /Connexion rétablie/);
    await assertFocus(hugo.page, "a lost connection");
  });

  part("at 200 % nothing scrolls sideways and every control can be pressed", async () => {
    for (const [classroom, parts] of /** @type {const} */ ([[teacher, PARTS.teacher], [ines, PARTS.pupil]])) {
      await classroom.page.setViewportSize(ZOOMED);
      await fits(classroom, parts);
      await classroom.page.setViewportSize(LAPTOP);
    }
  }, { needed: false });

  part("nor on a phone in portrait", async () => {
    await fits(hugo, PARTS.pupil);
    await teacher.page.setViewportSize({ width: 390, height: 844 });
    await fits(teacher, PARTS.teacher);
    await teacher.page.setViewportSize(LAPTOP);
  }, { needed: false });

  part("somebody is removed: all hear it, and the one who is out hears why", async () => {
    if (!(await isOpen(teacher, "people"))) await key(teacher, "p", () => isOpen(teacher, "people"));
    await teacher.page.locator("#people-title").focus();
    await press(teacher, teacher.participant(names.hugo).locator("[data-action=person]"), () => of(teacher, "person-dialog").isVisible());
    await press(teacher, of(teacher, "remove"), () => of(teacher, "confirm-yes").isVisible());
    await press(teacher, of(teacher, "confirm-yes"), async () => (await hugo.phase()) === "ended");
    for (const one of [teacher, ines]) await hears(one.page, new RegExp(`${names.hugo} a quitté la classe`));
    assert.equal(await hugo.page.evaluate(() => document.activeElement?.tagName), "H2");
    await hears(hugo.page, /Tu ne peux pas y revenir pendant ce cours/);
  });

  part("the lesson is ended, after a second thought", async () => {
    for (const answer of ["no", "yes"]) {
      await press(teacher, of(teacher, "more"), () => of(teacher, "more-menu").isVisible());
      await press(teacher, of(teacher, "end-class"), () => of(teacher, "confirm-yes").isVisible());
      await press(teacher, of(teacher, `confirm-${answer}`), async () => !(await of(teacher, "confirm").isVisible()));
      if (answer === "no") assert.equal((await state(teacher)).phase, "in");
    }
    for (const one of [teacher, ines]) {
      await one.reaches("ended");
      await assertFocus(one.page, "the end");
    }
    await hears(ines.page, /Le professeur a terminé le cours/);
  });

  part("no page complained", async () => {
    for (const { name, complaints } of scenario.people) {
      assert.deepEqual(complaints.filter((text) => !/Failed to load resource|WebSocket connection to|net::ERR_/.test(text)), [], name);
    }
  });
});

/**
 * The class by itself, its menus, and every part of the panel.
 *
 * @param {Classroom} classroom
 * @param {readonly Parameters<Classroom["openPanel"]>[0][]} parts
 */
async function fits(classroom, parts) {
  const { page, person } = classroom;
  const close = page.locator(".class-panel .panel-close:visible");
  if (await close.count()) await close.click();
  await assertFits(page, `${person.name}'s class`);
  await classroom.tool("more").click();
  await assertFits(page, `${person.name}'s menu`, "#class-more");
  await page.keyboard.press("Escape");
  for (const one of parts) {
    await classroom.openPanel(one);
    await assertFits(page, `${person.name}'s ${one}`, "#class-panel, .class-tools");
  }
  await close.click();
}
