// @ts-check
import { pdf } from "./board-pdf.js";
import { paintPage } from "./board-view.js";

/** @typedef {import("./types.js").PageRef} PageRef */

const WIDTH_PX = 1_600;
const UNITS = 10_000;
const QUALITY = 0.86;

/**
 * Draws a page as it is saved.
 * @param {import("./room.js").Room} room
 * @param {import("./board-images.js").BoardImages} images
 * @param {import("./types.js").Deck} deck
 * @param {number} page
 */
async function drawn(room, images, deck, page) {
  const objects = room.board.on({ deck: deck.deck, page });
  const background = deck.file ? await images.best(deck.file, page) : null;
  /** @type {Map<string, HTMLImageElement | null>} */
  const pictures = new Map();
  for (const { shape } of objects) {
    if (shape.is === "picture") {
      pictures.set(shape.file, await images.best(shape.file, 0));
    }
  }
  const height = background ? UNITS * background.naturalHeight / background.naturalWidth : UNITS * 9 / 16;
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH_PX;
  canvas.height = Math.round(WIDTH_PX * height / UNITS);
  const context = canvas.getContext("2d");
  context?.scale(WIDTH_PX / UNITS, WIDTH_PX / UNITS);
  if (context) {
    paintPage(context, { background, objects, picture: (file) => pictures.get(file) ?? null }, height);
  }
  return canvas;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {string} type
 * @returns {Promise<Blob>}
 */
function blob(canvas, type) {
  return new Promise((resolve, reject) => canvas.toBlob((made) => (made ? resolve(made) : reject(new Error("no picture"))), type, QUALITY));
}

/**
 * A page as a picture.
 * @param {import("./room.js").Room} room
 * @param {import("./board-images.js").BoardImages} images
 * @param {import("./types.js").Deck} deck
 * @param {number} page
 */
export async function savePng(room, images, deck, page) {
  give(await blob(await drawn(room, images, deck, page), "image/png"), `${deck.name} ${page + 1}.png`);
}

/**
 * All pages of a deck. `look` makes a page's objects known.
 * @param {import("./room.js").Room} room
 * @param {import("./board-images.js").BoardImages} images
 * @param {import("./types.js").Deck} deck
 * @param {{look: (page: PageRef) => Promise<unknown>, progress: (page: number) => void}} options
 */
export async function savePdf(room, images, deck, { look, progress }) {
  /** @type {{jpeg: Uint8Array, width: number, height: number}[]} */
  const pages = [];
  for (let page = 0; page < deck.pages; page++) {
    progress(page + 1);
    await look({ deck: deck.deck, page });
    const canvas = await drawn(room, images, deck, page);
    const jpeg = await blob(canvas, "image/jpeg");
    pages.push({ jpeg: new Uint8Array(await jpeg.arrayBuffer()), width: canvas.width, height: canvas.height });
  }
  give(pdf(pages, deck.name), `${deck.name}.pdf`);
}

/**
 * @param {Blob} file
 * @param {string} name
 */
function give(file, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name.replace(/[\\/:*?"<>|]/g, " ");
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
