// @ts-check
// A school with work to hand in, pupils with the kept day, and a line that can be cut between them.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { keptBy } from "./kept.mjs";
import { Relay } from "./relay.mjs";
import { Scenario } from "./scenario.mjs";
import { run, startDemo } from "./server.mjs";
import { until } from "./wait.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Person } from "./people.mjs" */
/** @import { Server } from "./server.mjs" */

export const PASSWORD = "la-cour-est-grande-42";
export const PLAN = "Deux pages, avec une carte.";
/** From the network's return to the receipt: the spread of a school's return, and what the machine needs. */
export const SENT_MS_MAX = 60_000;
export const PHONE = { width: 390, height: 844 };
/** Pictures of the pages for whoever wants to look at them. */
const PICTURES = process.env.PREAU_E2E_PICTURES ?? "";

/**
 * The teacher sets work for tomorrow, handed in as text and photographs, with a file.
 *
 * @param {string} site
 * @param {Page} page of the teacher
 * @param {string} title
 * @param {string[]} [ways] how it is handed in
 * @returns {Promise<string>} its path
 */
export async function setWork(site, page, title, ways = ["text", "files", "photos"]) {
  await page.goto(`${site}/homework/new`);
  const status = await page.evaluate(
    async ({ title, body, ways }) => {
      const form = /** @type {HTMLFormElement} */ (document.querySelector('form[action="/homework/new"]'));
      const fields = new FormData(form);
      const options = [.../** @type {HTMLSelectElement} */ (form.elements.namedItem("group")).options];
      const day = new Date(Date.now() + 86_400_000).toLocaleDateString("sv", { timeZone: "Europe/Paris" });
      fields.set("group", options.find(({ text }) => text.includes("6e"))?.value ?? "");
      fields.set("title", title);
      fields.set("body", body);
      fields.set("day", day);
      for (const way of ways) fields.append("ways", way);
      fields.set("file", new File(["Le Nil coule vers le nord."], "consigne.txt", { type: "text/plain" }));
      // The token stands first.
      const sent = new FormData();
      sent.append("csrf", String(fields.get("csrf")));
      for (const [name, value] of fields) if (name !== "csrf") sent.append(name, value);
      const answer = await fetch(form.action, { method: "POST", body: sent });
      return answer.ok ? 200 : `${answer.status} ${await answer.text()}`;
    },
    { title, body: PLAN, ways },
  );
  assert.equal(status, 200);
  await page.goto(`${site}/homework`);
  const path = await page.getByRole("link", { name: title }).first().getAttribute("href");
  assert.ok(path, title);
  return path;
}

/** The school, and the line to it. */
export class OfflineSchool {
  /**
   * @param {Scenario} scenario
   * @param {string} folder
   * @param {Server} server
   * @param {Relay} line
   * @param {Page} teacher signed in, on a line of her own
   */
  constructor(scenario, folder, server, line, teacher) {
    this.scenario = scenario;
    this.folder = folder;
    this.server = server;
    this.line = line;
    this.teacher = teacher;
    /** Paths of work for tomorrow. */
    this.nile = "";
    this.crossing = "";
    this.closing = "";
  }

  /** @param {Scenario} scenario */
  static async open(scenario) {
    const folder = scenario.data("school");
    const server = scenario.keep(await startDemo(folder, PASSWORD));
    const line = await Relay.to(server);
    const prof = await scenario.browser("prof");
    await prof.signIn(server.url, "prof", PASSWORD);
    await prof.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
    const school = new OfflineSchool(scenario, folder, server, line, prof.page);
    school.nile = await setWork(server.url, prof.page, "Carte du Nil");
    school.crossing = await setWork(server.url, prof.page, "La traversée");
    school.closing = await setWork(server.url, prof.page, "Fermé bientôt");
    return school;
  }

  /** @param {string[]} words */
  operate(...words) {
    const done = run(...words, "--data", this.folder);
    assert.equal(done.status, 0, done.stderr);
    return done.stdout;
  }

  /** @param {Person} person @param {string} login */
  async enter(person, login) {
    await person.signIn(this.line.url, login, PASSWORD);
    await person.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
  }

  /** Somebody signed in whose browser has the day. @param {string} name @param {string} [login] */
  async reader(name, login = "eleve") {
    const person = await this.scenario.browser(name, { viewport: PHONE });
    await this.enter(person, login);
    await hasKept(person);
    return person;
  }

  /** @param {Person} person */
  async goOffline(person) {
    await person.context.setOffline(true);
    this.line.cut();
  }

  /** @param {Person} person */
  async goOnline(person) {
    this.line.mend();
    await person.context.setOffline(false);
  }

  async end() {
    await this.line.end();
    await this.scenario.end();
  }
}

/** Waits until the browser has the day, the page that shows it, and the attached files. @param {Person} person */
export async function hasKept(person) {
  await until(`${person.name} has the day`, async () => {
    const kept = await keptBy(person.page);
    const pages = Object.values(kept.caches).flat().includes("/offline");
    const day = kept.stores.days?.[0];
    const works = [day, ...(day?.children ?? [])].flatMap((/** @type {any} */ one) => one?.works ?? []);
    const files = new Set(works.flatMap((work) => work.files.map((/** @type {any} */ file) => file.path)));
    return pages && day && kept.stores.files?.length === files.size;
  });
}

/** How often this person has handed this in, as the server has it. @param {Person} person @param {string} path */
export async function receipts(person, path) {
  const text = await person.page.evaluate(async (path) => (await fetch(path)).text(), path);
  return [...text.matchAll(/href="(\/receipts\/[0-9a-f-]+)"/g)].map((found) => found[1] ?? "");
}

/** Fills the kept page's form. @param {Page} page @param {string} text */
export async function handIn(page, text) {
  await page.getByLabel("Ton texte").fill(text);
  await page.getByRole("button", { name: "Rendre", exact: true }).click();
  await page.getByText("Enregistré sur cet appareil, sera envoyé dès le retour du réseau.").first().waitFor();
}

/** @param {Page} page @param {string} name */
export async function picture(page, name) {
  if (PICTURES === "") return;
  mkdirSync(PICTURES, { recursive: true });
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 844 });
    await page.screenshot({ path: `${PICTURES}/${name}-${width}.png`, fullPage: true });
  }
  await page.setViewportSize(PHONE);
}

/** The worker may be asked for again: browsers keep it for ten minutes. @param {Person} person */
export async function tenMinutesPass(person) {
  const browser = await person.context.newCDPSession(person.page);
  await browser.send("Network.clearBrowserCache");
  await browser.detach();
}
