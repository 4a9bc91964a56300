// @ts-check
// The youngest: a teacher prints cards, a child scans one and taps three pictures, a card is revoked, and no secret stays anywhere.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { assertAccessible } from "../lib/accessibility.mjs";
import { readCode } from "../lib/qr.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { startDemo, startServe } from "../lib/server.mjs";
import { until } from "../lib/wait.mjs";

/** @import { Person } from "../lib/people.mjs" */

const PASSWORD = "la-cour-est-grande-42";
/** After so many wrong pictures a card must have said no for a while. */
const TRIES_MAX = 20;
/** What was opened with a revoked card ends within this. */
const REVOKED_MS_MAX = 5_000;

/**
 * @typedef {object} Card
 * @property {string} name
 * @property {string} code the letters on it
 * @property {string} link what its QR code says
 * @property {string[]} pictures in their order
 */

const scenario = new Scenario("cards", { story: true });
const folder = scenario.data("school");
/** @type {import("../lib/server.mjs").Server} */
let server;
/** @type {Person} */
let teacher;
/** @type {Person} */
let child;
/** @type {Card[]} */
let cards;
let list = "";

/**
 * Taps pictures, one after the other.
 *
 * @param {Person} person
 * @param {string[]} pictures
 */
async function tap({ page }, pictures) {
  for (const picture of pictures) {
    const moved = page.waitForEvent("framenavigated");
    await page.locator(".pictures").getByRole("button", { name: picture, exact: true }).tap();
    await moved;
  }
}

/** The cards of the sheet that the teacher has before them. */
async function sheet() {
  const { page } = teacher;
  const pictures = await page.locator(".picture-list > ul > li").evaluateAll((lines) =>
    lines.map((line) => ({
      name: line.querySelector("span")?.textContent ?? "",
      pictures: [...line.querySelectorAll("svg")].map((one) => one.getAttribute("aria-label") ?? ""),
    })),
  );
  /** @type {Card[]} */
  const found = [];
  for (const card of await page.locator(".pupil-card").all()) {
    const name = await card.locator(".who strong").innerText();
    const own = pictures.find((one) => one.name === name);
    assert.equal(own?.pictures.length, 3, name);
    const link = await readCode(page, card.locator("svg.qr"));
    found.push({ name, code: await card.locator(".code").innerText(), link, pictures: own?.pictures ?? [] });
  }
  return found;
}

describe("sign-in cards", () => {
  before(async () => {
    // The school of the demonstration, under a server with metrics that says all it can.
    await (await startDemo(folder, PASSWORD)).stop();
    server = scenario.keep(await startServe(folder, { PREAU_LOG__FILTER: "debug" }));
  });
  after(() => scenario.end());

  /**
   * @param {string} title
   * @param {() => Promise<void>} part
   * @param {{ needed?: boolean }} [how]
   */
  const part = (title, part, how) => it(title, () => scenario.part(part, how));

  part("the teacher makes the cards of the class, which are shown once", async () => {
    teacher = await scenario.browser("teacher");
    await teacher.signIn(server.url, "maitresse", PASSWORD);
    const { page } = teacher;
    await page.getByRole("link", { name: "CE1 A" }).click();
    await page.getByRole("link", { name: "Cartes de connexion" }).click();
    list = page.url();
    await page.getByRole("button", { name: "Faire les cartes" }).click();
    await page.locator(".pupil-card").first().waitFor();
    await assertAccessible(page);
    cards = await sheet();
    assert.ok(cards.length > 8, "a card for each who has none");
    assert.equal(new Set(cards.map(({ code }) => code)).size, cards.length);
    for (const { link, code, pictures } of cards) {
      assert.equal(link, `${server.url}/card#${code}`);
      assert.equal(new Set(pictures).size, pictures.length, "no picture twice");
    }
  });

  part("and prints them: cards to cut out, and the pictures on a page apart", async () => {
    const { page } = teacher;
    await page.emulateMedia({ media: "print" });
    for (const gone of ["nav.main", ".demo", "footer", ".no-print"]) {
      for (const one of await page.locator(gone).all()) assert.equal(await one.isVisible(), false, `${gone} is not printed`);
    }
    const pdf = (await page.pdf({ format: "A4" })).toString("latin1");
    const pages = pdf.match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
    assert.ok(pages >= 2, `${pages} pages`);
    const breaks = await page.locator(".picture-list").evaluate((list) => getComputedStyle(list).breakBefore);
    assert.equal(breaks, "page", "no card has its pictures beside it");
    await page.emulateMedia({ media: null });
  }, { needed: false });

  part("a child scans a card, taps the three pictures, and is in", async () => {
    const [card] = cards;
    assert.ok(card);
    child = await scenario.browser("child", { phone: true });
    await child.page.goto(card.link);
    assert.equal(new URL(child.page.url()).hash, "", "the secret leaves the address bar");
    await assertAccessible(child.page);
    await child.page.getByRole("button", { name: "Continuer" }).tap();
    await child.page.getByRole("heading", { name: "Touche tes 3 images, dans l’ordre" }).waitFor();
    await assertAccessible(child.page);
    await tap(child, card.pictures);
    await child.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
    assert.ok((await child.page.getByRole("contentinfo").innerText()).includes(card.name.split(" ")[0] ?? card.name));
  });

  part("wrong pictures let nobody in, and soon have to wait, right ones too; without script", async () => {
    const [, card] = cards;
    assert.ok(card);
    const guesser = await scenario.browser("guesser", { phone: true, javaScriptEnabled: false });
    const { page } = guesser;
    await page.goto(`${server.url}/card`);
    await page.getByLabel("Les lettres de ma carte").fill(card.code.toLowerCase());
    await page.getByRole("button", { name: "Continuer" }).tap();
    const says = page.getByRole("alert");
    let tries = 0;
    do {
      await tap(guesser, [...card.pictures].reverse());
      tries += 1;
      await says.waitFor();
    } while (tries < TRIES_MAX && !(await says.getByText("Trop d’essais").count()));
    assert.ok(tries < TRIES_MAX, `${tries} tries and no end`);
    await tap(guesser, card.pictures);
    await says.getByText("Trop d’essais").waitFor();
    assert.equal(await page.getByRole("button", { name: "Se déconnecter" }).count(), 0);
    await guesser.close();
  }, { needed: false });

  part("a revoked card ends what it has opened within five seconds, and opens nothing more", async () => {
    const [card] = cards;
    assert.ok(card);
    const { page } = teacher;
    await page.goto(list);
    const row = page.getByRole("row").filter({ hasText: card.name.split(" ")[0] }).filter({ hasText: "utilisée" });
    await row.getByRole("button", { name: /^Révoquer la carte/ }).click();
    await page.getByText("La carte ne sert plus").waitFor();
    await until("the child is out", async () => (await child.status(`${server.url}/account`)) === 303, REVOKED_MS_MAX);
    await child.page.goto(card.link);
    await child.page.getByRole("button", { name: "Continuer" }).tap();
    await child.page.getByText("Cette carte ne marche pas, ou ne marche plus.").waitFor();
  });

  part("no secret is in a log, in the metrics, or in any file of the server", async () => {
    const metrics = await (await fetch(`${server.admin}/metrics`)).text();
    assert.match(metrics, /preau_card_total/);
    assert.match(server.said, /DEBUG/, "the log says a lot");
    await server.stop();
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    assert.ok(files.length > 2);
    const places = new Map(files.map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name)).toString("latin1")]));
    places.set("the log", server.said).set("the metrics", metrics);
    for (const [place, holds] of places) {
      for (const { code } of cards) {
        for (const secret of [code, code.replaceAll("-", "")]) {
          assert.ok(!holds.toUpperCase().includes(secret), `${place} holds a code`);
        }
      }
    }
  });
});
