// @ts-check
// The main job from a directory feed: import, activation by code, a class opened at once, a lesson.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { assertAccessible } from "../lib/accessibility.mjs";
import { Classroom } from "../lib/classroom.mjs";
import { activate, cardOf } from "../lib/codes.mjs";
import { LIKENESS } from "../lib/devices.mjs";
import { assertColours, assertFlow } from "../lib/flow.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { run, startServe } from "../lib/server.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const FEED = join(ROOT, "crates/directory/tests/fixtures/aaf/tilleuls");
const SCHOOL = "0931234X";
const CLASS = "6EME B";
const PASSWORD = "trois-bancs-sous-le-preau";

const scenario = new Scenario("feed", { story: true });
const folder = scenario.data("school");
/** @type {import("../lib/server.mjs").Server} */
let server;

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

describe("a school from a feed", () => {
  before(() => assert.ok(existsSync(FEED), FEED));
  after(() => scenario.end());

  /**
   * @param {string} title
   * @param {() => Promise<void>} part
   */
  const part = (title, part) => it(title, () => scenario.part(part));

  /** @type {Classroom} */
  let teacher;
  /** @type {Classroom} */
  let lina;
  /** @type {Classroom} */
  let noe;

  part("is imported, and importing it again changes nothing", async () => {
    preau("import", "aaf", FEED);
    const people = () => preau("people", "find", "--school", SCHOOL);
    const found = people();
    assert.match(found, /marie\.durand/);
    assert.match(found, /lina\.moreau/);
    preau("import", "aaf", FEED);
    assert.equal(people(), found);
  });

  part("its people activate their accounts with the codes of printed sheets", async () => {
    const pupils = preau("people", "codes", "--school", SCHOOL, "--class", CLASS);
    const teachers = preau("people", "codes", "--school", SCHOOL, "--profile", "teacher");
    server = scenario.keep(await startServe(folder));
    /**
     * @param {string} name
     * @param {keyof typeof LIKENESS} likeness
     * @param {string} sheet
     */
    const arrive = async (name, likeness, sheet) => {
      const person = await scenario.browser(name, { likeness: LIKENESS[likeness] });
      await activate(person, server.url, cardOf(sheet, name).code, PASSWORD);
      return new Classroom(person);
    };
    teacher = await arrive("Marie DURAND", "blue", teachers);
    lina = await arrive("Lina MOREAU", "red", pupils);
    noe = await arrive("Noé LEFÈVRE", "green", pupils);

    const again = await scenario.browser("again");
    await again.page.goto(`${server.url}/activation`);
    await again.page.getByLabel("Code d’activation").fill(cardOf(pupils, "Lina MOREAU").code);
    await again.page.getByRole("button", { name: "Continuer" }).click();
    assert.match(await again.page.getByRole("main").innerText(), /ne sert plus/, "a code is good once");
    await again.close();
  });

  part("a teacher opens a class at once, and its pupils join", async () => {
    const { page } = teacher;
    await page.goto(server.url);
    await page.getByRole("link", { name: "Ouvrir une classe" }).click();
    await assertAccessible(page);
    const choice = page.getByLabel("Classe ou groupe");
    if (await choice.count()) await choice.selectOption({ label: await optionWith(CLASS) });
    await page.getByRole("button", { name: "Ouvrir maintenant" }).click();
    if (!(await page.locator("#class-door").count())) await teacher.openDoor();
    await teacher.enter("devices");
    await teacher.reaches("in");
    for (const pupil of [lina, noe]) {
      await pupil.page.goto(server.url);
      await pupil.join();
      await pupil.reaches("in");
    }
  });

  part("they see and hear each other", async () => {
    await assertColours([teacher, lina, noe], ["blue", "green", "red"]);
    await assertFlow([teacher, lina, noe], 2, 6);
  });

  /** @param {string} text */
  async function optionWith(text) {
    const labels = await teacher.page.locator("select option").allTextContents();
    const label = labels.find((label) => label.includes(text));
    assert.ok(label, `one can choose ${text} among ${labels.join(", ")}`);
    return label.trim();
  }
});
