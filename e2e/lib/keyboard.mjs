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
