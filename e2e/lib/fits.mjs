// @ts-check
// Whether a page fits its screen: nothing to scroll sideways, and every control can be seen and pressed.

import assert from "node:assert/strict";

/** @import { Page } from "playwright-core" */

/**
 * Fails when the page scrolls sideways, or when a control that is shown lies outside of the screen or below something else, however one scrolls.
 *
 * @param {Page} page
 * @param {string} what for the message
 * @param {string} [within] a menu or panel that lies over the rest of the page
 */
export async function assertFits(page, what, within = "body") {
  const found = await page.evaluate((within) => {
    const wide = document.documentElement.scrollWidth - innerWidth;
    const controls = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("button, input, select, textarea, summary, a[href]"));
    const dialog = document.querySelector("dialog[open]");
    /** @type {string[]} */
    const hidden = [];
    for (const control of controls) {
      const isShown = control.checkVisibility({ visibilityProperty: true }) && control.closest(".hidden-text") === null;
      if (!isShown || !control.closest(within) || (dialog && !dialog.contains(control)) || control.matches("[type=hidden], [type=file]")) continue;
      control.scrollIntoView({ block: "center", inline: "center" });
      const box = control.getBoundingClientRect();
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
      const there = document.elementFromPoint(x, y);
      const isMet = there !== null && (control.contains(there) || there.closest("label")?.contains(control));
      const isInside = box.left >= -1 && box.right <= innerWidth + 1 && y >= 0 && y <= innerHeight;
      if (!isMet || !isInside) {
        const name = control.getAttribute("aria-label") || control.textContent?.trim() || control.id;
        const above = there ? `${there.tagName}.${there.className}` : "nothing";
        hidden.push(`${name} (${control.dataset["testid"] ?? control.className}) at ${Math.round(box.left)}–${Math.round(box.right)}, ${Math.round(y)}; there is ${above}`);
      }
    }
    return { wide, hidden };
  }, within);
  assert.ok(found.wide <= 0, `${what}: ${found.wide} px too wide`);
  assert.deepEqual(found.hidden, [], `${what}: controls that nobody can press`);
}
