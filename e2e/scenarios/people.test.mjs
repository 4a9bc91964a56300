// @ts-check
// The office: people found, added, imported, changed, merged and suspended; parents who live apart; a territory; one's own data.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { assertAccessible } from "../lib/accessibility.mjs";
import { activate } from "../lib/codes.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { startDemo } from "../lib/server.mjs";
import { until } from "../lib/wait.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Person } from "../lib/people.mjs" */

const PASSWORD = "la-cour-est-grande-42";
/** Suspended accounts are out within five seconds. */
const SUSPENDED_MS_MAX = 5_000;
/** The first bytes of a ZIP archive (PKWARE APPNOTE 4.3.7). */
const ZIP = "PK\u0003\u0004";

const TABLE = [
  "Nom;Prénom;Date de naissance;INE;Classe;Nom responsable 1;Prénom responsable 1",
  "OUÉDRAOGO;Aïssata;14/09/2015;0410012345A;6e B;OUÉDRAOGO;Mariam",
  "LEROY;Max;02/03/2015;0410022345A;6e B;;",
  "DUMAS;Zoë;31/02/2015;;6e B;;",
  ";Tom;;;6e B;;",
].join("\r\n");

const scenario = new Scenario("people", { story: true });
/** @type {import("../lib/server.mjs").Server} */
let server;
/** @type {Person} */
let admin;
/** The path of the school. */
let school = "";
/** The paths of a pupil who is added, and of Max. */
let added = "";
let max = "";

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
 * @param {Page} page
 * @param {string} path
 */
async function go(page, path) {
  const answer = await page.goto(new URL(path, server.url).href);
  assert.equal(answer?.status(), 200, path);
}

/**
 * Finds somebody by a name, and gives the path of their page.
 *
 * @param {string} asked
 * @param {string} login
 */
async function find(asked, login) {
  const { page } = admin;
  await go(page, `${school}/people`);
  await page.getByLabel("Nom ou identifiant").fill(asked);
  await page.getByRole("button", { name: "Chercher" }).click();
  const row = page.getByRole("row").filter({ has: page.getByText(login, { exact: true }) });
  return (await row.getByRole("link").first().getAttribute("href")) ?? "";
}

/**
 * Adds somebody; gives what the card says that is shown once.
 *
 * @param {{ role: string, family: string, given: string, group?: string, child?: string }} who
 */
async function add({ role, family, given, group, child }) {
  const { page } = admin;
  await go(page, `${school}/people/new`);
  await page.getByLabel("Rôle").selectOption({ label: role });
  await page.getByLabel("Nom", { exact: true }).fill(family);
  await page.getByLabel("Prénom", { exact: true }).fill(given);
  if (group) await page.getByLabel(/^Classe/).selectOption({ label: group });
  if (child) await page.getByLabel(/^Identifiant de l’enfant/).fill(child);
  await page.getByRole("button", { name: "Ajouter et montrer le code" }).click();
  const card = page.locator(".code-card");
  return { login: await card.locator("dd").first().innerText(), code: await card.locator(".code").innerText() };
}

describe("people", () => {
  before(async () => {
    server = scenario.keep(await startDemo(scenario.data("school"), PASSWORD));
  });
  after(() => scenario.end());

  /**
   * @param {string} title
   * @param {() => Promise<void>} part
   * @param {{ needed?: boolean }} [how]
   */
  const part = (title, part, how) => it(title, () => scenario.part(part, how));
  const look = { needed: false };

  /** @type {Person} */
  let pupil;

  part("somebody is added with a code that is shown once, and gets in with it", async () => {
    admin = await arrive("admin", "admin");
    const { page } = admin;
    await page.getByRole("link", { name: "Établissements" }).click();
    await page.getByRole("link", { name: "Collège des Tilleuls" }).last().click();
    school = new URL(page.url()).pathname;
    max = await find("leroy", "eleve");
    const { login, code } = await add({ role: "élève", family: "O’Brien-Đặng", given: "Zoë", group: "6e B" });
    await assertAccessible(page);
    pupil = await scenario.browser("pupil", { phone: true });
    await activate(pupil, server.url, code, PASSWORD);
    await pupil.page.getByText("Histoire-géographie").first().waitFor();
    added = await find("o'brien", login);
    assert.notEqual(added, "");
  });

  part("is changed, suspended and let in again", async () => {
    const { page } = admin;
    await go(page, added);
    await page.getByRole("link", { name: "Modifier" }).click();
    await page.getByLabel("Nom", { exact: true }).fill("<b>O’Brien</b>");
    await page.getByRole("button", { name: "Enregistrer" }).click();
    await page.getByRole("heading", { name: "<b>O’Brien</b>" }).waitFor();
    await page.getByRole("button", { name: "Suspendre" }).click();
    await until("the pupil is out", async () => (await pupil.status(`${server.url}/account`)) === 303, SUSPENDED_MS_MAX);
    await page.getByRole("button", { name: "Rétablir" }).click();
    await page.getByRole("button", { name: "Suspendre" }).waitFor();
    await assertAccessible(page);
  });

  part("a table is tried, read, applied, and changes nothing the second time", async () => {
    const { page } = admin;
    await go(page, `${school}/import`);
    const choose = () => page.getByLabel("Fichiers").setInputFiles([{ name: "élèves.csv", mimeType: "text/csv", buffer: Buffer.from(TABLE) }]);
    await choose();
    await page.getByRole("button", { name: "Essayer à blanc" }).click();
    const report = page.getByRole("region", { name: "Ce que l’import ferait" });
    await report.getByRole("row", { name: /^Élèves/ }).waitFor();
    assert.match(await report.innerText(), /Refusés \(1\)/);
    assert.match(await report.innerText(), /Valeurs laissées de côté \(1\)/);
    await assertAccessible(page);
    await page.getByRole("button", { name: "Appliquer" }).click();
    await page.getByRole("region", { name: "Ce que l’import a fait" }).waitFor();
    await choose();
    await page.getByRole("button", { name: "Essayer à blanc" }).click();
    await page.getByText("Rien n’est différent de ce qui est déjà là.").waitFor();
    assert.notEqual(await find("aïssata ouedraogo", "aissata.ouedraogo"), "");
  });

  part("two accounts of one person become one, and the old address leads to it", async () => {
    const { page } = admin;
    const twin = await add({ role: "élève", family: "Leroy", given: "Maxime", group: "5e A" });
    const other = await find("maxime leroy", twin.login);
    await go(page, max);
    await page.getByRole("link", { name: "Fusionner avec un autre compte" }).click();
    await page.getByLabel("Identifiant de l’autre compte").fill(twin.login);
    await page.getByRole("button", { name: "Comparer" }).click();
    await page.getByRole("region", { name: "Compte fusionné" }).getByText(twin.login, { exact: true }).waitFor();
    await assertAccessible(page);
    await page.getByRole("group", { name: "Nom", exact: true }).getByLabel("Maxime Leroy").check();
    await page.getByRole("button", { name: "Fusionner les deux comptes" }).click();
    await page.getByText("Les deux comptes n’en font plus qu’un.").waitFor();
    await go(page, other);
    assert.equal(new URL(page.url()).pathname, max);
  });

  part("of parents who live apart, each sees what the school has set, and a barred one nothing", async () => {
    const { login, code } = await add({ role: "responsable", family: "Leroy", given: "Éric", child: "eleve" });
    const father = await scenario.browser("father", { phone: true });
    await activate(father, server.url, code, PASSWORD);
    await father.page.getByRole("heading", { name: "Maxime Leroy" }).waitFor();
    const office = await arrive("office", "vie-scolaire");
    const { page } = office;
    await go(page, max);
    await page.getByRole("link", { name: "Droits des responsables" }).click();
    const his = page.getByRole("region", { name: "Éric Leroy" });
    await his.getByLabel("Voit les absences et en est prévenu").uncheck();
    await his.getByRole("button", { name: /^Enregistrer/ }).click();
    await page.getByRole("status").waitFor();
    await assertAccessible(page);
    const answers = async (/** @type {Person} */ person) =>
      Promise.all(["/week", "/attendance"].map((rest) => person.status(`${server.url}${max}${rest}`)));
    assert.deepEqual(await answers(father), [200, 404], login);
    await his.getByRole("button", { name: /^Écarter ce responsable/ }).click();
    await his.getByText("écarté").waitFor();
    assert.deepEqual(await answers(father), [404, 404], "a barred parent");
    await father.page.reload();
    assert.doesNotMatch(await father.page.locator("body").innerText(), /Maxime/);
    const mother = await arrive("mother", "parent");
    assert.deepEqual(await answers(mother), [200, 200], "the other one");
  }, look);

  part("a pupil takes a copy of what is kept, and nobody else does", async () => {
    const self = await arrive("max", "eleve");
    await self.page.getByRole("link", { name: "Mon compte" }).click();
    await self.page.getByRole("link", { name: "Copie des données" }).click();
    const download = self.page.waitForEvent("download");
    await self.page.getByRole("button", { name: "Télécharger" }).click();
    const file = await (await download).path();
    const bytes = readFileSync(file).toString("utf8");
    assert.ok(bytes.startsWith(ZIP));
    const stranger = await arrive("stranger", "eleve2");
    assert.ok([403, 404].includes(await stranger.status(`${server.url}${max}/data`)));
  }, look);

  part("whoever has a territory administers its schools", async () => {
    const { page } = admin;
    const head = await arrive("head", "direction");
    await go(page, "/schools");
    const path = (await page.getByRole("link", { name: "École des Marronniers" }).getAttribute("href")) ?? "";
    assert.ok([403, 404].includes(await head.status(server.url + path)), "not yet");
    await go(page, "/territories");
    await page.getByRole("link", { name: "Provence-Alpes-Côte d’Azur" }).click();
    await page.getByLabel("Identifiant").fill("direction");
    await page.getByRole("button", { name: "Ajouter" }).click();
    await page.getByRole("link", { name: "Paul Mercier" }).waitFor();
    await assertAccessible(page);
    // With more rights comes a new sign-in.
    await until("the old sign-in has ended", async () => (await head.status(`${server.url}/account`)) === 303, SUSPENDED_MS_MAX);
    await head.signIn(server.url, "direction", PASSWORD);
    await head.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
    await go(head.page, path);
    await head.page.getByRole("link", { name: "Ajouter une personne" }).waitFor();
  }, look);

  part("no page complained", async () => {
    for (const { name, complaints } of scenario.people) {
      assert.deepEqual(complaints.filter((text) => !/Failed to load resource/.test(text)), [], name);
    }
  });
});
