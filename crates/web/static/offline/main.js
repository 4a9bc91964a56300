// @ts-check
// On every page of somebody who is signed in: keeps the day for when there is no network, sends what waits, and wipes what
// is not this person's. Nothing of it is needed for the page to work.

import { make } from "../class/dom.js";
import { fetchDay, noteDraft } from "./day.js";
import { belongsTo, changeMeta, isLeft, meta } from "./kept.js";
import { watchSignOut } from "./leave.js";
import { SEND_AFTER_MS_MAX, SYNC_AFTER_MS_MAX, SYNC_AFTER_MS_MIN, SYNC_EVERY_MS, WORK_SYNC_EVERY_MS } from "./limits.js";
import { all, onChange } from "./queue.js";
import { Sender } from "./send.js";
import { keptTexts, moment } from "./texts.js";

/** The class, and the door to it: nothing else uses the line there. */
const CLASS = /^\/lessons\/[0-9a-f-]+$/;
const WORK = /^\/homework\/[0-9a-f-]+$/;
/** The version of this page, as the path of this file has it. */
const VERSION = new URL(import.meta.url).pathname.split("/")[2] ?? "";

const { person = "", session = "", shared, light } = document.body.dataset;

async function begin() {
  if (isLeft(session)) {
    const form = document.querySelector('form[action="/sign-out"]');
    if (form instanceof HTMLFormElement) {
      form.submit();
      return;
    }
  }
  await belongsTo(person, session, shared === "true");
  watchSignOut(person);
  if (CLASS.test(location.pathname)) {
    return;
  }
  const sender = new Sender(person);
  sender.onSent = (item) => void sayWhatWaits(item);
  onChange(() => void sayWhatWaits(null));
  sender.begin(SEND_AFTER_MS_MAX);
  await sayWhatWaits(null);
  // Where the crowd is large, the server is asked for nothing more.
  if (shared === "true" || light !== undefined) {
    return;
  }
  document.addEventListener("preau-draft-saved", (event) => {
    const { homework, draft } = /** @type {CustomEvent} */ (event).detail;
    void noteDraft(person, homework, draft);
  });
  const spread = SYNC_AFTER_MS_MIN + Math.random() * (SYNC_AFTER_MS_MAX - SYNC_AFTER_MS_MIN);
  setTimeout(() => void keep().catch(() => undefined), spread);
}

/** Keeps the page that is shown without a network, and the day that it shows. */
async function keep() {
  const known = await meta();
  if (!known || known.person !== person || document.visibilityState === "hidden") {
    return;
  }
  const everyMs = WORK.test(location.pathname) ? WORK_SYNC_EVERY_MS : SYNC_EVERY_MS;
  const registration = await navigator.serviceWorker.register("/worker.js", { scope: "/", updateViaCache: "all" });
  const page = `${VERSION} ${document.documentElement.lang} ${person}`;
  if (known.page !== page || !(await caches.has(`preau-${VERSION}`))) {
    const ready = await navigator.serviceWorker.ready;
    ready.active?.postMessage({ do: "keep" });
    await changeMeta((meta) => Object.assign(meta, { page }));
    void registration.update().catch(() => undefined);
  }
  if (Date.now() - known.syncedAt >= everyMs) {
    await fetchDay(person);
  }
}

/** Above the page: what has not been sent yet, and what was just handed in. @param {import("./types.js").Item | null} sent */
async function sayWhatWaits(sent) {
  const waiting = (await all(person)).filter((item) => item.state !== "sent").length;
  const texts = waiting > 0 || sent ? await keptTexts() : null;
  const main = document.querySelector("main");
  const before = document.querySelector("#unsent");
  if (!texts || !main) {
    before?.querySelector("[data-waits]")?.remove();
    return;
  }
  const box = before ?? make("div", { name: "notice now stack", attributes: { id: "unsent", role: "status" } });
  box.querySelector("[data-waits]")?.remove();
  if (waiting > 0) {
    const link = make("a", { text: texts.get("offline-js-see"), attributes: { href: "/offline" } });
    box.append(make("p", { data: { waits: "" } }, [texts.count("offline-js-waits", waiting), " ", link]));
  }
  if (sent?.receipt) {
    const when = moment(texts, sent.receipt.at);
    const link = make("a", { text: texts.get("offline-js-receipt"), attributes: { href: sent.receipt.path } });
    box.append(make("p", {}, [texts.get("offline-js-sent", { title: sent.title, when }), " ", link]));
  }
  if (!box.isConnected) {
    main.prepend(box);
  }
}

// Without TLS, or in a private window, browsers have no workers: nothing is kept.
if (person && window.isSecureContext && "serviceWorker" in navigator) {
  void begin().catch(() => undefined);
}
