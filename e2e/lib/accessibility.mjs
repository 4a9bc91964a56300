// @ts-check
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** @import { Page } from "playwright-core" */

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** WCAG 2.2 AA, what RGAA 4.1 asks, and axe's own good practice. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Those of them that depend on light and dark. */
const COLOURS = ["color-contrast", "link-in-text-block"];

/**
 * Fails when axe-core finds anything on the page as it stands, in light or in dark.
 *
 * @param {Page} page
 */
export async function assertAccessible(page) {
  await page.evaluate(AXE);
  const light = await findings(page, { type: "tag", values: RULES });
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await findings(page, { type: "rule", values: COLOURS });
  await page.emulateMedia({ colorScheme: null });
  assert.deepEqual({ light, dark }, { light: [], dark: [] }, `axe-core on ${page.url()}`);
}

/**
 * @param {Page} page
 * @param {{ type: "tag" | "rule", values: string[] }} runOnly
 */
async function findings(page, runOnly) {
  return page.evaluate(async (runOnly) => {
    const axe = /** @type {any} */ (globalThis).axe;
    const results = await axe.run(document, { runOnly, resultTypes: ["violations"] });
    return results.violations.map((/** @type {any} */ violation) => ({
      rule: violation.id,
      help: violation.help,
      where: violation.nodes.map((/** @type {any} */ node) => node.html.slice(0, 200)),
    }));
  }, runOnly);
}
