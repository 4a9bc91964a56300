// @ts-check
// What pupils hand in, as a teacher's browser shows it: a PDF in the viewer, and nothing that is not what its name says.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setWork } from "../lib/offline.mjs";
import { Scenario } from "../lib/scenario.mjs";
import { startDemo } from "../lib/server.mjs";
import { until } from "../lib/wait.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Person } from "../lib/people.mjs" */

const PASSWORD = "la-cour-est-grande-42";
/** Of a window that shows a whole page of this red. */
const RED_SHARE_MIN = 0.1;
const TRAP = "<!doctype html><title>piège</title><script>document.title = 'exécuté'</script>";

const scenario = new Scenario("files");
/** @type {import("../lib/server.mjs").Server} */
let server;
/** @type {Person} */
let teacher;
/** Where the teacher reads what was handed in. */
let copy = "";

/** A document of one page, all of it red. */
function redDocument() {
  const drawing = "1 0 0 rg 0 0 400 400 re f";
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 400] /Contents 4 0 R >>",
    `<< /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`,
  ];
  let text = "%PDF-1.4\n";
  const places = objects.map((object, number) => {
    const at = text.length;
    text += `${number + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(at).padStart(10, "0")} 00000 n \n`;
  });
  const table = text.length;
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join("")}`;
  return `${text}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`;
}

/**
 * How much of what a page shows is red.
 *
 * @param {Page} shown
 * @param {Page} counts in which the picture is looked at
 */
async function redShare(shown, counts) {
  const picture = (await shown.screenshot()).toString("base64");
  return counts.evaluate(async (picture) => {
    const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    let red = 0;
    for (let at = 0; at < data.length; at += 4) {
      red += (data[at] ?? 0) > 240 && (data[at + 1] ?? 255) < 16 && (data[at + 2] ?? 255) < 16 ? 1 : 0;
    }
    return red / (data.length / 4);
  }, picture);
}

describe("files that are handed in", () => {
  before(async () => {
    server = scenario.keep(await startDemo(scenario.data("school"), PASSWORD));
    teacher = await scenario.browser("teacher");
    await teacher.signIn(server.url, "prof", PASSWORD);
    await teacher.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
    const work = await setWork(server.url, teacher.page, "Exposé");
    const pupil = await scenario.browser("pupil");
    await pupil.signIn(server.url, "eleve", PASSWORD);
    await pupil.page.getByRole("button", { name: "Se déconnecter" }).waitFor();
    await pupil.page.goto(`${server.url}${work}`);
    const person = await pupil.page.evaluate(() => document.body.dataset.person);
    const status = await pupil.page.evaluate(
      async ([path, pdf, trap]) => {
        const token = /** @type {HTMLInputElement} */ (document.querySelector("input[name=csrf]")).value;
        const form = new FormData();
        form.append("csrf", token);
        form.append("key", "un");
        form.append("file", new File([pdf ?? ""], "exposé.pdf", { type: "application/pdf" }));
        form.append("file", new File([trap ?? ""], "faux.pdf", { type: "application/pdf" }));
        form.append("file", new File([pdf ?? ""], "page.html", { type: "text/html" }));
        return (await fetch(`${path}/hand-in`, { method: "POST", body: form })).status;
      },
      [work, redDocument(), TRAP],
    );
    assert.equal(status, 200);
    await pupil.close();
    copy = `${server.url}${work}/pupils/${person}`;
  });
  after(() => scenario.end());

  /**
   * @param {string} title
   * @param {() => Promise<void>} part
   */
  const part = (title, part) => it(title, () => scenario.part(part));

  part("a PDF is shown by the browser's viewer", async () => {
    await teacher.page.goto(copy);
    const path = await teacher.page.getByRole("link", { name: "exposé.pdf" }).first().getAttribute("href");
    const shown = await teacher.context.newPage();
    const answer = await shown.goto(`${server.url}${path}`);
    assert.equal(answer?.headers()["content-type"], "application/pdf");
    assert.match(answer?.headers()["content-disposition"] ?? "", /^inline/);
    // The page that looks at the picture is nobody's.
    const counts = await teacher.context.newPage();
    await until("the viewer shows the page", async () => (await redShare(shown, counts)) > RED_SHARE_MIN);
    await shown.close();
    await counts.close();
  });

  for (const name of ["faux.pdf", "page.html"]) {
    part(`${name}, which is not what its name says, is saved and never shown`, async () => {
      await teacher.page.goto(copy);
      const link = teacher.page.getByRole("link", { name }).first();
      const saved = teacher.page.waitForEvent("download");
      await link.click();
      assert.equal((await saved).suggestedFilename(), name);
      assert.equal(teacher.page.url(), copy, "the page stays");
    });
  }
});
