// @ts-check

/** @import { Locator, Page } from "playwright-core" */

/** A page where one must press this often to get somewhere is not one for the keyboard. */
const PRESSES_MAX = 120;

/**
 * Presses Tab until the element has the focus, as somebody without a mouse does.
 *
 * @param {Page} page
 * @param {Locator} element
 */
export async function tabTo(page, element) {
  for (let pressed = 0; pressed <= PRESSES_MAX; pressed++) {
    if (await element.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${PRESSES_MAX} times Tab does not lead to ${element}`);
}

/**
 * What takes the focus: who uses keys is somewhere on the page, and sees or hears where.
 *
 * @param {Page} page
 * @param {string} after what was done
 */
export async function assertFocus(page, after) {
  const place = await page.evaluate(async () => {
    // What is hidden loses the focus with the next frame.
    for (let frame = 0; frame < 3; frame++) await new Promise((done) => requestAnimationFrame(done));
    const { activeElement } = document;
    if (!activeElement || activeElement === document.body) return "nowhere";
    return activeElement.checkVisibility({ visibilityProperty: true }) ? "" : `on what is hidden: ${activeElement.outerHTML.slice(0, 120)}`;
  });
  if (place !== "") throw new Error(`after ${after} the focus is ${place}`);
}
