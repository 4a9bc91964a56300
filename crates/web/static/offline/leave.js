// @ts-check
// Signing out: what is unsent is told first, everything else of the person goes.

import { make } from "../class/dom.js";
import { got, within } from "./database.js";
import { draftNames, wipe } from "./kept.js";
import { all, isUnsent } from "./queue.js";
import { keptTexts } from "./texts.js";

/** Signing out never waits longer for what the browser keeps. */
const WIPE_MS_MAX = 3_000;

/** @param {string} person */
export function watchSignOut(person) {
  for (const form of document.querySelectorAll('form[action="/sign-out"]')) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (form instanceof HTMLFormElement) {
        void leave(person, form);
      }
    });
  }
}

/**
 * @param {string} person
 * @param {HTMLFormElement} form
 */
async function leave(person, form) {
  if (await mayLeave(person).catch(() => true)) {
    const late = new Promise((resolve) => setTimeout(resolve, WIPE_MS_MAX));
    await Promise.race([wipe(person).catch(() => undefined), late]);
    form.submit();
  }
}

/** Whether nothing would be lost or left behind, or the person says so. @param {string} person */
async function mayLeave(person) {
  const unsent = (await all(person)).filter(isUnsent).length;
  const drafts = await draftsOf(person);
  if (unsent === 0 && drafts === 0) {
    return true;
  }
  const texts = await keptTexts();
  if (!texts) {
    return true;
  }
  const says = [];
  if (unsent > 0) {
    says.push(texts.count("offline-js-leave-queue", unsent));
  }
  if (drafts > 0) {
    says.push(texts.get("offline-js-leave-draft"));
  }
  return asked(texts.get("offline-js-leave-title"), says, texts.get("offline-js-leave-stay"), texts.get("offline-js-leave-go"));
}

/** @param {string} person */
async function draftsOf(person) {
  /** @type {{person: string}[] | undefined} */
  const pages = await within(["pages"], "readonly", (store) => got(store("pages").getAll()));
  return draftNames(person).length + (pages ?? []).filter((pages) => pages.person === person).length;
}

/**
 * @param {string} title
 * @param {string[]} says
 * @param {string} stay
 * @param {string} go
 * @returns {Promise<boolean>}
 */
function asked(title, says, stay, go) {
  return new Promise((resolve) => {
    const heading = make("h2", { text: title, attributes: { id: "leave-title" } });
    const buttons = [
      make("button", { name: "button", text: stay, attributes: { value: "stay" } }),
      make("button", { name: "button quiet", text: go, attributes: { value: "go" } }),
    ];
    const form = make("form", { name: "stack", attributes: { method: "dialog" } }, [
      heading,
      ...says.map((text) => make("p", { text })),
      make("div", { name: "row" }, buttons),
    ]);
    const dialog = make("dialog", { name: "card", attributes: { "aria-labelledby": "leave-title" } }, [form]);
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "go");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
