// @ts-check
// What a page's live regions say, as a screen reader hears it.

import { until } from "./wait.mjs";

/** @import { Page } from "playwright-core" */

/**
 * Keeps from now on what live regions of this page say. Only what is put into a region that is there already counts: screen readers
 * miss a region that comes with its words.
 *
 * @param {Page} page
 */
export async function listen(page) {
  await page.evaluate(() => {
    const shared = /** @type {any} */ (globalThis);
    shared.testSpoken = [];
    const isLive = "[aria-live=polite], [aria-live=assertive], [role=status]:not([aria-live=off]), [role=alert]";
    /** @type {WeakSet<Element>} */
    const there = new WeakSet();
    const look = () => document.querySelectorAll(isLive).forEach((one) => {
      if (one.getClientRects().length > 0) there.add(one);
      else there.delete(one);
    });
    look();
    new MutationObserver((changes) => {
      /** @type {Set<Element>} */
      const told = new Set();
      for (const { target } of changes) {
        const region = (target instanceof Element ? target : target.parentElement)?.closest(isLive);
        if (region && there.has(region)) told.add(region);
      }
      for (const region of told) {
        const words = (region.textContent ?? "").replace(/\s+/g, " ").trim();
        if (words !== "") shared.testSpoken.push(words);
      }
      look();
    }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["hidden"] });
  });
}

/**
 * Waits until live regions have said something since `listen`.
 *
 * @param {Page} page
 * @param {RegExp} words
 */
export async function hears(page, words) {
  await until(`it is said: ${words}`, async () => {
    /** @type {string[]} */
    const spoken = await page.evaluate(() => /** @type {any} */ (globalThis).testSpoken);
    if (!spoken.some((one) => words.test(one))) throw new Error(spoken.slice(-5).join(" | "));
    return true;
  });
}
