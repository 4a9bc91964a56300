// @ts-check
import { find } from "./dom.js";

/** Asks before what cannot be taken back. */
export class Confirm {
  /**
   * @param {HTMLDialogElement} dialog
   * @param {import("./texts.js").Texts} texts
   */
  constructor(dialog, texts) {
    this.dialog = dialog;
    this.texts = texts;
    this.title = find(dialog, "h2", HTMLElement);
    this.body = find(dialog, "p", HTMLElement);
    this.yes = find(dialog, "[value=yes]", HTMLButtonElement);
  }

  /**
   * @param {string} what names the texts
   * @param {Record<string, string>} [values]
   * @returns {Promise<boolean>}
   */
  ask(what, values = {}) {
    this.title.textContent = this.texts.get(`class-confirm-${what}-title`, values);
    this.body.textContent = this.texts.get(`class-confirm-${what}-body`, values);
    this.yes.textContent = this.texts.get(`class-confirm-${what}-yes`, values);
    this.dialog.returnValue = "";
    this.dialog.showModal();
    return new Promise((resolve) => {
      this.dialog.addEventListener("close", () => resolve(this.dialog.returnValue === "yes"), { once: true });
    });
  }
}
