// @ts-check
// What a browser has stored of a site.

/** @import { Page } from "playwright-core" */

/**
 * @typedef {object} Kept
 * @property {Record<string, any[]>} stores records of each store of the database; no database, no stores
 * @property {Record<string, string[]>} caches paths in each cache
 * @property {string[]} local names in local storage
 * @property {string[]} session names in session storage
 * @property {number} workers
 */

/**
 * @param {Page} page
 * @returns {Promise<Kept>}
 */
export function keptBy(page) {
  return page.evaluate(async () => {
    /** @type {Record<string, any[]>} */
    const stores = {};
    if ((await indexedDB.databases()).some(({ name }) => name === "preau")) {
      const database = await new Promise((done, failed) => {
        const opening = indexedDB.open("preau");
        opening.onsuccess = () => done(opening.result);
        opening.onerror = () => failed(opening.error);
      });
      for (const name of database.objectStoreNames) {
        stores[name] = await new Promise((done, failed) => {
          const all = database.transaction([name]).objectStore(name).getAll();
          all.onsuccess = () => done(all.result.map((/** @type {any} */ one) => JSON.parse(JSON.stringify(one))));
          all.onerror = () => failed(all.error);
        });
      }
      database.close();
    }
    /** @type {Record<string, string[]>} */
    const found = {};
    for (const name of await caches.keys()) {
      found[name] = (await (await caches.open(name)).keys()).map((request) => new URL(request.url).pathname);
    }
    const workers = (await navigator.serviceWorker.getRegistrations()).length;
    return { stores, caches: found, local: Object.keys(localStorage), session: Object.keys(sessionStorage), workers };
  });
}
