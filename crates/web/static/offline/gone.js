// @ts-check
// The worker of an installation that keeps nothing (`offline.keep = "off"`): it deletes what one before it has kept, and
// itself. What is unsent stays for the day on which keeping is turned on again.

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

worker.addEventListener("install", () => void worker.skipWaiting());
worker.addEventListener("activate", (event) => event.waitUntil(end()));

async function end() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("preau-")).map((name) => caches.delete(name)));
  await forget().catch(() => undefined);
  await worker.registration.unregister();
}

/** Empties the days and their files; an empty database is not made for it. */
function forget() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("preau");
    opening.onupgradeneeded = () => opening.transaction?.abort();
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const names = ["days", "files"].filter((name) => database.objectStoreNames.contains(name));
      const writing = database.transaction(names, "readwrite");
      names.forEach((name) => writing.objectStore(name).clear());
      writing.oncomplete = () => resolve(database.close());
      writing.onerror = () => reject(writing.error);
    };
  });
}

// Without a handler of `fetch`, every request goes its way.
