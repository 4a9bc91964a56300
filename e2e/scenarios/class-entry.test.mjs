// @ts-check
// Who comes into a class and who does not: knocking, a guest with a link, a head who looks in, and those who try with what is
// not theirs.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertAccessible } from "../lib/accessibility.mjs";
import { Classroom } from "../lib/classroom.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { startDemo } from "../lib/server.mjs";
import { until } from "../lib/wait.mjs";

const PASSWORD = "la-cour-est-grande-42";
/** An id that no lesson has. */
const NO_LESSON = "01890a5d-ac96-774b-bcce-b302099a8057";
const GUEST = "Ada Lovelace";

const scenario = new Scenario("class-entry", { story: true });
/** @type {import("../lib/server.mjs").Server} */
let server;
/** @type {Classroom} */
let teacher;
/** @type {Classroom} */
let max;
/** @type {string} the path of the lesson */
let lesson;
/** @type {string} the guest's link */
let link;

/**
 * @param {string} name
 * @param {string} login
 * @param {{ phone?: boolean }} [options]
 */
async function arrive(name, login, options = {}) {
  const person = await scenario.browser(name, options);
  await person.signIn(server.url, login, PASSWORD);
  await person.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
  return new Classroom(person);
}

/**
 * At the door of the lesson, and through it without devices.
 *
 * @param {Classroom} classroom
 * @param {string} [path]
 */
async function goIn(classroom, path = lesson) {
  await classroom.page.goto(server.url + path);
  await classroom.enter("listen");
}

/**
 * @param {Classroom} classroom
 * @param {"lobby" | "waiting" | "in" | "ended"} phase
 */
async function is(classroom, phase) {
  await until(`${classroom.person.name} is ${phase}`, async () => (await classroom.phase()) === phase);
}

/**
 * Somebody at the door, in the teacher's list.
 *
 * @param {string} name
 */
async function knock(name) {
  await teacher.openPanel("lobby");
  const line = teacher.page.getByTestId("knock").filter({ hasText: name });
  await line.waitFor();
  return line;
}

/** @param {Classroom} classroom */
async function ending(classroom) {
  await is(classroom, "ended");
  return classroom.page.getByTestId("ended").locator("h2").textContent();
}

/**
 * How the class answers a token that somebody has made up: the code of its `bye`, or that no socket was opened.
 *
 * @param {import("playwright-core").Page} page
 */
async function forged(page) {
  return page.evaluate((path) => new Promise((resolve) => {
    const socket = new WebSocket(`${location.origin.replace("http", "ws")}${path}`);
    socket.onopen = () => socket.send(JSON.stringify({ v: 1, type: "hello", token: "A".repeat(143), protocol: 2 }));
    socket.onmessage = (event) => resolve(JSON.parse(String(event.data)).code);
    socket.onclose = () => resolve("closed");
  }), lesson.replace("/lessons/", "/live/"));
}

describe("coming into a class", () => {
  before(async () => {
    server = scenario.keep(await startDemo(scenario.data("school"), PASSWORD));
  });
  after(() => scenario.end());

  /**
   * @param {string} title
   * @param {() => Promise<void>} part
   */
  const part = (title, part) => it(title, () => scenario.part(part));

  part("its teacher prepares it, and it begins so", async () => {
    teacher = await arrive("teacher", "prof");
    await teacher.openDoor();
    lesson = new URL(teacher.page.url()).pathname;
    await teacher.page.getByRole("link", { name: "Préparer la classe" }).click();
    await teacher.page.getByLabel("écrire dans les notes communes").check();
    await teacher.page.getByLabel("Noms des groupes").fill("Rouges\nBleus");
    await teacher.page.getByLabel("Ceci vaut").selectOption("class");
    await assertAccessible(teacher.page);
    await teacher.page.getByRole("button", { name: "Enregistrer" }).click();
    await teacher.page.getByText("C’est enregistré.").waitFor();
    assert.equal(await teacher.page.getByLabel("Noms des groupes").inputValue(), "Rouges\nBleus");

    await goIn(teacher);
    await is(teacher, "in");
    const begun = await teacher.page.evaluate(() => {
      const { rules, tools } = /** @type {any} */ (globalThis).preauClass.state;
      return { notes: rules.notes, groups: tools.breakouts.groups.map((/** @type {any} */ group) => group.name) };
    });
    assert.deepEqual(begun, { notes: true, groups: ["Rouges", "Bleus"] });
    max = await arrive("max", "eleve");
    await goIn(max);
    await is(max, "in");
  });

  part("a pupil of another class knocks, and is let in by the teacher", async () => {
    const hugo = await arrive("hugo", "eleve-autre-classe", { phone: true });
    await hugo.page.goto(server.url + lesson);
    assert.ok(await hugo.page.getByTestId("knocks").isVisible());
    await hugo.enter("listen");
    await is(hugo, "lobby");
    assert.ok(await hugo.page.getByTestId("lobby").isVisible(), "and reads what is waited for");
    await assertAccessible(hugo.page);
    const seen = await hugo.page.evaluate(() => /** @type {any} */ (globalThis).preauClass.state.people.size);
    assert.equal(seen, 0, "nothing of the others");

    await until("the notice", () => teacher.page.getByTestId("lobby-notice").isVisible());
    assert.equal(await max.page.getByTestId("lobby-notice").isVisible(), false, "teachers only");
    const line = await knock("Hugo Bernard");
    assert.match((await line.textContent()) ?? "", /5e A/);
    await assertAccessible(teacher.page);
    await line.getByTestId("admit").click();
    await is(hugo, "in");
    assert.ok((await teacher.participants()).some((name) => name.includes("Hugo")));

    await hugo.person.close();
  });

  part("staff knock, and who is refused does not knock again", async () => {
    const aide = await arrive("aide", "vie-scolaire");
    await goIn(aide);
    await is(aide, "lobby");
    const line = await knock("personnel");
    await line.getByTestId("refuse").click();
    await teacher.confirm();
    assert.equal(await ending(aide), "Un professeur ne vous a pas fait entrer");
    await goIn(aide);
    assert.equal(await ending(aide), "Un professeur ne vous a pas fait entrer");
    await aide.person.close();
  });

  part("a head looks in, and can do nothing", async () => {
    const head = await arrive("head", "direction");
    await goIn(head);
    await is(head, "in");
    const told = await head.page.evaluate(() => {
      const { state } = /** @type {any} */ (globalThis).preauClass;
      return { role: state.you.role, expected: state.tools.expected.length, lobby: state.tools.lobby.length };
    });
    assert.deepEqual(told, { role: "observer", expected: 0, lobby: 0 });
    assert.equal(await head.page.getByTestId("lobby-button").isVisible(), false);
    await head.person.close();
  });

  part("a guest comes by invitation, waits, and is let in", async () => {
    const office = await teacher.person.context.newPage();
    await office.goto(`${server.url}${lesson}/guests`);
    await office.getByLabel("Prénom et nom").fill(GUEST);
    await office.getByRole("button", { name: /Inviter|Faire le lien/ }).click();
    const made = await office.getByLabel("Lien personnel").inputValue();
    link = new URL(made).pathname;
    await office.close();

    const scriptless = await scenario.browser("scriptless", { javaScriptEnabled: false });
    await scriptless.page.goto(server.url + link);
    await scriptless.page.getByText(GUEST).first().waitFor();
    assert.ok(await scriptless.page.getByRole("button", { name: "Entrer" }).isVisible(), "looking used nothing up");
    await scriptless.close();

    const ada = new Classroom(await scenario.browser("ada", { phone: true }));
    await ada.page.goto(server.url + link);
    await assertAccessible(ada.page);
    await ada.page.getByRole("button", { name: "Entrer" }).click();
    await ada.page.waitForURL(`${server.url}/guest`);
    await ada.enter("listen");
    await is(ada, "lobby");
    await (await knock(GUEST)).getByTestId("admit").click();
    await is(ada, "in");
    const listed = teacher.participant(GUEST);
    await teacher.openPanel("people");
    assert.match((await listed.textContent()) ?? "", /[Ii]nvité/);
    await ada.say("Bonjour à tous");
    await max.reads("Bonjour à tous");
    const said = max.page.locator("[data-testid=chat-line]", { hasText: "Bonjour à tous" });
    assert.match((await said.textContent()) ?? "", /Invité/, "what a guest says is marked");

    await ada.page.reload();
    await ada.enter("listen");
    await is(ada, "in");
    for (const path of ["/", "/week", lesson, `${lesson}/guests`, "/homework"]) {
      await ada.page.goto(server.url + path);
      assert.equal(new URL(ada.page.url()).pathname, "/sign-in", `${path} is closed to a guest`);
    }
    await goIn(ada, "/guest");
    await is(ada, "in");
  });

  part("whoever tries with what is not theirs sees nothing and learns nothing", async () => {
    const nobody = await scenario.browser("nobody");
    await nobody.page.goto(server.url + lesson);
    assert.equal(new URL(nobody.page.url()).pathname, "/sign-in");
    assert.equal(await nobody.page.getByText("Histoire").count(), 0);
    // The guest's link, passed on.
    await nobody.page.goto(server.url + link);
    await nobody.page.getByText("Ce lien a déjà servi").waitFor();
    assert.equal(await nobody.page.getByRole("button", { name: "Entrer" }).count(), 0);
    await nobody.page.goto(`${server.url}/guest`);
    await nobody.page.getByText("demande une invitation").first().waitFor();
    assert.equal(await forged(nobody.page), "closed", "the gate opens no socket for somebody without a pass");
    await nobody.close();

    // Of another school, and the platform's own administrator: the same page as for a lesson that does not exist.
    for (const login of ["maitresse", "admin"]) {
      const other = await arrive(login, login);
      await other.page.goto(`${server.url}/lessons/${NO_LESSON}`);
      const nothing = await other.page.getByRole("main").textContent();
      const answer = await other.page.goto(server.url + lesson);
      assert.equal(answer?.status(), 404, login);
      assert.equal(await other.page.getByRole("main").textContent(), nothing, login);
      assert.equal(await forged(other.page), "bad_token", login);
      await other.person.close();
    }
    // A parent, who knows of the lesson from the child's day, gets no token for it.
    const parent = await arrive("parent", "parent");
    const refused = await parent.page.evaluate(async (path) => {
      const csrf = document.querySelector("[name=csrf]")?.getAttribute("value") ?? "";
      return (await fetch(`${path}/token`, { method: "POST", headers: { "x-csrf": csrf, accept: "application/json" } })).status;
    }, lesson);
    assert.equal(refused, 404);
    await parent.person.close();
  });

  part("a locked class keeps a latecomer at the door", async () => {
    await teacher.openPanel("lobby");
    await teacher.page.getByTestId("lock").click();
    const ines = await arrive("ines", "eleve2");
    await goIn(ines);
    await is(ines, "lobby");
    await knock("Inès Martin");
    await teacher.page.getByTestId("admit-listed").click();
    await is(ines, "in");
    await ines.person.close();
  });

  part("a lesson is prolonged by its teacher", async () => {
    const ends = () => teacher.page.evaluate(() => /** @type {any} */ (globalThis).preauClass.state.lesson.ends);
    const before = await ends();
    await teacher.openPanel("tools");
    await teacher.page.getByTestId("prolong-10").click();
    await until("an end ten minutes later", async () => (await ends()) - before >= 600_000);
  });

  part("removed stays removed, on a second device too", async () => {
    await teacher.openPanel("people");
    const line = teacher.participant(await max.name());
    await line.getByTestId("person").click();
    await teacher.page.getByTestId("person-dialog").getByTestId("remove").click();
    await teacher.confirm();
    assert.equal(await ending(max), "Le professeur t’a fait sortir de la classe");
    const tablet = await arrive("tablet", "eleve", { phone: true });
    await tablet.page.goto(server.url + lesson);
    await tablet.page.getByText("Le professeur t’a fait sortir").first().waitFor();
    assert.equal(await tablet.page.locator("[data-action=enter]").count(), 0);
    await tablet.person.close();
  });
});
