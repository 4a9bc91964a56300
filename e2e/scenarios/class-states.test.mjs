// @ts-check
// axe-core on the class in states that come seldom: recording, captions, the door and the lobby, on a laptop and on a phone, in light and dark.

import { after, before, describe, it } from "node:test";
import { assertAccessible } from "../lib/accessibility.mjs";
import { Classroom } from "../lib/classroom.mjs";
import { reads } from "../lib/lesson.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { startDemo } from "../lib/server.mjs";
import { until } from "../lib/wait.mjs";

const PASSWORD = "la-cour-est-grande-42";

const scenario = new Scenario("class-states", { story: true });
/** @type {import("../lib/server.mjs").Server} */
let server;
/** @type {Classroom} */
let teacher;
/** @type {Classroom} with a phone */
let max;
/** @type {Classroom} of another class */
let hugo;

/** @param {string} name @param {string} login @param {Parameters<Scenario["browser"]>[1]} [options] */
async function arrive(name, login, options) {
  const person = await scenario.browser(name, options);
  await person.signIn(server.url, login, PASSWORD);
  await person.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
  return new Classroom(person);
}

/** @param {Classroom[]} classrooms */
async function check(...classrooms) {
  for (const { page } of classrooms) await assertAccessible(page);
}

describe("the class in its rarer states", () => {
  before(async () => {
    server = scenario.keep(await startDemo(scenario.data("school"), PASSWORD));
    const [head] = await Promise.all([
      arrive("head", "direction"),
      arrive("teacher", "prof").then((one) => (teacher = one)),
      arrive("max", "eleve", { phone: true }).then((one) => (max = one)),
      arrive("hugo", "eleve-autre-classe").then((one) => (hugo = one)),
    ]);
    await head.page.goto(`${server.url}/schools`);
    await head.page.getByRole("link", { name: "Enregistrement et sous-titres" }).click();
    await head.page.getByLabel("Les professeurs peuvent enregistrer").check();
    await head.page.getByRole("button", { name: "Enregistrer" }).click();
    await head.person.close();
  });
  after(() => scenario.end());

  /** @param {string} title @param {() => Promise<void>} part */
  const part = (title, part) => it(title, () => scenario.part(part));

  part("waiting, and at the door of a lesson that is not one's own", async () => {
    await max.join("listen");
    await max.reaches("waiting");
    await check(max);
    await teacher.join("listen");
    await teacher.reaches("in");
    await max.reaches("in");
    await hugo.page.goto(server.url + new URL(teacher.page.url()).pathname);
    await hugo.page.locator("#class-door").waitFor();
    await check(hugo);
    await hugo.enter("listen");
    await hugo.reaches("lobby");
    await check(hugo);
  });

  part("somebody knocks at a locked class", async () => {
    await teacher.page.getByTestId("lobby-notice").waitFor();
    await check(teacher);
    await teacher.openPanel("lobby");
    await teacher.page.getByTestId("lock").click();
    await until("it is locked", async () => (await teacher.page.getByTestId("lock").getAttribute("aria-pressed")) === "true");
    await check(teacher);
    await teacher.page.setViewportSize({ width: 390, height: 844 });
    await check(teacher);
    await teacher.page.setViewportSize({ width: 1_280, height: 800 });
    await teacher.page.getByTestId("refuse").click();
    await check(teacher);
    await teacher.confirm();
    await hugo.reaches("ended");
    await check(hugo, teacher);
  });

  part("recorded: the panel, its question, the sign, and the door", async () => {
    await teacher.openPanel("recording");
    await max.openPanel("recording");
    await check(teacher, max);
    await teacher.page.getByTestId("record").click();
    await check(teacher);
    await teacher.confirm();
    for (const one of [teacher, max]) await one.page.getByTestId("recorded").waitFor();
    await check(teacher, max);
    const late = await arrive("late", "eleve2");
    await late.openDoor();
    await late.page.getByTestId("door-recorded").waitFor();
    await check(late);
    await late.person.close();
  });

  part("captions: who writes them, who reads them, in each size", async () => {
    await teacher.openPanel("people");
    await teacher.participant(await max.name()).locator("[data-action=person]").click();
    await check(teacher);
    await teacher.page.getByTestId("duty").selectOption("captioner");
    await teacher.page.getByTestId("person-dialog").getByRole("button", { name: "Fermer" }).click();
    await max.page.getByTestId("captions-write").waitFor();
    await teacher.openPanel("recording");
    await teacher.page.getByTestId("captions-on").check();
    for (const size of ["1", "1.4", "2"]) {
      await teacher.page.getByTestId("captions-size").selectOption(size);
      await max.page.locator("#captions-text").fill(`Le Nil coule vers le nord, taille ${size}.`);
      await max.page.locator("#captions-text").press("Enter");
      await reads(teacher, "caption", new RegExp(`taille ${size}`));
      await check(teacher);
    }
    await check(max);
  });

  part("a report about to be sent, and one's own settings", async () => {
    await max.openPanel("reports");
    await check(max);
    await max.tool("more").click();
    await max.page.getByTestId("settings").click();
    await check(max);
  });
});
