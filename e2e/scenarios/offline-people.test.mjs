// @ts-check
// What a browser keeps is of one person: signing out, several children, sessions that end, shared devices.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertAccessible } from "../lib/accessibility.mjs";
import { activate, cardsOf } from "../lib/codes.mjs";
import { keptBy } from "../lib/kept.mjs";
import { PHONE, PASSWORD, SENT_MS_MAX, OfflineSchool, handIn, hasKept, picture } from "../lib/offline.mjs";
import { Scenario } from "../lib/scenario.mjs";

/** The demonstration's school. */
const SCHOOL = "0040999D";

const scenario = new Scenario("offline-people");
/** @type {OfflineSchool} */
let school;

describe("what a browser keeps", () => {
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

  part("signing out leaves nothing", async () => {
    const max = await school.reader("leaver");
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
    const before = school.line.asked.length;
    await max.page.goto(school.line.url);
    await max.page.getByLabel("Identifiant").fill("eleve");
    await max.page.getByLabel("Mot de passe", { exact: true }).fill(PASSWORD);
    await max.page.getByLabel(/Appareil partagé|appareil.*partagé/i).check();
    await max.page.getByRole("button", { name: "Se connecter" }).click();
    await max.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
    await max.page.goto(`${school.line.url}${school.nile}`);
    await max.page.getByLabel("Ton texte").fill("Rien ne doit rester ici.");
    await max.page.getByText("Brouillon enregistré").waitFor();
    const asked = school.line.asked.slice(before);
    assert.deepEqual(asked.filter(({ path }) => path === "/api/day" || path === "/worker.js"), []);
    assert.deepEqual(await keptBy(max.page), { stores: {}, caches: {}, local: [], session: [], workers: 0 });
    await max.close();
  });

  part("three children on one tablet: each sees and sends only their own", async () => {
    const tablet = await school.reader("tablet");
    await school.goOffline(tablet);
    await tablet.page.goto(`${school.line.url}${school.nile}`);
    await handIn(tablet.page, "Le texte de Max, que personne d’autre ne lit.");
    await school.goOnline(tablet);
    // The server is not to be reached for what Max has written: his session ends by itself first.
    school.line.before = async (method, path) => {
      if (path === "/offline/token") await tablet.context.clearCookies({ name: "preau-pass" });
    };
    await tablet.page.goto(`${school.line.url}/offline`);
    const max = (await keptBy(tablet.page)).stores.queue?.[0].person;
    // A draft that never got to the server.
    const draft = `preau-draft:${max}:01890a5d-ac96-774b-bcce-b302099a8057`;
    await tablet.page.evaluate((draft) => localStorage.setItem(draft, "à moi"), draft);
    const sends = school.line.count("POST", /hand-in/);
    await tablet.context.clearCookies({ name: "preau-pass" });
    school.line.before = null;
    await school.enter(tablet, "eleve2");
    await hasKept(tablet);
    let kept = await keptBy(tablet.page);
    assert.deepEqual(kept.stores.days?.map(({ name }) => name), ["Inès Martin"], "the day of the one before is gone");
    await tablet.page.goto(`${school.line.url}/offline`);
    await tablet.page.getByText("Rien n’attend d’être envoyé.").waitFor();
    assert.doesNotMatch(await tablet.page.locator("body").innerText(), /Max/);
    await tablet.page.goto(school.line.url);
    await tablet.page.getByRole("button", { name: "Se déconnecter" }).click();
    await tablet.page.getByLabel("Identifiant").waitFor();
    kept = await keptBy(tablet.page);
    assert.equal(kept.stores.queue?.length, 1, "what Max has yet to send is still there");
    for (const store of ["meta", "days", "files", "pages"]) assert.deepEqual(kept.stores[store], [], store);
    assert.deepEqual([kept.caches, kept.local], [{}, [draft]]);

    const sheet = cardsOf(school.operate("people", "codes", "--school", SCHOOL, "--class", "6e B"));
    const card = sheet.find(({ name }) => !/Max|Inès/.test(name));
    assert.ok(card, "a third child");
    await activate(tablet, school.line.url, card.code, PASSWORD);
    await hasKept(tablet);
    await tablet.page.goto(`${school.line.url}/offline`);
    await tablet.page.getByText("Rien n’attend d’être envoyé.").waitFor();
    assert.equal(school.line.count("POST", /hand-in/), sends, "nobody has sent it for him");
    await tablet.page.goto(school.line.url);
    await tablet.page.getByRole("button", { name: "Se déconnecter" }).click();
    await tablet.page.getByLabel("Identifiant").waitFor();

    await school.enter(tablet, "eleve");
    await tablet.page.getByText(/«\sCarte du Nil\s» est rendu/).waitFor({ timeout: SENT_MS_MAX });
    await tablet.page.getByRole("link", { name: "Accusé de réception" }).click();
    await tablet.page.getByText("Le texte de Max, que personne d’autre ne lit.").waitFor();
    await tablet.close();
  });

  part("whoever signs out with something unsent is told, and it waits for them", async () => {
    const max = await school.reader("warned");
    await school.goOffline(max);
    await max.page.goto(`${school.line.url}${school.crossing}`);
    await handIn(max.page, "Encore là.");
    school.line.before = async (method, path) => {
      // Nothing is sent yet: a gate that lets people in, and their tokens not.
      if (path === "/offline/token") await new Promise(() => {});
    };
    await school.goOnline(max);
    await max.page.goto(school.line.url);
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
    school.line.before = null;
    await school.enter(max, "eleve");
    await max.page.getByText(/«\sLa traversée\s» est rendu/).waitFor({ timeout: SENT_MS_MAX });
    await max.page.getByRole("button", { name: "Se déconnecter" }).click();
    await max.page.getByLabel("Identifiant").waitFor();
    assert.deepEqual((await keptBy(max.page)).stores, {});
    await max.close();
  });

  part("a session that has ended keeps what is to be sent, and hides the day", async () => {
    const max = await school.reader("expired");
    await school.goOffline(max);
    await max.page.goto(`${school.line.url}${school.crossing}`);
    await handIn(max.page, "Écrit avant la fin de la session.");
    await max.context.clearCookies({ name: "preau-pass" });
    await max.page.goto(`${school.line.url}/offline`);
    await school.goOnline(max);
    await max.page.getByRole("link", { name: "Se connecter" }).waitFor({ timeout: SENT_MS_MAX });
    await assertAccessible(max.page);
    await max.page.getByRole("link", { name: "Se connecter" }).click();
    await max.page.getByLabel("Identifiant").waitFor();
    const kept = await keptBy(max.page);
    assert.deepEqual([kept.stores.days, kept.stores.queue?.length], [[], 1]);
    await max.page.getByLabel("Identifiant").fill("eleve");
    await max.page.getByLabel("Mot de passe", { exact: true }).fill(PASSWORD);
    await max.page.getByRole("button", { name: "Se connecter" }).click();
    await max.page.getByText(/«\sLa traversée\s» est rendu/).waitFor({ timeout: SENT_MS_MAX });
    await max.close();
  });

  part("a tablet is passed on without a network", async () => {
    const max = await school.reader("passed-on");
    await school.goOffline(max);
    await max.page.goto(school.line.url);
    await max.page.getByRole("button", { name: "Effacer de cet appareil" }).click();
    await max.page.getByText("ta connexion se termine").waitFor();
    await max.page.getByRole("button", { name: "Effacer de cet appareil" }).click();
    await max.page.getByText("C’est effacé de cet appareil.").waitFor();
    const kept = await keptBy(max.page);
    assert.deepEqual([kept.stores.days, kept.stores.files, kept.stores.meta, kept.caches], [[], [], [], {}]);
    await school.goOnline(max);
    await max.page.goto(school.line.url);
    await max.page.getByLabel("Identifiant").waitFor();
    await max.close();
  });
});
