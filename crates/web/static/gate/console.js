// @ts-check
// Keeps the live part of the console fresh. The switches below it are left alone: somebody may be filling them in.

const EVERY_MS = 2_000;
const FAILED_EVERY_MS = 10_000;

const live = document.getElementById("gate-live");

/** @returns {Promise<boolean>} whether the live part is fresh */
async function refresh() {
  const answer = await fetch("/admin/gate/live", { headers: { accept: "text/html" }, cache: "no-store" });
  if (!answer.ok || !live) return false;
  // Our own page, escaped by its template.
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  live.replaceChildren(...fresh.body.childNodes);
  return true;
}

async function again() {
  let fresh = true;
  if (!document.hidden && !live?.contains(document.activeElement)) fresh = await refresh().catch(() => false);
  setTimeout(again, fresh ? EVERY_MS : FAILED_EVERY_MS);
}

if (live) setTimeout(again, EVERY_MS);
