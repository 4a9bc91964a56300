// @ts-check
// Whose the kept things are, and when they go.

import { allow, alone, got, of, within } from "./database.js";
import { DAY_AGE_MS_MAX, SENT_AGE_MS_MAX, UNSENT_AGE_MS_MAX } from "./limits.js";
import { isUnsent, tellServer } from "./queue.js";

/** @typedef {import("./types.js").Meta} Meta */
/** @typedef {import("./types.js").Day} Day */
/** @typedef {Day & {fetchedAt: number}} KeptDay */

/** Held by whoever writes what is kept of a person, and by whoever wipes it. */
export const KEPT_LOCK = "preau-kept";
const LEAVING = "preau-leaving";
const ALL = ["meta", "days", "files", "pages", "queue"];

/** @returns {Promise<Meta | undefined>} */
export async function meta() {
  return within(["meta"], "readonly", (store) => got(store("meta").get("person")));
}

/** @param {(meta: Meta) => void} change */
export async function changeMeta(change) {
  await within(["meta"], "readwrite", async (store) => {
    const known = await got(store("meta").get("person"));
    if (known) {
      change(known);
      store("meta").put(known, "person");
    }
  });
}

/**
 * This person is signed in here now: what was kept of another one goes, but for what that one has yet to send.
 * @param {string} person
 * @param {string} session
 * @param {boolean} shared
 */
export async function belongsTo(person, session, shared) {
  if (!shared) {
    allow();
  }
  await alone(KEPT_LOCK, async () => {
    const known = await meta();
    if (shared || (known && known.person !== person)) {
      await wipeDay();
    }
    if (shared) {
      await unregister();
      return;
    }
    if (known?.person === person) {
      await changeMeta((meta) => Object.assign(meta, { session }));
    } else {
      const fresh = { person, session, syncedAt: 0, page: "" };
      await within(["meta"], "readwrite", (store) => {
        store("meta").put(fresh, "person");
      });
    }
  });
  await dropOld();
}

/** The day, its files, who it was of, and the page that shows them. */
async function wipeDay() {
  // First of all, as it is said to the server with each page.
  const registration = await navigator.serviceWorker?.getRegistration("/").catch(() => undefined);
  await registration?.navigationPreload?.setHeaderValue("true").catch(() => undefined);
  await within(["meta", "days", "files"], "readwrite", (store) => {
    ["meta", "days", "files"].forEach((name) => store(name).clear());
  });
  if (typeof caches !== "undefined") {
    const ours = (await caches.keys()).filter((name) => name.startsWith("preau-"));
    await Promise.all(ours.map((name) => caches.delete(name)));
  }
}

async function unregister() {
  const registration = await navigator.serviceWorker?.getRegistration("/");
  await registration?.unregister();
}

/** The session has ended elsewhere: the day goes; what is unsent stays its owner's. */
export async function sessionEnded() {
  await alone(KEPT_LOCK, wipeDay);
}

/**
 * Everything of this person goes, but for what they have handed in and the server does not have.
 * @param {string} person
 */
export async function wipe(person) {
  await alone(KEPT_LOCK, async () => {
    await within(ALL, "readwrite", async (store) => {
      ["meta", "days", "files"].forEach((name) => store(name).clear());
      store("pages").delete(of(person));
      for (const item of await got(store("queue").index("person").getAll(person))) {
        if (!isUnsent(item)) {
          store("queue").delete(item.id);
        }
      }
    });
    await wipeDay();
    await unregister();
    wipeDrafts(person);
  });
  await tellServer();
}

/** @param {string} person */
const draftsOf = (person) => `preau-draft:${person}:`;

/** @param {string} person */
export function draftNames(person) {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(draftsOf(person)));
  } catch {
    return [];
  }
}

/** @param {string} person */
function wipeDrafts(person) {
  try {
    draftNames(person).forEach((name) => localStorage.removeItem(name));
    const typed = Object.keys(sessionStorage).filter((name) => name.startsWith("preau.kept."));
    typed.forEach((name) => sessionStorage.removeItem(name));
  } catch {
    // Nothing could be kept either.
  }
}

/** What nobody has come back for, and receipts that were seen. */
export async function dropOld() {
  const now = Date.now();
  await within(["days", "pages", "queue"], "readwrite", async (store) => {
    for (const day of await got(store("days").getAll())) {
      if (now - day.fetchedAt > DAY_AGE_MS_MAX) {
        store("days").delete(day.person);
      }
    }
    for (const pages of await got(store("pages").getAll())) {
      if (now - pages.savedAt > UNSENT_AGE_MS_MAX) {
        store("pages").delete([pages.person, pages.homework]);
      }
    }
    for (const item of await got(store("queue").getAll())) {
      const since = isUnsent(item) ? now - item.madeAt - UNSENT_AGE_MS_MAX : now - item.endedAt - SENT_AGE_MS_MAX;
      if (since > 0) {
        store("queue").delete(item.id);
      }
    }
  });
  await tellServer();
}

/** Erased while there was no network: the session ends with the first page. @param {string} session */
export function leaveLater(session) {
  try {
    localStorage.setItem(LEAVING, session);
  } catch {
    // The pass stays, as after closing the browser.
  }
}

/** Whether this session is one that was left without a network. @param {string} session */
export function isLeft(session) {
  try {
    const left = localStorage.getItem(LEAVING);
    localStorage.removeItem(LEAVING);
    return left !== null && left === session;
  } catch {
    return false;
  }
}
