// @ts-check
// The worker stands in nobody’s way: the gate’s page, new versions, the way back.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { assertAccessible } from "../lib/accessibility.mjs";
import { keptBy } from "../lib/kept.mjs";
import { SENT_MS_MAX, OfflineSchool, handIn, picture, tenMinutesPass } from "../lib/offline.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { until } from "../lib/wait.mjs";

/** From the doors' opening to the page that opens by itself. */
const OPENED_MS_MAX = 90_000;

const scenario = new Scenario("offline-worker");
/** @type {OfflineSchool} */
let school;

describe("the worker", () => {
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

  part("the waiting page is shown as it is, and never kept", async () => {
    const max = await school.reader("waiting");
    await max.context.clearCookies();
    school.operate("gate", "set", "doors", "closed");
    try {
      const answer = await max.page.goto(school.line.url);
      assert.equal(answer?.status(), 503);
      assert.match(await max.page.locator("main").innerText(), /fermée pour le moment/);
      const kept = await keptBy(max.page);
      assert.ok(!Object.values(kept.caches).flat().includes("/"), "no navigation is in a cache");
      // Whoever waits can read their day.
      await max.page.goto(`${school.line.url}/offline`);
      await max.page.getByRole("heading", { name: "Emploi du temps" }).waitFor();
    } finally {
      school.operate("gate", "set", "doors", "open");
    }
    // A proxy before a server that is down says nothing of ours.
    school.line.broken = 502;
    await max.page.goto(`${school.line.url}/week`);
    await max.page.getByText(/Le site ne répond pas — version de/).waitFor();
    await picture(max.page, "broken");
    await max.close();
  });

  part("who waits at the gate is led to their day, and goes on waiting", async () => {
    const max = await school.reader("led");
    await until("the browser tells of its day", () => tellsOfDay(max.page));
    // The pass has lapsed, and the school is closed.
    await max.context.clearCookies();
    school.operate("gate", "set", "doors", "closed");
    try {
      await max.page.goto(school.line.url);
      await max.page.getByText("L’entrée est fermée pour le moment").waitFor();
      await assertAccessible(max.page);
      await picture(max.page, "led");
      await max.page.setViewportSize({ width: 320, height: 640 });
      assert.ok(await max.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "fits a small phone");
      const opened = max.context.waitForEvent("page");
      await max.page.getByRole("link", { name: "Voir ma journée (nouvel onglet)" }).click();
      const day = await opened;
      await day.getByRole("heading", { name: "Emploi du temps" }).waitFor();
      assert.ok((await day.locator("li.slot").count()) > 0, "the lessons of the day");
      assert.match(await max.page.locator("main").innerText(), /fermée pour le moment/, "the page that waits is still there");
      school.operate("gate", "set", "doors", "open");
      await until("the page that waited comes in", () => max.page.getByLabel("Identifiant").isVisible(), OPENED_MS_MAX);
      assert.ok(await day.getByRole("heading", { name: "Emploi du temps" }).isVisible(), "and the day can be read on");
    } finally {
      school.operate("gate", "set", "doors", "open");
    }
    // The sign-in page has ended it, so nobody is led there any more.
    await until("nothing is told", async () => !(await tellsOfDay(max.page)));
    await max.close();
  });

  part("a page that is refused leads to the day, and what says nothing more gives way to it", async () => {
    const max = await school.reader("refused");
    await until("the browser tells of its day", () => tellsOfDay(max.page));
    school.operate("gate", "set", "level", "essential");
    try {
      const answer = await max.page.goto(`${school.line.url}/calendars`);
      assert.equal(answer?.status(), 503);
      await picture(max.page, "shed");
      await max.page.getByRole("link", { name: "Lire ce qui est gardé sur cet appareil" }).click();
      await max.page.getByRole("heading", { name: "Emploi du temps" }).waitFor();
    } finally {
      // At once: by itself it goes back step by step.
      school.operate("gate", "set", "level", "full");
    }
    // As the door says it to whom it has no room for.
    school.line.broken = 503;
    school.line.says = { "content-security-policy": "default-src 'none'", "preau-refused": "crowded" };
    await max.page.goto(`${school.line.url}/week`);
    await max.page.getByText(/Le site ne répond pas — version de/).waitFor();
    // And a page of ours is shown as it is.
    school.line.says = { "content-security-policy": "default-src 'none'" };
    await max.page.goto(`${school.line.url}/week`);
    await max.page.getByRole("heading", { name: "Bad Gateway" }).waitFor();
    school.line.heal();
    await max.page.goto(school.line.url);
    await max.page.getByRole("button", { name: "Se déconnecter" }).click();
    await max.page.getByLabel("Identifiant").waitFor();
    school.operate("gate", "set", "doors", "closed");
    try {
      await max.context.clearCookies();
      assert.equal((await max.page.goto(school.line.url))?.status(), 503);
      assert.equal(await max.page.getByRole("link", { name: /Voir ma journée/ }).count(), 0, "who has signed out has no day here");
    } finally {
      school.operate("gate", "set", "doors", "open");
    }
    await max.close();
  });

  part("a new version does not break a page that is open, nor mix with the one before", async () => {
    const max = await school.reader("updated");
    const version = new URL((await max.page.locator("link[rel=stylesheet]").first().getAttribute("href")) ?? "", school.line.url).pathname.split("/")[2] ?? "";
    const newer = [...version].reverse().join("");
    const open = await max.context.newPage();
    await open.goto(`${school.line.url}${school.crossing}`);
    school.line.renamed = [version, newer];
    await tenMinutesPass(max);
    await max.page.goto(school.line.url);
    await until("the new version is kept", async () => {
      const kept = await keptBy(max.page);
      return kept.caches[`preau-${newer}`]?.includes("/offline");
    });
    // The page from before goes on: its draft is saved.
    await open.getByLabel("Ton texte").fill("Commencé avant la mise à jour.");
    await open.getByText("Brouillon enregistré").waitFor();
    await school.goOffline(max);
    await open.goto(`${school.line.url}${school.crossing}`);
    await open.getByText(/Hors connexion — version de/).waitFor();
    const versions = await open.evaluate(() =>
      [...document.querySelectorAll("link[href*='/static/'], script[src]")].map((part) => (part.getAttribute("href") ?? part.getAttribute("src") ?? "").split("/")[2]),
    );
    assert.deepEqual([...new Set(versions)], [newer], "page and files are of one version");
    await handIn(open, "Rendu après la mise à jour.");
    await school.goOnline(max);
    await open.locator("[data-state=sent]").waitFor({ timeout: SENT_MS_MAX });
    await max.close();
  });

  part("an installation that keeps nothing any more ends what was kept, but for what is unsent", async () => {
    const max = await school.reader("ended");
    await school.goOffline(max);
    await max.page.goto(`${school.line.url}${school.crossing}`);
    await handIn(max.page, "Reste là.");
    school.line.before = async (method, path) => {
      if (path === "/offline/token") await new Promise(() => {});
    };
    await school.goOnline(max);
    // With `offline.keep = "off"` the server gives this one (crates/testkit/tests/it/offline.rs).
    school.line.instead.set("/worker.js", readFileSync(new URL("../../crates/web/static/offline/gone.js", import.meta.url), "utf8"));
    await tenMinutesPass(max);
    await max.page.goto(school.line.url);
    await max.page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update());
    await until("the worker is gone", async () => (await keptBy(max.page)).workers === 0);
    const kept = await keptBy(max.page);
    assert.deepEqual([kept.stores.days, kept.stores.files, kept.caches, kept.stores.queue?.length], [[], [], {}, 1]);
    await max.close();
  });
});

/** Whether the browser says with its navigations that it has a day. @param {import("playwright-core").Page} page */
function tellsOfDay(page) {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration("/");
    const state = await registration?.navigationPreload.getState();
    return state?.headerValue?.startsWith("preau-day=") ?? false;
  });
}
