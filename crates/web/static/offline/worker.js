// @ts-check
// The worker (docs/protocol/offline.md): gives the kept page when a page cannot be had, and nothing else. A classic script,
// as not every browser has workers of modules; the server writes `self.preau` before it.

const worker = /** @type {ServiceWorkerGlobalScope & {preau: {version: string, files: string[]}}} */ (
  /** @type {unknown} */ (self)
);
const { version, files } = worker.preau;

/** Caches of ours; each is of one version. */
const PREFIX = "preau-";
const OWN = PREFIX + version;
const KEPT_PAGE = "/offline";
const SIGN_IN = "/sign-in";
/** The gate holds a request for 3 s at most; a slow line takes a while. */
const NETWORK_MS_MAX = 10_000;
/** After a person has said that they wait for the page. */
const PATIENT_MS = 90_000;
/** This version's, and the one before: pages that are open may still load from it. */
const CACHES_MAX = 2;
/** Said by a proxy before a server that is down. */
const BROKEN = [502, 503, 504];

let patientUntil = 0;

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
worker.addEventListener("message", (event) => {
  // Only pages of this origin can speak to the worker.
  if (event.data?.do === "keep") {
    event.waitUntil(keep().catch(() => undefined));
  } else if (event.data?.do === "wait") {
    patientUntil = Date.now() + PATIENT_MS;
  }
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin) {
    return;
  }
  if (request.mode === "navigate") {
    event.respondWith(navigate(event, url.pathname));
  } else if (url.pathname.startsWith("/static/")) {
    event.respondWith(asset(request));
  }
});

/** Where something is kept, the new version is whole before it takes over; else there is nothing to keep. */
async function install() {
  if ((await ours()).length > 0) {
    await keep();
  }
  await worker.skipWaiting();
}

async function activate() {
  await worker.registration.navigationPreload?.enable();
  const all = await ours();
  // In the order of their making; the last one is this version's.
  await Promise.all(all.slice(0, -CACHES_MAX).map((name) => caches.delete(name)));
}

async function ours() {
  return (await caches.keys()).filter((name) => name.startsWith(PREFIX));
}

/** The kept page and its files, all of one version, or nothing. */
async function keep() {
  const answer = await fetch(KEPT_PAGE, { cache: "no-store", credentials: "same-origin" });
  const text = answer.ok && !answer.redirected ? await answer.clone().text() : "";
  if (!text.includes(`/static/${version}/`)) {
    // Another version is being served, or nothing at all: asked for again with the next page.
    await worker.registration.update().catch(() => undefined);
    throw new Error("the kept page is not of this version");
  }
  const cache = await caches.open(OWN);
  const there = (await cache.keys()).map((request) => new URL(request.url).pathname);
  await cache.addAll(files.filter((file) => !there.includes(file)));
  await cache.put(KEPT_PAGE, answer);
}

/** @param {Request} request */
async function asset(request) {
  // The path has the version in it, so what is found is what the page meant.
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

/**
 * The network first; the kept page where it fails.
 * @param {FetchEvent} event
 * @param {string} path
 */
async function navigate(event, path) {
  const kept = await keptPage();
  const coming = load(event);
  if (!kept) {
    return coming;
  }
  if (path === KEPT_PAGE) {
    event.waitUntil(coming.catch(() => undefined));
    return kept;
  }
  const late = new Promise((resolve) => setTimeout(resolve, Math.max(NETWORK_MS_MAX, patientUntil - Date.now()), null));
  const answer = await Promise.race([coming.catch(() => null), late]);
  if (!(answer instanceof Response) || isBroken(answer)) {
    return kept;
  }
  if (path === SIGN_IN && answer.status === 200) {
    // Whoever is signed in is sent on from there: nobody is.
    event.waitUntil(forget().catch(() => undefined));
  }
  return answer;
}

/** @param {FetchEvent} event */
async function load(event) {
  // Begun by the browser while this worker was starting.
  const begun = await event.preloadResponse;
  return begun instanceof Response ? begun : fetch(event.request);
}

/** The kept page of this version, else of the one before. */
async function keptPage() {
  const own = await caches.match(KEPT_PAGE, { ignoreVary: true, cacheName: OWN });
  return own ?? caches.match(KEPT_PAGE, { ignoreVary: true });
}

/**
 * Whether the kept page is of more use. Our pages and the gate's come with a policy and lead on, to the kept page too; what a proxy says
 * of a server that is down does not, and where the door has no room for a connection it can say no more than that.
 * @param {Response} answer
 */
function isBroken({ status, headers }) {
  return BROKEN.includes(status) && (!headers.has("content-security-policy") || headers.has("preau-refused"));
}

/** The day of whoever was signed in goes, and the page that shows it. What is unsent stays theirs. */
async function forget() {
  // Nobody is told of a day any more (`tellOfDay` in day.js).
  await worker.registration.navigationPreload?.setHeaderValue("true").catch(() => undefined);
  await Promise.all((await ours()).map((name) => caches.delete(name)));
  await new Promise((resolve, reject) => {
    const opening = indexedDB.open("preau");
    // There is none: none is made.
    opening.onupgradeneeded = () => opening.transaction?.abort();
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const writing = database.transaction(["meta", "days", "files"], "readwrite");
      ["meta", "days", "files"].forEach((name) => writing.objectStore(name).clear());
      writing.oncomplete = () => resolve(database.close());
      writing.onerror = () => reject(writing.error);
    };
  });
}
