// @ts-check
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** @import { Locator, Page } from "playwright-core" */

const READER = readFileSync(createRequire(import.meta.url).resolve("jsqr"), "utf8");

/**
 * What a QR code says, read from its picture as a camera reads it.
 *
 * @param {Page} page
 * @param {Locator} code
 */
export async function readCode(page, code) {
  const picture = (await code.screenshot()).toString("base64");
  await page.evaluate(READER);
  const says = await page.evaluate(async (picture) => {
    const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    if (!pen) throw new Error("no canvas");
    pen.drawImage(bitmap, 0, 0);
    const { data, width, height } = pen.getImageData(0, 0, bitmap.width, bitmap.height);
    return /** @type {any} */ (globalThis).jsQR(data, width, height)?.data;
  }, picture);
  if (typeof says !== "string") throw new Error("no code can be read");
  return says;
}
