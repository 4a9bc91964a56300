// @ts-check
// The one database of this origin. Where nothing may be kept, none is made.

const NAME = "preau";
const VERSION = 1;

/** @type {Promise<IDBDatabase | null> | null} */
let opened = null;
let makes = false;

/** From here on a database may be made. */
export function allow() {
  makes = true;
  opened = null;
}

function database() {
  opened ??= new Promise((resolve, reject) => {
    const opening = indexedDB.open(NAME, VERSION);
    let absent = false;
    opening.onupgradeneeded = (event) => {
      if (event.oldVersion === 0 && !makes) {
        absent = true;
        opening.transaction?.abort();
        return;
      }
      make(opening.result);
    };
    opening.onsuccess = () => {
      const database = opening.result;
      // A newer page wants to change it: this one works on without.
      database.onversionchange = () => {
        database.close();
        opened = null;
      };
      database.onclose = () => {
        opened = null;
      };
      resolve(database);
    };
    opening.onerror = () => (absent ? resolve(null) : reject(opening.error));
  });
  return opened.catch((error) => {
    opened = null;
    throw error;
  });
}

/** @param {IDBDatabase} database */
function make(database) {
  database.createObjectStore("meta");
  database.createObjectStore("days", { keyPath: "person" });
  database.createObjectStore("files", { keyPath: ["person", "path"] });
  database.createObjectStore("pages", { keyPath: ["person", "homework"] });
  database.createObjectStore("queue", { keyPath: "id" }).createIndex("person", "person");
}

/**
 * One transaction. What it writes is on the disk when this is over. Without a database, `work` is not called.
 * @template T
 * @param {string[]} stores
 * @param {IDBTransactionMode} mode
 * @param {(store: (name: string) => IDBObjectStore) => Promise<T> | T} work
 * @returns {Promise<T | undefined>}
 */
export async function within(stores, mode, work) {
  const there = await database();
  if (!there) {
    return undefined;
  }
  const transaction = there.transaction(stores, mode, mode === "readwrite" ? { durability: "strict" } : {});
  const ended = new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(undefined);
    transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
    transaction.onerror = () => reject(transaction.error);
  });
  // Waited for below; here only so that a failure in `work` is the one that counts.
  ended.catch(() => undefined);
  const result = await work((name) => transaction.objectStore(name));
  await ended;
  return result;
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
export function got(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Keys `[person, …]` of one person. @param {string} person */
export function of(person) {
  return IDBKeyRange.bound([person], [person, []]);
}

/**
 * One at a time over all tabs, where the browser can say so.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export function alone(name, work) {
  return navigator.locks ? navigator.locks.request(name, work) : work();
}
