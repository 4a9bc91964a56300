// @ts-check
// The day of the person who signed in last: fetched now and then, read without a network.

import { alone, got, of, within } from "./database.js";
import { KEPT_LOCK, changeMeta, meta, sessionEnded } from "./kept.js";
import { DAY_AGE_MS_MAX, FILES_BYTES_MAX, FILES_MAX, FILE_BYTES_MAX } from "./limits.js";
import { FORMAT } from "./types.js";

/** @typedef {import("./types.js").Day} Day */
/** @typedef {import("./types.js").Draft} Draft */
/** @typedef {import("./types.js").SavedFile} SavedFile */
/** @typedef {import("./kept.js").KeptDay} KeptDay */

/**
 * Fetches the day, and the files that come with it.
 * @param {string} person
 */
export async function fetchDay(person) {
  const answer = await fetch("/api/day", { headers: { accept: "application/json" } });
  if (answer.status === 401) {
    await sessionEnded();
    return;
  }
  if (!answer.ok) {
    return;
  }
  /** @type {Day} */
  const day = await answer.json();
  if (day.format !== FORMAT || day.person !== person || day.shared_device) {
    return;
  }
  const kept = await alone(KEPT_LOCK, async () => {
    // Meanwhile this person may have signed out in another tab.
    if ((await meta())?.person !== person) {
      return false;
    }
    await within(["days"], "readwrite", (store) => {
      store("days").put({ ...day, fetchedAt: Date.now() });
    });
    await changeMeta((meta) => Object.assign(meta, { syncedAt: Date.now() }));
    await tellOfDay(day).catch(() => undefined);
    return true;
  });
  if (kept) {
    await fetchFiles(day);
  }
}

/**
 * From now on the browser says of when this day is with each page that it asks for, so that a page that can give nothing leads
 * to it: without script, and before anybody knows who asks.
 * @param {Day} day
 */
async function tellOfDay(day) {
  const registration = await navigator.serviceWorker.getRegistration("/");
  await registration?.navigationPreload?.setHeaderValue(`preau-day=${Math.floor(day.now / 1_000)}`);
}

/** What a day brings, small ones first: of many files as many as may be. @param {Day} day */
function wanted(day) {
  const people = [day, ...day.children];
  const things = [...people.flatMap((one) => one.works), ...people.flatMap((one) => one.log ?? [])];
  const all = new Map(things.flatMap((thing) => thing.files).map((file) => [file.path, file]));
  const small = [...all.values()].filter((file) => file.bytes <= FILE_BYTES_MAX).sort((one, other) => one.bytes - other.bytes);
  let bytes = 0;
  return small.slice(0, FILES_MAX).filter((file) => (bytes += file.bytes) <= FILES_BYTES_MAX);
}

/** @param {Day} day */
async function fetchFiles(day) {
  const files = wanted(day);
  const paths = new Set(files.map((file) => file.path));
  const there = await within(["files"], "readwrite", async (store) => {
    const keys = await got(store("files").getAllKeys(of(day.person)));
    const kept = keys.map((key) => String(Array.isArray(key) ? key[1] : ""));
    kept.filter((path) => !paths.has(path)).forEach((path) => store("files").delete([day.person, path]));
    return new Set(kept);
  });
  if (savesData()) {
    return;
  }
  for (const file of files.filter((file) => !there?.has(file.path))) {
    await fetchFile(day.person, file);
  }
}

/** @param {string} person @param {SavedFile} file */
async function fetchFile(person, file) {
  const answer = await fetch(file.path);
  if (answer.status !== 200) {
    return;
  }
  const blob = await answer.blob();
  await alone(KEPT_LOCK, async () => {
    if (blob.size <= FILE_BYTES_MAX && (await meta())?.person === person) {
      await within(["files"], "readwrite", (store) => {
        store("files").put({ person, path: file.path, name: file.name, blob });
      });
    }
  });
}

/** The person pays by the byte, and has said so. */
function savesData() {
  const line = /** @type {{connection?: {saveData?: boolean, effectiveType?: string}}} */ (navigator).connection;
  return line?.saveData === true || /2g/.test(line?.effectiveType ?? "");
}

/**
 * The kept day of whoever signed in last, if it is not too old.
 * @returns {Promise<KeptDay | null>}
 */
export async function keptDay() {
  const who = await meta();
  /** @type {KeptDay | undefined} */
  const day = who && (await within(["days"], "readonly", (store) => got(store("days").get(who.person))));
  const good = day?.format === FORMAT && Date.now() - day.fetchedAt <= DAY_AGE_MS_MAX;
  return good ? day : null;
}

/**
 * @param {string} person
 * @param {string} path
 * @returns {Promise<Blob | null>}
 */
export async function keptFile(person, path) {
  const file = await within(["files"], "readonly", (store) => got(store("files").get([person, path])));
  return file?.blob ?? null;
}

/**
 * The server has a newer draft.
 * @param {string} person
 * @param {string} homework
 * @param {Draft} draft
 */
export async function noteDraft(person, homework, draft) {
  await note(person, homework, (work) => (work.draft = draft));
}

/**
 * What was handed in from here has its receipt.
 * @param {string} person
 * @param {string} homework
 * @param {boolean} late
 */
export async function noteHandedIn(person, homework, late) {
  await note(person, homework, (work) => (work.state = late ? "late" : "handed-in"));
}

/**
 * @param {string} person
 * @param {string} homework
 * @param {(work: import("./types.js").Work) => void} change
 */
async function note(person, homework, change) {
  await within(["days"], "readwrite", async (store) => {
    /** @type {KeptDay | undefined} */
    const day = await got(store("days").get(person));
    const work = day?.works.find((work) => work.id === homework);
    if (day && work) {
      change(work);
      store("days").put(day);
    }
  });
}
