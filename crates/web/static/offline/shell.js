// @ts-check
// The kept page: what this browser has for whoever signed in last, by the path that was asked for.

import { make } from "../class/dom.js";
import { allow } from "./database.js";
import { keptDay } from "./day.js";
import { childView, lessonsView, worksView } from "./day-view.js";
import { dropOld, leaveLater, meta, wipe } from "./kept.js";
import { SEND_AFTER_MS_MAX } from "./limits.js";
import { logView } from "./log-view.js";
import { QueueView } from "./queue-view.js";
import { Sender } from "./send.js";
import { moment, textsIn } from "./texts.js";
import { workView } from "./work-view.js";

/** @typedef {import("../class/texts.js").Texts} Texts */
/** @typedef {import("./kept.js").KeptDay} KeptDay */

const KEPT_PAGE = "/offline";
const WORK = /^\/homework\/([0-9a-f-]+)$/;
/** Paths of which the whole day is the kept copy. */
const DAY = ["/", "/offline", "/week", "/homework", "/log"];

const main = /** @type {HTMLElement} */ (document.querySelector("#kept"));
const title = /** @type {HTMLElement} */ (document.querySelector("#kept-title"));
const banner = /** @type {HTMLElement} */ (document.querySelector("#kept-banner"));
const foot = /** @type {HTMLElement} */ (document.querySelector("#kept-foot"));

async function begin() {
  await dropOld().catch(() => undefined);
  const day = await keptDay().catch(() => null);
  const texts = textsIn(document, day?.zone);
  if (!texts) {
    return;
  }
  showBanner(texts, day);
  addEventListener("online", () => showBanner(texts, day, true));
  addEventListener("offline", () => showBanner(texts, day));
  const who = day?.person ?? (await meta().catch(() => undefined))?.person;
  if (!day) {
    main.append(make("p", { name: "card", text: texts.get("offline-js-nothing") }));
  }
  if (!who) {
    return;
  }
  allow();
  const sender = new Sender(who);
  const queue = new QueueView(who, sender, texts, day?.zone);
  const work = day?.works.find((work) => work.id === WORK.exec(location.pathname)?.[1]);
  if (day && work) {
    document.title = work.title;
    title.hidden = true;
    main.append(await workView(day, work, texts));
  } else if (day) {
    await showDay(day, texts);
  }
  const waits = (await queue.draw()) > 0;
  // What waits comes first, but below the work that it may be of.
  if (waits && !work) {
    main.prepend(queue.element);
  } else if (waits || !day || day.works.length > 0) {
    main.append(queue.element);
  }
  sender.begin(SEND_AFTER_MS_MAX);
  if (day) {
    await offerErasing(who, texts);
  }
}

/** @param {KeptDay} day @param {Texts} texts */
async function showDay(day, texts) {
  const entries = [day, ...day.children].flatMap((one) => one.log ?? []);
  if (!DAY.includes(location.pathname) && !entries.some((entry) => entry.path === location.pathname)) {
    main.append(make("p", { name: "notice", text: texts.get("offline-js-elsewhere") }));
  }
  const hasOwn = day.lessons.length > 0 || day.works.length > 0 || day.children.length === 0;
  if (hasOwn) {
    main.append(lessonsView(day, day.lessons, texts));
  }
  if (day.works.length > 0 || (hasOwn && day.children.length === 0)) {
    main.append(worksView(day, day.works, texts));
  }
  main.append(...(await logView(day, day.log ?? [], texts)));
  for (const child of day.children) {
    const section = childView(day, child, texts);
    section.append(...(await logView(day, child.log ?? [], texts)));
    main.append(section);
  }
  main.querySelector("details[open]")?.scrollIntoView();
}

/**
 * As of when this is, and the way back to the real page.
 * @param {Texts} texts
 * @param {KeptDay | null} day
 * @param {boolean} [back] the network has just come back
 */
function showBanner(texts, day, back = false) {
  const asked = location.pathname === KEPT_PAGE;
  const is = !navigator.onLine ? "offline-js-banner-off" : asked || back ? "offline-js-banner-kept" : "offline-js-banner-slow";
  const says = day ? [texts.get(is, { when: moment(texts, day.fetchedAt, day.zone) })] : [];
  if (back) {
    says.unshift(texts.get("offline-js-back"));
  }
  const retry = make("a", { name: "button quiet", text: texts.get("offline-js-retry"), attributes: { href: asked ? "/" : location.href } });
  /** @type {HTMLElement[]} */
  const parts = [retry];
  if (navigator.onLine && !asked && !back) {
    const patient = make("button", { name: "button quiet", text: texts.get("offline-js-patient"), attributes: { type: "button" } });
    patient.addEventListener("click", () => {
      navigator.serviceWorker.controller?.postMessage({ do: "wait" });
      location.reload();
    });
    parts.push(patient);
  }
  const row = make("div", { name: "row kept-ways" }, parts);
  banner.replaceChildren(...says.map((text) => make("p", { text })), row);
  banner.hidden = false;
}

/** A tablet that is passed on without a network. @param {string} person @param {Texts} texts */
async function offerErasing(person, texts) {
  const session = (await meta())?.session ?? "";
  const button = make("button", { name: "link", text: texts.get("offline-js-erase"), attributes: { type: "button" } });
  button.addEventListener("click", () => {
    const sure = make("button", { name: "button danger", text: texts.get("offline-js-erase"), attributes: { type: "button" } });
    sure.addEventListener("click", async () => {
      leaveLater(session);
      await wipe(person);
      title.hidden = false;
      banner.hidden = true;
      main.replaceChildren(make("p", { name: "card", text: texts.get("offline-js-erased"), attributes: { role: "status" } }));
      foot.replaceChildren();
    });
    foot.replaceChildren(make("p", { text: texts.get("offline-js-erase-help") }), sure);
    sure.focus();
  });
  foot.append(button);
}

void begin();
