// @ts-check
// Work without a connection: the day is read, work is handed in, and everything gets to the server once.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertAccessible } from "../lib/accessibility.mjs";
import { keptBy } from "../lib/kept.mjs";
import { PHONE, PLAN, SENT_MS_MAX, OfflineSchool, handIn, hasKept, picture, receipts } from "../lib/offline.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { until } from "../lib/wait.mjs";

/** @import { Person } from "../lib/people.mjs" */

const scenario = new Scenario("offline");
/** @type {OfflineSchool} */
let school;

describe("without a connection", () => {
  before(async () => {
    school = await OfflineSchool.open(scenario);
  });
  after(() => school.end());

  /**
   * @param {string} title
   * @param {() => Promise<void>} part
   */
  const part = (title, part) =>
    it(title, () =>
      scenario.part(async () => {
        school.line.heal();
        await part();
      }),
    );

  part("the day and the work are read after one visit", async () => {
    const { page, ...person } = await school.reader("reader");
    const reader = Object.assign(person, { page });
    await school.goOffline(/** @type {Person} */ (reader));
    await page.goto(school.line.url);
    await page.getByText(/Hors connexion — version de \d+\sh\s\d\d/).waitFor();
    await page.getByRole("heading", { name: "Emploi du temps" }).waitFor();
    assert.ok((await page.locator("li.slot").count()) > 0, "the lessons of the day");
    await assertAccessible(page);
    await picture(page, "day");
    await page.getByRole("link", { name: "Carte du Nil" }).click();
    await page.getByRole("heading", { name: "Carte du Nil" }).waitFor();
    assert.equal(await page.getByText(PLAN).count(), 1);
    const file = page.getByRole("link", { name: "consigne.txt" });
    const text = await file.evaluate(async (link) => (await fetch(/** @type {HTMLAnchorElement} */ (link).href)).text()).catch(() => "");
    const download = page.waitForEvent("download");
    await file.click();
    assert.equal((await download).suggestedFilename(), "consigne.txt", text);
    await assertAccessible(page);
    await picture(page, "work");
    await page.goto(`${school.line.url}/account`);
    await page.getByText("n’est pas gardée sur cet appareil").waitFor();
    await assertAccessible(page);
    await page.setViewportSize({ width: 320, height: 640 });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "fits a small phone");
    await school.goOnline(/** @type {Person} */ (reader));
    await page.getByRole("link", { name: "Réessayer" }).click();
    await page.getByRole("button", { name: "Se déconnecter" }).first().waitFor();
    await reader.browser.close();
  });

  part("text and a photograph that were handed in without a network arrive once, with their receipt", async () => {
    const max = await school.reader("writer");
    const photo = await max.page.screenshot();
    await school.goOffline(max);
    await max.page.goto(`${school.line.url}${school.nile}`);
    const file = (/** @type {string} */ name) => ({ name, mimeType: "image/png", buffer: photo });
    await max.page.locator("#photos").setInputFiles([file("deux.png"), file("un.png")]);
    const pages = max.page.locator("#hand-in li");
    await pages.nth(1).waitFor();
    await max.page.getByRole("button", { name: "Tourner : deux.jpg" }).click();
    await until("it lies", () => pages.nth(0).locator("img").evaluate((picture) => {
      const { naturalWidth, naturalHeight } = /** @type {HTMLImageElement} */ (picture);
      return naturalWidth > naturalHeight;
    }));
    await max.page.getByRole("button", { name: "Monter : un.jpg" }).click();
    await assertAccessible(max.page);
    // The phone closes the page while its camera is open.
    await max.page.reload();
    await pages.nth(1).waitFor();
    await handIn(max.page, "La crue vient en été.");
    await assertAccessible(max.page);
    await picture(max.page, "queued");
    // The page is closed, and another one sends it.
    await max.page.goto(`${school.line.url}/offline`);
    await max.page.locator("[data-state=waiting]").waitFor();
    await school.goOnline(max);
    const sent = max.page.locator("[data-state=sent]");
    await sent.waitFor({ timeout: SENT_MS_MAX });
    await assertAccessible(max.page);
    await picture(max.page, "sent");
    await sent.getByRole("link", { name: "Accusé de réception" }).click();
    await max.page.getByText("Ton travail est bien arrivé").waitFor();
    const shown = await max.page.locator("main").innerText();
    assert.match(shown, /La crue vient en été\./);
    assert.match(shown, /un\.jpg[\s\S]*deux\.jpg/, "in the order of the pages");
    assert.equal((await receipts(max, school.nile)).length, 1);
    await max.close();
  });

  part("an answer that is lost after the server has stored it gives one hand-in", async () => {
    const max = await school.reader("unlucky");
    await school.goOffline(max);
    await max.page.goto(`${school.line.url}${school.crossing}`);
    await handIn(max.page, "Texte dont l’accusé se perd.");
    let lost = 0;
    school.line.loses = (method, path) => {
      const is = method === "POST" && path.endsWith("/hand-in");
      lost += is ? 1 : 0;
      return is;
    };
    await school.goOnline(max);
    await max.page.locator("[data-state=sent]").waitFor({ timeout: SENT_MS_MAX });
    assert.equal(lost, 1, "the first answer was lost");
    assert.ok(school.line.count("POST", new RegExp(`${school.crossing}/hand-in`)) >= 2, "and asked for again");
    assert.equal((await receipts(max, school.crossing)).length, 1);
    await max.close();
  });

  part("a server that is killed while a file is being sent changes nothing", async () => {
    const ines = await school.reader("killed", "eleve2");
    await school.goOffline(ines);
    await ines.page.goto(`${school.line.url}${school.crossing}`);
    const big = Buffer.alloc(3 << 20, "page ");
    await ines.page.locator("#files").setInputFiles({ name: "cahier.txt", mimeType: "text/plain", buffer: big });
    await ines.page.locator("#hand-in li", { hasText: "cahier" }).waitFor();
    await handIn(ines.page, "Envoi coupé par une panne.");
    let patches = 0;
    school.line.before = async (method) => {
      if (method === "PATCH" && ++patches === 2) await school.server.stop("SIGKILL");
    };
    await school.goOnline(ines);
    await until("the server is gone", () => school.server.process?.signalCode === "SIGKILL", SENT_MS_MAX);
    school.line.before = null;
    await school.server.start();
    const send = ines.page.getByRole("button", { name: "Envoyer maintenant" });
    await until("it is sent", async () => {
      if (await send.isVisible().catch(() => false)) await send.click({ timeout: 1_000 }).catch(() => undefined);
      return ines.page.locator("[data-state=sent]").isVisible();
    }, SENT_MS_MAX);
    assert.ok(school.line.count("HEAD", /^\/uploads\//) >= 1, "it went on at the offset");
    const [receipt] = await receipts(ines, school.crossing);
    assert.equal((await receipts(ines, school.crossing)).length, 1);
    const bytes = await ines.page.evaluate(async (receipt) => {
      const page = await (await fetch(receipt ?? "")).text();
      const path = /href="(\/receipts\/[0-9a-f-]+\/files\/[0-9a-f-]+)"/.exec(page)?.[1] ?? "";
      return (await (await fetch(path)).arrayBuffer()).byteLength;
    }, receipt);
    assert.equal(bytes, big.length, "the whole file");
    await ines.close();
  });

  part("what does not go out from the page of the work goes to the queue, and outlives the page", async () => {
    const max = await school.reader("cut-off");
    await max.page.goto(`${school.line.url}${school.crossing}`);
    const before = (await receipts(max, school.crossing)).length;
    await max.page.getByLabel("Ton texte").fill("Écrit en ligne, rendu sans réseau.");
    await school.goOffline(max);
    await max.page.locator("#photos").setInputFiles({ name: "page.png", mimeType: "image/png", buffer: await max.page.screenshot() });
    await max.page.getByRole("button", { name: "Rendre", exact: true }).click();
    await max.page.getByText("Enregistré sur cet appareil, sera envoyé").first().waitFor();
    await max.page.goto(`${school.line.url}/`);
    await max.page.locator("[data-state=waiting]").waitFor();
    await school.goOnline(max);
    await max.page.goto(`${school.line.url}/homework`);
    await until("it is sent", async () => (await receipts(max, school.crossing)).length === before + 1, SENT_MS_MAX);
    assert.deepEqual((await keptBy(max.page)).local.filter((name) => name.startsWith("preau-draft:")), []);
    await max.close();
  });

  part("work that is closed meanwhile is told, and the text is kept", async () => {
    const max = await school.reader("late");
    await school.goOffline(max);
    await max.page.goto(`${school.line.url}${school.closing}`);
    await handIn(max.page, "Trop tard, mais pas perdu.");
    // The teacher, on another line, gives the correction back without having got anything.
    const person = (await keptBy(max.page)).stores.days?.[0].person;
    await school.teacher.goto(`${school.server.url}${school.closing}/pupils/${person}`);
    await school.teacher.getByLabel("Commentaire").fill("Rien reçu.");
    await school.teacher.getByRole("button", { name: "Rendre la correction à l’élève" }).click();
    await school.teacher.getByRole("button", { name: "Reprendre la correction" }).waitFor();
    await school.goOnline(max);
    await max.page.locator("[data-state=refused]").waitFor({ timeout: SENT_MS_MAX });
    const says = await max.page.locator("[data-state=refused]").innerText();
    assert.match(says, /Ce travail est corrigé\s: il ne se rend plus/);
    assert.match(says, /Trop tard, mais pas perdu\./);
    await assertAccessible(max.page);
    await picture(max.page, "refused");
    await max.page.getByRole("button", { name: /^Supprimer/ }).click();
    await max.page.getByRole("button", { name: /^Supprimer pour de bon/ }).click();
    await max.page.getByText("Rien n’attend d’être envoyé.").waitFor();
    await max.close();
  });

  part("two tabs send one thing once", async () => {
    const max = await school.reader("two-tabs");
    const before = (await receipts(max, school.crossing)).length;
    await school.goOffline(max);
    await max.page.goto(`${school.line.url}${school.crossing}`);
    await handIn(max.page, "Deux onglets, un envoi.");
    const other = await max.context.newPage();
    await other.goto(`${school.line.url}/offline`);
    await other.locator("[data-state=waiting]").waitFor();
    const sends = school.line.count("POST", /hand-in/);
    await school.goOnline(max);
    await Promise.all([max.page, other].map((page) => page.getByRole("button", { name: /^Envoyer maintenant/ }).click().catch(() => undefined)));
    await other.locator("[data-state=sent]").waitFor({ timeout: SENT_MS_MAX });
    await max.page.locator("[data-state=sent]").waitFor();
    assert.equal((await receipts(max, school.crossing)).length, before + 1);
    assert.equal(school.line.count("POST", /hand-in/), sends + 1);
    await max.close();
  });

  part("a relative reads the children's day, a teacher their own", async () => {
    for (const [login, heading] of [["parent", "Travail à faire"], ["prof", "Emploi du temps"]]) {
      const person = await scenario.browser(`${login}-reader`, { viewport: PHONE });
      await school.enter(person, login ?? "");
      await hasKept(person);
      await school.goOffline(person);
      await person.page.goto(school.line.url);
      await person.page.getByRole("heading", { name: heading }).first().waitFor();
      assert.ok((await person.page.locator("li.slot").count()) > 0, login);
      await assertAccessible(person.page);
      await picture(person.page, login ?? "");
      await school.goOnline(person);
      await person.close();
    }
  });
});
