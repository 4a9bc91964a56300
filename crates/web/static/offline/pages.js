// @ts-check
// Files that were chosen for a hand-in and are not handed in yet: a phone may close the page while its camera is open.

import { got, within } from "./database.js";

/** @typedef {import("./types.js").Part} Part */

/**
 * @param {string} person
 * @param {string} homework
 * @returns {Promise<Part[] | null>}
 */
export async function keptPages(person, homework) {
  const found = await within(["pages"], "readonly", (store) => got(store("pages").get([person, homework]))).catch(() => null);
  return found?.parts ?? null;
}

/**
 * @param {string} person
 * @param {string} homework
 * @param {Part[]} parts
 */
export async function keepPages(person, homework, parts) {
  await within(["pages"], "readwrite", (store) => {
    store("pages").put({ person, homework, savedAt: Date.now(), parts });
  });
}
