// @ts-check
// Photographs of pages as a phone takes them: large, grainy, and lying on their side.

/** @import { Page } from "playwright-core" */

/** As the sensor has it, wider than high. */
export const WIDTH = 2_600;
export const HEIGHT = 1_950;

/** Turned by a quarter to the right, the picture stands upright (TIFF 6.0 and Exif 2.3, tag 0x0112). */
const TURN_RIGHT = 6;

/**
 * A JPEG whose left half is red and whose right half is blue, with grain that compresses badly.
 *
 * @param {Page} page any, to draw with
 * @returns {Promise<Buffer>}
 */
export async function photograph(page) {
  const bytes = await page.evaluate(
    async ({ width, height }) => {
      const canvas = new OffscreenCanvas(width, height);
      const pen = canvas.getContext("2d");
      if (!pen) throw new Error("no canvas");
      const picture = pen.createImageData(width, height);
      const pixels = new Uint32Array(picture.data.buffer);
      let seed = 0x9e3779b9;
      for (let at = 0; at < pixels.length; at++) {
        // Xorshift (Marsaglia 2003): the same grain in each run.
        seed ^= seed << 13;
        seed ^= seed >>> 17;
        seed ^= seed << 5;
        const grain = seed & 0x3f;
        const isLeft = at % width < width / 2;
        pixels[at] = 0xff000000 | ((isLeft ? grain : 190 + grain) << 16) | (grain << 8) | (isLeft ? 190 + grain : grain);
      }
      pen.putImageData(picture, 0, 0);
      const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.95 });
      const reader = new FileReader();
      reader.readAsDataURL(blob);
      await new Promise((done) => reader.addEventListener("load", done));
      return String(reader.result).split(",")[1] ?? "";
    },
    { width: WIDTH, height: HEIGHT },
  );
  return Buffer.from(bytes, "base64");
}

/**
 * The same photograph with the note of a camera that was held upright.
 *
 * @param {Buffer} jpeg
 */
export function heldUpright(jpeg) {
  const exif = Buffer.alloc(36);
  exif.writeUInt16BE(0xffe1, 0);
  exif.writeUInt16BE(exif.length - 2, 2);
  exif.write("Exif\0\0", 4, "latin1");
  exif.write("MM\0*", 10, "latin1");
  exif.writeUInt32BE(8, 14);
  exif.writeUInt16BE(1, 18);
  exif.writeUInt16BE(0x0112, 20);
  exif.writeUInt16BE(3, 22);
  exif.writeUInt32BE(1, 24);
  exif.writeUInt16BE(TURN_RIGHT, 28);
  return Buffer.concat([jpeg.subarray(0, 2), exif, jpeg.subarray(2)]);
}

/**
 * How a picture on a page stands: its size, and the colour of its upper and its lower edge.
 *
 * @param {Page} page
 * @param {string} address
 */
export async function standing(page, address) {
  return page.evaluate(async (address) => {
    const answer = await fetch(address);
    const picture = await createImageBitmap(await answer.blob());
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const pen = canvas.getContext("2d");
    if (!pen) throw new Error("no canvas");
    pen.drawImage(picture, 0, 0);
    const colour = (/** @type {number} */ y) => {
      const [red = 0, , blue = 0] = pen.getImageData(picture.width / 2, y, 1, 1).data;
      return red > blue ? "red" : "blue";
    };
    const size = Number(answer.headers.get("content-length"));
    return { width: picture.width, height: picture.height, top: colour(8), bottom: colour(picture.height - 8), size };
  }, address);
}
