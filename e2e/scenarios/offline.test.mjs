// @ts-check
// Work without a connection: the day is read, work is handed in, and everything gets to the server once, and to nobody else.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { assertAccessible } from "../lib/accessibility.mjs";
import { activate, cardsOf } from "../lib/codes.mjs";
import { keptBy } from "../lib/kept.mjs";
import { Relay } from "../lib/relay.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { run, startDemo } from "../lib/server.mjs";
import { until } from "../lib/wait.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Person } from "../lib/people.mjs" */

const PASSWORD = "la-cour-est-grande-42";
const PHONE = { width: 390, height: 844 };
const SCHOOL = "0040999D";
/** From the network's return to the receipt: the spread of a school's return, and what the machine needs. */
const SENT_MS_MAX = 60_000;
const PLAN = "Deux pages, avec une carte.";
/** Pictures of the pages for whoever wants to look at them. */
const PICTURES = process.env.PREAU_E2E_PICTURES ?? "";

const scenario = new Scenario("offline");
/** @type {import("../lib/server.mjs").Server} */
let server;
/** @type {Relay} */
let line;
let folder = "";

/**
 * The teacher sets work for tomorrow, handed in as text and photographs, with a file.
 *
 * @param {Page} page of the teacher
 * @param {string} title
 * @returns {Promise<string>} its path
 */
async function setWork(page, title) {
  await page.goto(`${server.url}/homework/new`);
  const status = await page.evaluate(
    async ([title, body]) => {
      const form = /** @type {HTMLFormElement} */ (document.querySelector('form[action="/homework/new"]'));
      const fields = new FormData(form);
      const options = [.../** @type {HTMLSelectElement} */ (form.elements.namedItem("group")).options];
      const day = new Date(Date.now() + 86_400_000).toLocaleDateString("sv", { timeZone: "Europe/Paris" });
      fields.set("group", options.find(({ text }) => text.includes("6e"))?.value ?? "");
      fields.set("title", title);
      fields.set("body", body);
      fields.set("day", day);
      for (const way of ["text", "files", "photos"]) fields.append("ways", way);
      fields.set("file", new File(["Le Nil coule vers le nord."], "consigne.txt", { type: "text/plain" }));
      // The token stands first.
      const sent = new FormData();
      sent.append("csrf", String(fields.get("csrf")));
      for (const [name, value] of fields) if (name !== "csrf") sent.append(name, value);
      const answer = await fetch(form.action, { method: "POST", body: sent });
      return answer.ok ? 200 : `${answer.status} ${await answer.text()}`;
    },
    /** @type {const} */ ([title, PLAN]),
  );
  assert.equal(status, 200);
  await page.goto(`${server.url}/homework`);
  const path = await page.getByRole("link", { name: title }).first().getAttribute("href");
  assert.ok(path, title);
  return path;
}

/** Waits until the browser has the day, the page that shows it, and the attached files. @param {Person} person */
async function hasKept(person) {
  await until(`${person.name} has the day`, async () => {
    const kept = await keptBy(person.page);
    const pages = Object.values(kept.caches).flat().includes("/offline");
    const day = kept.stores.days?.[0];
    const works = [day, ...(day?.children ?? [])].flatMap((/** @type {any} */ one) => one?.works ?? []);
    const files = new Set(works.flatMap((work) => work.files.map((/** @type {any} */ file) => file.path)));
    return pages && day && kept.stores.files?.length === files.size;
  });
}

/** @param {Person} person @param {string} login */
async function enter(person, login, password = PASSWORD) {
  await person.signIn(line.url, login, password);
  await person.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
}

/** A signed-in pupil whose browser has the day. @param {string} name @param {string} [login] */
async function pupil(name, login = "eleve") {
  const person = await scenario.browser(name, { viewport: PHONE });
  await enter(person, login);
  await hasKept(person);
  return person;
}

/** @param {Person} person */
async function goOffline(person) {
  await person.context.setOffline(true);
  line.cut();
}

/** @param {Person} person */
async function goOnline(person) {
  line.mend();
  await person.context.setOffline(false);
}

/** How often this person has handed this in, as the server has it. @param {Person} person @param {string} path */
async function receipts(person, path) {
  const text = await person.page.evaluate(async (path) => (await fetch(path)).text(), path);
  return [...text.matchAll(/href="(\/receipts\/[0-9a-f-]+)"/g)].map((found) => found[1] ?? "");
}

/** Fills the kept page's form. @param {Page} page @param {string} text @param {Buffer | null} photo */
async function handIn(page, text, photo = null) {
  await page.getByLabel("Ton texte").fill(text);
  if (photo) {
    await page.locator("#photos").setInputFiles({ name: "cahier.png", mimeType: "image/png", buffer: photo });
    await page.locator("#hand-in li", { hasText: "cahier" }).waitFor();
  }
  await page.getByRole("button", { name: "Rendre", exact: true }).click();
  await page.getByText("Enregistré sur cet appareil, sera envoyé dès le retour du réseau.").first().waitFor();
}

/** @param {Page} page @param {string} name */
async function picture(page, name) {
  if (PICTURES === "") return;
  mkdirSync(PICTURES, { recursive: true });
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 844 });
    await page.screenshot({ path: `${PICTURES}/${name}-${width}.png`, fullPage: true });
  }
  await page.setViewportSize(PHONE);
}

describe("without a connection", () => {
  /** @type {string} */
  let nile;
  /** @type {string} */
  let crossing;
  /** @type {string} */
  let closing;
  /** @type {Page} */
  let teacher;

  before(async () => {
    folder = scenario.data("school");
    server = scenario.keep(await startDemo(folder, PASSWORD));
    line = await Relay.to(server);
    const prof = await scenario.browser("prof");
    await prof.signIn(server.url, "prof", PASSWORD);
    await prof.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
    teacher = prof.page;
    nile = await setWork(teacher, "Carte du Nil");
    crossing = await setWork(teacher, "La traversée");
    closing = await setWork(teacher, "Fermé bientôt");
  });
  after(async () => {
    await line.end();
    await scenario.end();
  });

  /**
   * @param {string} title
   * @param {() => Promise<void>} part
   */
  const part = (title, part) =>
    it(title, () =>
      scenario.part(async () => {
        line.mend();
        line.broken = 0;
        line.renamed = line.loses = line.before = null;
        await part();
      }),
    );

  part("the day and the work are read after one visit", async () => {
    const { page, ...person } = await pupil("reader");
    const reader = Object.assign(person, { page });
    await goOffline(/** @type {Person} */ (reader));
    await page.goto(line.url);
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
    await page.goto(`${line.url}/account`);
    await page.getByText("n’est pas gardée sur cet appareil").waitFor();
    await assertAccessible(page);
    await page.setViewportSize({ width: 320, height: 640 });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "fits a small phone");
    await goOnline(/** @type {Person} */ (reader));
    await page.getByRole("link", { name: "Réessayer" }).click();
    await page.getByRole("button", { name: "Se déconnecter" }).first().waitFor();
    await reader.browser.close();
  });

  part("text and a photograph that were handed in without a network arrive once, with their receipt", async () => {
    const max = await pupil("writer");
    const photo = await max.page.screenshot();
    await goOffline(max);
    await max.page.goto(`${line.url}${nile}`);
    await handIn(max.page, "La crue vient en été.", photo);
    await assertAccessible(max.page);
    await picture(max.page, "queued");
    // The page is closed, and another one sends it.
    await max.page.goto(`${line.url}/offline`);
    await max.page.locator("[data-state=waiting]").waitFor();
    await goOnline(max);
    const sent = max.page.locator("[data-state=sent]");
    await sent.waitFor({ timeout: SENT_MS_MAX });
    await assertAccessible(max.page);
    await picture(max.page, "sent");
    await sent.getByRole("link", { name: "Accusé de réception" }).click();
    await max.page.getByText("Ton travail est bien arrivé").waitFor();
    const shown = await max.page.locator("main").innerText();
    assert.match(shown, /La crue vient en été\./);
    assert.match(shown, /cahier\.jpg|cahier\.png/);
    assert.equal((await receipts(max, nile)).length, 1);
    await max.close();
  });

  part("an answer that is lost after the server has stored it gives one hand-in", async () => {
    const max = await pupil("unlucky");
    await goOffline(max);
    await max.page.goto(`${line.url}${crossing}`);
    await handIn(max.page, "Texte dont l’accusé se perd.");
    let lost = 0;
    line.loses = (method, path) => {
      const is = method === "POST" && path.endsWith("/hand-in");
      lost += is ? 1 : 0;
      return is;
    };
    await goOnline(max);
    await max.page.locator("[data-state=sent]").waitFor({ timeout: SENT_MS_MAX });
    assert.equal(lost, 1, "the first answer was lost");
    assert.ok(line.count("POST", new RegExp(`${crossing}/hand-in`)) >= 2, "and asked for again");
    assert.equal((await receipts(max, crossing)).length, 1);
    await max.close();
  });

  part("a server that is killed while a file is being sent changes nothing", async () => {
    const ines = await pupil("killed", "eleve2");
    await goOffline(ines);
    await ines.page.goto(`${line.url}${crossing}`);
    const big = Buffer.alloc(3 << 20, "page ");
    await ines.page.locator("#files").setInputFiles({ name: "cahier.txt", mimeType: "text/plain", buffer: big });
    await ines.page.locator("#hand-in li", { hasText: "cahier" }).waitFor();
    await handIn(ines.page, "Envoi coupé par une panne.");
    let patches = 0;
    line.before = async (method) => {
      if (method === "PATCH" && ++patches === 2) await server.stop("SIGKILL");
    };
    await goOnline(ines);
    await until("the server is gone", () => server.process?.signalCode === "SIGKILL", SENT_MS_MAX);
    line.before = null;
    await server.start();
    const send = ines.page.getByRole("button", { name: "Envoyer maintenant" });
    await until("it is sent", async () => {
      if (await send.isVisible().catch(() => false)) await send.click({ timeout: 1_000 }).catch(() => undefined);
      return ines.page.locator("[data-state=sent]").isVisible();
    }, SENT_MS_MAX);
    assert.ok(line.count("HEAD", /^\/uploads\//) >= 1, "it went on at the offset");
    const [receipt] = await receipts(ines, crossing);
    assert.equal((await receipts(ines, crossing)).length, 1);
    const bytes = await ines.page.evaluate(async (receipt) => {
      const page = await (await fetch(receipt ?? "")).text();
      const path = /href="(\/receipts\/[0-9a-f-]+\/files\/[0-9a-f-]+)"/.exec(page)?.[1] ?? "";
      return (await (await fetch(path)).arrayBuffer()).byteLength;
    }, receipt);
    assert.equal(bytes, big.length, "the whole file");
    await ines.close();
  });

  part("what does not go out from the page of the work goes to the queue, and outlives the page", async () => {
    const max = await pupil("cut-off");
    await max.page.goto(`${line.url}${crossing}`);
    const before = (await receipts(max, crossing)).length;
    await max.page.getByLabel("Ton texte").fill("Écrit en ligne, rendu sans réseau.");
    await goOffline(max);
    await max.page.locator("#photos").setInputFiles({ name: "page.png", mimeType: "image/png", buffer: await max.page.screenshot() });
    await max.page.getByRole("button", { name: "Rendre", exact: true }).click();
    await max.page.getByText("Enregistré sur cet appareil, sera envoyé").first().waitFor();
    await max.page.goto(`${line.url}/`);
    await max.page.locator("[data-state=waiting]").waitFor();
    await goOnline(max);
    await max.page.goto(`${line.url}/homework`);
    await max.page.getByText(/« La traversée » est rendu/).waitFor({ timeout: SENT_MS_MAX });
    await assertAccessible(max.page);
    assert.equal((await receipts(max, crossing)).length, before + 1);
    assert.deepEqual((await keptBy(max.page)).local.filter((name) => name.startsWith("preau-draft:")), []);
    await max.close();
  });

  part("work that is closed meanwhile is told, and the text is kept", async () => {
    const max = await pupil("late");
    await goOffline(max);
    await max.page.goto(`${line.url}${closing}`);
    await handIn(max.page, "Trop tard, mais pas perdu.");
    // The teacher, on another line, gives the correction back without having got anything.
    const person = (await keptBy(max.page)).stores.days?.[0].person;
    await teacher.goto(`${server.url}${closing}/pupils/${person}`);
    await teacher.getByLabel("Commentaire").fill("Rien reçu.");
    await teacher.getByRole("button", { name: "Rendre la correction à l’élève" }).click();
    await teacher.getByRole("button", { name: "Reprendre la correction" }).waitFor();
    await goOnline(max);
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

  part("signing out leaves nothing", async () => {
    const max = await pupil("leaver");
    await max.page.evaluate(() => {
      sessionStorage.setItem("preau.kept.somebody./lessons/1/log", "{}");
    });
    await max.page.getByRole("button", { name: "Se déconnecter" }).click();
    await max.page.getByLabel("Identifiant").waitFor();
    const kept = await keptBy(max.page);
    assert.deepEqual(kept, { stores: {}, caches: {}, local: [], session: [], workers: 0 });
    await max.close();
  });

  part("a device marked as shared keeps nothing", async () => {
    const max = await scenario.browser("shared", { viewport: PHONE });
    const before = line.asked.length;
    await max.page.goto(line.url);
    await max.page.getByLabel("Identifiant").fill("eleve");
    await max.page.getByLabel("Mot de passe", { exact: true }).fill(PASSWORD);
    await max.page.getByLabel(/Appareil partagé|appareil.*partagé/i).check();
    await max.page.getByRole("button", { name: "Se connecter" }).click();
    await max.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
    await max.page.goto(`${line.url}${nile}`);
    await max.page.getByLabel("Ton texte").fill("Rien ne doit rester ici.");
    await max.page.getByText("Brouillon enregistré").waitFor();
    const asked = line.asked.slice(before);
    assert.deepEqual(asked.filter(({ path }) => path === "/api/day" || path === "/worker.js"), []);
    assert.deepEqual(await keptBy(max.page), { stores: {}, caches: {}, local: [], session: [], workers: 0 });
    await max.close();
  });

  part("three children on one tablet: each sees and sends only their own", async () => {
    const tablet = await pupil("tablet");
    await goOffline(tablet);
    await tablet.page.goto(`${line.url}${nile}`);
    await handIn(tablet.page, "Le texte de Max, que personne d’autre ne lit.");
    await goOnline(tablet);
    // The server is not to be reached for what Max has written: his session ends by itself first.
    line.before = async (method, path) => {
      if (path === "/offline/token") await tablet.context.clearCookies({ name: "preau-pass" });
    };
    await tablet.page.goto(`${line.url}/offline`);
    const sends = line.count("POST", /hand-in/);
    await tablet.context.clearCookies({ name: "preau-pass" });
    line.before = null;
    await enter(tablet, "eleve2");
    await hasKept(tablet);
    let kept = await keptBy(tablet.page);
    assert.deepEqual(kept.stores.days?.map(({ name }) => name), ["Inès Martin"], "the day of the one before is gone");
    await tablet.page.goto(`${line.url}/offline`);
    await tablet.page.getByText("Rien n’attend d’être envoyé.").waitFor();
    assert.doesNotMatch(await tablet.page.locator("body").innerText(), /Max/);
    await tablet.page.goto(line.url);
    await tablet.page.getByRole("button", { name: "Se déconnecter" }).click();
    await tablet.page.getByLabel("Identifiant").waitFor();
    kept = await keptBy(tablet.page);
    assert.equal(kept.stores.queue?.length, 1, "what Max has yet to send is still there");
    for (const store of ["meta", "days", "files", "pages"]) assert.deepEqual(kept.stores[store], [], store);
    assert.deepEqual(kept.caches, {});

    const sheet = cardsOf(run("people", "codes", "--school", SCHOOL, "--class", "6e B", "--data", folder).stdout);
    const card = sheet.find(({ name }) => !/Max|Inès/.test(name));
    assert.ok(card, "a third child");
    await activate(tablet, line.url, card.code, PASSWORD);
    await hasKept(tablet);
    await tablet.page.goto(`${line.url}/offline`);
    await tablet.page.getByText("Rien n’attend d’être envoyé.").waitFor();
    assert.equal(line.count("POST", /hand-in/), sends, "nobody has sent it for him");
    await tablet.page.goto(line.url);
    await tablet.page.getByRole("button", { name: "Se déconnecter" }).click();
    await tablet.page.getByLabel("Identifiant").waitFor();

    await enter(tablet, "eleve");
    await tablet.page.getByText(/« Carte du Nil » est rendu/).waitFor({ timeout: SENT_MS_MAX });
    await tablet.page.getByRole("link", { name: "Accusé de réception" }).click();
    await tablet.page.getByText("Le texte de Max, que personne d’autre ne lit.").waitFor();
    await tablet.close();
  });

  part("whoever signs out with something unsent is told, and it waits for them", async () => {
    const max = await pupil("warned");
    await goOffline(max);
    await max.page.goto(`${line.url}${crossing}`);
    await handIn(max.page, "Encore là.");
    line.before = async (method, path) => {
      // Nothing is sent yet: a gate that lets people in, and their tokens not.
      if (path === "/offline/token") await new Promise(() => {});
    };
    await goOnline(max);
    await max.page.goto(line.url);
    await max.page.getByText("Un envoi n’est pas encore parti.").waitFor();
    await max.page.getByRole("button", { name: "Se déconnecter" }).click();
    await max.page.getByRole("heading", { name: "Tout n’est pas parti" }).waitFor();
    await assertAccessible(max.page);
    await picture(max.page, "leave");
    await max.page.getByRole("button", { name: "Rester" }).click();
    await max.page.getByRole("button", { name: "Se déconnecter" }).click();
    await max.page.getByRole("button", { name: "Se déconnecter quand même" }).click();
    await max.page.getByLabel("Identifiant").waitFor();
    const kept = await keptBy(max.page);
    assert.equal(kept.stores.queue?.length, 1);
    assert.deepEqual([kept.stores.days, kept.stores.files, kept.caches, kept.workers], [[], [], {}, 0]);
    line.before = null;
    await enter(max, "eleve");
    await max.page.getByText(/« La traversée » est rendu/).waitFor({ timeout: SENT_MS_MAX });
    await max.page.getByRole("button", { name: "Se déconnecter" }).click();
    await max.page.getByLabel("Identifiant").waitFor();
    assert.deepEqual((await keptBy(max.page)).stores, {});
    await max.close();
  });

  part("a session that has ended keeps what is to be sent, and hides the day", async () => {
    const max = await pupil("expired");
    await goOffline(max);
    await max.page.goto(`${line.url}${crossing}`);
    await handIn(max.page, "Écrit avant la fin de la session.");
    await max.context.clearCookies({ name: "preau-pass" });
    await max.page.goto(`${line.url}/offline`);
    await goOnline(max);
    await max.page.getByRole("link", { name: "Se connecter" }).waitFor({ timeout: SENT_MS_MAX });
    await assertAccessible(max.page);
    await max.page.getByRole("link", { name: "Se connecter" }).click();
    await max.page.getByLabel("Identifiant").waitFor();
    const kept = await keptBy(max.page);
    assert.deepEqual([kept.stores.days, kept.stores.queue?.length], [[], 1]);
    await max.page.getByLabel("Identifiant").fill("eleve");
    await max.page.getByLabel("Mot de passe", { exact: true }).fill(PASSWORD);
    await max.page.getByRole("button", { name: "Se connecter" }).click();
    await max.page.getByText(/« La traversée » est rendu/).waitFor({ timeout: SENT_MS_MAX });
    await max.close();
  });

  part("two tabs send one thing once", async () => {
    const max = await pupil("two-tabs");
    const before = (await receipts(max, crossing)).length;
    await goOffline(max);
    await max.page.goto(`${line.url}${crossing}`);
    await handIn(max.page, "Deux onglets, un envoi.");
    const other = await max.context.newPage();
    await other.goto(`${line.url}/offline`);
    await other.locator("[data-state=waiting]").waitFor();
    const sends = line.count("POST", /hand-in/);
    await goOnline(max);
    await Promise.all([max.page, other].map((page) => page.getByRole("button", { name: /^Envoyer maintenant/ }).click().catch(() => undefined)));
    await other.locator("[data-state=sent]").waitFor({ timeout: SENT_MS_MAX });
    await max.page.locator("[data-state=sent]").waitFor();
    assert.equal((await receipts(max, crossing)).length, before + 1);
    assert.equal(line.count("POST", /hand-in/), sends + 1);
    await max.close();
  });

  part("the waiting page is shown as it is, and never kept", async () => {
    const max = await pupil("waiting");
    const operate = (/** @type {string[]} */ ...words) => assert.equal(run("gate", ...words, "--data", folder).status, 0);
    await max.context.clearCookies();
    operate("set", "doors", "closed");
    try {
      const answer = await max.page.goto(line.url);
      assert.equal(answer?.status(), 503);
      assert.match(await max.page.locator("main").innerText(), /fermée pour le moment/);
      const kept = await keptBy(max.page);
      assert.ok(!Object.values(kept.caches).flat().includes("/"), "no navigation is in a cache");
      // Whoever waits can read their day.
      await max.page.goto(`${line.url}/offline`);
      await max.page.getByRole("heading", { name: "Emploi du temps" }).waitFor();
    } finally {
      operate("set", "doors", "open");
    }
    // A proxy before a server that is down says nothing of ours.
    line.broken = 502;
    await max.page.goto(`${line.url}/week`);
    await max.page.getByText(/Le site ne répond pas — version de/).waitFor();
    await picture(max.page, "broken");
    await max.close();
  });

  part("a new version does not break a page that is open, nor mix with the one before", async () => {
    const max = await pupil("updated");
    const version = new URL((await max.page.locator("link[rel=stylesheet]").first().getAttribute("href")) ?? "", line.url).pathname.split("/")[2] ?? "";
    const newer = [...version].reverse().join("");
    const open = await max.context.newPage();
    await open.goto(`${line.url}${crossing}`);
    line.renamed = [version, newer];
    await max.page.goto(line.url);
    // The worker's own cache of ten minutes is not waited for.
    await max.page.evaluate(async () => {
      const there = await navigator.serviceWorker.getRegistration();
      await there?.unregister();
      await navigator.serviceWorker.register("/worker.js?again", { scope: "/", updateViaCache: "none" });
    });
    await until("the new version is kept", async () => {
      const kept = await keptBy(max.page);
      return kept.caches[`preau-${newer}`]?.includes("/offline");
    });
    // The page from before goes on: its draft is saved.
    await open.getByLabel("Ton texte").fill("Commencé avant la mise à jour.");
    await open.getByText("Brouillon enregistré").waitFor();
    await goOffline(max);
    await open.goto(`${line.url}${crossing}`);
    await open.getByText(/Hors connexion — version de/).waitFor();
    const versions = await open.evaluate(() =>
      [...document.querySelectorAll("link[href*='/static/'], script[src]")].map((part) => (part.getAttribute("href") ?? part.getAttribute("src") ?? "").split("/")[2]),
    );
    assert.deepEqual([...new Set(versions)], [newer], "page and files are of one version");
    await handIn(open, "Rendu après la mise à jour.");
    await goOnline(max);
    await open.locator("[data-state=sent]").waitFor({ timeout: SENT_MS_MAX });
    await max.close();
  });

  part("a relative reads the children's day, a teacher their own", async () => {
    for (const [login, heading] of [["parent", "Travail à faire"], ["prof", "Emploi du temps"]]) {
      const person = await scenario.browser(`${login}-reader`, { viewport: PHONE });
      await enter(person, login ?? "");
      await hasKept(person);
      await goOffline(person);
      await person.page.goto(line.url);
      await person.page.getByRole("heading", { name: heading }).first().waitFor();
      assert.ok((await person.page.locator("li.slot").count()) > 0, login);
      await assertAccessible(person.page);
      await picture(person.page, login ?? "");
      await goOnline(person);
      await person.close();
    }
  });

  part("a tablet is passed on without a network", async () => {
    const max = await pupil("passed-on");
    await goOffline(max);
    await max.page.goto(line.url);
    await max.page.getByRole("button", { name: "Effacer de cet appareil" }).click();
    await max.page.getByText("ta connexion se termine").waitFor();
    await max.page.getByRole("button", { name: "Effacer de cet appareil" }).click();
    await max.page.getByText("C’est effacé de cet appareil.").waitFor();
    const kept = await keptBy(max.page);
    assert.deepEqual([kept.stores.days, kept.stores.files, kept.stores.meta, kept.caches], [[], [], [], {}]);
    await goOnline(max);
    await max.page.goto(line.url);
    await max.page.getByLabel("Identifiant").waitFor();
    await max.close();
  });
});
