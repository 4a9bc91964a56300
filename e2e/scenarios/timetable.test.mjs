// @ts-check
// The timetable: each lesson leads to its page, and a week goes onto paper.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertAccessible } from "../lib/accessibility.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { startDemo } from "../lib/server.mjs";

/** @import { Person } from "../lib/people.mjs" */

const PASSWORD = "la-cour-est-grande-42";
/** A4, landscape, within margins of 1 cm, at 96 px to the inch. */
const PAPER_PX = { width: 1047, height: 718 };

const scenario = new Scenario("timetable");
/** @type {import("../lib/server.mjs").Server} */
let server;

/**
 * @param {string} name
 * @param {string} login
 */
async function arrive(name, login) {
  const person = await scenario.browser(name);
  await person.signIn(server.url, login, PASSWORD);
  await person.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
  return person;
}

/**
 * Opens the page of the first lesson of a view; gives its path.
 *
 * @param {Person} person
 * @param {string} view
 */
async function openFirst({ page }, view) {
  await page.goto(new URL(view, server.url).href);
  const slots = page.locator("li.slot");
  assert.ok((await slots.count()) > 0, `${view} has lessons`);
  assert.equal(await slots.count(), await slots.locator('a[href$="/about"]').count(), "each lesson is a link");
  const link = slots.locator('a[href$="/about"]').first();
  const subject = (await link.evaluate((link) => link.firstChild?.textContent ?? "")).trim();
  const path = (await link.getAttribute("href")) ?? "";
  const [answer] = await Promise.all([page.waitForResponse((answer) => answer.url().endsWith(path)), link.click()]);
  assert.equal(answer.status(), 200, path);
  await page.getByRole("heading", { level: 1, name: subject }).waitFor();
  return path;
}

describe("the timetable", () => {
  before(async () => {
    server = scenario.keep(await startDemo(scenario.data("school"), PASSWORD));
  });
  after(() => scenario.end());

  /**
   * @param {string} title
   * @param {() => Promise<void>} part
   */
  const part = (title, part) => it(title, () => scenario.part(part));

  part("each lesson of a week and of a list leads to its page, for a pupil, a teacher and a mother", async () => {
    for (const login of ["eleve", "prof"]) {
      const person = await arrive(login, login);
      const path = await openFirst(person, "/week");
      await assertAccessible(person.page);
      assert.match(path, /^\/lessons\/[0-9a-f-]+\/about$/);
      await openFirst(person, "/week?view=list");
      await person.close();
    }
    const mother = await arrive("mother", "parent");
    const week = await mother.page.locator('a[href^="/people/"][href$="/week"]').first().getAttribute("href");
    await openFirst(mother, week ?? "");
    assert.equal(await mother.page.getByRole("link", { name: "Rejoindre la classe" }).count(), 0, "the class is her child's");
    await mother.close();
  });

  part("a week on paper has its lessons and nothing to press", async () => {
    const pupil = await arrive("paper", "eleve");
    const { page } = pupil;
    await page.goto(`${server.url}/week`);
    const lessons = await page.locator("li.slot").count();
    await page.emulateMedia({ media: "print" });
    await page.setViewportSize(PAPER_PX);
    const shown = await page.locator("li.slot:visible").count();
    assert.equal(shown, lessons, "every lesson of the week");
    for (const gone of [".no-print", "header.top", "footer.bottom", "nav", "button"]) {
      assert.equal(await page.locator(`${gone}:visible`).count(), 0, `${gone} is not printed`);
    }
    await page.getByRole("heading", { level: 1 }).waitFor();
    const cards = await page.locator(".week > section").evaluateAll((cards) => cards.map((card) => card.getBoundingClientRect().top));
    assert.equal(new Set(cards.slice(0, 5).map(Math.round)).size, 1, "five days stand side by side");
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= PAPER_PX.width, `${wide} px fit on the paper`);
    const paper = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString("latin1");
    const pages = paper.match(/\/Type\s*\/Page\b/g)?.length ?? 0;
    assert.ok(pages >= 1 && pages <= 2, `${pages} sheets`);
    const [, width, height] = /\/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)/.exec(paper) ?? [];
    assert.ok(Number(width) > Number(height), "landscape");
    await pupil.close();
  });
});
