// @ts-check
// What was handed in on this device. Every change is on the disk before its promise is kept, and told to all tabs.

import { got, within } from "./database.js";
import { QUEUE_BYTES_MAX, QUEUE_MAX } from "./limits.js";
import { FORMAT } from "./types.js";

/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./types.js").Part} Part */

const UNSENT_COOKIE = "preau-unsent";
const COOKIE_S = 30 * 86_400;

/** Of a browser that has no channels, each tab looks for itself. */
const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("preau-queue");
/** @type {Set<() => void>} */
const listeners = new Set();

/** @param {() => void} listener called after every change, in whichever tab */
export function onChange(listener) {
  listeners.add(listener);
}

channel?.addEventListener("message", () => listeners.forEach((listener) => listener()));

async function changed() {
  await tellServer();
  channel?.postMessage("changed");
  listeners.forEach((listener) => listener());
}

/** The server orders this browser to forget at signing out, unless somebody has something unsent in it. */
export async function tellServer() {
  const pages = (await within(["pages"], "readonly", (store) => got(store("pages").count()))) ?? 0;
  const unsent = pages > 0 || hasDrafts() || (await everybodys()).some(isUnsent);
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${UNSENT_COOKIE}=1; Path=/; SameSite=Lax; Max-Age=${unsent ? COOKIE_S : 0}${secure}`;
}

function hasDrafts() {
  try {
    return Object.keys(localStorage).some((name) => name.startsWith("preau-draft:"));
  } catch {
    return false;
  }
}

/** The queue is full; nothing was kept. */
export class QueueFull extends Error {}

/** @param {Item} item */
export const isUnsent = (item) => item.state !== "sent";

/** @param {Part[]} parts */
const bytesOf = (parts) => parts.reduce((bytes, part) => bytes + (part.blob?.size ?? 0), 0);

/**
 * Keeps a hand-in. When this is over it is on the disk.
 * @param {{id?: string, person: string, homework: string, title: string, body: string, parts: Part[]}} what the page of the work
 *   has drawn its key already, and may have sent it once
 * @returns {Promise<Item>}
 */
export async function add(what) {
  /** @type {Item} */
  const item = { format: FORMAT, ...what, id: what.id ?? crypto.randomUUID(), madeAt: Date.now(), state: "waiting", why: [], anew: false, receipt: null, endedAt: 0 };
  const kept = await within(["queue", "pages"], "readwrite", async (store) => {
    const mine = (await got(store("queue").index("person").getAll(what.person))).filter(isUnsent);
    const bytes = mine.reduce((sum, one) => sum + bytesOf(one.parts), bytesOf(what.parts));
    if (mine.length >= QUEUE_MAX || bytes > QUEUE_BYTES_MAX) {
      return false;
    }
    store("queue").put(item);
    store("pages").delete([what.person, what.homework]);
    return true;
  });
  if (kept !== true) {
    throw new QueueFull();
  }
  // The browser may otherwise drop it when the disk gets full. Some ask the person, who is not waited for.
  void navigator.storage?.persist?.().catch(() => false);
  await changed();
  return item;
}

/**
 * One person's, the oldest first.
 * @param {string} person
 * @returns {Promise<Item[]>}
 */
export async function all(person) {
  const found = await within(["queue"], "readonly", (store) => got(store("queue").index("person").getAll(person)));
  const ours = (found ?? []).filter((/** @type {Item} */ item) => item.format === FORMAT);
  return ours.sort((/** @type {Item} */ one, /** @type {Item} */ other) => one.madeAt - other.madeAt);
}

/** @returns {Promise<Item[]>} */
async function everybodys() {
  return (await within(["queue"], "readonly", (store) => got(store("queue").getAll()))) ?? [];
}

/**
 * Changes an item that is still there.
 * @param {string} id
 * @param {(item: Item) => void} change
 */
export async function update(id, change) {
  await within(["queue"], "readwrite", async (store) => {
    const item = await got(store("queue").get(id));
    if (item) {
      change(item);
      store("queue").put(item);
    }
  });
  await changed();
}

/** @param {string} id */
export async function remove(id) {
  await within(["queue"], "readwrite", (store) => {
    store("queue").delete(id);
  });
  await changed();
}
