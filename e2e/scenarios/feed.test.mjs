// @ts-check
// The main job from a directory feed: import, activation by code, a class opened at once, a lesson.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { assertAccessible } from "../lib/accessibility.mjs";
import { Classroom } from "../lib/classroom.mjs";
import { activate, cardOf, cardsOf } from "../lib/codes.mjs";
import { LIKENESS } from "../lib/devices.mjs";
import { assertColours, assertFlow } from "../lib/flow.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { run, startServe } from "../lib/server.mjs";

/** @import { Card } from "../lib/codes.mjs" */

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const PASSWORD = "trois-bancs-sous-le-preau";

/**
 * @typedef {object} Feed
 * @property {string} title
 * @property {string} folder
 * @property {string} school its code (UAI)
 * @property {string} group the class
 * @property {string} [teacher] who teaches it by the feed; otherwise an administrator assigns somebody
 */

/** @type {Feed[]} */
const FEEDS = [
  {
    title: "a school from the project's own feed",
    folder: join(ROOT, "crates/directory/tests/fixtures/aaf/tilleuls"),
    school: "0931234X",
    group: "6EME B",
    teacher: "Marie DURAND",
  },
  {
    title: "a school from a real feed, where no teacher is linked to a class",
    folder: join(ROOT, "../shared/data/aaf"),
    school: "1004002D",
    group: "6EME3",
  },
];

for (const feed of FEEDS) {
  const skip = feed.folder.startsWith(`${ROOT}/`) || existsSync(feed.folder) ? false : `${feed.folder} is not there`;
  describe(feed.title, { skip }, () => play(feed));
}

/** @param {Feed} feed */
function play(feed) {
  const scenario = new Scenario(`feed-${feed.school}`, { story: true });
  const folder = scenario.data("school");
  /** @type {import("../lib/server.mjs").Server} */
  let server;
  after(() => scenario.end());

  /**
   * @param {string} title
   * @param {() => Promise<void>} part
   */
  const part = (title, part) => it(title, () => scenario.part(part));

  /**
   * Runs a command on the school's data and gives what it prints.
   *
   * @param {string[]} args
   */
  function preau(...args) {
    const { status, stdout, stderr } = run(...args, "--data", folder);
    assert.equal(status, 0, `preau ${args.join(" ")}\n${stdout}\n${stderr}`);
    return stdout;
  }

  /**
   * @param {Card} card
   * @param {keyof typeof LIKENESS} [likeness]
   */
  async function arrive(card, likeness) {
    const person = await scenario.browser(card.login, likeness ? { likeness: LIKENESS[likeness] } : {});
    await activate(person, server.url, card.code, PASSWORD);
    return new Classroom(person);
  }

  const people = () => preau("people", "find", "--school", feed.school);
  /** @type {Classroom} */
  let teacher;
  /** @type {Classroom[]} */
  let pupils;

  part("is imported, and importing it again changes nothing", async () => {
    preau("import", "aaf", feed.folder);
    const found = people();
    assert.match(found, /\tpupil\t/);
    assert.match(found, /\tteacher\t/);
    preau("import", "aaf", feed.folder);
    assert.equal(people(), found);
  });

  part("its people activate their accounts with the codes of printed sheets", async () => {
    const sheet = cardsOf(preau("people", "codes", "--school", feed.school, "--class", feed.group));
    const teachers = cardsOf(preau("people", "codes", "--school", feed.school, "--profile", "teacher"));
    const [one, other] = sheet;
    assert.ok(one && other, "the class has two pupils");
    // In lean mode there is one picture only: here each sees all the others.
    server = scenario.keep(await startServe(folder, { PREAU_MEDIA__MODE: "full" }));
    const card = feed.teacher ? cardOf(teachers, feed.teacher) : await assign(teachers);
    teacher = await arrive(card, "blue");
    pupils = [await arrive(one, "red"), await arrive(other, "green")];

    const again = await scenario.browser("again");
    await again.page.goto(`${server.url}/activation`);
    await again.page.getByLabel("Code d’activation").fill(one.code);
    await again.page.getByRole("button", { name: "Continuer" }).click();
    assert.match(await again.page.getByRole("main").innerText(), /ne sert plus/, "a code is good once");
    await again.close();
  });

  part("a teacher opens a class at once, and its pupils join", async () => {
    const { page } = teacher;
    await page.goto(server.url);
    await page.getByRole("link", { name: "Ouvrir une classe" }).click();
    await assertAccessible(page);
    await choose(feed.group);
    await page.getByRole("button", { name: "Ouvrir maintenant" }).click();
    if (!(await page.locator("#class-door").count())) await teacher.openDoor();
    await teacher.enter("devices");
    await teacher.reaches("in");
    for (const pupil of pupils) {
      await pupil.page.goto(server.url);
      await pupil.join();
      await pupil.reaches("in");
      await pupil.speaks();
    }
  });

  part("they see and hear each other", async () => {
    await assertColours([teacher, ...pupils], ["blue", "green", "red"]);
    await assertFlow([teacher, ...pupils], 2, 6);
  });

  /**
   * An administrator lets two teachers teach the class: one by a command, one on the class's page, and gives the second one's card.
   *
   * @param {Card[]} teachers
   * @returns {Promise<Card>}
   */
  async function assign(teachers) {
    const [byCommand, byPage] = teachers;
    assert.ok(byCommand && byPage, "the school has two teachers");
    preau("people", "assign", "--school", feed.school, "--teacher", byCommand.login, "--class", feed.group);

    const name = { login: "ada.lenoir", given: "Ada", family: "Lenoir" };
    const said = preau("admin", "create", "--login", name.login, "--given-name", name.given, "--family-name", name.family);
    const code = said.match(/[0-9A-Z]{5}(-[0-9A-Z]{5}){2}/)?.[0] ?? "";
    const { person, page } = await arrive({ ...byPage, login: name.login, code });
    await page.goto(`${server.url}/schools`);
    await page.getByRole("link", { name: byPage.school }).click();
    await page.getByRole("main").locator("a[href$='/groups']").first().click();
    await page.getByRole("link", { name: feed.group, exact: true }).click();
    await assertAccessible(page);
    assert.match(await page.locator("section[aria-labelledby=teachers]").innerText(), new RegExp(byCommand.name, "i"));
    const options = await page.getByLabel("Enseignant", { exact: true }).locator("option").allTextContents();
    const words = (/** @type {string} */ text) => text.trim().toLowerCase().split(/\s+/).sort().join(" ");
    const label = options.find((option) => words(option) === words(byPage.name));
    assert.ok(label, `${byPage.name} can be chosen`);
    await page.getByLabel("Enseignant", { exact: true }).selectOption({ label: label.trim() });
    await page.getByRole("button", { name: "Affecter" }).click();
    await page.getByText(byPage.name, { exact: false }).first().waitFor();
    await person.close();
    return byPage;
  }

  /**
   * Chooses the class, where there is a choice.
   *
   * @param {string} text
   */
  async function choose(text) {
    const choice = teacher.page.getByLabel("Classe ou groupe");
    if (!(await choice.count())) return;
    const labels = await choice.locator("option").allTextContents();
    const label = labels.find((label) => label.includes(text));
    assert.ok(label, `one can choose ${text} among ${labels.join(", ")}`);
    await choice.selectOption({ label: label.trim() });
  }
}
