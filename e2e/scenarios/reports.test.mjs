// @ts-check
// Reports to school life: of a message, of a picture, of a person; who judges them, and who does not learn of them.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertAccessible } from "../lib/accessibility.mjs";
import { Classroom } from "../lib/classroom.mjs";
import { LIKENESS } from "../lib/devices.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { startDemo } from "../lib/server.mjs";
import { until } from "../lib/wait.mjs";

const PASSWORD = "la-cour-est-grande-42";
const GUEST = "Ada Lovelace";

const scenario = new Scenario("reports", { story: true });
/** @type {import("../lib/server.mjs").Server} */
let server;
/** @type {Classroom} */
let teacher;
/** @type {Classroom} */
let max;
/** @type {Classroom} */
let ines;
/** @type {import("../lib/people.mjs").Person} */
let life;

/** @param {string} name @param {keyof typeof LIKENESS} likeness @param {string} login */
async function arrive(name, likeness, login) {
  const person = await scenario.browser(name, { likeness: LIKENESS[likeness] });
  await person.signIn(server.url, login, PASSWORD);
  const classroom = new Classroom(person);
  await classroom.join();
  return classroom;
}

/** The teacher invites somebody from outside. @returns {Promise<string>} the link */
async function invite() {
  const office = await teacher.person.context.newPage();
  await office.goto(`${server.url}${new URL(teacher.page.url()).pathname}/guests`);
  await office.getByLabel("Prénom et nom").fill(GUEST);
  await office.getByRole("button", { name: /Inviter|Faire le lien/ }).click();
  const link = await office.getByLabel("Lien personnel").inputValue();
  await office.close();
  return server.url + new URL(link).pathname;
}

/** @param {string} concern @param {string} words */
async function fill(concern, words) {
  await ines.page.locator("#report-concern").selectOption({ label: concern });
  await ines.page.locator("#report-words").fill(words);
  await ines.page.getByTestId("report-send").click();
  await until("it is said that it was sent", async () => /envoyé/.test(await ines.page.getByTestId("report-said").innerText()));
}

describe("reports", () => {
  before(async () => {
    server = scenario.keep(await startDemo(scenario.data("school"), PASSWORD));
  });
  after(() => scenario.end());

  /** @param {string} title @param {() => Promise<void>} part */
  const part = (title, part) => it(title, () => scenario.part(part));

  part("three are in class, and say things", async () => {
    teacher = await arrive("teacher", "blue", "prof");
    await teacher.reaches("in");
    max = await arrive("max", "red", "eleve");
    ines = await arrive("ines", "green", "eleve2");
    await max.reaches("in");
    await ines.reaches("in");
    await teacher.say("Un.");
    await max.say("Deux.");
    await ines.reads("Deux.");
    await teacher.say("Trois.");
    await max.say("Tu es nulle.");
    await ines.reads("Tu es nulle.");
    await teacher.say("Quatre.");
    await ines.reads("Quatre.");
    await until("ines sees max", async () => (await ines.colours()).includes("red"));
  });

  part("a pupil reports a message: the line is shown before it is sent", async () => {
    await ines.openPanel("chat");
    const said = ines.page.getByTestId("chat-line").filter({ hasText: "Tu es nulle." });
    await said.hover();
    await said.getByTestId("report").click();
    await until("the message stands there", () => ines.page.locator("#class-reports blockquote").filter({ hasText: "Tu es nulle." }).isVisible());
    await assertAccessible(ines.page);
    await fill("Insulte ou moquerie", "Ce n’est pas la première fois.");
    const own = ines.page.getByTestId("chat-line").filter({ hasText: "Deux." });
    assert.equal(await own.getByTestId("report").count(), 1, "of another there is a button");
    assert.equal(await max.page.getByTestId("chat-line").filter({ hasText: "Deux." }).getByTestId("report").count(), 0, "of oneself there is none");
  });

  part("a pupil reports a picture: only the tile of that person, small", async () => {
    const name = await max.name();
    const tile = ines.page.getByTestId("tile").filter({ hasText: name });
    await tile.hover();
    await tile.getByTestId("report").click();
    const preview = ines.page.locator("#class-reports img");
    await preview.waitFor();
    const size = await preview.evaluate((img) => ({ width: /** @type {HTMLImageElement} */ (img).naturalWidth, chars: /** @type {HTMLImageElement} */ (img).src.length }));
    assert.ok(size.width > 0 && size.width <= 640 && size.chars < 131_072, JSON.stringify(size));
    await fill("Image ou propos choquants", "");
  });

  part("pupil, teacher and guest report a person, from the list of who is here", async () => {
    const link = await invite();
    const ada = new Classroom(await scenario.browser("ada"));
    await ada.page.goto(link);
    await ada.page.getByRole("button", { name: "Entrer" }).click();
    await ada.page.waitForURL(`${server.url}/guest`);
    await ada.enter("listen");
    await ada.reaches("lobby");
    await teacher.openPanel("lobby");
    await teacher.page.getByTestId("admit").first().click();
    await ada.reaches("in");
    for (const [one, concern, words] of /** @type {const} */ ([
      [ines, "Harcèlement", "Il me suit depuis hier."], [teacher, "Intrus, ou faux nom", "Ce n’est pas sa voix."], [ada, "Menace", "Il m’a menacée."],
    ])) {
      await one.openPanel("people");
      assert.equal(await one.participant(await one.name()).getByTestId("report").count(), 0, "nobody reports oneself");
      await one.participant(await max.name()).getByTestId("report").click();
      assert.equal(await one.page.locator("#report-person option:checked").textContent(), await max.name());
      await one.page.locator("#report-concern").selectOption({ label: concern });
      await one.page.getByTestId("report-send").click();
      await until("words are asked for, of a person", async () => /quelques mots/.test(await one.page.getByTestId("report-said").innerText()));
      await assertAccessible(one.page);
      await one.page.locator("#report-words").fill(words);
      await one.page.getByTestId("report-send").click();
      await until("it is said that it was sent", async () => /envoyé/.test(await one.page.getByTestId("report-said").innerText()));
    }
    await ada.person.close();
  });

  part("a teacher reaches both buttons of a line, to delete and to report", async () => {
    await teacher.openPanel("chat");
    const said = teacher.page.getByTestId("chat-line").filter({ hasText: "Deux." });
    await said.hover();
    await said.getByTestId("chat-delete").click();
    await teacher.page.getByTestId("confirm-no").click();
    await said.hover();
    await said.getByTestId("report").click();
    await until("the message stands there", () => teacher.page.locator("#class-reports blockquote").filter({ hasText: "Deux." }).isVisible());
  });

  part("school life is told, without a name, and reads what is needed", async () => {
    life = await scenario.browser("life");
    await life.signIn(server.url, "vie-scolaire", PASSWORD);
    await life.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
    await life.page.goto(`${server.url}/notices`);
    const notices = await life.page.getByRole("main").innerText();
    assert.match(notices, /Un signalement a été fait/);
    const [maxName, inesName] = [await max.name(), await ines.name()];
    assert.ok(!notices.includes(maxName) && !notices.includes(inesName));
    await life.page.goto(`${server.url}/schools`);
    await life.page.getByRole("link", { name: "Signalements" }).click();
    await assertAccessible(life.page);
    await life.page.getByRole("link", { name: "Insulte ou moquerie" }).click();
    const text = await life.page.getByRole("main").innerText();
    for (const needed of [maxName, inesName, "Tu es nulle.", "Deux.", "Trois.", "Quatre.", "Ce n’est pas la première fois."]) assert.ok(text.includes(needed), needed);
    assert.ok(!text.includes("Un."), "two lines before, and no more");
    await assertAccessible(life.page);
    await life.page.getByLabel("Note").fill("Parents appelés.");
    await life.page.getByRole("button", { name: "Marquer comme traité" }).click();
    await life.page.getByText("Le signalement est marqué comme traité.").waitFor();
    for (const [concern, words, by] of /** @type {const} */ ([["Harcèlement", "Il me suit depuis hier.", inesName], ["Intrus, ou faux nom", "Ce n’est pas sa voix.", "Fontaine"], ["Menace", "Il m’a menacée.", GUEST]])) {
      const list = life.page.url();
      await life.page.getByRole("link", { name: concern }).click();
      const told = await life.page.getByRole("main").innerText();
      for (const needed of ["Une personne", maxName, words, by]) assert.ok(told.includes(needed), `${needed} in ${told}`);
      assert.ok(!told.includes("Deux."), "nothing of the chat goes with it");
      await life.page.goto(list);
    }
    await life.page.getByRole("link", { name: "Image ou propos choquants" }).click();
    await life.page.getByText("Montrer l’image").click();
    const still = life.page.locator(".report-still img");
    await until("the picture is there", () => still.evaluate((img) => /** @type {HTMLImageElement} */ (img).naturalWidth > 0));
    const colour = await still.evaluate((img) => {
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = 1;
      const pen = canvas.getContext("2d");
      pen?.drawImage(/** @type {HTMLImageElement} */ (img), 0, 0, 8, 8, 0, 0, 1, 1);
      return [...(pen?.getImageData(0, 0, 1, 1).data ?? [])];
    });
    assert.ok((colour[0] ?? 0) > (colour[1] ?? 0) && (colour[0] ?? 0) > (colour[2] ?? 0), `max's wall is red: ${colour}`);
  });

  part("nobody else reads them, and whoever opened them stands in the log", async () => {
    const url = life.page.url();
    for (const classroom of [max, ines, teacher]) {
      const status = await classroom.person.status(url);
      assert.ok([403, 404].includes(status), `${classroom.person.name}: ${status}`);
    }
    const head = await scenario.browser("head");
    await head.signIn(server.url, "direction", PASSWORD);
    await head.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
    await head.page.goto(`${server.url}/schools`);
    await head.page.getByRole("link", { name: "Journal" }).first().click();
    const log = await head.page.getByRole("main").innerText();
    assert.match(log, /Signalement ouvert/);
    assert.match(log, /Signalement traité/);
    assert.ok(!log.includes("eleve2"), "who has reported is in no log");
  });

  part("after the lesson each reads again what they could read, and can report it", async () => {
    if (!(await teacher.page.locator("[data-action=end-class]:visible").count())) await teacher.page.getByTestId("more").click();
    await teacher.page.locator("[data-action=end-class]:visible").first().click();
    await teacher.confirm();
    await ines.reaches("ended");
    const path = new URL(ines.page.url()).pathname;
    await ines.page.goto(`${server.url}${path}`);
    await ines.page.getByRole("link", { name: "Discussion du cours" }).click();
    const text = await ines.page.getByRole("main").innerText();
    for (const line of ["Un.", "Deux.", "Tu es nulle.", "Quatre."]) assert.ok(text.includes(line), line);
    await assertAccessible(ines.page);
    await ines.page.getByRole("link", { name: /^Signaler/ }).first().click();
    await ines.page.getByLabel("Pourquoi").selectOption({ label: "Autre chose" });
    await assertAccessible(ines.page);
    await ines.page.getByRole("button", { name: "Envoyer à la vie scolaire" }).click();
    await ines.page.getByText("La vie scolaire a reçu ton signalement.").waitFor();
    const stranger = await scenario.browser("stranger");
    await stranger.signIn(server.url, "eleve-autre-classe", PASSWORD);
    await stranger.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
    assert.ok([403, 404].includes(await stranger.status(`${server.url}${path}/chat`)));
    assert.ok([403, 404].includes(await stranger.status(`${server.url}${path}/report`)));
  });
});
