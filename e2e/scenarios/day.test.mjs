// @ts-check
// A school day at a distance: log and work, drafts and photographs over a line that drops, correction, what a family sees,
// the roll, a lesson that moves, and texts that are not lost.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertAccessible } from "../lib/accessibility.mjs";
import { Classroom } from "../lib/classroom.mjs";
import { weekday } from "../lib/days.mjs";
import { tabTo } from "../lib/keyboard.mjs";
import { Line } from "../lib/line.mjs";
import { heldUpright, photograph, standing } from "../lib/photos.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { startDemo } from "../lib/server.mjs";
import { until } from "../lib/wait.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Person } from "../lib/people.mjs" */

const PASSWORD = "la-cour-est-grande-42";
/** Mails leave by a job that looks every ten seconds. */
const MAIL_MS_MAX = 60_000;
/** Sign-ins that were ended are noticed within five seconds. */
const SIGNED_OUT_MS_MAX = 10_000;
/** The line is cut in the second piece of the first photograph (docs/protocol/uploads.md). */
const CUT_AFTER_BYTES = 700_000;
/** A photograph is sent with its longer side at this length. */
const SIDE_PX = 2_000;

const LOG = "La crue du Nil : documents 1 à 3.\n\n- repérer les dates ;\n- <b>situer</b> Memphis";
const DRAFT = "Le limon rend la terre fertile. Les paysans <sèment> quand l’eau se retire.";
const ONE_PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const scenario = new Scenario("day", { story: true });
/** @type {import("../lib/server.mjs").Server} */
let server;
/** @type {Line} */
let line;
/** @type {Person} */
let teacher;
/** @type {Person} */
let max;
/** @type {Person} */
let mother;
/** @type {Person} */
let office;
/** The path of the work that is handed in. */
let work = "";
/** The lesson that is on, and one that the teacher opens. */
let current = "";
let opened = "";
/** Ids of the two pupils with an account. */
const ids = { max: "", ines: "" };

/**
 * @param {string} name
 * @param {string} login
 * @param {Parameters<Scenario["browser"]>[1]} [options]
 * @param {string} [site]
 */
async function arrive(name, login, options, site = server.url) {
  const person = await scenario.browser(name, options);
  await person.signIn(site, login, PASSWORD);
  await person.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
  return person;
}

/**
 * @param {Page} page
 * @param {string} path
 */
async function go(page, path) {
  const answer = await page.goto(new URL(path, page.url()).href);
  assert.equal(answer?.status(), 200, path);
}

/** @param {Page} page */
const words = (page) => page.getByRole("main").innerText();

/** @param {Page} page */
const pathOf = (page) => new URL(page.url()).pathname;

describe("a school day", () => {
  before(async () => {
    server = scenario.keep(await startDemo(scenario.data("school"), PASSWORD));
    line = scenario.keepLine(await Line.to(server.url));
  });
  after(() => scenario.end());

  /**
   * @param {string} title
   * @param {() => Promise<void>} part
   * @param {{ needed?: boolean }} [how]
   */
  const part = (title, part, how) => it(title, () => scenario.part(part, how));
  const look = { needed: false };

  part("the teacher writes the lesson log beside the class's load, sets work, and attaches a file", async () => {
    teacher = await arrive("teacher", "prof");
    const { page } = teacher;
    current = (await page.locator(".current a", { hasText: "Rejoindre la classe" }).first().getAttribute("href")) ?? "";
    await page.locator(`a[href="${current}/log"]`).first().click();
    const load = page.getByRole("region", { name: "Charge de travail : 6e B" });
    assert.ok((await load.getByRole("row").count()) > 5, "the load of the coming days stands beside the form");
    await assertAccessible(page);
    await page.getByLabel("Ce qui a été fait").fill(LOG);
    await page.locator("#work").fill("Questions 1 à 4, page 35");
    await page.getByLabel("une autre date").first().check();
    await page.locator("input[name=due]").fill(weekday(3));
    await page.locator("#minutes").fill("130");
    await page.getByRole("button", { name: "Publier" }).click();
    await page.getByText("La séance est publiée et le travail est donné.").waitFor();
    assert.equal(await page.locator(".log-text b").count(), 0, "what looks like HTML is text");
    await page.getByLabel("Joindre des fichiers").setInputFiles([
      { name: "carte du Nil.png", mimeType: "image/png", buffer: Buffer.from(ONE_PIXEL, "base64") },
    ]);
    await page.getByRole("button", { name: "Joindre", exact: true }).click();
    await page.getByRole("link", { name: "carte du Nil.png" }).waitFor();
    await page.getByRole("link", { name: "Modifier" }).click();
    await load.locator("tr", { hasText: "130 min" }).locator(".tag.heavy").waitFor();
  });

  part("and work to be handed in with photographs, with a sheet", async () => {
    const { page } = teacher;
    await go(page, "/homework");
    await page.getByRole("link", { name: "Donner du travail" }).click();
    await page.getByLabel("Classe ou groupe").selectOption({ label: "6e B" });
    await page.getByLabel("Intitulé").fill("Le schéma de la crue");
    await page.getByLabel("Consigne").fill("Un schéma, et deux phrases.");
    await page.getByLabel("Joindre des fichiers").setInputFiles([
      { name: "consigne.txt", mimeType: "text/plain", buffer: Buffer.from("Une légende, quatre couleurs.") },
    ]);
    await page.getByText("Remise, note, élèves choisis").click();
    await page.getByLabel("texte en ligne").check();
    await page.getByLabel("photos des pages").check();
    await page.getByLabel("Noté sur").fill("20");
    await page.getByRole("button", { name: "Donner ce travail" }).click();
    await page.getByRole("main").getByRole("link", { name: "Le schéma de la crue" }).click();
    await page.getByRole("heading", { name: "Le schéma de la crue" }).waitFor();
    work = pathOf(page);
    for (const [name, given] of [["max", "Leroy"], ["ines", "Martin"]]) {
      const row = page.getByRole("row", { name: new RegExp(`${given} `) }).getByRole("link");
      const path = (await row.getAttribute("href")) ?? "";
      ids[/** @type {"max" | "ines"} */ (name)] = path.slice(path.lastIndexOf("/") + 1);
    }
  });

  part("the pupil reads day, log and work on a phone", async () => {
    max = await arrive("max", "eleve", { phone: true }, line.url);
    const { page } = max;
    const todo = page.getByRole("region", { name: "À faire" });
    assert.ok(await todo.getByRole("link", { name: "Questions 1 à 4, page 35" }).isVisible());
    await page.getByRole("navigation").getByRole("link", { name: "Cahier" }).tap();
    await page.getByText("<b>situer</b> Memphis").waitFor();
    await page.getByRole("navigation").getByRole("link", { name: "Travail" }).tap();
    await page.getByRole("link", { name: "Le schéma de la crue" }).tap();
    const sheet = await page.getByRole("link", { name: "consigne.txt" }).getAttribute("href");
    const answer = await max.context.request.get(new URL(sheet ?? "", line.url).href);
    assert.equal(await answer.text(), "Une légende, quatre couleurs.");
    await assertAccessible(page);
  });

  part("and a draft, which outlives the page and a line that is gone for a while", async () => {
    const { page } = max;
    const state = page.locator("#draft-state");
    await page.getByLabel("Ton texte").fill("Le limon");
    await state.getByText("Brouillon enregistré.").waitFor();
    line.cut();
    await page.getByLabel("Ton texte").fill(DRAFT);
    await state.getByText("le brouillon est gardé sur cet appareil").waitFor();
    line.mend();
    await state.getByText("Brouillon enregistré.").waitFor();
    await page.reload();
    assert.equal(await page.getByLabel("Ton texte").inputValue(), DRAFT);
  });

  part("photographs go on where the line broke", async () => {
    const { page } = max;
    const jpeg = await photograph(page);
    const file = (/** @type {string} */ name, /** @type {Buffer} */ buffer) => ({ name, mimeType: "image/jpeg", buffer });
    const pages = page.locator("#pages li");
    const sent = (/** @type {number} */ count) =>
      until(`${count} pages are at the server`, async () => {
        const states = await pages.evaluateAll((lines) =>
          lines.map((line) => (line.querySelector("img") ? line.querySelector("output")?.textContent : "not drawn")),
        );
        return states.length === count && states.every((state) => !state);
      });
    /** @type {number[]} */
    const created = [];
    page.on("response", (answer) => {
      if (answer.request().method() === "POST" && answer.url().endsWith("/uploads")) created.push(answer.status());
    });
    const cut = line.cutAfter(CUT_AFTER_BYTES);
    await page.locator("#photos").setInputFiles([file("page 1.jpg", jpeg)]);
    await cut;
    await pages.getByText("En attente du réseau…").waitFor();
    const goesOn = page.waitForRequest((request) => request.method() === "PATCH" && Number(request.headers()["upload-offset"]) > 0);
    line.mend();
    await goesOn;
    await sent(1);
    assert.deepEqual(created, [201], "the upload is the one that was begun");

    await page.locator("#photos").setInputFiles([file("page 2.jpg", heldUpright(jpeg))]);
    await sent(2);
    const again = page.waitForResponse((answer) => answer.request().method() === "POST" && answer.url().endsWith("/uploads"));
    await page.getByRole("button", { name: "Tourner : page 1.jpg" }).tap();
    await again;
    await sent(2);
    await assertAccessible(page);
  });

  part("handing in, whose answer the line loses, makes one receipt", async () => {
    const { page } = max;
    const lost = line.loseAnswerTo(/^POST \/homework\/[^/]+\/hand-in$/);
    await page.getByRole("button", { name: "Rendre", exact: true }).tap();
    await lost;
    await page.locator("#draft-state").getByText("En attente du réseau…").waitFor();
    line.mend();
    await page.getByRole("heading", { name: "Accusé de réception" }).waitFor();
    assert.match(await page.locator(".work-hash").innerText(), /^[0-9a-f]{64}$/);
    assert.match(await words(page), /Ton travail est bien arrivé/);
    await assertAccessible(page);
    await go(page, work);
    const handedIn = page.getByRole("region", { name: "Ce que tu as rendu" });
    assert.equal(await handedIn.getByRole("listitem").count(), 1, "handed in once");
  });

  part("the teacher sees who has handed in, and gives mark, comment and a corrected file back", async () => {
    const { page } = teacher;
    await go(page, work);
    assert.match(await page.locator(".work-counts").innerText(), /rendu : 1/);
    const row = page.getByRole("row", { name: /Leroy Max/ });
    await row.getByText("rendu", { exact: true }).waitFor();
    await row.getByRole("link").click();
    assert.ok((await words(page)).includes(DRAFT));
    const pictures = await page.locator(".work-files img").evaluateAll((all) => all.map((one) => /** @type {HTMLImageElement} */ (one).src));
    assert.equal(pictures.length, 2);
    for (const picture of pictures) {
      const { width, height, top, bottom, size } = await standing(page, picture);
      assert.deepEqual([height, top, bottom], [SIDE_PX, "red", "blue"], "turned upright");
      assert.ok(width < height);
      assert.ok(size > 0, "and stored");
    }
    await page.getByLabel("Note sur 20").fill("17,5");
    await page.getByLabel("Commentaire").fill("Très clair. Ajoutez une <légende>.");
    await page.getByLabel("Joindre des fichiers à la correction").setInputFiles([
      { name: "corrigé.txt", mimeType: "text/plain", buffer: Buffer.from("La crue : de juin à septembre.") },
    ]);
    await page.getByRole("button", { name: "Rendre la correction à l’élève" }).click();
    await page.getByText("La correction est rendue").waitFor();
    await assertAccessible(page);
  });

  part("the pupil sees the correction", async () => {
    const { page } = max;
    await go(page, work);
    const correction = page.getByRole("region", { name: "Correction" });
    assert.match(await correction.innerText(), /17,5\/20\s+Très clair\. Ajoutez une <légende>\./);
    const file = await correction.getByRole("link", { name: "corrigé.txt" }).getAttribute("href");
    const answer = await max.context.request.get(new URL(file ?? "", line.url).href);
    assert.equal(await answer.text(), "La crue : de juin à septembre.");
  });

  part("the mother sees her child's work, mark and absences, and nothing of another family's", async () => {
    mother = await arrive("mother", "parent", { phone: true });
    const { page } = mother;
    assert.doesNotMatch(await words(page), /Inès|Martin/);
    await page.getByRole("region", { name: "Max Leroy" }).getByRole("link", { name: "Tout voir" }).tap();
    await page.getByRole("link", { name: "Le schéma de la crue" }).tap();
    assert.match(await words(page), /17,5\/20/);
    await assertAccessible(page);
    await go(page, `/people/${ids.max}/attendance`);
    await page.getByRole("heading", { name: "Absences de Max Leroy" }).waitFor();
    const closed = [
      `${work}/pupils/${ids.ines}`,
      ...["", "/week", "/homework", "/log", "/attendance", "/absences/new", "/data", "/follow-up"].map((rest) => `/people/${ids.ines}${rest}`),
    ];
    for (const path of closed) assert.ok([403, 404].includes(await mother.status(server.url + path)), path);
  });

  part("another pupil hands in with the keyboard alone", async () => {
    const { page } = await arrive("ines", "eleve2");
    await go(page, "/homework");
    await tabTo(page, page.getByRole("link", { name: "Le schéma de la crue" }));
    await page.keyboard.press("Enter");
    await page.locator("#hand-in").waitFor();
    await tabTo(page, page.getByLabel("Ton texte"));
    await page.keyboard.type("L’eau monte en juin.");
    await tabTo(page, page.getByRole("button", { name: "Rendre", exact: true }));
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Accusé de réception" }).waitFor();
  }, look);

  part("the roll is filled from the class's joins, and called with the keyboard", async () => {
    const { page } = teacher;
    const classroom = new Classroom(teacher);
    await go(page, current);
    await classroom.enter("listen");
    await classroom.reaches("in");
    const pupil = new Classroom(max);
    await go(max.page, "/");
    await pupil.join("listen");
    await pupil.reaches("in");

    const roll = await teacher.context.newPage();
    await roll.goto(`${server.url}${current}/roll`);
    const of = (/** @type {string} */ name) => roll.getByRole("group", { name });
    assert.match(await of("Leroy Max").innerText(), /entré à/);
    assert.ok(await of("Leroy Max").getByLabel("À distance").isChecked(), "who came with the teacher is there, however long ago the lesson was to begin");
    assert.ok(await of("Martin Inès").getByLabel("Absent").isChecked(), "who never was in is not there");
    await assertAccessible(roll);
    await tabTo(roll, of("Diallo Arthur").getByLabel("Absent"));
    await roll.keyboard.press("ArrowLeft");
    assert.ok(await of("Diallo Arthur").getByLabel("À distance").isChecked(), "the teacher corrects");
    await tabTo(roll, roll.getByRole("button", { name: "Confirmer l’appel" }));
    await roll.keyboard.press("Enter");
    await roll.getByText("Appel confirmé par").waitFor();
    await roll.close();
    await pupil.tool("leave").click();
    await go(page, "/");
  });

  part("school life's board shows it", async () => {
    office = await arrive("office", "vie-scolaire");
    const { page } = office;
    await page.getByRole("navigation").getByRole("link", { name: "Absences" }).click();
    await page.getByRole("heading", { name: "Absences du jour" }).waitFor();
    // The board of the day on which the lesson began, which at midnight is not today.
    await go(page, `${current}/roll`);
    await page.getByRole("link", { name: "← Absences du jour" }).click();
    const absent = page.getByRole("region", { name: /^Absents/ });
    const ines = absent.getByRole("listitem").filter({ has: page.getByRole("link", { name: /Inès/ }) });
    await ines.locator(`a[href="${current}/roll"]`).waitFor();
    assert.equal(await absent.getByRole("link", { name: /Diallo Arthur|Arthur Diallo/ }).count(), 0, "the teacher's correction counts");
    await assertAccessible(page);
  }, look);

  part("the family's notice of an absence is in the mail viewer", async () => {
    const { page } = await arrive("admin", "admin");
    const mail = page.getByRole("listitem").filter({ hasText: "anne.leroy@exemple.fr" }).filter({ hasText: /absen/i });
    await until("the mail", async () => {
      await go(page, "/admin/mails");
      return mail.count();
    }, MAIL_MS_MAX);
    await mail.first().getByText("Lire").click();
    assert.match(await mail.first().innerText(), /Max Leroy/);
    await assertAccessible(page);
  }, look);

  part("a lesson that moves is told to those concerned", async () => {
    const { page } = office;
    const list = `/schools/${await schoolOf(page)}/lessons?day=${weekday(1)}`;
    await go(page, list);
    await page.getByRole("link", { name: "Ajouter un cours" }).click();
    await page.getByLabel("Matière").fill("Tutorat");
    await page.getByLabel("Jour").fill(weekday(1));
    await page.getByLabel("Début").fill("17:30");
    await page.getByLabel("Fin").fill("18:00");
    await page.getByRole("group", { name: "Classes et groupes" }).getByLabel("6e B").check();
    await page.getByRole("group", { name: /^Enseignants/ }).getByLabel("Fontaine Claire").check();
    await page.getByRole("button", { name: "Enregistrer" }).click();
    await page.getByRole("link", { name: /^Modifier Tutorat/ }).click();
    await page.getByLabel("Début").fill("18:00");
    await page.getByLabel("Fin").fill("18:30");
    await page.getByLabel("Message aux personnes concernées").fill("La salle est prise avant.");
    await page.getByRole("button", { name: "Enregistrer" }).click();
    await page.getByRole("listitem").filter({ hasText: "Tutorat" }).filter({ hasText: "18 h 00 – 18 h 30" }).waitFor();
    for (const person of [max, mother, teacher]) {
      await go(person.page, "/notices");
      const notice = person.page.getByRole("listitem").filter({ hasText: "Cours déplacé : Tutorat (6e B)" });
      await notice.locator("strong", { hasText: "La salle est prise avant." }).waitFor();
    }
    await assertAccessible(max.page);
  });

  part("of two tabs that write one entry, the second is told and nothing is lost", async () => {
    const { page } = teacher;
    await go(page, "/open");
    await page.getByLabel("Classe ou groupe").selectOption({ label: "6e B" });
    await page.getByRole("button", { name: "Ouvrir maintenant" }).click();
    await page.locator("#class-door").waitFor();
    opened = pathOf(page);
    const other = await teacher.context.newPage();
    for (const tab of [page, other]) await tab.goto(`${server.url}${opened}/log/write`);
    await page.getByLabel("Ce qui a été fait").fill("Premier onglet : le delta.");
    await page.getByRole("button", { name: "Publier" }).click();
    await page.getByText("La séance est publiée.").waitFor();
    await other.getByLabel("Ce qui a été fait").fill("Second onglet : la vallée.");
    await other.getByRole("button", { name: "Publier" }).click();
    const told = other.getByRole("alert", { name: "Un autre texte a été enregistré entre-temps" });
    await told.getByText("Premier onglet : le delta.").waitFor();
    assert.equal(await other.getByLabel("Ce qui a été fait").inputValue(), "Second onglet : la vallée.");
    await assertAccessible(other);
    await other.getByRole("button", { name: "Enregistrer mon texte" }).click();
    await other.getByText("La séance est publiée.").waitFor();
    await other.locator("summary", { hasText: "ersions" }).click();
    await other.getByText("Premier onglet : le delta.").waitFor();
    await other.close();
  }, look);

  part("a text is not lost when the session ends before it is saved", async () => {
    const text = "Troisième texte : la crue,\nécrite sur un ordinateur oublié.";
    const away = await arrive("away", "prof");
    await go(away.page, `${opened}/log/write`);
    await away.page.getByLabel("Ce qui a été fait").fill(text);
    await go(teacher.page, "/devices");
    await teacher.page.getByRole("button", { name: /autres/ }).click();
    await until("the other sign-in has ended", async () => (await away.status(`${server.url}/account`)) === 303, SIGNED_OUT_MS_MAX);
    await away.page.getByRole("button", { name: "Enregistrer" }).click();
    await away.page.getByRole("heading", { name: "Rien n’est perdu" }).waitFor();
    assert.equal(await away.page.getByLabel("Votre texte").first().inputValue(), text);
    await assertAccessible(away.page);
    const popup = away.page.waitForEvent("popup");
    await away.page.getByRole("link", { name: "Se connecter dans un nouvel onglet" }).click();
    const door = await popup;
    await door.getByLabel("Identifiant").fill("prof");
    await door.getByLabel("Mot de passe", { exact: true }).fill(PASSWORD);
    await door.getByRole("button", { name: "Se connecter" }).click();
    await door.getByRole("button", { name: "Se déconnecter" }).waitFor();
    await away.page.getByRole("button", { name: "Envoyer de nouveau" }).click();
    await away.page.getByText("Vous êtes de nouveau connecté").waitFor();
    await away.page.getByRole("button", { name: "Envoyer de nouveau" }).click();
    await away.page.getByText("écrite sur un ordinateur oublié.").first().waitFor();
    await go(teacher.page, `${opened}/log`);
    assert.match(await words(teacher.page), /Troisième texte : la crue,\s+écrite sur un ordinateur oublié\./);
  }, look);

  part("no page complained", async () => {
    for (const { name, complaints } of scenario.people) {
      // While the line is cut, and for pages that refuse, the browser itself notes failed requests.
      const own = complaints.filter((text) => !/Failed to load resource|WebSocket connection to|net::ERR_|error occurred when fetching the script/.test(text));
      assert.deepEqual(own, [], name);
    }
  });
});

/**
 * The id of the school that somebody oversees.
 *
 * @param {Page} page
 */
async function schoolOf(page) {
  await go(page, "/");
  const path = await page.locator("main a[href^='/schools/'][href$='/people']").first().getAttribute("href");
  return path?.split("/")[2] ?? "";
}
