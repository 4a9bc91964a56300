// @ts-check
// The gate, as people meet it: the waiting page with and without script, the doors that open, the operator's console.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertAccessible } from "../lib/accessibility.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { run, startDemo } from "../lib/server.mjs";
import { until } from "../lib/wait.mjs";

const PASSWORD = "la-cour-est-grande-42";
const PHONE = { width: 320, height: 640 };
/** From the doors' opening to the page that opens by itself. */
const OPENED_MS_MAX = 90_000;

const scenario = new Scenario("gate", { story: true });
/** @type {import("../lib/server.mjs").Server} */
let server;
let folder = "";

/** @param {string[]} words */
function operate(...words) {
  const done = run("gate", ...words, "--data", folder);
  assert.equal(done.status, 0, done.stderr);
  return done.stdout;
}

describe("the gate", () => {
  before(async () => {
    folder = scenario.data("school");
    server = scenario.keep(await startDemo(folder, PASSWORD));
  });
  after(() => scenario.end());

  /**
   * @param {string} title
   * @param {() => Promise<void>} part
   */
  const part = (title, part) => it(title, () => scenario.part(part));

  /** @type {import("../lib/people.mjs").Person} */
  let pupil;
  /** @type {import("../lib/people.mjs").Person} */
  let newcomer;
  /** @type {import("../lib/people.mjs").Person} */
  let scriptless;
  /** @type {import("../lib/people.mjs").Person} */
  let admin;

  part("lets a pupil in while nobody waits", async () => {
    pupil = await scenario.browser("pupil");
    await pupil.signIn(server.url, "eleve", PASSWORD);
    await pupil.page.getByText("Rejoindre la classe").first().waitFor();
  });

  part("shows who comes to closed doors their place, and nothing bare", async () => {
    operate("set", "doors", "closed");
    operate("set", "note", "Ouverture à 8 h : prenez le temps d’un <b>bon</b> goûter.");
    newcomer = await scenario.browser("newcomer", { viewport: PHONE });
    const answer = await newcomer.page.goto(server.url);
    assert.equal(answer?.status(), 503);
    assert.match((await answer?.headerValue("refresh")) ?? "", /^\d+/);
    const page = await newcomer.page.locator("main").innerText();
    assert.match(page, /L’entrée est fermée pour le moment/);
    assert.match(page, /d’un <b>bon<\/b> goûter/, "the operator's note is text, never markup");
    await assertAccessible(newcomer.page);
    assert.ok(await newcomer.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "fits a phone");
  });

  part("keeps the place of somebody without script, and of two tabs", async () => {
    scriptless = await scenario.browser("scriptless", { javaScriptEnabled: false });
    await scriptless.page.goto(server.url);
    await scriptless.page.reload();
    const place = (/** @type {import("playwright-core").Page} */ page) => page.locator("dl dd").first().innerText();
    const first = await place(scriptless.page);
    const second = await scriptless.context.newPage();
    await second.goto(server.url);
    assert.equal(await place(second), first, "two tabs, one place");
    await second.close();
  });

  part("answers scripts with JSON and a time to come again", async () => {
    const answer = await fetch(`${server.url}/homework`, { headers: { accept: "application/json" } });
    assert.equal(answer.status, 503);
    assert.ok(Number(answer.headers.get("retry-after")) > 0);
    assert.match(answer.headers.get("content-type") ?? "", /json/);
    assert.ok((await answer.json()).message);
  });

  part("lets whoever has a pass come and go through closed doors", async () => {
    await pupil.page.reload();
    await pupil.page.getByText("Rejoindre la classe").first().click();
    await pupil.page.locator("#class-door").waitFor();
  });

  part("lets staff sign in at closed doors, and nobody else get in by it", async () => {
    admin = await scenario.browser("admin");
    await admin.page.goto(server.url);
    await admin.page.getByRole("link", { name: "Se connecter" }).click();
    await admin.signIn(admin.page.url(), "admin", PASSWORD);
    await admin.page.getByRole("link", { name: "Entrée" }).waitFor();
    // The page of who waits, on the way here, has a status that browsers complain of.
    assert.deepEqual(admin.complaints.splice(0), ["Failed to load resource: the server responded with a status of 503 (Service Unavailable)"]);
    const early = await scenario.browser("early");
    await early.signIn(`${server.url}/sign-in`, "eleve2", PASSWORD);
    await early.page.getByText("sans nouveau mot de passe").waitFor();
    await assertAccessible(early.page);
    await early.close();
  });

  part("shows its operator what goes on, and takes settings", async () => {
    operate("set", "doors", "open");
    await admin.page.getByRole("link", { name: "Entrée" }).click();
    await admin.page.getByRole("heading", { name: "L’entrée, en direct" }).waitFor();
    await assertAccessible(admin.page);
    await admin.page.getByLabel("Niveau de service").selectOption({ label: "1 · affichage allégé" });
    await admin.page.locator("form", { hasText: "Niveau de service" }).getByRole("button").click();
    await admin.page.getByText("Réglage appliqué.").waitFor();
    await pupil.page.goto(server.url);
    await pupil.page.getByText("Affichage allégé").waitFor();
    await assertAccessible(pupil.page);
    operate("set", "level", "full");
    await pupil.page.reload();
    assert.equal(await pupil.page.getByText("Affichage allégé").count(), 0);
    operate("set", "level", "auto");
    assert.deepEqual(admin.complaints, []);
  });

  part("opens by itself once the doors are open, with script and without", async () => {
    await until("the door of the newcomer", () => newcomer.page.getByLabel("Identifiant").isVisible(), OPENED_MS_MAX);
    await until("the door without script", () => scriptless.page.getByLabel("Identifiant").isVisible(), OPENED_MS_MAX);
    await newcomer.signIn(server.url, "eleve2", PASSWORD);
    await newcomer.page.getByText("Rejoindre la classe").first().waitFor();
  });

  part("says in the terminal what goes on", async () => {
    const said = operate("status");
    assert.match(said, /calm|calme/i);
    const snapshot = JSON.parse(operate("status", "--json"));
    assert.ok(snapshot.people.inside >= 2, JSON.stringify(snapshot.people));
  });

  part("keeps a record that nobody can alter unnoticed", async () => {
    await server.stop();
    const checked = run("gate", "record", "verify", "--data", folder);
    assert.equal(checked.status, 0, checked.stdout + checked.stderr);
  });
});
