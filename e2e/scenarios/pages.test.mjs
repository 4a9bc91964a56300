// @ts-check
// Every page that somebody can reach: it answers, it is accessible, it fits on a small phone; without script too.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertAccessible } from "../lib/accessibility.mjs";
import { crawl } from "../lib/crawl.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { startDemo } from "../lib/server.mjs";

/** @import { Page } from "playwright-core" */

const PASSWORD = "la-cour-est-grande-42";
const PHONE = { width: 320, height: 640 };
const LOGINS = ["eleve", "prof", "parent", "direction", "admin"];

const scenario = new Scenario("pages");
/** @type {import("../lib/server.mjs").Server} */
let server;

/** @param {Page} page */
async function assertFits(page) {
  const beyond = await page.evaluate((width) => {
    if (document.documentElement.scrollWidth <= width) return [];
    const all = [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > width);
    return all.map((element) => element.outerHTML.slice(0, 120));
  }, PHONE.width);
  assert.deepEqual(beyond, [], `${page.url()} is wider than a phone of ${PHONE.width} px`);
}

/** @param {Page} page */
async function assertGood(page) {
  await assertAccessible(page);
  assert.equal(await page.locator("h1:visible").count(), 1, `${page.url()} has one heading of the first rank`);
  await assertFits(page);
}

describe("pages", () => {
  before(async () => {
    server = scenario.keep(await startDemo(scenario.data("school"), PASSWORD));
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
    const kinds = await crawl(person.page, async (kind, status) => {
      assert.equal(status, 200, kind);
      await assertGood(person.page);
    });
    assert.ok(kinds.length >= 3, `there is more than the door: ${kinds.join(" ")}`);
    await person.close();
  });

  for (const login of LOGINS) {
    part(`of ${login}`, async () => {
      const person = await scenario.browser(login, { viewport: PHONE });
      await person.signIn(server.url, login, PASSWORD);
      await person.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
      const kinds = await crawl(person.page, async (kind, status) => {
        assert.equal(status, 200, kind);
        await assertGood(person.page);
      });
      assert.ok(kinds.length >= 3, `${login} reaches more than home: ${kinds.join(" ")}`);
      assert.deepEqual(person.complaints, [], login);
      await person.close();
    });
  }

  part("in the dark, in English, at a desk", async () => {
    const person = await scenario.browser("english", { locale: "en-GB" });
    await person.page.emulateMedia({ colorScheme: "dark" });
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
