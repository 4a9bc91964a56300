// @ts-check
// The first start: a link that is printed once makes the first administrator and the school.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertAccessible } from "../lib/accessibility.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { startServe } from "../lib/server.mjs";
import { until } from "../lib/wait.mjs";

const PASSWORD = "trois-bancs-sous-le-preau";

const scenario = new Scenario("setup", { story: true });
/** @type {import("../lib/server.mjs").Server} */
let server;

describe("the first start", () => {
  before(async () => {
    server = scenario.keep(await startServe(scenario.data("school")));
  });
  after(() => scenario.end());

  /**
   * @param {string} title
   * @param {() => Promise<void>} part
   */
  const part = (title, part) => it(title, () => scenario.part(part));

  /** @type {string} */
  let link;

  part("prints a link, which opening does not use up", async () => {
    link = await until("the link", () => server.said.match(/http:\S+\/setup#\S+/)?.[0]);
    const curious = await scenario.browser("curious");
    await curious.page.goto(link);
    await assertAccessible(curious.page);
    await curious.close();
  });

  part("whose form makes the administrator and the school, once", async () => {
    const { page } = await scenario.browser("admin");
    await page.goto(link);
    await page.getByLabel("Nom de l’établissement").fill("Collège des Platanes");
    await page.getByLabel("Prénom").fill("Ada");
    await page.getByLabel("Nom", { exact: true }).fill("Lenoir");
    await page.locator("input[type=password]").first().fill(PASSWORD);
    await page.getByRole("button", { name: "Créer l’établissement" }).click();
    await page.getByRole("button", { name: "Se déconnecter" }).waitFor();
    assert.match(await page.locator("body").innerText(), /Collège des Platanes/);

    const late = await scenario.browser("late");
    const answer = await late.page.goto(link);
    if ((answer?.status() ?? 0) < 400) {
      await late.page.getByLabel("Nom de l’établissement").fill("Collège des Ronces");
      await late.page.getByLabel("Prénom").fill("Eva");
      await late.page.getByLabel("Nom", { exact: true }).fill("Trop");
      await late.page.locator("input[type=password]").first().fill(PASSWORD);
      await late.page.getByRole("button", { name: "Créer l’établissement" }).click();
    }
    assert.equal(await late.page.getByRole("button", { name: "Se déconnecter" }).count(), 0);
    await late.close();
  });

  part("and the administrator signs in with the login that was shown", async () => {
    const person = await scenario.browser("again");
    await person.signIn(server.url, "ada.lenoir", PASSWORD);
    await person.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
    await server.stop();
    const said = server.said;
    await server.start();
    assert.doesNotMatch(server.said.slice(said.length), /\/setup#/, "no second link");
  });
});
