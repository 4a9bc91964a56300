// @ts-check
// Every page of the table of routes, as those who may see it: it answers, it is accessible in light and in dark, it fits on a
// small phone; some without script too.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertAccessible } from "../lib/accessibility.mjs";
import { crawl } from "../lib/crawl.mjs";
import { Pages } from "../lib/routes.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { startDemo } from "../lib/server.mjs";

/** @import { Page } from "playwright-core" */

const PASSWORD = "la-cour-est-grande-42";
const PHONE = { width: 320, height: 640 };
/** In this order: the head opens a reading, which the teacher then finds. */
const LOGINS = ["eleve", "direction", "prof", "parent", "vie-scolaire", "maitresse", "admin"];
/** Pages to which no link leads: those of letters, of cards, of the first start, and what a browser keeps. */
const FROM_OUTSIDE = ["/reset", "/setup", "/activation", "/card", "/offline"];

const scenario = new Scenario("pages");
/** @type {import("../lib/server.mjs").Server} */
let server;
/** @type {Pages} */
let pages;
/** What was examined already: pages made of the same parts are accessible or not together. */
const examined = new Set();

/** @param {Page} page */
async function assertFits(page) {
  const beyond = await page.evaluate((width) => {
    if (document.documentElement.scrollWidth <= width) return [];
    const all = [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > width);
    return all.map((element) => element.outerHTML.slice(0, 120));
  }, PHONE.width);
  assert.deepEqual(beyond, [], `${page.url()} is wider than a phone of ${PHONE.width} px`);
}

/**
 * What a page is made of: the kinds of its elements, whatever they hold.
 *
 * @param {Page} page
 */
function partsOf(page) {
  return page.evaluate(() => {
    const kinds = [...document.querySelectorAll("*")].map((one) => `${one.localName}.${[...one.classList].sort().join(".")}`);
    return [...new Set(kinds)].sort().join(" ");
  });
}

/** @param {Page} page */
async function assertGood(page) {
  const parts = `${pages.visit(page.url())} ${await partsOf(page)}`;
  if (!examined.has(parts)) await assertAccessible(page);
  examined.add(parts);
  assert.equal(await page.locator("h1:visible").count(), 1, `${page.url()} has one heading of the first rank`);
  await assertFits(page);
}

/**
 * Looks at everything that can be reached from where the page is.
 *
 * @param {Page} page
 */
async function lookAround(page) {
  return crawl(page, async (kind, status) => {
    assert.equal(status, 200, kind);
    await assertGood(page);
  });
}

/**
 * The head lets a teacher read the log of the school, as they let an inspector.
 *
 * @param {Page} page
 */
async function openReading(page) {
  await page.goto(`${server.url}/log`);
  await page.getByRole("link", { name: "Lectures ouvertes" }).click();
  await page.getByRole("link", { name: "Ouvrir à la lecture" }).click();
  await page.getByLabel("Identifiant de la personne").fill("prof");
  await page.getByRole("button", { name: "Ouvrir" }).click();
  await page.getByText("La lecture est ouverte.").waitFor();
}

/**
 * The head allows teachers to record their lessons.
 *
 * @param {Page} page
 */
async function allowRecording(page) {
  await page.goto(`${server.url}/schools`);
  await page.getByRole("link", { name: "Enregistrement et sous-titres" }).click();
  await page.getByLabel("Les professeurs peuvent enregistrer").check();
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByRole("status").waitFor();
}

/**
 * A teacher records a moment of the lesson that is on; the page that plays it is looked at.
 *
 * @param {Page} page
 */
async function recordLesson(page) {
  const lesson = await page.locator("a[href^='/lessons/']").first().getAttribute("href");
  await page.goto(`${server.url}${lesson}`);
  await page.getByTestId("listen").click();
  await page.getByTestId("more").click();
  await page.getByTestId("recording-button").click();
  await page.getByTestId("record").click();
  await page.getByTestId("confirm-yes").click();
  await page.getByTestId("recorded").waitFor();
  await page.goto(`${server.url}${lesson}/recordings/1`);
  await assertGood(page);
  await page.goto(server.url);
}

/**
 * A pupil reports a person of the lesson that is on, which school life then finds.
 *
 * @param {Page} page
 */
async function makeReport(page) {
  const lesson = await page.locator("a[href^='/lessons/']").first().getAttribute("href");
  await page.goto(`${server.url}${lesson}/report`);
  await assertGood(page);
  await page.locator("select[name=person]").selectOption({ index: 1 });
  await page.locator("select[name=concern]").selectOption({ label: "Harcèlement" });
  await page.locator("textarea[name=body]").fill("Il recommence chaque jour.");
  await page.getByRole("button", { name: "Envoyer à la vie scolaire" }).click();
  await page.getByText("La vie scolaire a reçu ton signalement.").waitFor();
}

/**
 * The teacher prepares the lesson that is on and invites somebody, whose pages are looked at as well.
 *
 * @param {Page} page
 */
async function prepareAndInvite(page) {
  await page.goto(server.url);
  await page.getByRole("main").getByText("Rejoindre la classe").first().click();
  await page.locator("#class-door").waitFor();
  const lesson = page.url();
  await page.goto(`${lesson}/setup`);
  await assertGood(page);
  await page.goto(`${lesson}/guests`);
  await page.getByLabel("Prénom et nom").fill("Ada Lovelace");
  await page.getByRole("button", { name: /Inviter|Faire le lien/ }).click();
  const link = new URL(await page.getByLabel("Lien personnel").inputValue()).pathname;
  await page.goto(`${lesson}/guests`);
  await assertGood(page);
  await page.goto(`${lesson}/streams`);
  await assertGood(page);
  const guest = await scenario.browser("guest", { viewport: PHONE });
  await guest.page.goto(server.url + link);
  await assertGood(guest.page);
  await guest.page.getByRole("button", { name: "Entrer" }).click();
  await guest.page.locator("#class-door").waitFor();
  await assertGood(guest.page);
  await guest.close();
}

describe("pages", () => {
  before(async () => {
    server = scenario.keep(await startDemo(scenario.data("school"), PASSWORD));
    pages = new Pages();
  });
  after(() => scenario.end());

  /**
   * @param {string} title
   * @param {() => Promise<void>} part
   */
  const part = (title, part) => it(title, () => scenario.part(part));

  part("of somebody who is not signed in", async () => {
    const person = await scenario.browser("nobody", { viewport: PHONE });
    await person.page.goto(server.url);
    const kinds = await lookAround(person.page);
    assert.ok(kinds.length >= 3, `there is more than the door: ${kinds.join(" ")}`);
    for (const path of FROM_OUTSIDE) {
      await person.page.goto(server.url + path);
      await assertGood(person.page);
    }
    await person.close();
  });

  for (const login of LOGINS) {
    part(`of ${login}`, async () => {
      const person = await scenario.browser(login, { viewport: PHONE });
      await person.signIn(server.url, login, PASSWORD);
      await person.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
      if (login === "direction") await openReading(person.page);
      if (login === "direction") await allowRecording(person.page);
      if (login === "prof") await recordLesson(person.page);
      if (login === "prof") await prepareAndInvite(person.page);
      if (login === "eleve") await makeReport(person.page);
      await person.page.goto(server.url);
      const kinds = await lookAround(person.page);
      assert.ok(kinds.length >= 3, `${login} reaches more than home: ${kinds.join(" ")}`);
      assert.deepEqual(person.complaints, [], login);
      await person.close();
    });
  }

  part("and no page of the table of routes was left out", async () => {
    assert.deepEqual(pages.missing(), []);
  });

  part("in English, at a desk", async () => {
    const person = await scenario.browser("english", { locale: "en-GB" });
    await person.page.goto(server.url);
    assert.equal(await person.page.locator("html").getAttribute("lang"), "en");
    await assertAccessible(person.page);
    await person.close();
  });

  part("and without script: signing in, and the way into the class", async () => {
    const person = await scenario.browser("scriptless", { javaScriptEnabled: false });
    await person.signIn(server.url, "eleve", PASSWORD);
    await person.page.getByText("Rejoindre la classe").first().click();
    await person.page.locator(".door-scriptless").waitFor();
    assert.ok(await person.page.locator(".door-scriptless").isVisible());
    await person.close();
  });

  part("a wrong password is told kindly and lets nobody in", async () => {
    const person = await scenario.browser("wrong");
    await person.signIn(server.url, "eleve", "pas-le-bon");
    assert.equal(await person.page.getByLabel("Identifiant").inputValue(), "eleve", "what was typed is kept");
    await assertAccessible(person.page);
    await person.page.goto(server.url);
    await person.page.getByLabel("Identifiant").waitFor();
    await person.close();
  });
});
